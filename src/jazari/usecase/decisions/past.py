"""Past: what was decided with a dossier before, as the ledger holds it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jazari.core.errors import DataError
from jazari.governance.events import Ledger
from jazari.usecase.decisions.decision import Decision
from jazari.usecase.decisions.review import Taken


@dataclass(frozen=True)
class Past:
    """The earlier decisions of one dossier that matter to a batch: on its people, and by its officers.

    Attributes:
        records: Their records, in the order of the log; erased ones are not among them.
        current: The number of the decision that holds for each pseudonym.
        reviewed: The findings of earlier reviews, as documents.
    """

    records: tuple[Mapping[str, Any], ...]
    current: Mapping[str, str]
    reviewed: tuple[Mapping[str, Any], ...]

    @classmethod
    def of(cls, ledger: Ledger, dossier: str, batch: Sequence[Decision]) -> Past:
        """The past of a dossier, by its digest, in a ledger; the store finds it without reading what others decided."""
        subjects = [ledger.pseudonym(one.key) for one in batch]
        officers = sorted({one.officer for one in batch})
        rows = ledger.records("decision", version=dossier, subjects=subjects, officers=officers)
        records = [row["record"] for row in rows if row["record"]]
        current = {record["subject"]: record["number"] for record in records}
        reviews = [row["record"] for row in ledger.records("review", version=dossier) if row["record"]]
        found = [one for record in reviews for one in record["findings"]]
        return cls(tuple(records), current, tuple(found))

    def refuse_repeated(self, decisions: Iterable[Decision], ledger: Ledger) -> None:
        """Refuse a second decision about a person that does not name the one it corrects.

        Raises:
            DataError: JZ-686 decided already; JZ-687 a correction that names another decision than the one that holds.
        """
        held = [(one, self.current.get(ledger.pseudonym(one.key))) for one in decisions]
        again = sum(number is not None and not one.corrects for one, number in held)
        if again:
            raise DataError(
                "JZ-686", "a person is decided on once", where="column 'key'",
                found=f"{again} of {len(held)} keys already have a decision in this ledger",
                fix="to change a decision, name its number in `corrects`; both stay in the log.",
            )  # fmt: skip
        strangers = sum(bool(one.corrects) and plain(one.corrects) != number for one, number in held)
        if strangers:
            raise DataError(
                "JZ-687", "a correction names the decision that holds for this person", where="column 'corrects'",
                found=f"{strangers} of {len(held)} numbers that are not that decision",
                fix="copy the number of the newest decision from its notice or receipt.",
            )  # fmt: skip

    def taken(self) -> list[Taken]:
        """The earlier decisions as their pattern is measured."""
        return [
            Taken(one["officer"], one["action"], one["reasons"], _seconds(one)) for one in self.records
        ]  # fmt: skip


def plain(number: str) -> str:
    """A number without the hyphens and spaces it is printed with."""
    return number.upper().replace("-", "").replace(" ", "")


def _seconds(record: Mapping[str, Any]) -> float | None:
    if not record.get("opened_at"):
        return None
    ends = [datetime.datetime.fromisoformat(record[name]) for name in ("opened_at", "decided_at")]
    return (ends[1] - ends[0]).total_seconds()
