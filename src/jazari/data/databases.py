"""Tables inside databases: a DuckDB file, and PostgreSQL, both through Ibis."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from jazari.core.errors import DataError, InstallationError, did_you_mean
from jazari.data.dialect import clean
from jazari.data.files import Scratch
from jazari.data.relation import Source, connect, disconnect, literal, quoted, view

_BATCH = 65_536


def open_duckdb(text: str) -> Source:
    """Open `duckdb:///path/to/f.db#table` (`#schema.table` too), read-only.

    Raises:
        DataError: JZ-300 no such file, JZ-302 no table named, JZ-308 it cannot be opened, JZ-309 no such table.
    """
    import duckdb

    rest, _, table = text.partition("#")
    path = Path(unquote(rest.removeprefix("duckdb://").removeprefix("/") or "."))
    absolute = Path("/") / path
    path = absolute if not path.exists() and absolute.exists() else path
    if not table:
        raise no_table(text.partition("#")[0], "duckdb:///registers.db#pupils")
    if not path.is_file():
        raise not_found(path)
    scratch = Scratch()
    described = f"duckdb:///{path}#{table}"
    try:
        database = connect(scratch.path, str(path), read_only=True)
        schema, name = _split(unquote(table), "main")
        asked = f"SELECT table_name FROM information_schema.tables WHERE table_schema = {literal(schema)}"
        known = [row[0] for row in database.con.execute(asked).fetchall()]
        if name not in known:
            raise _no_such_table(described, name, known)
        rows = f"{quoted(schema)}.{quoted(name)}"
        headers = [row[0] for row in database.con.execute(f"DESCRIBE SELECT * FROM {rows}").fetchall()]
    except duckdb.Error as failure:
        raise _not_opened(described, failure) from None
    return Source(
        "duckdb", described, tuple(clean(one) for one in headers), lambda: database, lambda source: view(source, rows),
        opened=lambda: database.table(name, database=schema), scratch=scratch, remote=database,
    )  # fmt: skip


def open_postgresql(text: str) -> Source:
    """Open `postgresql:///db#schema.table`, or with a host and a port.

    Who connects comes from the environment (`PGUSER`, `PGPASSWORD`, `PGPASSFILE`, `PGSERVICE`) or from `~/.pgpass`.

    Raises:
        DataError: JZ-302 no table named, JZ-307 a password in the URL, JZ-308 out of reach, JZ-309 no such table.
        InstallationError: JZ-326, the driver is not installed.
    """
    url, table = _without_secrets(text)
    described = f"postgresql://{url.hostname or ''}{f':{url.port}' if url.port else ''}{url.path}#{table}"
    if not table:
        raise no_table(described.rstrip("#"), "postgresql:///registers#public.pupils")
    schema, name = _split(table, "public")
    remote = _reach(url, described)
    try:
        known = _asked(described, lambda: remote.list_tables(database=schema))
        if name not in known:
            raise _no_such_table(described, name, known)
        rows = _asked(described, lambda: remote.table(name, database=schema))
    except DataError:
        disconnect(remote)
        raise
    scratch = Scratch()

    def copy(source: Source) -> None:
        path = scratch.path / "copy.parquet"
        _asked(described, lambda: _copy(_plain(rows), path))
        view(source, f"read_parquet({literal(str(path))})")

    return Source(
        "postgresql", described, tuple(clean(one) for one in rows.columns), lambda: connect(scratch.path), copy,
        opened=lambda: rows, scratch=scratch, remote=remote,
    )  # fmt: skip


def not_found(path: Path | str) -> DataError:
    """JZ-300: nothing there."""
    path = Path(path)
    beside = (
        [one.name for one in path.parent.iterdir()] if path.parent.is_dir() and os.access(path.parent, os.R_OK) else []
    )
    return DataError(
        "JZ-300", "there is no such file", where=str(path), found="nothing at this place",
        fix=f"{did_you_mean(path.name, beside)}Otherwise check the path.",
    )  # fmt: skip


def no_table(described: str, example: str) -> DataError:
    """JZ-302: a place that does not say which table."""
    return DataError(
        "JZ-302", "this does not say which table to read", where=described, found="no # and no table",
        fix=f"write it as {example}.",
    )  # fmt: skip


def _without_secrets(text: str) -> tuple[Any, str]:
    try:
        url = urlsplit(text)
        secret = url.password or any("password" in key.casefold() for key in parse_qs(url.query))
        _ = url.port
    except ValueError:
        raise no_table("postgresql://", "postgresql:///registers#public.pupils") from None
    if secret:
        raise DataError(
            "JZ-307", "a password stands in the URL", where="--data postgresql://",
            found="a URL with a password, not shown",
            fix="take it out, change that password, and put the new one in PGPASSWORD or in ~/.pgpass (mode 0600).",
        )  # fmt: skip
    return url, unquote(url.fragment)


def _reach(url: Any, described: str) -> Any:
    try:
        import ibis
        import psycopg  # noqa: F401  the driver that Ibis asks for
    except ModuleNotFoundError:
        raise InstallationError(
            "JZ-326", "reading PostgreSQL needs the driver psycopg", where=described, found="it is not installed",
            fix='pip install "jazari[postgres]".',
        ) from None  # fmt: skip
    port = url.port or int(os.environ.get("PGPORT") or 5432)
    user = unquote(url.username) if url.username else None
    database = unquote(url.path.strip("/")) or os.environ.get("PGDATABASE")
    return _asked(described, lambda: ibis.postgres.connect(host=url.hostname, port=port, user=user, database=database))


def _asked(described: str, ask: Any) -> Any:
    """What PostgreSQL answers; its own messages may quote rows or users, and stay here."""
    try:
        return ask()
    except DataError:
        raise
    except Exception as failure:  # noqa: BLE001  Ibis, psycopg and Arrow each have trees of their own
        raise _not_opened(described, failure) from None


def _plain(rows: Any) -> Any:
    """The same table with only types that every engine writes alike: exotic ones become text, decimals become reals."""
    changed = {}
    for name, kind in rows.schema().items():
        if kind.is_decimal():
            changed[name] = rows[name].cast("float64")
        elif not (kind.is_numeric() or kind.is_boolean() or kind.is_string() or kind.is_date() or kind.is_timestamp()):
            changed[name] = rows[name].cast("string")
    return rows.mutate(**changed) if changed else rows


def _copy(rows: Any, path: Path) -> None:
    import pyarrow.parquet as pq

    with rows.to_pyarrow_batches(chunk_size=_BATCH) as batches, pq.ParquetWriter(path, batches.schema) as writer:
        for batch in batches:
            writer.write_batch(batch)


def _split(table: str, usual: str) -> tuple[str, str]:
    schema, dot, name = table.rpartition(".")
    return (schema, name) if dot else (usual, name)


def _no_such_table(described: str, name: str, known: list[str]) -> DataError:
    return DataError(
        "JZ-309", f"the database has no table '{name}'", where=described,
        found=", ".join(sorted(known)[:20]) or "no table that you may read",
        fix=f"{did_you_mean(name, known)}Otherwise name one of these after the #, with its schema.",
    )  # fmt: skip


def _not_opened(described: str, failure: Exception) -> DataError:
    return DataError(
        "JZ-308", "the database cannot be opened", where=described, found=type(failure).__name__,
        fix="check the path or the host, that nobody else holds the file, and PGUSER, PGPASSWORD or ~/.pgpass.",
    )  # fmt: skip
