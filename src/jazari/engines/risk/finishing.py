"""Finishing: from the coefficients of a fit to tables that may be published.

Cells of a pair with too few people are merged with their neighbours, and directions are made exact.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from jazari.engines.risk.protocol import Floats
from jazari.engines.risk.reading import FEWEST


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


def with_absent(counts: NDArray[np.int64], rows: int) -> NDArray[np.int64]:
    """The counts to publish: fewer than 11 rows that stand in no cell are counted with the largest one.

    Otherwise the total would give away how few have a missing value.
    """
    few = rows - int(counts.sum())
    published = counts.copy()
    if 0 < few < FEWEST:
        published.flat[np.argmax(published)] += few
    return published


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
    above = _closed(table, group, directions)
    below = -_closed(-table, group, [{"up": "down", "down": "up"}.get(one or "") for one in directions])
    return np.asarray((above + below) / 2, dtype=np.float64)


def _closed(table: Floats, group: NDArray[np.intp], directions: Sequence[str | None]) -> Floats:
    """The smallest table above this one that is monotone and constant on its groups."""
    index = np.unique(group.ravel(), return_inverse=True)[1]
    while True:
        before = table
        for axis, direction in enumerate(directions):
            if direction:
                turned = table if direction == "up" else np.flip(table, axis)
                risen = np.maximum.accumulate(turned, axis=axis)
                table = risen if direction == "up" else np.flip(risen, axis)
        highest = np.full(index.max() + 1, -np.inf)
        np.maximum.at(highest, index, table.ravel())
        table = highest[index].reshape(table.shape)
        if np.array_equal(before, table):
            return table
