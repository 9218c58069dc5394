"""Key safe: the ledger's keys inside a backup, closed with a passphrase that lies elsewhere.

scrypt (RFC 7914) makes a key of the passphrase, AES-256-GCM (NIST SP 800-38D) closes and seals.
"""

from __future__ import annotations

import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from jazari.core.errors import PortalError

PASSPHRASE = "JAZARI_HUB_BACKUP_PASSPHRASE"  # nosec B105  # noqa: S105  the name of a variable
_SCHEMA = "jazari.key-safe/1"
_COST = 2**15
_LEAST = 16


def close(files: Mapping[str, str], passphrase: str) -> bytes:
    """Close files into a safe.

    Args:
        files: Texts by name.
        passphrase: At least 16 characters.

    Raises:
        PortalError: JZ-825, it is too short.
    """
    if len(passphrase) < _LEAST:
        raise PortalError(
            "JZ-825", "the passphrase is too short", where=PASSPHRASE, found=f"{len(passphrase)} characters",
            fix=f"take at least {_LEAST}: several words that nobody would guess together.",
        )  # fmt: skip
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    content = json.dumps(dict(files)).encode()
    closed = AESGCM(_key(passphrase, salt, _COST)).encrypt(nonce, content, _SCHEMA.encode())
    parts = {"salt": salt, "nonce": nonce, "closed": closed}
    head = {"schema": _SCHEMA, "cost": _COST}
    return json.dumps({**head, **{name: b64encode(part).decode() for name, part in parts.items()}}).encode()


def open_(content: bytes, passphrase: str) -> dict[str, str]:
    """The files of a safe.

    Raises:
        PortalError: JZ-825, this passphrase does not open it.
    """
    try:
        said: dict[str, Any] = json.loads(content)
        salt, nonce, closed = (b64decode(said[name]) for name in ("salt", "nonce", "closed"))
        key = _key(passphrase, salt, min(int(said["cost"]), 2**20))
        found: dict[str, str] = json.loads(AESGCM(key).decrypt(nonce, closed, _SCHEMA.encode()))
    except (InvalidTag, ValueError, KeyError, TypeError) as wrong:
        raise PortalError(
            "JZ-825", "the keys in the backup do not open", where=PASSPHRASE,
            found="another passphrase" if passphrase else "no passphrase",
            fix="give the passphrase that the backup was made with; or `--keys DIR`, where they were kept apart.",
        ) from wrong  # fmt: skip
    return found


def _key(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(passphrase.encode())
