"""The store in PostgreSQL. The password stays in the environment (`PGPASSWORD`, `PGPASSFILE`), not in the URL."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any

from jazari.core.errors import InstallationError
from jazari.governance.ledger.store import COLUMNS, ERASED, Query, Row, unreachable

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    place bigint PRIMARY KEY, kind text NOT NULL, number text, salt bytea, record bytea,
    version text, subject text, officer text
);
CREATE INDEX IF NOT EXISTS records_of_number ON records (number) WHERE number IS NOT NULL;
CREATE INDEX IF NOT EXISTS records_of_version ON records (kind, version, place) INCLUDE (subject, officer);
CREATE TABLE IF NOT EXISTS head (one integer PRIMARY KEY CHECK (one = 1), note bytea NOT NULL);
"""
_PAGE = 1000


class PostgresStore:
    """The store in the current schema of a PostgreSQL database; one connection, opened again after it was lost.

    Args:
        url: `postgresql://user@host/database`.
    """

    def __init__(self, url: str) -> None:
        try:
            import psycopg
        except ModuleNotFoundError as missing:
            raise InstallationError(
                "JZ-101", "a ledger in PostgreSQL needs the Python package 'psycopg'", where="the ledger's store",
                fix="install the extra: pip install 'jazari[postgres]'.",
            ) from missing  # fmt: skip
        self._library: Any = psycopg
        self._url = url
        self._connection: Any = None
        self._lock = threading.RLock()
        with self._lock, self._transaction() as cursor:
            cursor.execute(_SCHEMA)

    def _transaction(self) -> _Transaction:
        if self._connection is None or self._connection.closed:
            try:
                self._connection = self._library.connect(self._url)
            except self._library.Error as error:
                raise unreachable(error) from error
        return _Transaction(self._connection, self._library.Error)

    def head(self) -> bytes | None:
        """The signed checkpoint of the last commit."""
        found = self._ask("SELECT note FROM head", ())
        return bytes(found[0][0]) if found else None

    def commit(self, rows: Sequence[Row], head: bytes, erase: Sequence[int] = ()) -> None:
        """One transaction, with `synchronous_commit` whatever the server's default."""
        with self._lock, self._transaction() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = on")
            with cursor.copy(f"COPY records ({COLUMNS}) FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(["int8", "text", "text", "bytea", "bytea", "text", "text", "text"])
                for row in rows:
                    copy.write_row(row)
            cursor.execute(f"UPDATE records SET {ERASED} WHERE place = ANY(%s)", (list(erase),))
            cursor.execute(
                "INSERT INTO head VALUES (1, %s) ON CONFLICT (one) DO UPDATE SET note = excluded.note", (head,)
            )
        if erase:
            self._vacuum()

    def _vacuum(self) -> None:
        """Rewrite the table, so that the erased bytes leave the database's files."""
        with self._lock:
            self._connection.autocommit = True
            try:
                self._connection.execute("VACUUM (FULL) records")
            except self._library.Error as error:
                raise unreachable(error) from error
            finally:
                self._connection.autocommit = False

    def rows(self, query: Query) -> Iterator[Row]:
        """The rows that a query asks for, a page at a time."""
        wanted = [
            (name, value) for name in ("kind", "number", "version") if (value := getattr(query, name)) is not None
        ]
        where = "".join(f" AND {name} = %s" for name, _ in wanted)
        values: list[Any] = [value for _, value in wanted]
        if query.subjects is not None or query.officers is not None:
            where += " AND (subject = ANY(%s) OR officer = ANY(%s))"
            values += [list(query.subjects or ()), list(query.officers or ())]
        start = query.start
        while True:
            asked = f"SELECT {COLUMNS} FROM records WHERE place >= %s{where} ORDER BY place LIMIT {_PAGE}"
            page = self._ask(asked, [start, *values])
            yield from (_row(row) for row in page)
            if len(page) < _PAGE:
                return
            start = page[-1][0] + 1

    def row(self, index: int) -> Row | None:
        """The row of an entry."""
        found = self._ask(f"SELECT {COLUMNS} FROM records WHERE place = %s", (index,))
        return _row(found[0]) if found else None

    def _ask(self, query: str, values: Sequence[Any]) -> list[Any]:
        with self._lock, self._transaction() as cursor:
            found: list[Any] = cursor.execute(query, values).fetchall()
            return found

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()


def _row(values: Sequence[Any]) -> Row:
    place, kind, number, salt, record, *rest = values
    return Row(place, kind, number, salt and bytes(salt), record and bytes(record), *rest)


class _Transaction:
    """A cursor inside a transaction, the library's errors turned into ours."""

    def __init__(self, connection: Any, errors: type[Exception]) -> None:
        self._connection = connection
        self._errors = errors

    def __enter__(self) -> Any:
        return self._connection.cursor()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        try:
            if kind is None:
                self._connection.commit()
            else:
                self._connection.rollback()
        except self._errors as lost:
            self._connection.close()
            raise unreachable(lost) from lost
        if isinstance(error, self._errors):
            raise unreachable(error) from error
