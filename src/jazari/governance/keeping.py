"""Keeping: a ledger copied as it stands at one moment, without its keys, and put back into a store.

A copy is a ledger of its own with its records in SQLite, whatever store it was copied from: it verifies where it lies,
and with its keys it goes on.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from jazari.core import canonical
from jazari.core.errors import LedgerError
from jazari.governance.ledger import failures, keys
from jazari.governance.ledger.ledger import Ledger
from jazari.governance.ledger.numbers import shown
from jazari.governance.ledger.settings import SETTINGS, read_settings
from jazari.governance.ledger.store import Query, Row, Store
from jazari.governance.ledger.stores import open_store

KEYS = keys.FOLDER
_RECORDS = "records.sqlite"
_LEFT = {"lock", KEYS, SETTINGS}
_BATCH = 5000


def copy(folder: Path, target: Path) -> int:
    """Copy a ledger, without its keys, while nobody writes to it.

    Args:
        folder: The ledger.
        target: A folder that does not exist yet.

    Returns:
        The entries of the copy.

    Raises:
        LedgerError: JZ-600, JZ-603 to JZ-605, JZ-615.
    """
    with Ledger.open(folder) as ledger, failures.disk(str(target)), ledger.locked():
        target.mkdir(mode=0o700, parents=True)
        for path in sorted(folder.iterdir()):
            if path.name in _LEFT or path.name.startswith((".", _RECORDS)):
                continue
            if path.is_dir():
                shutil.copytree(path, target / path.name)
            else:
                shutil.copyfile(path, target / path.name)
        made = open_store(f"sqlite:{_RECORDS}", target)
        try:
            _fill(made, ledger.store)
        finally:
            made.close()
        settings = {"format": 1, "name": read_settings(folder)["name"], "store": f"sqlite:{_RECORDS}"}
        (target / SETTINGS).write_text(canonical.pretty(settings))
        return len(ledger)


def put_back(folder: Path) -> None:
    """Fill the store that `JAZARI_LEDGER_STORE` names from a copy's own records; nothing where it names none.

    Raises:
        LedgerError: JZ-601 that store holds records already; JZ-605.
    """
    url = read_settings(folder)["store"]
    if url == f"sqlite:{_RECORDS}":
        return
    store, own = open_store(url, folder), open_store(f"sqlite:{_RECORDS}", folder)
    try:
        if store.head() is not None:
            raise LedgerError(
                "JZ-601", "there is a ledger in this store already", where="JAZARI_LEDGER_STORE",
                fix="name an empty store; a ledger is never restored over another.",
            )  # fmt: skip
        _fill(store, own)
    finally:
        store.close()
        own.close()


def _fill(store: Store, source: Store) -> None:
    head = source.head() or b""
    rows: Iterator[Row] = source.rows(Query())
    while batch := list(islice(rows, _BATCH)):
        store.commit(batch, head)
    store.commit([], head)


def numbers(folder: Path, kind: str) -> set[str]:
    """The numbers, as printed, that entries of a kind gave and that were not erased.

    Raises:
        LedgerError: JZ-600, JZ-605.
    """
    store = open_store(read_settings(folder)["store"], folder)
    try:
        return {shown(row.number) for row in store.rows(Query(kind=kind)) if row.number is not None}
    finally:
        store.close()
