"""Taking: from a source to what an ability reads. Keyed rows, unless the ability brings a reading of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self, cast

from jazari.core.progress import Progress
from jazari.data.relation import Source
from jazari.data.snapshot import take
from jazari.schema.table import Table
from jazari.usecase.ability import ability


class Taken(Protocol):
    """What was taken of a source, once, whatever it is: a snapshot of keyed rows, series on a clock."""

    @property
    def periods(self) -> Sequence[str]:
        """Their periods, in the order of time."""

    @property
    def recorded_late(self) -> Mapping[str, float]:
        """The share of values recorded after the prediction date, by column."""

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the data."""

    def count(self) -> int:
        """How many rows were read."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


def reads_for_itself(question: Any) -> bool:
    """Whether the ability that answers a question brings a reading of its own."""
    return hasattr(ability(question), "take")


def taken(
    answering: Any, source: Source, table: Table, question: Any, *, scratch: Path, progress: Progress,
    need_outcome: bool = True,
) -> Any:  # fmt: skip
    """What an ability reads of a source: by its own `take(source, table, question, progress)`, else keyed rows."""
    own = getattr(answering, "take", None)
    if own is not None:
        return cast("Taken", own(source, table, question, progress))
    return take(source, table, scratch=scratch, progress=progress, need_outcome=need_outcome)


@dataclass(frozen=True)
class Plain:
    """What was read of a table that has neither keys nor periods: how many rows, and their fingerprint."""

    rows: int
    fingerprint: str
    periods: Sequence[str] = ()
    recorded_late: Mapping[str, float] = field(default_factory=dict)

    def count(self) -> int:
        """How many rows were read."""
        return self.rows

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing lies on disk."""
