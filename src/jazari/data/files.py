"""Files and folders that appear whole or not at all: written beside, then renamed."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path

from jazari.core.errors import DataError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def writing_failed(path: Path | str, failure: OSError) -> DataError:
    """The coded error for a write that the system refused: JZ-340 where the disk is full, else JZ-341."""
    if failure.errno in _FULL:
        return DataError(
            "JZ-340", "the disk is full", where=str(path), found=os.strerror(failure.errno or errno.ENOSPC),
            fix="free some space, or name another place; nothing half-written was left.",
        )  # fmt: skip
    return DataError(
        "JZ-341", "cannot write here", where=str(path), found=os.strerror(failure.errno) if failure.errno else "",
        fix="check that the folder exists and that you may write in it.",
    )  # fmt: skip


@contextlib.contextmanager
def write_beside(path: str | Path) -> Iterator[Path]:
    """Give a temporary sibling to write to; at the end it is synced to disk and takes the place of `path`.

    On any error, Ctrl-C too, the sibling is removed and `path` stays as it was.

    Raises:
        DataError: JZ-340 the disk is full, JZ-341 the place cannot be written.
    """
    path = Path(path)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        os.close(handle)
    except OSError as failure:
        raise writing_failed(path, failure) from failure
    beside = Path(name)
    try:
        yield beside
        _sync(beside)
        beside.chmod(_usual_mode(0o666))
        beside.replace(path)
        _sync(path.parent)
    except OSError as failure:
        raise writing_failed(path, failure) from failure
    finally:
        beside.unlink(missing_ok=True)


@contextlib.contextmanager
def folder_beside(path: str | Path, *, replace: bool = False) -> Iterator[Path]:
    """Give a temporary sibling folder to fill; at the end its files are synced and it is renamed to `path`.

    Args:
        path: The folder to make. Its parent is made where it does not exist.
        replace: Whether a folder that holds something may be replaced.

    Raises:
        DataError: JZ-360 the folder exists and holds something, JZ-340 the disk is full, JZ-341 it cannot be written.
    """
    path = Path(path)
    refuse_taken(path, replace=replace)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent))
    except OSError as failure:
        raise writing_failed(path, failure) from failure
    try:
        yield beside
        for one in sorted(beside.rglob("*")):
            _sync(one)
        beside.chmod(_usual_mode(0o777))
        _swap(beside, path)
        _sync(path.parent)
    except OSError as failure:
        raise writing_failed(path, failure) from failure
    finally:
        shutil.rmtree(beside, ignore_errors=True)


class Scratch:
    """A private folder for what is written and read again within one piece of work.

    Removed when it is closed, at the end of a `with`, or when nobody holds it any more.

    Args:
        parent: Where to make it, made where it does not exist; the system's temporary folder (`TMPDIR`) unless said.

    Raises:
        DataError: JZ-340 the disk is full, JZ-341 no place can be written.
    """

    def __init__(self, parent: Path | None = None) -> None:
        try:
            if parent is not None:
                parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path = Path(tempfile.mkdtemp(prefix="jazari-", dir=parent))
        except OSError as failure:
            raise writing_failed(parent or tempfile.gettempdir(), failure) from None
        self._remove = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)

    def close(self) -> None:
        """Remove the folder and all that is in it."""
        self._remove()

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.close()


def refuse_taken(path: Path, *, replace: bool = False) -> None:
    """Refuse a folder that holds something already (JZ-360), before the long work and again before the rename."""
    if not path.exists() and not path.is_symlink():
        return
    if path.is_dir() and (replace or not any(path.iterdir())):
        return
    found = f"{sum(1 for _ in path.iterdir())} entries" if path.is_dir() else "a file"
    raise DataError(
        "JZ-360", "there is something here already", where=str(path), found=found,
        fix="name a new folder, or remove this one yourself.",
    )  # fmt: skip


def _swap(beside: Path, path: Path) -> None:
    """Rename over an empty folder at once; a full one steps aside first, and only then goes."""
    if path.is_dir() and any(path.iterdir()):
        aside = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".old", dir=path.parent))
        path.replace(aside)
        beside.replace(path)
        shutil.rmtree(aside, ignore_errors=True)
    else:
        beside.replace(path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _usual_mode(mode: int) -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mode & ~mask
