"""Axes: how a column is cut into cells, and how its values become codes.

Codes are uint8: 0 is missing, 1..size the cells, size + 1 a category that the model has never seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jazari.core.errors import EngineError
from jazari.engines.risk.protocol import Codes, Floats, Table

LARGEST = 253
"""The most cells an axis may have: 253 cells, missing and unseen fit in a byte."""


@dataclass(frozen=True)
class Numbers:
    """A number cut at edges: cell k holds `edges[k - 2] <= value < edges[k - 1]`; the outer cells are open."""

    edges: tuple[float, ...]

    @property
    def size(self) -> int:
        """The number of cells."""
        return len(self.edges) + 1

    def codes(self, column: Floats) -> Codes:
        """uint8 (n,) from float64 (n,), where NaN is missing."""
        edges = np.asarray(self.edges)
        found = (np.searchsorted(edges, column, side="right") + 1).astype(np.uint8)
        found[np.isnan(column)] = 0
        return found

    def document(self) -> dict[str, Any]:
        """The axis as it stands in `model.json`."""
        return {"edges": list(self.edges)}


@dataclass(frozen=True)
class Categories:
    """A category: each cell holds one value, or several that are rare. The order of the cells means nothing."""

    cells: tuple[tuple[str, ...], ...]

    @property
    def size(self) -> int:
        """The number of cells."""
        return len(self.cells)

    @cached_property
    def _values(self) -> tuple[pa.Array, Codes]:
        values = [(value, code) for code, cell in enumerate(self.cells, start=1) for value in cell]
        lookup = np.array([code for _, code in values] + [self.size + 1, 0], dtype=np.uint8)
        return pa.array([value for value, _ in values], pa.string()), lookup

    def codes(self, column: pa.Array) -> Codes:
        """uint8 (n,) from a string array (n,), where null is missing."""
        values, lookup = self._values
        place = pc.index_in(column, value_set=values)
        unseen = len(values)
        where = pc.if_else(pc.is_null(column), unseen + 1, pc.fill_null(place, unseen))
        codes: Codes = lookup[where.to_numpy(zero_copy_only=False)]
        return codes

    def document(self) -> dict[str, Any]:
        """The axis as it stands in `model.json`."""
        return {"categories": [list(cell) for cell in self.cells]}


Axis: TypeAlias = Numbers | Categories


def values_of(batch: Table, name: str, *, category: bool) -> Any:
    """A column of a batch as an axis reads it: float64 with NaN for missing, or a string array.

    Raises:
        EngineError: JZ-402, the column is not there; JZ-408, it has another type.
    """
    if name not in batch.schema.names:
        raise EngineError(
            "JZ-402", f"the rows have no column '{name}'", found=", ".join(batch.schema.names) or "no column",
            fix="give the engine rows that conform to the declaration it was fitted with.",
        )  # fmt: skip
    column = batch.column(name)
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    try:
        if category:
            return column.cast(pa.string())
        numbers = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as wrong:
        wanted = "text" if category else "a number"
        raise EngineError(
            "JZ-408", f"column '{name}' is not {wanted}", found=str(column.type),
            fix="declare the column as what it holds: kind='category' for codes and words, 'number' for quantities.",
        ) from wrong  # fmt: skip
    return np.asarray(numbers, dtype=np.float64)


def codes_of(batch: Table, name: str, axis: Axis) -> Codes:
    """The codes of a batch on an axis: uint8 (n,)."""
    return axis.codes(values_of(batch, name, category=isinstance(axis, Categories)))
