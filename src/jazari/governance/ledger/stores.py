"""Which store a URL names."""

from __future__ import annotations

from pathlib import Path

from jazari.governance.ledger.store import Store
from jazari.governance.ledger.store_sqlite import SqliteStore


def open_store(url: str, folder: Path) -> Store:
    """The store of a URL: `sqlite:NAME` lies in the ledger's folder, `postgresql://...` is reached with psycopg."""
    if url.startswith(("postgresql:", "postgres:")):
        from jazari.governance.ledger.store_postgres import PostgresStore

        return PostgresStore(url)
    return SqliteStore(folder / url.removeprefix("sqlite:"))
