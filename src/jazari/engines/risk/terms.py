"""Terms: the tables of contributions that a glass model is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jazari.engines.risk.axes import Axis
from jazari.engines.risk.protocol import Codes, Floats


@dataclass(frozen=True)
class Term:
    """One table of contributions.

    Attributes:
        columns: The column, or the two columns, that the term reads.
        axes: How each of them is cut.
        table: float64, (size + 2) along each axis: the contribution by code; 0 where a category is unseen, and where
            one column of a pair is missing.
        counts: int64, the same shape: the people behind each cell of the table, those of its merged neighbours too.
        directions: `up`, `down` or None for each column.
    """

    columns: tuple[str, ...]
    axes: tuple[Axis, ...]
    table: Floats
    counts: NDArray[np.int64]
    directions: tuple[str | None, ...]

    def cells(self, codes: Mapping[tuple[str, Axis], Codes]) -> NDArray[np.intp]:
        """The flat index into `table` of each row: intp (n,)."""
        index = codes[self.columns[0], self.axes[0]].astype(np.intp)
        for name, axis in zip(self.columns[1:], self.axes[1:], strict=True):
            index = index * (axis.size + 2) + codes[name, axis]
        return index
