"""Canonical JSON (RFC 8785) and SHA-256: the only way Jazari fingerprints a document."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import rfc8785

_CHUNK = 1 << 20


def encode(document: Any) -> bytes:
    """The canonical JSON of a document: sorted keys, shortest numbers, UTF-8 (RFC 8785)."""
    return rfc8785.dumps(document)


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
