"""The scorer: a glass model over millions of rows, by numpy alone, in blocks that stay in a core's cache.

Columns of few cells are looked up together: for each combination of their cells a table holds the sum of their
contributions and their largest ones. All contributions of a model are put in order once, so that a reason is a short
whole number, its place in that order: the reasons of a row are kept by maxima and minima of these (ADR 0107).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jazari.core.canonical import digest
from jazari.engines.risk.grids import Grid, grids_of
from jazari.engines.risk.lookups import Lookup, Order, lookups
from jazari.engines.risk.protocol import Floats, Reasons, Table
from jazari.engines.risk.terms import Term

_BLOCK = 32_768


@dataclass(frozen=True)
class Scorer:
    """A glass model, ready to score many rows.

    Attributes:
        intercept: Of the model.
        terms: Of the model, at most 255.
    """

    intercept: float
    terms: tuple[Term, ...]

    @cached_property
    def grids(self) -> tuple[Grid, ...]:
        """How each column that the model reads is coded, once for all its terms."""
        return grids_of(self.terms)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the model reads."""
        return tuple(dict.fromkeys(grid.name for grid in self.grids))

    @cached_property
    def fingerprint(self) -> str:
        """What two models share that can score the same codes: a SHA-256 of the grids."""
        return digest([{"name": grid.name, **grid.axis.document()} for grid in self.grids])

    def codes(self, batch: Table) -> list[NDArray[Any]]:
        """The codes of a batch on each grid: (n,) each.

        Raises:
            EngineError: JZ-402, JZ-408, a column is not there or has another type.
        """
        return [grid.codes(batch) for grid in self.grids]

    def reasons(self, batch: Table, top: int = 4) -> Reasons:
        """The logit of each row of a batch and its `top` largest contributions: see `Reasons`."""
        return self.of_codes(self.codes(batch), batch.num_rows, top)

    def of_codes(self, codes: Sequence[NDArray[Any]], rows: int, top: int = 4) -> Reasons:
        """The same from codes.

        Args:
            codes: (n,) a grid.
            rows: n, for a model that reads nothing.
            top: How many reasons.

        Returns:
            Reasons whose columns lie together in memory; the rest is what the reasons, as float32, leave of the logit.
        """
        logit = np.empty(rows)
        reason = np.empty((top, rows), dtype=np.uint8)
        contribution = np.empty((top, rows), dtype=np.float32)
        rest = np.zeros(rows, dtype=np.float32)
        width = min(rows, _BLOCK)
        reals, places = np.empty((2, width)), np.empty((top + 2, width), dtype=self._order.kind)
        for start in range(0, rows, _BLOCK):
            here = slice(start, min(start + _BLOCK, rows))
            total, value = reals[:, : here.stop - start]
            largest = self._block([one[here] for one in codes], total, value, places[:, : here.stop - start])
            np.add(total, self.intercept, out=logit[here])
            for rank, slot in enumerate(largest):
                at = slot.astype(np.intp)
                self._order.term.take(at, out=reason[rank, here], mode="clip")
                self._order.value.take(at, out=value, mode="clip")
                contribution[rank, here] = value
                total -= value
            if len(self.terms) > top:
                rest[here] = total
        return Reasons(logit, reason.T, contribution.T, rest)

    def _block(
        self, codes: Sequence[NDArray[Any]], total: Floats, value: Floats, places: NDArray[Any]
    ) -> list[NDArray[Any]]:
        """Sum the contributions of a block into `total`, and keep the places of the largest, largest first.

        Args:
            codes: (n,) a grid.
            total: float64 (n,), where the sum goes.
            value: float64 (n,), where to work.
            places: (top + 2, n), where to work; what is returned lies there.
        """
        next_, larger, *slots = places
        total[:] = 0
        for slot in slots:
            slot[:] = 0
        for lookup in self._lookups(len(slots)):
            cells = lookup.cells(codes)
            lookup.total.take(cells, out=value, mode="clip")
            total += value
            for first, largest in enumerate(lookup.largest):
                largest.take(cells, out=next_, mode="clip")
                for rank in range(first, len(slots)):
                    np.maximum(slots[rank], next_, out=larger)
                    np.minimum(slots[rank], next_, out=next_)
                    slots[rank], larger = larger, slots[rank]
        return slots

    @cached_property
    def _order(self) -> Order:
        return Order.of(self.terms)

    def _lookups(self, top: int) -> tuple[Lookup, ...]:
        """What the columns add, looked up together, with this many of their largest contributions."""
        if top not in self._made_for:
            self._made_for[top] = lookups(self.terms, self.grids, self._order, top)
        return self._made_for[top]

    @cached_property
    def _made_for(self) -> dict[int, tuple[Lookup, ...]]:
        return {}
