"""Files that people add to an objection: kind by content, size, nothing that unpacks without end, nothing that runs.

Taken: PDF, JPEG, PNG, plain text and CSV, word-processor files (DOCX, ODT). Each is kept under its own fingerprint and
given to the reviewer to keep, never shown as a page of ours.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any

from django.conf import settings

from jazari.core.errors import PortalError
from jazari.hub.objections.models import Attachment, Objection
from jazari.hub.pages.language import sentence

LARGEST = 5 << 20
_MOST_UNPACKED = 50 << 20
_MOST_FILES = 500
_RATIO = 200
_A_DAY = 24 * 3600
_MAGIC = (
    (b"%PDF-", "application/pdf", (".pdf",)),
    (b"\xff\xd8\xff", "image/jpeg", (".jpg", ".jpeg")),
    (b"\x89PNG\r\n\x1a\n", "image/png", (".png",)),
)
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ODT = "application/vnd.oasis.opendocument.text"
_ARCHIVES = {".docx": _DOCX, ".odt": _ODT}
_RUNS = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)\b")
_MACROS = re.compile(
    r"vbaproject|(^|/)(basic|scripts)/|embeddings/|activex|\.(bin|exe|js|zip|docx|xlsx|jar)$", re.IGNORECASE
)
_UNREAD = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, ValueError, OSError)
_SAFE = re.compile(r"[^\w. -]+")
WRONG = {
    "JZ-854": sentence("Choose a PDF, a picture (JPEG or PNG), a text, a CSV table or a DOCX or ODT document"),
    "JZ-855": sentence("A file weighs at most 5 MiB"),
    "JZ-856": sentence("This document unpacks to more than a document holds, or cannot be read"),
    "JZ-857": sentence("This file holds something that runs by itself: save it as a plain PDF or picture"),
}


def check(name: str, content: bytes) -> str:
    """The kind of a file, from what it holds and not from what it is called alone.

    Raises:
        PortalError: JZ-854 its kind, JZ-855 its size, JZ-856 its archive, JZ-857 something in it runs.
    """
    if not content or len(content) > LARGEST:
        raise _wrong("JZ-855", f"{len(content) >> 10} KiB")
    ending = Path(name).suffix.lower()
    for magic, kind, endings in _MAGIC:
        if content.startswith(magic) and ending in endings:
            if kind == "application/pdf" and _RUNS.search(content):
                raise _wrong("JZ-857", "a script, a form or a file inside")
            return kind
    if ending in _ARCHIVES and content.startswith(b"PK\x03\x04"):
        _refuse_archive(content)
        return _ARCHIVES[ending]
    if ending in (".txt", ".csv"):
        return _text(content, ending)
    raise _wrong("JZ-854", ending[:10] or "no ending")


def keep(name: str, content: bytes) -> dict[str, Any]:
    """Check a file and keep it under its fingerprint, beside and renamed; what the objection says of it.

    Raises:
        PortalError: JZ-854 to JZ-857.
    """
    kind = check(name, content)
    digest = hashlib.sha256(content).hexdigest()
    write(digest, content)
    return {"name": _SAFE.sub("_", Path(name).name)[-100:], "kind": kind, "size": len(content), "digest": digest}


def write(digest: str, content: bytes) -> Path:
    """Keep bytes under their fingerprint, closed to others."""
    folder = Path(settings.PROFILE.data / "attachments")
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / digest
    beside = folder / f"{digest}.{os.getpid()}.part"
    beside.touch(mode=0o600)
    beside.write_bytes(content)
    beside.replace(path)
    return path


def read(digest: str) -> bytes:
    """What was kept under a fingerprint.

    Raises:
        OSError: It is not there.
    """
    return Path(settings.PROFILE.data / "attachments" / digest).read_bytes()


def sweep(now: float) -> int:
    """Delete files that nobody sent: a day old, and of no objection; the number deleted."""
    folder = Path(settings.PROFILE.data / "attachments")
    sent = set(Attachment.objects.values_list("digest", flat=True))
    sent |= set(Objection.objects.values_list("evidence_digest", flat=True))
    left = [path for path in folder.glob("*") if path.name not in sent and path.stat().st_mtime < now - _A_DAY]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _refuse_archive(content: bytes) -> None:
    left = _MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > _MOST_FILES:
                raise _wrong("JZ-856", f"{len(entries)} files")
            if any(_MACROS.search(entry.filename) for entry in entries):
                raise _wrong("JZ-857", "a macro or a file inside")
            for entry in entries:
                with archive.open(entry) as stream:
                    size = len(stream.read(left + 1))
                left -= size
                if left < 0 or size > _RATIO * max(entry.compress_size, 1024):
                    raise _wrong("JZ-856", "more than 50 MiB, or packed too well")
    except _UNREAD as wrong:
        raise _wrong("JZ-856", type(wrong).__name__) from wrong


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
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    except csv.Error:
        raise _wrong("JZ-854", "a table that cannot be read") from None
    runs = sum(bool(re.match(r"\s*(?:[=@]|[+-](?![\d.,]))", cell)) for cell in cells)
    if runs:
        raise _wrong("JZ-857", f"{runs} cells that a spreadsheet would run")
    return "text/csv"


def _wrong(code: str, found: str) -> PortalError:
    return PortalError(
        code, WRONG[code][0].lower() + WRONG[code][1:], where="the file", found=found,
        fix="take a photo of the paper, or save it as a PDF, and add that.",
    )  # fmt: skip
