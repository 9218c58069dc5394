"""The store in one SQLite file."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from jazari.governance.ledger.store import COLUMNS, Row, unreachable

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (place INTEGER PRIMARY KEY, kind TEXT NOT NULL, number TEXT, salt BLOB, record BLOB);
CREATE INDEX IF NOT EXISTS records_of_number ON records (number) WHERE number IS NOT NULL;
CREATE INDEX IF NOT EXISTS records_of_kind ON records (kind);
CREATE TABLE IF NOT EXISTS head (one INTEGER PRIMARY KEY CHECK (one = 1), note BLOB NOT NULL);
"""
_PAGE = 1000


class SqliteStore:
    """The store as one SQLite file in WAL mode, each commit synced (`synchronous=FULL`), erased bytes overwritten.

    Args:
        path: The file; it is made with mode 0600.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._writing, self._reading = self._connect(), self._connect()
            with self._writing as connection:
                connection.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise unreachable(error) from error
        self._one_reader = threading.Lock()

    def _connect(self) -> sqlite3.Connection:
        made = sqlite3.connect(self._path, timeout=60, isolation_level=None, check_same_thread=False)
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("PRAGMA synchronous=FULL")
        made.execute("PRAGMA secure_delete=ON")
        made.execute("PRAGMA cache_size=-16000")
        return made

    def head(self) -> bytes | None:
        """The signed checkpoint of the last commit."""
        found = self._ask("SELECT note FROM head", ())
        return bytes(found[0][0]) if found else None

    def commit(self, rows: Sequence[Row], head: bytes, erase: Sequence[int] = ()) -> None:
        """One transaction; after an erasure the journal is emptied too, so that no copy of the bytes stays."""
        connection = self._writing
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                connection.executemany(f"INSERT INTO records ({COLUMNS}) VALUES (?, ?, ?, ?, ?)", rows)
                connection.executemany(
                    "UPDATE records SET salt = NULL, record = NULL, number = NULL WHERE place = ?",
                    [(index,) for index in erase],
                )
                connection.execute("INSERT OR REPLACE INTO head VALUES (1, ?)", (head,))
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            if erase:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise unreachable(error) from error

    def rows(self, *, kind: str | None = None, number: str | None = None, start: int = 0) -> Iterator[Row]:
        """The rows of a kind or number, a page at a time."""
        where, values = "place >= ?", [start]
        wanted: list[Any] = []
        if kind is not None:
            where, wanted = f"{where} AND kind = ?", [*wanted, kind]
        if number is not None:
            where, wanted = f"{where} AND number = ?", [*wanted, number]
        while True:
            page = self._ask(
                f"SELECT {COLUMNS} FROM records WHERE {where} ORDER BY place LIMIT {_PAGE}", [*values, *wanted]
            )
            yield from (Row(*row) for row in page)
            if len(page) < _PAGE:
                return
            values = [page[-1][0] + 1]

    def row(self, index: int) -> Row | None:
        """The row of an entry."""
        found = self._ask(f"SELECT {COLUMNS} FROM records WHERE place = ?", (index,))
        return Row(*found[0]) if found else None

    def _ask(self, query: str, values: Sequence[Any]) -> list[Any]:
        try:
            with self._one_reader:
                return self._reading.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise unreachable(error) from error

    def close(self) -> None:
        """Close both connections."""
        self._writing.close()
        self._reading.close()
