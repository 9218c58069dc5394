"""Finishing: from the coefficients of a fit to tables that may be published.

Cells of a pair with too few people are merged with their neighbours, directions are made exact, and what a pair says
about one of its columns alone is moved to that column's own table (B. Lengerich, S. Tan, C. Chang, G. Hooker and
R. Caruana, "Purifying interaction effects with the functional ANOVA", AISTATS 2020).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from jazari.engines.risk.protocol import Floats
from jazari.engines.risk.reading import FEWEST

_ROUNDS = 30


def merge_small(counts: NDArray[np.int64]) -> NDArray[np.intp]:
    """Which cells of a grid share one contribution: each with fewer than 11 people joins a neighbouring cell.

    Args:
        counts: int64 (a, b), people by cell.

    Returns:
        intp (a, b): the group of each cell. Every group has 11 people or more, unless the whole grid has fewer.
    """
    group = np.arange(counts.size).reshape(counts.shape)
    people = counts.ravel().copy()
    while True:
        alive = np.unique(group)
        small = alive[people[alive] < FEWEST]
        if not len(small) or len(alive) == 1:
            return group
        weakest = small[np.argmin(people[small])]
        near = _neighbours(group, weakest)
        into = near[np.argmin(people[near])]
        people[into] += people[weakest]
        group[group == weakest] = into


def _neighbours(group: NDArray[np.intp], one: int) -> NDArray[np.intp]:
    """The groups that touch a group along a row or a column, the nearest kin of an empty corner."""
    inside = group == one
    touching = np.zeros_like(inside)
    touching[1:] |= inside[:-1]
    touching[:-1] |= inside[1:]
    touching[:, 1:] |= inside[:, :-1]
    touching[:, :-1] |= inside[:, 1:]
    near = np.unique(group[touching & ~inside])
    return near.astype(np.intp)


def pooled(table: Floats, counts: NDArray[np.int64], group: NDArray[np.intp]) -> Floats:
    """The table with one value a group: the mean of its cells by people, their plain mean where nobody is."""
    weight = counts.ravel() + 1e-6
    index = np.unique(group.ravel(), return_inverse=True)[1]
    mean = np.bincount(index, weight * table.ravel()) / np.bincount(index, weight)
    return np.asarray(mean[index].reshape(table.shape), dtype=np.float64)


def directed(table: Floats, group: NDArray[np.intp], directions: Sequence[str | None]) -> Floats:
    """The table made exactly monotone along its directed axes, its groups kept together.

    The mean of the smallest such table above it and the largest below it; both exist, and their mean is another.
    """
    if not any(directions):
        return table
    above = _closed(table, group, directions, np.maximum)
    below = -_closed(-table, group, [{"up": "down", "down": "up"}.get(one or "") for one in directions], np.maximum)
    return np.asarray((above + below) / 2, dtype=np.float64)


def _closed(table: Floats, group: NDArray[np.intp], directions: Sequence[str | None], larger: np.ufunc) -> Floats:
    """The smallest table above this one that is monotone and constant on its groups."""
    index = np.unique(group.ravel(), return_inverse=True)[1]
    while True:
        before = table
        for axis, direction in enumerate(directions):
            if direction:
                turned = table if direction == "up" else np.flip(table, axis)
                risen = larger.accumulate(turned, axis=axis)
                table = risen if direction == "up" else np.flip(risen, axis)
        highest = np.full(index.max() + 1, -np.inf)
        larger.at(highest, index, table.ravel())
        table = highest[index].reshape(table.shape)
        if np.array_equal(before, table):
            return table


def purify(
    table: Floats, counts: NDArray[np.int64], directions: Sequence[str | None]
) -> tuple[Floats, Floats, Floats, float]:
    """Split a pair into what each column says alone and what only both say together.

    Args:
        table: float64 (a, b).
        counts: int64 (a, b), people by cell.
        directions: Of the two columns. What a directed column says alone stays in the pair, whose table would
            not be monotone without it.

    Returns:
        The pure table (a, b), the part of the first column (a,), of the second (b,), and the constant.
    """
    pure, weight = table.copy(), counts.astype(np.float64)
    alone = [np.zeros(size) for size in table.shape]
    for _ in range(_ROUNDS):
        for axis in (0, 1):
            if directions[axis] is None:
                mean = _mean(pure, weight, 1 - axis)
                alone[axis] += mean
                pure -= mean[:, None] if axis == 0 else mean[None, :]
    constant = float((pure * weight).sum() / max(weight.sum(), 1))
    return pure - constant, alone[0], alone[1], constant


def _mean(table: Floats, weight: Floats, axis: int) -> Floats:
    heavy = weight.sum(axis=axis)
    return np.asarray((table * weight).sum(axis=axis) / np.where(heavy > 0, heavy, 1), dtype=np.float64)
