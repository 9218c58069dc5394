"""The one door to the ledger: typed events, versioned vocabulary. Opened by `usecase` and `governance` alone.

    with open_ledger(path) as ledger:
        receipts = ledger.append([Event("decision", record, facts, subject=key)])
        receipts[0].number, receipts[0].text()

Each kind of the vocabulary (`KINDS`) states the public facts it must and may give and the fields its record must
hold; `docs/reference/ledger-format.md` prints them.
"""

from __future__ import annotations

from pathlib import Path

from jazari.governance.ledger.event import Event
from jazari.governance.ledger.ledger import Ledger, Receipt
from jazari.governance.ledger.numbers import shown
from jazari.governance.ledger.vocabulary import FACTS, KINDS, VERSION, Kind

__all__ = [
    "FACTS", "KINDS", "VERSION", "Event", "Kind", "Ledger", "Receipt", "create_ledger", "open_ledger", "shown",
]  # fmt: skip


def open_ledger(path: Path | str) -> Ledger:
    """Open a ledger to append to it and read from it; use it in a `with`, or close it.

    Raises:
        LedgerError: JZ-600 there is none; JZ-603, JZ-604, JZ-605 disk or store; JZ-615 its keys.
    """
    return Ledger.open(path)


def create_ledger(path: Path | str, name: str, store: str | None = None) -> Ledger:
    """Make a ledger in a new or empty folder: an empty log with its checkpoint, keys, policy and store.

    Args:
        path: The folder.
        name: The log's origin, such as `pole.example`.
        store: `sqlite:NAME` in the folder (the default, `sqlite:records.sqlite`) or `postgresql://...`.

    Raises:
        LedgerError: JZ-601 something is there already; JZ-602 the name cannot be one; JZ-603 to JZ-605.
    """
    return Ledger.create(path, name) if store is None else Ledger.create(path, name, store)
