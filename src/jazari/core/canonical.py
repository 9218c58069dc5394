"""Canonical JSON (RFC 8785) and SHA-256: the only way Jazari fingerprints a document."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import rfc8785

_SAFE = (1 << 53) - 1
_PLAIN = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False).encode


def encode(document: Any) -> bytes:
    """The canonical JSON of a document: sorted keys, shortest numbers, UTF-8 (RFC 8785)."""
    if _is_plain(document):
        return _PLAIN(document).encode()
    return rfc8785.dumps(document)


def encode_each(documents: Sequence[Any]) -> list[bytes]:
    """The canonical JSON of each of many documents, at half the price of encoding them one by one."""
    if not _is_plain(documents):
        return [encode(one) for one in documents]
    between = os.urandom(16).hex()  # drawn anew, so that no document can hold it
    parted: list[Any] = [between] * (2 * len(documents) - 1)
    parted[::2] = documents
    return _PLAIN(parted)[1:-1].encode().split(f',"{between}",'.encode()) if documents else []


def _is_plain(value: Any) -> bool:
    """Whether Python's own encoder, four times as fast, writes the very bytes of RFC 8785: no float, ASCII keys."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is dict:
        for name, one in value.items():
            if type(name) is not str or not name.isascii() or not (type(one) is str or _is_plain(one)):
                return False
        return True
    if kind is int:
        return bool(-_SAFE <= value <= _SAFE)
    return kind in (list, tuple) and all(map(_is_plain, value))


def pretty(document: Any) -> str:
    """The same document for human eyes: sorted keys, two spaces, no escapes."""
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def digest(document: Any) -> str:
    """The SHA-256 of the canonical JSON of a document, in hexadecimal."""
    return hashlib.sha256(encode(document)).hexdigest()


def digest_without(document: Mapping[str, Any], field: str) -> str:
    """The digest of a document without one of its fields, the one that carries the digest itself."""
    return digest({name: value for name, value in document.items() if name != field})


def file_digest(path: Path) -> str:
    """The SHA-256 of a file, read by megabytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
