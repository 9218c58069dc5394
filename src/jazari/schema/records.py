"""The records that rooms exchange: rows for engines, answers for dossiers, findings for cards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import pyarrow as pa

Audience = Literal["public", "auditor", "private"]
State = Literal["holds", "broken", "not yet"]


class Rows(Protocol):
    """Rows that conform to their declaration and can be read again and again, batch by batch.

    Types: numbers and flags are float64 with nulls for missing (never NaN); categories, audited columns, periods,
    sites and territories are string (or dictionary of string); an outcome is bool with nulls where it is not known
    yet; a key is int64 or string. Columns carry the declared names, not the file's headers.
    """

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that can be read."""

    def count(self) -> int:
        """The number of rows."""

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows in their order, always cut in the same places; only these columns where they are named."""


@dataclass(frozen=True)
class TableRows:
    """Rows that lie in memory."""

    table: pa.Table
    size: int = 65_536

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that can be read."""
        return tuple(self.table.column_names)

    def count(self) -> int:
        """The number of rows."""
        return int(self.table.num_rows)

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows in their order, cut every `size` rows."""
        chosen = self.table if columns is None else self.table.select(list(columns))
        for start in range(0, max(chosen.num_rows, 1), self.size):
            batches = chosen.slice(start, self.size).combine_chunks().to_batches()
            yield from batches


@dataclass(frozen=True)
class Finding:
    """What a safeguard found in a run.

    Attributes:
        safeguard: Its name: `gap_at_most`.
        state: `holds`, `broken` or `not yet`.
        sentence: What a person reads: an English key of the catalogues with `{places}`.
        values: What fills the places.
        evidence: Figures, as they stand in `evidence.json`.
        waivable: Whether a person may waive it in writing.
    """

    safeguard: str
    state: State
    sentence: str
    values: Mapping[str, Any] = field(default_factory=dict)
    evidence: Mapping[str, Any] = field(default_factory=dict)
    waivable: bool = True

    def as_json(self) -> dict[str, Any]:
        """The finding as it stands in a dossier."""
        return {
            "safeguard": self.safeguard, "state": self.state, "sentence": self.sentence, "values": dict(self.values),
            "evidence": dict(self.evidence), "waivable": self.waivable,
        }  # fmt: skip


@dataclass(frozen=True)
class Leaf:
    """One file of a dossier: its audience, and how its bytes are made.

    Attributes:
        name: The file's name inside the dossier.
        audience: Who may see it.
        write: Writes the file at a path; deterministic.
    """

    name: str
    audience: Audience
    write: Callable[[Path], None]


@dataclass(frozen=True)
class Answer:
    """What an ability answered to a question: documents and files, with no word about which engine it was.

    Attributes:
        model: The model as an open document (`model.json`), or None where somebody else's model answered.
        evidence: The figures (`evidence.json`).
        leaves: The tables.
        settings: What the answer was made with, as it was at the end: engine, variant, seed, overrides.
        unknown: What cannot be known of this answer (a foreign model's fit date, its seed, its reasons).
        instead: What the dossier holds besides where a safeguard is broken, by the safeguard's name: a list of sites
            where whole sites find as much as a list of persons.
    """

    model: Mapping[str, Any] | None
    evidence: Mapping[str, Any]
    leaves: Sequence[Leaf]
    settings: Mapping[str, Any] = field(default_factory=dict)
    unknown: Sequence[str] = ()
    instead: Mapping[str, Leaf] = field(default_factory=dict)
