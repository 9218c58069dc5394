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

from jazari.audit.bootstrap import LEVEL, Z
from jazari.audit.scores import Floats

_TINY = 1e-12


def gap(value: Floats, again: Floats, ends: tuple[Floats, Floats]) -> tuple[float, float, float]:
    """The largest minus the smallest, and its interval.

    Args:
        value: (groups,) a figure of at least two groups.
        again: (groups, replicates) the figure in every replicate, NaN where it is undefined there.
        ends: (groups,) twice, the ends of Wilson's interval of a proportion, or the value itself. In a group of few
            people whose figure is 0 or 1 every replicate says the same, which is no certainty; so a difference is
            never held surer than these intervals make it (Newcombe 1998, Statistics in Medicine 17).

    Returns:
        The gap, the lower and the upper end.
    """
    down, up = (value - ends[0]) / Z, (ends[1] - value) / Z
    largest = np.zeros(again.shape[1])
    for difference, error, moved in _pairs(value, again, down, up):
        del difference
        largest = np.fmax(largest, (moved / error[:, None]).max(axis=0, initial=0.0))
    wide = max(Z, float(np.quantile(largest, LEVEL, method="weibull")))
    lower = [float((difference - wide * error).max()) for difference, error, _ in _pairs(value, again, down, up)]
    upper = [float((difference + wide * error).max()) for difference, error, _ in _pairs(value, again, up, down)]
    return float(value.max() - value.min()), max(0.0, *lower), max(upper)


def _pairs(value: Floats, again: Floats, above: Floats, below: Floats) -> Iterator[tuple[Floats, Floats, Floats]]:
    """Each group against those after it: |difference|, its standard error, and how far each replicate moved it.

    The error is the bootstrap's, but at least that of `above` in the larger figure and `below` in the smaller one.
    """
    for one in range(len(value) - 1):
        difference = value[one + 1 :] - value[one]
        moved = again[one + 1 :] - again[one] - difference[:, None]
        larger = difference >= 0
        least = np.hypot(np.where(larger, above[one + 1 :], below[one + 1 :]), np.where(larger, below[one], above[one]))
        error = np.maximum(np.nanstd(moved, axis=1), np.maximum(least, _TINY))
        yield np.abs(difference), error, np.abs(np.nan_to_num(moved))
