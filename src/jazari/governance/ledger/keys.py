"""Secrets of a ledger: `DIR/keys`, mode 0700, files of mode 0600. Never under the log, never in the store."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from jazari.core.errors import LedgerError
from jazari.governance.ledger.notes import LOG, WITNESS, Malformed, PrivateKey

FOLDER = "keys"
_SEED = 32
_FILES = {LOG: "log", WITNESS: "witness"}


class Keys:
    """The keys of a ledger: its log's, its witness's (another one, as C2SP asks), and that of its pseudonyms.

    Args:
        folder: The ledger's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER

    def make(self, name: str) -> None:
        """Make all of them, for a new ledger."""
        self._folder.mkdir(mode=0o700)
        for kind in _FILES:
            self.replace(new_key(name, kind))
        self._write("subjects", secrets.token_bytes(_SEED).hex())

    def signing(self, kind: int = LOG) -> PrivateKey:
        """The key that signs checkpoints, or cosigns those of others.

        Raises:
            LedgerError: JZ-615, it is missing, malformed, or others may read it.
        """
        try:
            return PrivateKey.parse(self._read(_FILES[kind]))
        except Malformed:
            raise self._unusable(_FILES[kind], "a file that is not a key") from None

    def subjects(self) -> bytes:
        """The key of pseudonyms, 32 bytes."""
        try:
            key = bytes.fromhex(self._read("subjects"))
        except ValueError:
            key = b""
        if len(key) != _SEED:
            raise self._unusable("subjects", "a file that is not a key")
        return key

    def replace(self, key: PrivateKey) -> None:
        """Put a signing key in its place, durably."""
        self._write(_FILES[key.public.kind], key.text())

    def _write(self, name: str, text: str) -> None:
        aside = self._folder / f".{name}"
        aside.unlink(missing_ok=True)
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(text + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(self._folder / name)
        handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def _read(self, name: str) -> str:
        try:
            with (self._folder / name).open() as stream:
                if os.fstat(stream.fileno()).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                    raise self._unusable(name, "a file that others on this machine may read")
                return stream.read().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise self._unusable(name, type(error).__name__) from None

    @staticmethod
    def _unusable(name: str, found: str) -> LedgerError:
        return LedgerError(
            "JZ-615", f"the ledger's key '{name}' cannot be used", where=f"{FOLDER}/{name}", found=found,
            fix=f"restore {FOLDER}/{name} from its backup with mode 0600; if others could read it, revoke it.",
        )  # fmt: skip


def new_key(name: str, kind: int = LOG) -> PrivateKey:
    """A new signing key."""
    return PrivateKey.of(name, kind, secrets.token_bytes(_SEED))
