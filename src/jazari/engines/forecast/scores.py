"""Truth, baseline and scale beside forecasts: what every measure compares them with."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jazari.engines.forecast.panel import Floats, Panel

Whole = npt.NDArray[np.int64]


def truth(panel: Panel, at: Whole, ahead: int) -> Floats:
    """What came true from steps `at` on, NaN where unknown: (O, S, H)."""
    steps, end = at[:, None] + np.arange(ahead), len(panel.times)
    came = np.where(steps < end, panel.values[:, np.minimum(steps, end - 1)], np.nan)
    return np.ascontiguousarray(np.swapaxes(came, 0, 1))


def seasonal_naive(panel: Panel, at: Whole, ahead: int, season: int) -> Floats:
    """The same steps one season before (or as many as the horizon needs): (O, S, H), NaN where there is no reading.

    Source: R. J. Hyndman, G. Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., 5.2.
    """
    steps = np.arange(ahead)
    back = at[:, None] + steps - season * (steps // season + 1)
    found = panel.values[:, np.clip(back, 0, len(panel.times) - 1)]
    is_there = (back >= 0) & (back < len(panel.times))
    return np.ascontiguousarray(np.swapaxes(np.where(is_there, found, np.nan), 0, 1))


def mase_scale(values: Floats, season: int) -> Floats:
    """Mean absolute difference from one season before, over what was known: (S,), NaN where nothing was.

    Source: R. J. Hyndman, A. B. Koehler, International Journal of Forecasting 22 (2006) 679-688.
    """
    if values.shape[1] <= season:
        return np.full(len(values), np.nan)
    apart = values[:, season:] - values[:, :-season]
    np.abs(apart, out=apart)
    known = np.isfinite(apart)
    if known.all():
        return np.asarray(apart.mean(axis=1))
    count = known.sum(axis=1)
    return np.where(count > 0, np.where(known, apart, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)
