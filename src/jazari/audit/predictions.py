"""Predictions as the audit reads them: one row a person, from our engines or from anybody's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jazari.audit.bootstrap import Plan, plan
from jazari.audit.check import FEWEST_SITES, check
from jazari.audit.places import codes_of, number_words
from jazari.audit.scores import Flags, Floats, Whole

__all__ = ["Kind", "People", "check", "people"]

Kind = Literal["probability", "score", "decision"]


@dataclass(frozen=True)
class People:
    """The columns of `predictions.parquet` as arrays, one entry a person.

    Attributes:
        kind: What the model says: a `probability`, a `score` that only ranks, or a `decision` (listed or not).
        score: (n,) what people are ranked by; the probability itself where there is one; empty for a decision.
        outcome: (n,) what came true.
        selected: (n,) who is listed.
        person: (n,) a number a pseudonym, in the order of the pseudonyms.
        site: (n,) a number a site, in the order of their names, a person without site being a site; None without.
        tie: (n,) the pseudonyms.
        table: Where the rest is read from.
        audited: For each audited column its groups' names and (n,) the group of each person.
    """

    kind: Kind
    score: Floats
    outcome: Flags
    selected: Flags
    person: Whole
    site: Whole | None
    tie: pa.Array
    table: pa.Table
    audited: dict[str, tuple[list[str | None], Whole]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many rows."""
        return len(self.outcome)

    def floats(self, name: str) -> Floats | None:
        """A column of numbers, NaN for null; None where it is absent or holds nothing."""
        if name not in self.table.column_names or self.table[name].null_count == self.size:
            return None
        values = self.table[name].cast(pa.float64()).combine_chunks().to_numpy(zero_copy_only=False)
        return np.asarray(values, dtype=np.float64)

    def plan(self, seed: int) -> Plan:
        """What the bootstrap draws: sites where there are enough of them, else persons."""
        if self.site is None or self.site.max() + 1 < FEWEST_SITES:
            return plan("person", self.person, seed)
        return plan("site", self.site, seed)


def people(table: pa.Table, audited: Sequence[str] = ()) -> People:
    """Read predictions. `check` says first whether they can be read."""
    names = set(table.column_names)

    def filled(name: str) -> bool:
        return name in names and table[name].null_count < table.num_rows

    kind: Kind = "probability" if filled("probability") else "score" if filled("score") else "decision"
    score = np.empty(0) if kind == "decision" else table[kind].cast(pa.float64()).to_numpy()
    person = number_words(table["pseudonym"])
    return People(
        kind=kind,
        score=np.asarray(score, dtype=np.float64),
        outcome=table["outcome"].to_numpy().astype(bool),
        selected=table["selected"].to_numpy().astype(bool),
        person=person,
        site=_sites(table["site"], person) if filled("site") else None,
        tie=table["pseudonym"].combine_chunks(),
        table=table,
        audited={name: _groups(table[name]) for name in audited},
    )


def _sites(site: pa.ChunkedArray, person: Whole) -> Whole:
    """Sites numbered without gaps; people without one stand each for themselves."""
    codes, names = codes_of(site, len(site))
    alone = site.is_null().to_numpy(zero_copy_only=False)
    numbers = np.where(alone, len(names) + person, codes)
    return np.asarray(np.unique(numbers, return_inverse=True)[1], dtype=np.int64)


def _groups(column: pa.ChunkedArray) -> tuple[list[str | None], Whole]:
    """The groups of an audited column in the order of their names, the missing one last."""
    text = column.cast(pa.string())
    encoded = pc.dictionary_encode(text.combine_chunks())
    names: list[str] = encoded.dictionary.to_pylist()
    order = np.argsort(np.array(names, dtype=object)) if names else np.empty(0, dtype=np.int64)
    place = np.empty(len(names) + 1, dtype=np.int64)
    place[order] = np.arange(len(names))
    place[len(names)] = len(names)
    codes = place[encoded.indices.fill_null(len(names)).to_numpy(zero_copy_only=False).astype(np.int64)]
    missing: list[str | None] = [None] if text.null_count else []
    return [names[one] for one in order] + missing, codes
