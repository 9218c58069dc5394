"""Pseudonyms: HMAC-SHA256 under a secret of the institution, so that keys never leave their file.

A pseudonym is the first 128 bits of HMAC-SHA256(secret, kind, 0x1f, value) as 32 hexadecimal digits: among a thousand
million people two share one with a probability under 1e-20. An integer and its decimal text have the same pseudonym;
the same value has different ones as a key, a site and a territory. Sources: RFC 2104, NIST SP 800-107r1 (truncation),
ENISA, "Pseudonymisation techniques and best practices", 2019.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from jazari.core.errors import DataError

ENVIRONMENT = "JAZARI_PSEUDONYM_KEY"
_DIGITS = 32
_SHORTEST = 32


class Pseudonyms:
    """Pseudonyms under one secret.

    Args:
        secret: At least 32 characters (or bytes) that nobody can guess.

    Raises:
        DataError: JZ-351, the secret is too short.
    """

    def __init__(self, secret: str | bytes) -> None:
        key = secret.encode() if isinstance(secret, str) else secret
        if len(key) < _SHORTEST:
            raise DataError(
                "JZ-351", "the secret of the pseudonyms is too short", where=ENVIRONMENT,
                found=f"{len(key)} characters",
                fix=f"use at least {_SHORTEST} random characters: openssl rand -hex 32.",
            )  # fmt: skip
        self._base = hmac.new(key, digestmod=hashlib.sha256)

    @classmethod
    def of_institution(cls, say: Callable[[str], None] = lambda _: None) -> Pseudonyms:
        """Pseudonyms under `JAZARI_PSEUDONYM_KEY`, else under a secret made once in `~/.config/jazari/`.

        Args:
            say: Told one sentence when a secret is made.

        Raises:
            DataError: JZ-350 others may read the secret's file, JZ-351 it is too short, JZ-352 it cannot be made.
        """
        given = os.environ.get(ENVIRONMENT)
        return cls(given) if given else cls(_kept(key_path(), say))

    @property
    def fingerprint(self) -> str:
        """What tells two secrets apart without telling anything of them: 16 hexadecimal digits."""
        return self._one(b"fingerprint", "")[:16]

    def of(self, kind: str, values: pa.Array) -> pa.StringArray:
        """The pseudonyms of values: 32 hexadecimal digits each, null for null.

        Args:
            kind: What the values name: `key`, `site`, `territory`.
            values: Integers or texts, in an array or chunked array, dictionaries too.
        """
        array = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
        codes = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
        prefix = kind.encode() + b"\x1f"
        texts = codes.dictionary.cast(pa.string()).to_pylist()
        made = pa.array([None if text is None else self._one(prefix, text) for text in texts], pa.string())
        return pc.take(made, codes.indices)

    def _one(self, prefix: bytes, text: str) -> str:
        one = self._base.copy()
        one.update(prefix + text.encode())
        return one.hexdigest()[:_DIGITS]


def key_path() -> Path:
    """Where the secret lies when the environment does not give it: `$XDG_CONFIG_HOME/jazari/pseudonym.key`."""
    home = os.environ.get("XDG_CONFIG_HOME")
    return (Path(home) if home else Path.home() / ".config") / "jazari" / "pseudonym.key"


def _kept(path: Path, say: Callable[[str], None]) -> bytes:
    try:
        if not path.exists():
            _make(path, say)
        with path.open("rb") as stream:
            if os.fstat(stream.fileno()).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise DataError(
                    "JZ-350", "others on this machine may read the secret of the pseudonyms", where=str(path),
                    found="a file that is not private", fix=f"chmod 600 {path}; if others did read it, make a new one.",
                )  # fmt: skip
            return stream.read().strip()
    except OSError as failure:
        raise DataError(
            "JZ-352", "the secret of the pseudonyms cannot be kept", where=str(path),
            found=os.strerror(failure.errno) if failure.errno else "",
            fix=f"set {ENVIRONMENT}, or make this folder writable.",
        ) from None  # fmt: skip


def _make(path: Path, say: Callable[[str], None]) -> None:
    """Make the secret; where two processes do so at once, the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".pseudonym.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(secrets.token_hex(32).encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
            say(f"A secret for pseudonyms was made: {path}. Keep a copy: without it no pseudonym can be made again.")
    finally:
        Path(name).unlink(missing_ok=True)
