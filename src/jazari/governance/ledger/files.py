"""The port to the disk: the few acts a log needs, so that tests can lose power between any two of them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Protocol

_AT_ONCE = 16


class Files(Protocol):
    """Acts on files under one folder; paths are relative, with `/`. Nothing is durable before it is synced."""

    def read(self, path: str) -> bytes:
        """The bytes of a file."""

    def write(self, path: str, data: bytes) -> None:
        """Write a file whole; its folder exists."""

    def sync(self, *paths: str) -> None:
        """Make the bytes of files durable (fsync)."""

    def sync_folder(self, *paths: str) -> None:
        """Make the names in folders durable (fsync of the folders)."""

    def make_folder(self, path: str) -> bool:
        """Make a folder; False where it was there."""

    def rename(self, path: str, to: str) -> None:
        """Put a file in another's place, at once."""

    def remove(self, path: str) -> None:
        """Take a file away, if it is there."""

    def remove_folder(self, path: str) -> None:
        """Take an empty folder away, if it is there and empty."""

    def names(self, path: str) -> list[tuple[str, bool]]:
        """What a folder holds: names, and whether each is a folder; nothing where there is no folder."""


class Disk:
    """The real thing.

    Args:
        root: The folder that all paths start from.
    """

    def __init__(self, root: Path) -> None:
        self._root = os.fspath(root)
        self._pool: ThreadPoolExecutor | None = None

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"

    def read(self, path: str) -> bytes:
        """The bytes of a file."""
        with open(self._at(path), "rb", buffering=0) as stream:  # noqa: PTH123  a Path costs more than the read
            return stream.readall()

    def write(self, path: str, data: bytes) -> None:
        """Write a file whole."""
        with open(self._at(path), "wb", buffering=0) as stream:  # noqa: PTH123  as above
            left = memoryview(data)
            while left:
                left = left[stream.write(left) :]

    def sync(self, *paths: str) -> None:
        """Fsync files, several at once: a journaling file system then commits them together."""
        self._fsync(paths, os.O_RDONLY)

    def sync_folder(self, *paths: str) -> None:
        """Fsync folders, several at once."""
        self._fsync(paths, os.O_RDONLY | os.O_DIRECTORY)

    def _fsync(self, paths: tuple[str, ...], flags: int) -> None:
        if len(paths) == 1:
            self._fsync_one(paths[0], flags)
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(_AT_ONCE, "jazari-sync")
        try:
            list(self._pool.map(lambda path: self._fsync_one(path, flags), paths))
        except RuntimeError:  # the interpreter is ending and starts no threads; those that append go on to their end
            for path in paths:
                self._fsync_one(path, flags)

    def _fsync_one(self, path: str, flags: int) -> None:
        handle = os.open(self._at(path), flags)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def make_folder(self, path: str) -> bool:
        """Make a folder; False where it was there."""
        try:
            os.mkdir(self._at(path))  # noqa: PTH102  as above
        except FileExistsError:
            return False
        return True

    def rename(self, path: str, to: str) -> None:
        """Put a file in another's place."""
        os.replace(self._at(path), self._at(to))  # noqa: PTH105  as above

    def remove(self, path: str) -> None:
        """Take a file away."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._at(path))  # noqa: PTH108  as above

    def remove_folder(self, path: str) -> None:
        """Take an empty folder away."""
        with contextlib.suppress(OSError):
            os.rmdir(self._at(path))  # noqa: PTH106  as above

    def names(self, path: str) -> list[tuple[str, bool]]:
        """What a folder holds."""
        try:
            with os.scandir(self._at(path)) as found:
                return [(one.name, one.is_dir(follow_symlinks=False)) for one in found]
        except (FileNotFoundError, NotADirectoryError):
            return []


def save(files: Files, contents: Mapping[str, bytes]) -> None:
    """Write files that did not exist, durable when this returns: bytes, then names, then the names of new folders."""
    folders: set[str] = set()
    for path in contents:
        _ensure(files, _parent(path), folders)
    for path, data in contents.items():
        files.write(path, data)
    files.sync(*contents)
    folders.update(_parent(path) for path in contents)
    files.sync_folder(*sorted(folders))


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _ensure(files: Files, folder: str, touched: set[str]) -> None:
    """Make a folder and those above it; `touched` gathers the folders that gained a name."""
    if not folder or folder in touched:
        return
    try:
        made = files.make_folder(folder)
    except FileNotFoundError:
        _ensure(files, _parent(folder), touched)
        made = files.make_folder(folder)
    if made:
        touched.update((folder, _parent(folder)))


def replace(files: Files, path: str, data: bytes, aside: str) -> None:
    """Put new bytes in a file's place at once, durable when this returns.

    Args:
        files: The port.
        path: The file.
        data: Its new bytes.
        aside: Where they are written first, on the same file system.
    """
    files.remove(aside)  # after a power cut it may be another name of the very file that is to be replaced
    files.write(aside, data)
    files.sync(aside)
    files.rename(aside, path)
    files.sync_folder(_parent(path))


def discard(files: Files, paths: Iterable[str]) -> None:
    """Remove files, durably: one that came back after a power cut would be taken for part of what was written since."""
    folders = set()
    for path in paths:
        files.remove(path)
        folders.add(_parent(path))
    if folders:
        files.sync_folder(*sorted(folders))


def remove_folders(files: Files, folders: Iterable[str]) -> None:
    """Remove folders of plain files."""
    for folder in folders:
        for name, _ in files.names(folder):
            files.remove(f"{folder}/{name}")
        files.remove_folder(folder)


def walk(files: Files, folder: str) -> Iterable[str]:
    """The paths of all files under a folder, and of folders that hold nothing (with a `/` at their end)."""
    found = sorted(files.names(folder))
    if not found:
        yield f"{folder}/"
    for name, is_folder in found:
        path = str(PurePosixPath(folder) / name)
        if is_folder:
            yield from walk(files, path)
        else:
            yield path
