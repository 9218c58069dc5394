"""Lookups: the tables in which a scorer finds what several columns add to a logit, and their largest contributions."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from jazari.engines.risk.grids import Grid
from jazari.engines.risk.protocol import NO_REASON, Floats
from jazari.engines.risk.terms import Term, numbered

Places = NDArray[Any]
_TOGETHER = 4_096
"""The most combinations of cells that columns are looked up together for: their tables stay in a core's cache."""


class Order(NamedTuple):
    """The contributions of a model in the order of their reasons, the least first; at place 0 stands none.

    Attributes:
        places: By term, in the shape of its table: where each contribution stands.
        term: uint8 (m,), the term of each.
        value: float64 (m,), each rounded to float32, as a list holds it.
    """

    places: tuple[Places, ...]
    term: NDArray[np.uint8]
    value: Floats

    @classmethod
    def of(cls, terms: Sequence[Term]) -> Order:
        """The order of a model's contributions."""
        numbers = numbered(terms).tables
        flat = np.concatenate([np.zeros(1, np.int64), *(one.ravel() for one in numbers)])
        values = np.concatenate([np.zeros(1), *(one.table.ravel() for one in terms)])
        known, first = np.unique(flat, return_index=True)
        kind = np.min_scalar_type(len(known) - 1)
        return cls(
            tuple(np.searchsorted(known, one).astype(kind) for one in numbers),
            (NO_REASON - (known >> 1 & NO_REASON)).astype(np.uint8),
            np.where(known > 0, values[first], 0.0).astype(np.float32).astype(np.float64),
        )

    @property
    def kind(self) -> np.dtype[Any]:
        """The type of a place in the order."""
        return np.dtype(np.min_scalar_type(len(self.value) - 1))


class Lookup(NamedTuple):
    """Columns that are looked up together.

    Attributes:
        grids: Their places among the grids.
        strides: By how much a step in the code of each moves in the tables; of a type that holds every place.
        total: float64 (cells,), the sum of their contributions.
        largest: (at most top, cells), where their largest contributions stand in the order, largest first.
    """

    grids: tuple[int, ...]
    strides: Places
    total: Floats
    largest: Places

    def cells(self, codes: Sequence[Places]) -> NDArray[np.intp]:
        """The place of each row in the tables: intp (n,)."""
        at = np.multiply(codes[self.grids[0]], self.strides[0], dtype=self.strides.dtype)
        for grid, stride in zip(self.grids[1:], self.strides[1:], strict=True):
            at += np.multiply(codes[grid], stride, dtype=self.strides.dtype)
        place: NDArray[np.intp] = at.astype(np.intp)
        return place


def lookups(terms: Sequence[Term], grids: Sequence[Grid], order: Order, top: int) -> tuple[Lookup, ...]:
    """The lookups of a model, each of its terms in one of them."""
    read = [tuple(_place(grids, name, axis) for name, axis in zip(one.columns, one.axes, strict=True)) for one in terms]
    together = _together(read, [grid.codes_in_use for grid in grids])
    made = []
    for chosen in together:
        inside = [at for at, places in enumerate(read) if _home(places, together) is chosen]
        made.append(_lookup(chosen, grids, [(terms[at], order.places[at], read[at]) for at in inside], top))
    return tuple(made)


def _home(places: Sequence[int], together: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    return next(chosen for chosen in together if set(places) <= set(chosen))


def _place(grids: Sequence[Grid], name: str, axis: Any) -> int:
    return next(at for at, grid in enumerate(grids) if grid.name == name and axis in grid.axes)


def _together(read: Sequence[tuple[int, ...]], sizes: Sequence[int]) -> list[tuple[int, ...]]:
    """Sets of grids: those of each pair first, then those that stand alone, small ones with small ones."""
    found: list[list[int]] = []

    def add(places: Sequence[int]) -> None:
        for chosen in found:
            wanted = {*chosen, *places}
            if wanted == set(chosen) or math.prod(sizes[one] for one in wanted) <= _TOGETHER:
                chosen.extend(sorted(wanted - set(chosen)))
                return
        found.append(list(places))

    for places in sorted(set(read), key=lambda one: (-len(one), *(sizes[at] for at in one), one)):
        add(places)
    return [tuple(one) for one in found]


def _lookup(
    chosen: tuple[int, ...], grids: Sequence[Grid], inside: Sequence[tuple[Term, Places, tuple[int, ...]]], top: int
) -> Lookup:
    shape = tuple(grids[at].codes_in_use for at in chosen)
    total, found = np.zeros(shape), []
    for term, order, read in inside:
        cells = np.ix_(*_axes(term, read, grids))
        wide = _spread(read, chosen)
        total += wide(term.table[cells])
        found.append(np.broadcast_to(wide(order[cells]), shape).ravel())
    largest = -np.sort(-np.stack(found).astype(np.int64), axis=0)[:top]
    strides = np.array([math.prod(shape[place + 1 :]) for place in range(len(shape))])
    kind = np.min_scalar_type(math.prod(shape) - 1)
    return Lookup(chosen, strides.astype(kind), total.ravel(), largest.astype(inside[0][1].dtype))


def _axes(term: Term, read: Sequence[int], grids: Sequence[Grid]) -> Iterator[Places]:
    for at, axis in zip(read, term.axes, strict=True):
        yield grids[at].lookup(axis)[: grids[at].codes_in_use]


def _spread(read: tuple[int, ...], chosen: tuple[int, ...]) -> Any:
    """Puts the axes of a term where they stand among the columns of a lookup."""
    order = sorted(range(len(read)), key=lambda place: chosen.index(read[place]))
    there = {chosen.index(at) for at in read}
    others = tuple(place for place in range(len(chosen)) if place not in there)
    return lambda table: np.expand_dims(table.transpose(order), others)
