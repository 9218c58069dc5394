"""Gaps: the largest minus the smallest of a figure over groups, with an interval that chance does not widen.

The largest of many differences is above 0 even where groups do not differ at all, and the percentile bootstrap doubles
that excess. So the interval is simultaneous: every pairwise difference gets an interval of +- c standard errors, where
c is the 95 % point of the largest studentised difference over the replicates; the gap lies between the largest of the
lower ends and the largest of the upper ends.

Sources: Tukey 1953, The Problem of Multiple Comparisons; Hothorn, Bretz and Westfall 2008, Biometrical Journal 50(3);
Romano and Wolf 2005, JASA 100.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from jazari.audit.bootstrap import LEVEL, Z, wilson
from jazari.audit.scores import Floats

_TINY = 1e-12


def gap(value: Floats, again: Floats, least: Floats) -> tuple[float, float, float]:
    """The largest minus the smallest, and its interval.

    Args:
        value: (groups,) a figure of at least two groups.
        again: (groups, replicates) the figure in every replicate, NaN where it is undefined there.
        least: (groups,) the standard error that a group has at least: in a group of few people whose figure is 0 or
            1 every replicate says the same, which is no certainty.

    Returns:
        The gap, the lower and the upper end.
    """
    largest = np.zeros(again.shape[1])
    low = high = 0.0
    for _, difference, error, moved in _pairs(value, again, least):
        largest = np.fmax(largest, (moved / error[:, None]).max(axis=0, initial=0.0))
        del difference
    wide = max(Z, float(np.quantile(largest, LEVEL, method="weibull")))
    for _, difference, error, _ in _pairs(value, again, least):
        low = max(low, float((difference - wide * error).max()))
        high = max(high, float((difference + wide * error).max()))
    return float(value.max() - value.min()), low, high


def _pairs(value: Floats, again: Floats, least: Floats) -> Iterator[tuple[int, Floats, Floats, Floats]]:
    """Each group against those after it: |difference|, its standard error, and how far each replicate moved it."""
    for one in range(len(value) - 1):
        moved = again[one + 1 :] - again[one] - (value[one + 1 :] - value[one])[:, None]
        error = np.maximum(np.nanstd(moved, axis=1), np.hypot(least[one + 1 :], least[one]))
        yield one, np.abs(value[one + 1 :] - value[one]), np.maximum(error, _TINY), np.abs(np.nan_to_num(moved))


def least_error(rate: Floats, trials: Floats) -> Floats:
    """The standard error of a proportion by Wilson's interval, which is not 0 at 0 or 1."""
    low, high = wilson(rate * trials, trials)
    return (high - low) / (2 * Z)
