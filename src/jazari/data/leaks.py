"""Columns that know the outcome: a single one that sorts the yes from the no almost perfectly.

Three looks at each column: its order, which of its values it takes (rates learnt on one half of the rows and tried on
the other), and whether it is there at all. Source: Kaufman et al., "Leakage in data mining", ACM TKDD 6(4), 2012.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]
AT_MOST = 0.995
_FEWEST = 5
_SMALLEST = 20
_VALUES = 64


def leaking(sample: pa.Table, inputs: Sequence[str], outcome: str) -> list[tuple[str, float]]:
    """The input columns that alone reach an AUC above `AT_MOST`, in either direction, with that AUC.

    Args:
        sample: Conformed rows. Those whose outcome is not known are left out.
        inputs: The columns to look at.
        outcome: The bool column to guess.

    Returns:
        Nothing where fewer than 20 rows, or 5 of either class, are known: chance alone could do it there.
    """
    known = sample.filter(pc.is_valid(sample[outcome]))
    yes = np.asarray(known[outcome].to_numpy(zero_copy_only=False), dtype=bool)
    if len(yes) < _SMALLEST or min(yes.sum(), (~yes).sum()) < _FEWEST:
        return []
    found = [(name, _most(known[name], yes)) for name in inputs]
    return [(name, auc) for name, auc in found if auc > AT_MOST]


def auc(score: Reals, yes: Flags) -> float:
    """The area under the ROC curve: the share of pairs sorted right, ties counting half (Mann-Whitney)."""
    ordered, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    if len(ordered) < 2:  # noqa: PLR2004  one value sorts nothing
        return 0.5
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    positives = int(yes.sum())
    above = float(ranks[yes].sum()) - positives * (positives + 1) / 2
    return above / (positives * (len(yes) - positives))


def _most(column: pa.ChunkedArray, yes: Flags) -> float:
    there = np.asarray(pc.is_valid(column).to_numpy(zero_copy_only=False), dtype=bool)
    looks = [auc(there.astype(np.float64), yes)] if not there.all() else []
    present, told = column.drop_null(), yes[there]
    if min(told.sum(), (~told).sum()) >= _FEWEST:
        if not pa.types.is_string(column.type):
            looks.append(auc(np.asarray(present.to_numpy(), dtype=np.float64), told))
        codes = present.combine_chunks().dictionary_encode()
        if len(codes.dictionary) <= _VALUES:
            looks.append(_by_value(np.asarray(codes.indices), len(codes.dictionary), told))
    return max((max(one, 1 - one) for one in looks), default=0.5)


def _by_value(codes: NDArray[Any], values: int, yes: Flags) -> float:
    """The AUC of the rate of yes by value, learnt on the even rows and tried on the odd ones."""
    even = np.arange(len(codes)) % 2 == 0
    tried = yes[~even]
    if min(tried.sum(), (~tried).sum()) < _FEWEST:
        return 0.5
    rows = np.bincount(codes[even], minlength=values)
    hits = np.bincount(codes[even], weights=yes[even], minlength=values)
    rate = np.divide(hits, rows, out=np.full(values, yes[even].mean()), where=rows > 0)
    return auc(rate[codes[~even]], tried)
