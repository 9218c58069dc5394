"""How a csv is written: its encoding, its separator, its quotes and its headers, found from its bytes."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from jazari.core.errors import DataError

_CHUNK = 1 << 20
_LINES = 200
_AGREE = 0.9
_SEPARATORS = (";", ",", "\t", "|")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CONTROLS = bytes(sorted(set(range(32)) - {9, 10, 12, 13}))
_NOISE = 0.001


@dataclass(frozen=True)
class Dialect:
    """How a csv is written.

    Attributes:
        encoding: A codec of Python: `utf-8`, `utf-8-sig`, `utf-16`, `cp1252` or `latin-1`.
        separator: `;`, `,`, tab or `|`.
        headers: The first line, trimmed.
    """

    encoding: str
    separator: str
    headers: tuple[str, ...]


def clean(header: str) -> str:
    """A header as it is compared: no blanks or byte-order mark around it, one Unicode form (NFC)."""
    return unicodedata.normalize("NFC", header.strip("\ufeff \t\r\n\u00a0"))


@contextmanager
def unpacked(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a csv, or of the csv inside a gzip."""
    with path.open("rb") as raw:
        if raw.read(2) == b"\x1f\x8b":
            raw.seek(0)
            with gzip.GzipFile(fileobj=raw) as stream:
                yield stream  # type: ignore[misc]
        else:
            raw.seek(0)
            yield raw


def sniff(path: Path) -> Dialect:
    """Find how a csv is written.

    Raises:
        DataError: JZ-303 the file is empty, JZ-306 it is not text.
    """
    try:
        encoding = _encoding(path)
        with unpacked(path) as stream:
            text = io.TextIOWrapper(stream, encoding=encoding, newline="")
            head = "".join(line for _, line in zip(range(_LINES), _lines(text), strict=False))
            text.detach()
    except (EOFError, gzip.BadGzipFile, UnicodeError, OSError) as failure:
        if isinstance(failure, OSError) and not isinstance(failure, gzip.BadGzipFile):
            raise
        raise not_text(path) from failure
    if not head.strip():
        raise DataError(
            "JZ-303", "the file is empty", where=str(path), found="0 lines",
            fix="export the table again, with its line of headers.",
        )  # fmt: skip
    separator = _separator(head)
    headers = next(iter(_parse(head, separator)), [])
    return Dialect(encoding, separator, tuple(clean(one) for one in headers))


def not_text(path: Path | str) -> DataError:
    """JZ-306: bytes that are no csv."""
    return DataError(
        "JZ-306", "this is not a csv that can be read", where=str(path),
        found="bytes that are not text, or an archive that ends early",
        fix="export the table again as csv in UTF-8; a spreadsheet (xlsx, ods) must be saved as csv first.",
    )  # fmt: skip


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(_CHUNK):
        yield line


def _encoding(path: Path) -> str:
    """The encoding of the whole file: a mark, else UTF-8 where every byte fits, else cp1252, else latin-1."""
    with unpacked(path) as stream:
        head = stream.read(4)
        marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
        if marked:
            return marked
        decoder = codecs.getincrementaldecoder("utf-8")()
        chunk, fits, windows, controls, size = head, True, True, 0, 0
        while chunk:
            size += len(chunk)
            controls += len(chunk) - len(chunk.translate(None, _CONTROLS))
            if fits:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    fits = False
            windows = windows and not any(byte in chunk for byte in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"))
            chunk = stream.read(_CHUNK)
    if controls > _NOISE * size:
        raise not_text(path)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        fits = False
    return "utf-8" if fits else "cp1252" if windows else "latin-1"


def _parse(text: str, separator: str) -> list[list[str]]:
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=separator))
    except csv.Error:
        return []
    return [row for row in rows if row]


def _separator(head: str) -> str:
    """The separator that cuts the most lines into as many cells as the first, and the most cells.

    One that cuts lines too short is kept too, so that the line can be named.
    """
    best, most = ",", (0.0, 1)
    for one in _SEPARATORS:
        rows = _parse(head, one)
        width = len(rows[0]) if rows else 0
        body = rows[1:-1] or rows[1:]
        agree = sum(len(row) == width for row in body) / len(body) if body else 1.0
        short = sum(1 < len(row) <= width for row in body) / len(body) if body else 1.0
        if width > 1 and max(agree, short) >= _AGREE and (round(agree, 2), width) > most:
            best, most = one, (round(agree, 2), width)
    return best if most[1] > 1 else _unused(head)


def _unused(head: str) -> str:
    """A separator for a file of one column: the first that does not occur in it."""
    return next((one for one in _SEPARATORS if one not in head), "\x1f") if "," in head else ","
