"""Packs: a zip that somebody sent, read without trust.

Checked before a byte is believed: size, kind, number of files, names (no `../`, no absolute path, no link, none twice),
the size of each file as it is unpacked (never as the archive says it), JSON that is a document and not too deep, and
that every file is one that a dossier names for its audience.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import re
import stat
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jazari.core.errors import PortalError

LARGEST = 32 << 20
_LARGEST_UNPACKED = 256 << 20
_LARGEST_DOCUMENT = 24 << 20
_LONGEST_NUMBER = 20  # digits
_MOST_FILES = 64
_DEEPEST = 40
_NAME = re.compile(r"(?:waivers/)?[A-Za-z0-9][A-Za-z0-9._-]{0,100}$")
_DOCUMENT = "dossier.json"
_ODD = re.compile(rb"\\u(?:0000|d[89a-f])", re.IGNORECASE)
"""NUL and surrogates: no store holds them, and canonical JSON writes every other character as itself."""
_CASE = re.compile(r"[a-z][a-z0-9_]{0,59}(\.[a-z][a-z0-9_]{0,59})?$")
_WAIVER = re.compile(r"waivers/[^/]+\.json$")
_LOCKED = 0x1
_KINDS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UNREAD = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    NotImplementedError,
    EOFError,
    RuntimeError,
    ValueError,
    OSError,
)
"""All that the standard library raises on an archive that is not one."""
_WHERE = "the pack"
_AGAIN = "make it again with `jazari pack DIR --for public --out X.zip`."


@dataclass(frozen=True)
class Pack:
    """A pack whose shape is sound; whether its figures are true is for `verification` to say.

    Attributes:
        content: The archive.
        files: What it holds, by name.
    """

    content: bytes
    files: Mapping[str, bytes]

    @property
    def sha256(self) -> str:
        """The fingerprint of the archive."""
        return hashlib.sha256(self.content).hexdigest()

    @cached_property
    def dossier(self) -> dict[str, Any]:
        """`dossier.json`."""
        return document(self.files[_DOCUMENT], _DOCUMENT)

    @cached_property
    def evidence(self) -> dict[str, Any]:
        """`evidence.json`."""
        return document(self.files["evidence.json"], "evidence.json")

    @cached_property
    def model(self) -> dict[str, Any] | None:
        """`model.json`, or None where somebody else's model answered."""
        return document(self.files["model.json"], "model.json") if "model.json" in self.files else None

    @cached_property
    def waivers(self) -> list[dict[str, Any]]:
        """The waivers that lie beside the dossier."""
        return [document(content, name) for name, content in sorted(self.files.items()) if _WAIVER.match(name)]

    @property
    def audience(self) -> str:
        """`auditor` if it holds a file for auditors, else `public`."""
        named = self.dossier["files"]
        return "auditor" if any(named.get(name, {}).get("audience") == "auditor" for name in self.files) else "public"


def read(content: bytes) -> Pack:
    """Read a pack.

    Raises:
        PortalError: JZ-810 to JZ-815.
    """
    if len(content) > LARGEST:
        raise PortalError(
            "JZ-811",
            "the pack is too large",
            where=_WHERE,
            found=f"{len(content) >> 20} MiB",
            fix=f"a pack weighs at most {LARGEST >> 20} MiB; private files do not belong in it.",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _refuse_names(entries)
            pack = Pack(content, _unpack(archive, entries))
    except _UNREAD as wrong:
        raise PortalError(
            "JZ-810", "this is not an archive that can be read", where=_WHERE, found=type(wrong).__name__, fix=_AGAIN
        ) from wrong
    _refuse_strangers(pack)
    return pack


def _refuse_names(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    links = [
        entry
        for entry in entries
        if stat.S_ISLNK(entry.external_attr >> 16) or entry.flag_bits & _LOCKED or entry.compress_type not in _KINDS
    ]
    odd = [name for name in names if not _NAME.match(name)]
    if odd or links or len(set(names)) != len(names) or "\\" in "".join(entry.orig_filename for entry in entries):
        raise PortalError(
            "JZ-813",
            "the pack holds a file whose name or kind is not allowed",
            where=_WHERE,
            found=f"{len(odd)} odd names, {len(links)} links or locked files, {len(names) - len(set(names))} doubles",
            fix=f"a pack holds plain files of a dossier, no folders and no links: {_AGAIN}",
        )
    if len(names) > _MOST_FILES:
        raise _bomb(f"{len(names)} files")


def _unpack(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    files, left = {}, _LARGEST_UNPACKED
    for entry in entries:
        with archive.open(entry) as stream:
            files[entry.filename] = stream.read(left + 1)
        left -= len(files[entry.filename])
        if left < 0:
            raise _bomb(f"more than {_LARGEST_UNPACKED >> 20} MiB")
    return files


def _bomb(found: str) -> PortalError:
    return PortalError(
        "JZ-812", "the pack unpacks to more than a dossier ever holds", where=_WHERE, found=found, fix=_AGAIN
    )


def _refuse_strangers(pack: Pack) -> None:
    """Every file is one that the dossier names, for the public or for auditors; the three documents are there."""
    if _DOCUMENT not in pack.files:
        raise PortalError(
            "JZ-814",
            "the pack holds no dossier",
            where=_WHERE,
            found=f"{len(pack.files)} files, no {_DOCUMENT}",
            fix=_AGAIN,
        )
    named = pack.dossier.get("files")
    if not isinstance(named, dict) or not all(isinstance(one, dict) for one in named.values()):
        raise _unread(_DOCUMENT, "no list of files")
    if not _CASE.match(str(pack.dossier.get("case"))) or not isinstance(pack.dossier.get("declaration"), dict):
        raise _unread(_DOCUMENT, "no case or no declaration")
    strangers = [name for name in pack.files if name not in named and name != _DOCUMENT and not _WAIVER.match(name)]
    private = [name for name in pack.files if named.get(name, {}).get("audience") == "private"]
    if strangers or private or "evidence.json" not in pack.files:
        raise PortalError(
            "JZ-814",
            "the pack does not hold what a pack holds",
            where=_WHERE,
            found=f"{len(strangers)} files that the dossier does not name, {len(private)} private files, "
            f"evidence {'there' if 'evidence.json' in pack.files else 'missing'}",
            fix=f"private files never leave the institution: {_AGAIN}",
        )


def document(content: bytes, name: str) -> dict[str, Any]:
    """A JSON document of a pack.

    Raises:
        PortalError: JZ-815.
    """
    if len(content) > _LARGEST_DOCUMENT:
        raise _unread(name, f"{len(content) >> 20} MiB")
    try:
        read = json.loads(content, parse_constant=_no_constant, parse_int=_whole, parse_float=_real)
    except (ValueError, RecursionError) as wrong:
        raise _unread(name, type(wrong).__name__) from wrong
    if _ODD.search(content):
        raise _unread(name, "a character that no text holds")
    if not isinstance(read, dict) or _depth(read) > _DEEPEST:
        raise _unread(name, "no document, or too deep a one")
    return read


def _no_constant(text: str) -> float:
    raise ValueError(text)


def _whole(text: str) -> int:
    """A whole number that every program reads alike; no figure of a dossier needs more than 64 bits."""
    if len(text) > _LONGEST_NUMBER or abs(int(text)) >= 1 << 63:
        raise ValueError("a whole number beyond 64 bits")
    return int(text)


def _real(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError("a number beyond what a real holds")
    return value


def _depth(value: Any) -> int:
    deepest, waiting = 0, [(value, 1)]
    while waiting and deepest <= _DEEPEST:
        one, depth = waiting.pop()
        deepest = max(deepest, depth)
        inner = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        waiting += [(part, depth + 1) for part in inner if isinstance(part, (dict, list))]
    return deepest


def _unread(name: str, found: str) -> PortalError:
    return PortalError("JZ-815", "a document of the pack cannot be read", where=name, found=found, fix=_AGAIN)
