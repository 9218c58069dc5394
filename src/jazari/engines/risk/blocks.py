"""Blocks: what the fit is told about a term before it sees the rows - how smooth, and in which direction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jazari.engines.risk.axes import Axis, Numbers
from jazari.engines.risk.protocol import Codes, Floats
from jazari.engines.risk.smoothing import Block

_FAINT = 1e-3
_NOTHING = 1e6
"""How strongly a mean that should be 0 is held there."""
_CURVED = 2
"""The order of the differences that tell a bend from a straight line."""


def main_block(axis: Axis, direction: str | None) -> Block:
    """The block of one column: the missing cell first, then the cells.

    Numbers: a penalty on bends and one on slopes. Categories: a ridge. Missing: a normal prior of variance 1.
    """
    ridge = np.full(axis.size + 1, _FAINT)
    ridge[0] = 1.0
    penalties: list[Floats] = []
    if isinstance(axis, Numbers):
        orders = [order for order in (_CURVED, 1) if axis.size > order]
        penalties += [_bordered(_gram(differences(axis.size, order))) for order in orders]
    else:
        penalties.append(_bordered(np.eye(axis.size)))
    return Block(axis.size + 1, np.diag(ridge), tuple(penalties), _rises(np.arange(1, axis.size + 1), direction))


def pair_block(axes: tuple[Axis, Axis], directions: tuple[str | None, str | None], people: NDArray[np.int64]) -> Block:
    """The block of a pair, cells row by row: a ridge, and along each number a penalty on slopes.

    A pair says only what its columns do not say alone: its mean over the people of each row and of each column of its
    table is held at 0 (the functional ANOVA of B. Lengerich, S. Tan, C. Chang, G. Hooker and R. Caruana, "Purifying
    interaction effects", AISTATS 2020). A directed column is the exception: its table would not be monotone then.

    Args:
        axes: How the two columns are cut.
        directions: In which direction they go.
        people: int64 (a * b,), by cell.
    """
    first, second = axes[0].size, axes[1].size
    penalties: list[Floats] = [np.eye(first * second)]
    if isinstance(axes[0], Numbers) and first > 1:
        penalties.append(_gram(np.kron(differences(first, 1), np.eye(second))))
    if isinstance(axes[1], Numbers) and second > 1:
        penalties.append(_gram(np.kron(np.eye(first), differences(second, 1))))
    grid = np.arange(first * second).reshape(first, second)
    rises = np.concatenate([_rises(grid, directions[0]), _rises(grid.T, directions[1])])
    lines = [grid.ravel()]
    lines += list(grid) if directions[0] is None else []
    lines += list(grid.T) if directions[1] is None else []
    fixed = np.eye(first * second) * _FAINT + _gram(_means(lines, people)) * _NOTHING
    return Block(first * second, fixed, tuple(penalties), rises)


def _means(lines: Sequence[NDArray[np.intp]], people: NDArray[np.int64]) -> Floats:
    """The matrix that takes the mean over the people of each line of cells: float64 (lines, cells)."""
    means = np.zeros((len(lines), len(people)))
    for row, cells in zip(means, lines, strict=True):
        row[cells] = people[cells] / max(int(people[cells].sum()), 1)
    return means


def pair_codes(codes: tuple[Codes, Codes], sizes: tuple[int, int]) -> Codes:
    """The codes of a pair on its block: uint8 (n,); beyond the block where one of the two is missing or unseen."""
    first, second = codes
    inside = (first >= 1) & (first <= sizes[0]) & (second >= 1) & (second <= sizes[1])
    cell = (first.astype(np.intp) - 1) * sizes[1] + second - 1
    return np.where(inside, cell, sizes[0] * sizes[1]).astype(np.uint8)


def differences(size: int, order: int) -> Floats:
    """The matrix of differences between neighbouring cells: float64 (size - order, size)."""
    return np.diff(np.eye(size), n=order, axis=0)


def _gram(matrix: NDArray[np.floating[Any]]) -> Floats:
    return np.asarray(matrix.T @ matrix, dtype=np.float64)


def _bordered(penalty: Floats) -> Floats:
    """The penalty of the cells, with nothing said about the missing cell before them."""
    return np.pad(penalty, ((1, 0), (1, 0)))


def _rises(cells: NDArray[np.intp], direction: str | None) -> NDArray[np.intp]:
    """Pairs of neighbours along the first axis of which the second may not lie below the first."""
    if direction is None:
        return np.empty((0, 2), dtype=np.intp)
    steps = np.stack([cells[:-1].ravel(), cells[1:].ravel()], axis=1)
    return steps if direction == "up" else steps[:, ::-1]
