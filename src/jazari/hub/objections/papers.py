"""Papers: what a file that somebody adds really is, and whether anything in it runs, bursts or pretends.

Looked at from what the file holds: its kind by its own structure, names in a PDF as a reader of PDF unescapes them and
inside its packed objects, relationships and fields of a document, cells of a table by every separator.
"""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from jazari.core.errors import PortalError
from jazari.hub.pages.language import sentence

LARGEST = 5 << 20
_MOST_UNPACKED = 50 << 20
_MOST_FILES = 500
_RATIO = 200
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ARCHIVES = {".docx": _DOCX, ".odt": "application/vnd.oasis.opendocument.text"}
_UNREAD = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, ValueError, OSError)

_PDF_RUNS = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE|Rendition|Movie)\b"
    rb"|/JS\s*(\(|<|\d+\s+\d+\s+R)|/(OpenAction|AA)\s*<<[^>]{0,400}/(URI|GoToR)\b"
)
_PDF_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
_PDF_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_PDF_BEFORE = 2048  # how far before its data the dictionary of a stream is looked for
_MARK, _SCAN, _NO_FRAMES = 0xFF, 0xDA, (0xC4, 0xC8, 0xCC)
_FRAMES = range(0xC0, 0xD0)
_MACROS = re.compile(
    r"vbaproject|(^|/)(basic|scripts)/|embeddings/|activex|\.(bin|exe|js|zip|docx|xlsx|jar)$", re.IGNORECASE
)
_OUTSIDE = re.compile(r"<Relationship\b(?=[^>]*TargetMode\s*=\s*[\"']External)(?![^>]*/hyperlink[\"'])", re.IGNORECASE)
_FIELD = re.compile(r"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE)\b", re.IGNORECASE)
_ODF_LINK = re.compile(r"<text:dde-|office:dde-|<draw:(?:image|object)\b[^>]*xlink:href=[\"'](?:https?|file|ftp):")
_FIELD_TEXT = re.compile(r"<w:(?:instrText|delInstrText)\b[^>]*>([^<]*)<|w:instr\s*=\s*[\"']([^\"']*)")
_RUNS_IN_SHEETS = re.compile(r"\s*(?:[=@]|[+-].*[(!|=])", re.DOTALL)

WRONG = {
    "JZ-854": sentence("Choose a PDF, a picture (JPEG or PNG), a text, a CSV table or a DOCX or ODT document"),
    "JZ-855": sentence("A file weighs at most 5 MiB"),
    "JZ-856": sentence("This document unpacks to more than a document holds, or cannot be read"),
    "JZ-857": sentence("This file holds something that runs by itself: save it as a plain PDF or picture"),
    "JZ-859": sentence("This photo is in HEIC or WebP: choose JPEG in the camera’s settings, or take a screenshot"),
}  # fmt: skip


def check(name: str, content: bytes) -> str:
    """The kind of a file, from what it holds; its name has to end accordingly.

    Raises:
        PortalError: JZ-854 its kind, JZ-855 its size, JZ-856 its archive, JZ-857 something in it runs, JZ-859 a photo
            that few can open.
    """
    if not content or len(content) > LARGEST:
        raise _wrong("JZ-855", f"{len(content) >> 10} KiB")
    ending = Path(name).suffix.lower()
    if content[4:8] == b"ftyp" or (content[:4] == b"RIFF" and content[8:12] == b"WEBP"):
        raise _wrong("JZ-859", ending[:10] or "no ending")
    if content.startswith(b"%PDF-") and ending == ".pdf":
        _refuse_pdf(content)
        return "application/pdf"
    if _is_jpeg(content) and ending in (".jpg", ".jpeg"):
        return "image/jpeg"
    if _is_png(content) and ending == ".png":
        return "image/png"
    if ending in _ARCHIVES and content.startswith(b"PK\x03\x04"):
        _refuse_archive(content)
        return _ARCHIVES[ending]
    if ending in (".txt", ".csv"):
        return _text(content, ending)
    raise _wrong("JZ-854", ending[:10] or "no ending")


def _is_jpeg(content: bytes) -> bool:
    """Whether segments lead from the start to a picture, and it ends (ITU-T T.81, annex B)."""
    if not content.startswith(b"\xff\xd8\xff"):
        return False
    at, framed = 2, False
    while at + 4 <= len(content) and content[at] == _MARK:
        marker = content[at + 1]
        if marker == _SCAN:  # the picture itself begins
            return framed and b"\xff\xd9" in content[at:]
        framed |= marker in _FRAMES and marker not in _NO_FRAMES
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return False


def _is_png(content: bytes) -> bool:
    """Whether chunks lead from the header to the end, and nothing follows (ISO/IEC 15948)."""
    if not content.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"):
        return False
    at = 8
    while at + 12 <= len(content):
        length, name = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        at += 12 + length
        if name == b"IEND":
            return at == len(content)
    return False


def _refuse_pdf(content: bytes) -> None:
    for part in (content, *_packed_objects(content)):
        plain = _PDF_NAME.sub(lambda found: bytes([int(found[1], 16)]), part)
        if b"/Encrypt" in plain:
            raise _wrong("JZ-856", "a PDF that is locked")
        if _PDF_RUNS.search(plain):
            raise _wrong("JZ-857", "a script, a form or a file inside")


def _packed_objects(content: bytes) -> Iterator[bytes]:
    """What the object streams of a PDF hold (ISO 32000-1, 7.5.7), unpacked within a limit."""
    left = _MOST_UNPACKED
    for found in _PDF_STREAM.finditer(content):
        before = content[max(0, found.start() - _PDF_BEFORE) : found.start()].rpartition(b"obj")[2]
        told = _PDF_NAME.sub(lambda name: bytes([int(name[1], 16)]), before)
        if b"/ObjStm" not in told:
            continue
        filters = set(re.findall(rb"/(\w+Decode|\w+Hex|LZW|Fl|A85|AHx|RL)\b", told))
        if filters - {b"FlateDecode", b"Fl"} or re.search(rb"/Predictor\s+(?!1\b)\d", told):
            raise _wrong("JZ-856", "objects packed in a way that is not read")
        if filters:
            unpacked = _inflated(content[found.end() : content.find(b"endstream", found.end())], left)
            left -= len(unpacked)
            yield unpacked


def _inflated(packed: bytes, most: int) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        unpacked = unpacking.decompress(packed, most + 1)
    except zlib.error:
        raise _wrong("JZ-856", "packed objects that cannot be read") from None
    if len(unpacked) > most or not unpacking.eof:
        raise _wrong("JZ-856", "packed objects without an end")
    return unpacked


def _refuse_archive(content: bytes) -> None:
    left = _MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > _MOST_FILES:
                raise _wrong("JZ-856", f"{len(entries)} files")
            for entry in entries:
                _refuse_name(entry.filename)
                with archive.open(entry) as stream:
                    held = stream.read(left + 1)
                left -= len(held)
                if left < 0 or len(held) > _RATIO * max(entry.compress_size, 1024):
                    raise _wrong("JZ-856", "more than 50 MiB, or packed too well")
                _refuse_part(entry.filename, held)
    except _UNREAD as failure:
        raise _wrong("JZ-856", type(failure).__name__) from failure


def _refuse_name(name: str) -> None:
    if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name:
        raise _wrong("JZ-856", "a file that would land outside")
    if _MACROS.search(name):
        raise _wrong("JZ-857", "a macro or a file inside")


def _refuse_part(name: str, held: bytes) -> None:
    """Refuse what a word processor fetches or starts on opening: links to outside, fields that call another program."""
    if not name.lower().endswith((".xml", ".rels")):
        return
    text = held.decode("utf-16" if held[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
    fields = html.unescape("".join(first or second for first, second in _FIELD_TEXT.findall(text)))
    if _OUTSIDE.search(text) or _FIELD.search(fields) or _ODF_LINK.search(text):
        raise _wrong("JZ-857", "a part that is fetched from elsewhere")


def _text(content: bytes, ending: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _wrong("JZ-854", "a text that is not UTF-8") from None
    if "\0" in text:
        raise _wrong("JZ-854", "a file that is no text")
    if ending == ".txt":
        return "text/plain"
    try:
        cells = {cell for by in ",;\t|" for row in csv.reader(io.StringIO(text), delimiter=by) for cell in row}
    except csv.Error:
        raise _wrong("JZ-854", "a table that cannot be read") from None
    runs = sum(bool(_RUNS_IN_SHEETS.match(cell)) for cell in cells)
    if runs:
        raise _wrong("JZ-857", f"{runs} cells that a spreadsheet would run")
    return "text/csv"


def _wrong(code: str, found: str) -> PortalError:
    """The error of a file that is not taken."""
    return PortalError(
        code, WRONG[code][0].lower() + WRONG[code][1:], where="the file", found=found,
        fix="take a photo of the paper, or save it as a PDF, and add that.",
    )  # fmt: skip
