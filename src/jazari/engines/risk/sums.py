"""Sums: what a fit needs to know of the rows. Each is additive over batches, and over poles.

Source: S. Wood, Z. Li, G. Shaddick and N. Augustin, "Generalized additive models for gigadata", JASA 112 (2017): with
discrete covariates, X'WX is a set of cross-tabulations of codes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from jazari.engines.risk.protocol import Codes, Floats

_CHUNK = 65_536


def chance(logit: Floats) -> Floats:
    """The probability of a logit."""
    return np.asarray(1 / (1 + np.exp(-logit)), dtype=np.float64)


def slopes(sizes: Sequence[int], codes: Sequence[Codes], residual: Floats) -> Floats:
    """X'r: the sum of the residuals, then by cell of every block: float64 (1 + cells,).

    Args:
        sizes: The number of cells of each block; a code equal to it counts nowhere.
        codes: uint8 (n,) a block.
        residual: float64 (n,).
    """
    parts = [np.array([residual.sum()])]
    for size, code in zip(sizes, codes, strict=True):
        parts.append(np.bincount(code, weights=residual, minlength=size)[:size])
    return np.concatenate(parts)


def curvature(sizes: Sequence[int], codes: Sequence[Codes], weight: Floats) -> Floats:
    """X'WX, the intercept first: float64 (1 + cells, 1 + cells).

    Args:
        sizes: The number of cells of each block; a code equal to it counts nowhere.
        codes: uint8 (n,) a block.
        weight: float64 (n,).
    """
    starts = np.cumsum([1, *sizes])
    whole = np.zeros((starts[-1], starts[-1]))
    for first in range(0, len(weight), _CHUNK):
        rows = slice(first, first + _CHUNK)
        _tabulate(whole, starts, sizes, [code[rows].astype(np.intp) for code in codes], weight[rows])
    upper = np.triu(whole)
    return np.asarray(upper + np.triu(upper, 1).T, dtype=np.float64)


def _tabulate(
    whole: Floats, starts: NDArray[np.int64], sizes: Sequence[int], codes: Sequence[NDArray[np.intp]], weight: Floats
) -> None:
    whole[0, 0] += weight.sum()
    for i, size in enumerate(sizes):
        here = slice(starts[i], starts[i + 1])
        single = np.bincount(codes[i], weights=weight, minlength=size + 1)[:-1]
        whole[0, here] += single
        whole[here, here] += np.diag(single)
        for j in range(i + 1, len(sizes)):
            wide = sizes[j] + 1
            table = np.bincount(codes[i] * wide + codes[j], weights=weight, minlength=(size + 1) * wide)
            whole[here, starts[j] : starts[j + 1]] += table.reshape(size + 1, wide)[:-1, :-1]
