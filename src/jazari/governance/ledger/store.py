"""The institution's store: records with their salts, and the head of the log that was last committed.

It is the point at which an append happens: one transaction adds the records, takes those away that an erasure names,
and moves the head. SQLite by default, PostgreSQL by URL; neither ever holds a key.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from jazari.core.errors import LedgerError

COLUMNS = "place, kind, number, salt, record, version, subject, officer"

ERASED = "salt = NULL, record = NULL, number = NULL, subject = NULL, officer = NULL"


class Row(NamedTuple):
    """One record of the store; all but place, kind and version are None once it is erased.

    Attributes:
        place: The index of its entry.
        kind: Its kind.
        number: The number it gave or is about.
        salt: The salt of the commitment.
        record: The record, as it was committed to.
        version: The version of the system that its public facts state.
        subject: The pseudonym of the person concerned.
        officer: The officer that the record names.
    """

    place: int
    kind: str
    number: str | None
    salt: bytes | None
    record: bytes | None
    version: str | None = None
    subject: str | None = None
    officer: str | None = None


class Query(NamedTuple):
    """Which rows are asked for: those that fit every field that is not None.

    Attributes:
        kind: Of this kind.
        number: With this number.
        version: Of this version of a system; only with `kind`.
        subjects: About one of these pseudonyms, or by one of `officers`; only with `version`.
        officers: By one of these officers, or about one of `subjects`; only with `version`.
        start: From this index on.
    """

    kind: str | None = None
    number: str | None = None
    version: str | None = None
    subjects: Sequence[str] | None = None
    officers: Sequence[str] | None = None
    start: int = 0

    @property
    def named(self) -> dict[str, str]:
        """What a column must equal, by its name."""
        asked = {"kind": self.kind, "number": self.number, "version": self.version}
        return {name: value for name, value in asked.items() if value is not None}

    def fits(self, row: Row) -> bool:
        """Whether a row is one of those."""
        among = self.subjects is None and self.officers is None
        among = among or row.subject in (self.subjects or ()) or row.officer in (self.officers or ())
        return row.place >= self.start and among and all(getattr(row, one) == said for one, said in self.named.items())


class Store(Protocol):
    """Where records lie. Every method raises `LedgerError` JZ-605 where the store cannot be reached or is full."""

    def head(self) -> bytes | None:
        """The signed checkpoint of the last commit."""

    def commit(self, rows: Sequence[Row], head: bytes, erase: Sequence[int] = ()) -> None:
        """Add rows, erase others and move the head: all of it durable when this returns, or none of it."""

    def rows(self, query: Query) -> Iterator[Row]:
        """The rows that a query asks for, in the order of the log."""

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
