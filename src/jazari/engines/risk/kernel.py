"""The scorer: a glass model over millions of rows, by numpy alone, in blocks that stay in a core's cache.

Each contribution of a model is written once, as a double whose nine lowest bits hold its sign and its term: that is
1e-13 of its value. The largest of two such numbers, sign apart, is then the larger contribution (the
earlier term, where they are equal), and it says itself which term it is. So the reasons of a row are kept by maxima and
minima alone, while the same numbers add up to the logit (ADR 0015).
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
from jazari.engines.risk.protocol import NO_REASON, Floats, Reasons, Table
from jazari.engines.risk.terms import Term

_BLOCK = 16_384
_TAG = 9
_MASK = np.uint64((1 << _TAG) - 1)


@dataclass(frozen=True)
class _Tabled:
    """A term as it is looked up: the lookup of each of its columns adds up to a place in `table`."""

    grids: tuple[int, ...]
    lookups: tuple[NDArray[np.uint16], ...]
    table: Floats


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
            Reasons whose columns lie together in memory.
        """
        logit = np.empty(rows)
        reason = np.empty((top, rows), dtype=np.uint8)
        contribution = np.empty((top, rows), dtype=np.float32)
        rest = np.empty(rows, dtype=np.float32)
        desk = np.empty((top + 3, min(rows, _BLOCK)))
        for start in range(0, rows, _BLOCK):
            here = slice(start, min(start + _BLOCK, rows))
            total, *largest = self._block([one[here] for one in codes], desk[:, : here.stop - start])
            np.add(total, self.intercept, out=logit[here])
            for rank, slot in enumerate(largest):
                bits = slot.view(np.uint64) & _MASK
                reason[rank, here] = NO_REASON - (bits >> np.uint64(1)).astype(np.uint8)
                np.copysign(slot, 0.5 - (bits & np.uint64(1)).astype(np.float32), out=slot)
                contribution[rank, here] = slot
                total -= slot
            rest[here] = total if len(self.terms) > top else 0
        return Reasons(logit, reason.T, contribution.T, rest)

    def _block(self, codes: Sequence[NDArray[Any]], desk: Floats) -> list[Floats]:
        """The sum of the contributions of a block, then the largest of them, sign apart, largest first.

        Args:
            codes: (n,) a grid.
            desk: float64 (slots + 3, n), where to work; what is returned lies there.
        """
        total, value, larger, *slots = desk
        total[:] = 0
        for slot in slots:
            slot[:] = 0
        for term in self._tabled:
            place = codes[term.grids[0]]
            if term.lookups:
                parts = [
                    lookup.take(codes[at], mode="clip") for at, lookup in zip(term.grids, term.lookups, strict=True)
                ]
                place = np.add(*parts)
            term.table.take(place, out=value, mode="clip")
            total += value
            np.abs(value, out=value)
            for rank, slot in enumerate(slots):
                np.maximum(slot, value, out=larger)
                np.minimum(slot, value, out=value)
                slots[rank], larger = larger, slot
        return [total, *slots]

    @cached_property
    def _tabled(self) -> tuple[_Tabled, ...]:
        return tuple(self._looked_up(place, term) for place, term in enumerate(self.terms))

    def _looked_up(self, place: int, term: Term) -> _Tabled:
        tagged = _tagged(term.table, place)
        found = [
            next(at for at, grid in enumerate(self.grids) if grid.name == name and axis in grid.axes)
            for name, axis in zip(term.columns, term.axes, strict=True)
        ]
        lookups = [self.grids[at].lookup(axis) for at, axis in zip(found, term.axes, strict=True)]
        if len(found) == 1:
            return _Tabled((found[0],), (), tagged[lookups[0]])
        wide = (lookups[0] * (term.axes[1].size + 2), lookups[1])
        return _Tabled(tuple(found), tuple(one.astype(np.uint16) for one in wide), tagged.ravel())


def _tagged(table: Floats, place: int) -> Floats:
    """The contributions of a term, each with its term and its sign in its lowest bits; 0 stays 0."""
    bits = np.abs(table).view(np.uint64) & ~_MASK
    bits |= np.uint64((NO_REASON - place) << 1) | (table < 0).astype(np.uint64)
    return np.where(table == 0, 0.0, np.copysign(bits.view(np.float64), table))
