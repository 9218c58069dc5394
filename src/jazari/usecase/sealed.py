"""Sealed: what a ledger already holds of something that was about to be sealed when a crash came."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from jazari.governance.events import open_ledger, shown


class Found(NamedTuple):
    """An entry that was sealed.

    Attributes:
        number: The number it gave or is about, as printed; empty where it has none.
        record: Its record.
        receipt: Its receipt, as a `.tlog-proof` file.
    """

    number: str
    record: Mapping[str, Any]
    receipt: bytes


def find_sealed(
    ledger: Path | str, kind: str, *, start: int, number: str = "", version: str = "", subject: str = "",
    fits: Mapping[str, Any] | None = None,
) -> Found | None:  # fmt: skip
    """The first entry of a kind from a place of the log on, of a number or a subject, whose record says what is sought.

    Args:
        ledger: The ledger's folder.
        kind: The kind of the event.
        start: The entries that the log had before.
        number: The number that it gives or is about.
        version: The exact version of the system.
        subject: Whom it is about, as the list writes them.
        fits: Fields of the record with their values.

    Raises:
        LedgerError: 6xx.
    """
    with open_ledger(ledger) as opened:
        subjects = [opened.pseudonym(subject)] if subject else None
        rows = opened.records(kind, number or None, start, version=version or None, subjects=subjects)
        wanted = (fits or {}).items()
        for row in rows:
            record = row["record"]
            if record is not None and all(record.get(name) == value for name, value in wanted):
                receipt = opened.prove(row["index"]).text()
                return Found(shown(str(row["number"] or "")), record, receipt)
    return None
