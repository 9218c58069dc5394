"""Design: rows as a matrix of numbers, for the engines of scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jazari.engines.risk.axes import Categories, codes_of, values_of
from jazari.engines.risk.protocol import Floats, Table
from jazari.engines.risk.reading import both_classes, categories, known_outcome, some_column
from jazari.schema.columns import Column
from jazari.schema.records import Rows


def gather(
    rows: Rows, inputs: Sequence[Column], outcome: str, *, most: int, seed: int
) -> tuple[pa.Table, NDArray[np.float64]]:
    """At most about `most` rows with a known outcome, drawn by the seed: their inputs, and float64 (n,) of 0 and 1.

    Raises:
        EngineError: JZ-400, one class only; JZ-402 or JZ-408, a column does not fit.
    """
    share = most / max(rows.count(), 1)
    parts, truths = [], []
    for place, batch in enumerate(rows.batches([*(column.name for column in inputs), outcome])):
        truth = known_outcome(batch, outcome)
        chosen = ~np.isnan(truth)
        if share < 1:
            chosen &= np.random.default_rng([seed, place]).random(len(truth)) < share
        columns = {column.name: values_of(batch, column.name, category=column.kind == "category") for column in inputs}
        parts.append(pa.table(columns).filter(pa.array(chosen)))
        truths.append(truth[chosen])
    truth = np.concatenate(truths) if truths else np.empty(0)
    both_classes(truth)
    return pa.concat_tables(parts), truth


@dataclass(frozen=True)
class Number:
    """A number as a linear model reads it: centred, scaled, and beside it a flag where it is missing."""

    name: str
    mean: float
    scale: float
    flagged: bool


@dataclass(frozen=True)
class Word:
    """A category as a linear model reads it: a flag for each of its cells."""

    name: str
    axis: Categories


@dataclass(frozen=True)
class Design:
    """How rows become the matrix of a linear model."""

    parts: tuple[Number | Word, ...]

    @classmethod
    def of(cls, table: pa.Table, inputs: Sequence[Column]) -> tuple[Design, list[str]]:
        """The design that fits a table, and the names of the columns that hold one value only.

        Raises:
            EngineError: JZ-401, no column varies.
        """
        parts: list[Number | Word] = []
        dropped = []
        for column in inputs:
            part = _word(table, column.name) if column.kind == "category" else _number(table, column.name)
            if part is None:
                dropped.append(column.name)
            else:
                parts.append(part)
        some_column([column.name for column in inputs], [bool(parts)])
        return cls(tuple(parts)), dropped

    @property
    def width(self) -> int:
        """The number of columns of the matrix."""
        return sum(part.axis.size if isinstance(part, Word) else 1 + part.flagged for part in self.parts)

    def standard(self, batch: Table) -> Floats:
        """The matrix: float64 (n, width). A category that is missing or unseen is all zeros."""
        columns: list[Floats] = []
        for part in self.parts:
            if isinstance(part, Word):
                codes = codes_of(batch, part.name, part.axis)
                columns += [(codes == code).astype(np.float64) for code in range(1, part.axis.size + 1)]
            else:
                values = values_of(batch, part.name, category=False)
                missing = np.isnan(values)
                columns.append(np.where(missing, 0.0, (values - part.mean) / part.scale))
                columns += [missing.astype(np.float64)] * part.flagged
        return np.column_stack(columns)

    def document(self) -> list[dict[str, Any]]:
        """The design as it stands in a document."""
        return [
            {"column": part.name, **part.axis.document()}
            if isinstance(part, Word)
            else {"column": part.name, "mean": part.mean, "scale": part.scale, "flagged": part.flagged}
            for part in self.parts
        ]

    @classmethod
    def from_document(cls, document: Sequence[Mapping[str, Any]]) -> Design:
        """The design of a document; a KeyError, TypeError or ValueError where it is broken, for the caller to name."""
        parts: list[Number | Word] = []
        for one in document:
            if "categories" in one:
                parts.append(
                    Word(str(one["column"]), Categories(tuple(tuple(map(str, cell)) for cell in one["categories"])))
                )
            else:
                parts.append(Number(str(one["column"]), float(one["mean"]), float(one["scale"]), bool(one["flagged"])))
        return cls(tuple(parts))


def _word(table: pa.Table, name: str) -> Word | None:
    counted: Any = pc.value_counts(table.column(name).combine_chunks())
    axis = categories(dict(zip(counted.field(0).to_pylist(), counted.field(1).to_pylist(), strict=True)))
    return Word(name, axis) if axis.size and len(counted) > 1 else None


def _number(table: pa.Table, name: str) -> Number | None:
    values = values_of(table, name, category=False)
    missing = np.isnan(values)
    if missing.all():
        return None
    flagged = bool(missing.any())
    spread = float(np.nanstd(values))
    if spread == 0 and not flagged:
        return None
    return Number(name, float(np.nanmean(values)), spread or 1.0, flagged)
