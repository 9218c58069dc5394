"""The store in one SQLite file."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from jazari.governance.ledger.store import COLUMNS, ERASED, Query, Row, unreachable

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    place INTEGER PRIMARY KEY, kind TEXT NOT NULL, number TEXT, salt BLOB, record BLOB,
    version TEXT, subject TEXT, officer TEXT
);
CREATE INDEX IF NOT EXISTS records_of_number ON records (number) WHERE number IS NOT NULL;
CREATE INDEX IF NOT EXISTS records_of_version ON records (kind, version, place, subject, officer);
CREATE TABLE IF NOT EXISTS head (one INTEGER PRIMARY KEY CHECK (one = 1), note BLOB NOT NULL);
"""
_PAGE = 1000
_AMONG = "SELECT value FROM json_each(?)"


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
        made.execute("PRAGMA page_size=16384")  # before the first table: fewer, wider pages in each commit
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
                connection.executemany(f"INSERT INTO records ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
                connection.executemany(
                    f"UPDATE records SET {ERASED} WHERE place = ?",
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

    def rows(self, query: Query) -> Iterator[Row]:
        """The rows that a query asks for, a page at a time."""
        if query.named:
            yield from self._found(query)
            return
        start = query.start
        while True:
            page = self._ask(f"SELECT {COLUMNS} FROM records WHERE place >= ? ORDER BY place LIMIT {_PAGE}", [start])
            yield from (Row(*row) for row in page)
            if len(page) < _PAGE:
                return
            start = page[-1][0] + 1

    def _found(self, query: Query) -> Iterator[Row]:
        """The places come from an index alone, once; rows that do not fit are never read."""
        where = "".join(f" AND {name} = ?" for name in query.named)
        values: list[Any] = [query.start, *query.named.values()]
        if query.subjects is not None or query.officers is not None:
            where += f" AND (subject IN ({_AMONG}) OR officer IN ({_AMONG}))"
            values += [json.dumps(list(query.subjects or ())), json.dumps(list(query.officers or ()))]
        found = self._ask(f"SELECT place FROM records WHERE place >= ?{where}", values)
        places = sorted(place for (place,) in found)
        for start in range(0, len(places), _PAGE):
            page = json.dumps(places[start : start + _PAGE])
            rows = self._ask(f"SELECT {COLUMNS} FROM records WHERE place IN ({_AMONG}) ORDER BY place", [page])
            yield from (Row(*row) for row in rows)

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
