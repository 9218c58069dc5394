"""Archive: open a packed dossier without trusting it."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path, PurePosixPath

from jazari.core.errors import VerificationError

MOST_FILES = 200
MOST_BYTES = 4 << 30
MOST_RATIO = 1000  # Parquet and JSON shrink by ten to a hundred; a bomb by many thousands
_CHUNK = 1 << 20


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a dossier into a folder, refusing what a dossier never holds.

    Args:
        archive: A zip made by `jazari pack`, or by somebody who wishes us ill.
        folder: An empty folder.

    Raises:
        VerificationError: JZ-561 no archive, a path that leads elsewhere, a name twice, a link, a folder, a bomb.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = opened.infolist()
            _refuse(archive, entries)
            left = MOST_BYTES
            for entry in entries:
                left = _copy(archive, opened, entry, folder / entry.filename, left)
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError) as error:
        raise _bad(archive, "it cannot be read as a zip", type(error).__name__) from error


def _refuse(archive: Path, entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    if len(names) > MOST_FILES:
        raise _bad(archive, "it holds too many files", f"{len(names)} files")
    if len({name.casefold() for name in names}) < len(names):
        raise _bad(archive, "it holds a name twice", "two entries of one name")
    for entry in entries:
        path = PurePosixPath(entry.filename)
        plain = len(path.parts) == 1 or (len(path.parts) == 2 and path.parts[0] == "waivers")  # noqa: PLR2004  waivers/NAME
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if entry.is_dir() or not plain or path.is_absolute() or ".." in path.parts or "\\" in entry.filename:
            raise _bad(archive, "it holds a path that leads elsewhere", "a path outside the folder")
        if kind not in (0, stat.S_IFREG):
            raise _bad(archive, "it holds something that is no file", "a link or a device")
        if entry.file_size > MOST_BYTES or entry.file_size > MOST_RATIO * max(entry.compress_size, 1) + _CHUNK:
            raise _bad(archive, "it would unpack to far more than it is", f"{entry.file_size} bytes in one file")


def _copy(archive: Path, opened: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, left: int) -> int:
    """Copy one entry, counting real bytes: what an archive says of its sizes need not be true."""
    target.parent.mkdir(exist_ok=True)
    with opened.open(entry) as source, target.open("wb") as sink:
        while chunk := source.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise _bad(archive, "it would unpack to far more than it is", f"more than {MOST_BYTES} bytes")
            sink.write(chunk)
    return left


def _bad(archive: Path, why: str, found: str) -> VerificationError:
    return VerificationError(
        "JZ-561", f"this archive is not a packed dossier: {why}", where=archive.name, found=found,
        fix="ask for the archive again from where the dossier was made; do not open this one by other means.",
    )  # fmt: skip
