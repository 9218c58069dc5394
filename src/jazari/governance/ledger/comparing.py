"""Comparing: whether each record of the store is the one that its entry committed to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from jazari.core.progress import Progress, Silent
from jazari.governance.ledger import failures
from jazari.governance.ledger.event import commitment
from jazari.governance.ledger.reading import Reader
from jazari.governance.ledger.store import Query, Row, Store

_NAMED = 10
_EACH = 256


def compare(reader: Reader, store: Store, size: int, progress: Progress | None = None) -> int:
    """Compare every record of a store with the commitment of its entry.

    A record may be missing only where an erasure of the log names its entry, and then all of it is gone.

    Args:
        reader: The log.
        store: The store.
        size: How many entries are compared, from the first.
        progress: Told of 256 records at a time.

    Returns:
        How many records are those that were sealed; erased ones are not counted.

    Raises:
        VerificationError: JZ-636, some are not, with the indices of the first ten. LedgerError: JZ-605.
    """
    shown = progress or Silent()
    shown.step("comparing records", size // _EACH)
    rows, row = store.rows(Query()), None
    wrong: list[int] = []
    gone: list[int] = []
    erased: set[int] = set()
    for place, entry in enumerate(_entries(reader, 0, size)):
        if entry["kind"] == "erasure":
            erased.update(entry["entries"])
        while row is None or row.place < place:
            row = next(rows, Row(size, "", None, None, None))
        if row.place != place or not _fits(row, entry):
            (gone if row.place == place and row.record is None and row.salt is None else wrong).append(place)
        if place % _EACH == _EACH - 1:
            shown.advance()
    unexplained = set(gone) - erased
    if unexplained:  # somebody may have asked for an erasure meanwhile
        later = _entries(reader, size, reader.checkpoint().size)
        unexplained.difference_update(*(entry["entries"] for entry in later if entry["kind"] == "erasure"))
    wrong = sorted({*wrong, *unexplained, *(erased.difference(gone))})
    if wrong:
        named = ", ".join(map(str, wrong[:_NAMED])) + (", ..." if len(wrong) > _NAMED else "")
        raise failures.differs(
            "JZ-636", "records of the store are not those that were sealed", where="the store",
            found=f"{len(wrong)} of {size}, at index {named}",
            fix="keep this store as evidence and restore a backup that agrees with the log: the entries are signed, so "
            "it is the records that changed.",
        )  # fmt: skip
    return size - len(gone)


def _entries(reader: Reader, start: int, size: int) -> Iterator[dict[str, Any]]:
    return (json.loads(entry) for entry in reader.entries(start, size))


def _fits(row: Row, entry: dict[str, Any]) -> bool:
    """Whether a row opens its entry, and its columns say what entry and record say."""
    if not isinstance(row.salt, bytes) or not isinstance(row.record, bytes):  # a store may hold anything by now
        return False
    if commitment(row.salt, row.record) != entry["commitment"]:
        return False
    record = json.loads(row.record)
    said = (row.kind, row.version, row.number, row.subject)
    return said == (entry["kind"], entry.get("version"), record.get("number"), record.get("subject"))
