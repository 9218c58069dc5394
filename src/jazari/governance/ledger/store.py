"""The institution's store: records with their salts, and the head of the log that was last committed.

It is the point at which an append happens: one transaction adds the records, takes those away that an erasure names,
and moves the head. SQLite by default, PostgreSQL by URL; neither ever holds a key.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from jazari.core.errors import LedgerError

COLUMNS = "place, kind, number, salt, record"


class Row(NamedTuple):
    """One record of the store; salt and record are None once they are erased."""

    place: int
    kind: str
    number: str | None
    salt: bytes | None
    record: bytes | None


class Store(Protocol):
    """Where records lie. Every method raises `LedgerError` JZ-605 where the store cannot be reached or is full."""

    def head(self) -> bytes | None:
        """The signed checkpoint of the last commit."""

    def commit(self, rows: Sequence[Row], head: bytes, erase: Sequence[int] = ()) -> None:
        """Add rows, erase others and move the head: all of it durable when this returns, or none of it."""

    def rows(self, *, kind: str | None = None, number: str | None = None, start: int = 0) -> Iterator[Row]:
        """The rows of a kind or number from an index on, in their order."""

    def row(self, index: int) -> Row | None:
        """The row of an entry."""

    def close(self) -> None:
        """Let go of the store."""


def unreachable(error: Exception) -> LedgerError:
    """The error for a store that does not answer; it names the kind of failure, never a row or a password."""
    said = f": {error}" if isinstance(error, sqlite3.OperationalError) else ""
    return LedgerError(
        "JZ-605", "the store of records did not take or give what was asked", where="the ledger's store",
        found=f"{type(error).__name__}{said}",
        fix="check that it has room, can be written and reached; nothing was acknowledged, so append again.",
    )  # fmt: skip
