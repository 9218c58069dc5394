"""Terms: the tables of contributions that a glass model is made of, and the order in which they are reasons."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from jazari.engines.risk.axes import Axis
from jazari.engines.risk.protocol import NO_REASON, Codes, Floats

TAG = 9
"""The lowest bits of a numbered contribution: eight for its term, one for its sign."""
_EXACT = 52


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


class Numbered(NamedTuple):
    """Contributions as whole numbers: the larger number is the reason that comes first.

    Attributes:
        tables: int64, one for each term in the shape of its table: the size in steps of `2 ** -exponent`, then the
            term (the earlier, the larger), then the sign; 0 for what is no reason.
        exponent: Of the steps: about 1e-15, so that sizes are told apart to the last digits of a double.
    """

    tables: tuple[NDArray[np.int64], ...]
    exponent: int


def numbered(terms: Sequence[Term]) -> Numbered:
    """The contributions of a model, numbered. Whoever scores it, anywhere, orders its reasons by these numbers."""
    largest = max((float(np.abs(term.table).max()) for term in terms), default=0.0)
    exponent = _EXACT - max(math.ceil(math.log2(largest)) if largest > 0 else 0, 0)
    tables = []
    for place, term in enumerate(terms):
        size = np.rint(np.ldexp(np.abs(term.table), exponent)).astype(np.int64)
        number = (size << TAG) + ((NO_REASON - place) << 1) + (term.table < 0)
        tables.append(np.where(size > 0, number, 0))
    return Numbered(tuple(tables), exponent)
