"""Direct regression for slow series: each step ahead has its own ridge on the last changes of the series itself.

What is learnt is how far a step lies from the same step of the season before (or, without a season, from the last
reading): where nothing can be learnt the forecast falls back to that. Each origin uses the coefficients that could be
known by then, from running sums of the Gram matrix.

Source: G. Bontempi, S. Ben Taieb, Y.-A. Le Borgne, Machine Learning Strategies for Time Series Forecasting, Springer
2013, 3.2 (direct strategy).
"""

from __future__ import annotations

import numpy as np

from jazari.engines.forecast.mixing import Candidates, missed
from jazari.engines.forecast.panel import Floats

_PENALTIES = (3.0, 10.0)
_CONSTANT = 0.5
_WINDOWS = (3, 8)  # readings whose mean the last one is compared with
_FEW = 1e-12


def regressed(y: Floats, season: int, ahead: int, seen: int) -> Candidates:
    """Forecasts of every penalty from the end of each step on.

    Args:
        y: (S, T) on the scale on which errors are alike, NaN where missing.
        season: Steps of a season; 1 is none.
        ahead: The horizon in steps.
        seen: Steps before the first origin: how large a change is, is measured on them.
    """
    whole = _filled(y, season)
    change = np.full_like(y, np.nan)
    change[:, season:] = y[:, season:] - y[:, :-season]
    known = np.isfinite(change[:, :seen])
    square = np.where(known, change[:, :seen], 0.0) ** 2
    size = np.sqrt(square.sum(axis=1, keepdims=True) / np.maximum(known.sum(axis=1, keepdims=True), 1))
    size = np.where(size > 0, size, 1.0)
    parts = [_step(y, whole, change, size, season, each) for each in range(ahead)]
    forecasts = np.stack(parts, axis=3)
    return Candidates(forecasts, missed(y, forecasts), np.zeros(len(_PENALTIES)))


def _step(y: Floats, whole: Floats, change: Floats, size: Floats, season: int, step: int) -> Floats:
    """Forecasts of one step ahead: (T + 1, penalties, S)."""
    series, steps = y.shape
    now = np.arange(steps + 1)
    if season > 1:
        before = now + step - season * (step // season + 1)
        base = _at(whole, before)
        columns = [_at(change, now - 1), _running_mean(change, 3), _running_mean(change, season)]
        columns += [_at(change, before), _at(change, before - season)]
    else:
        base = _at(whole, now - 1)
        columns = [_at(change, now - 1), _at(change, now - 2)]
        columns += [base - _running_mean(y, window) for window in (*_WINDOWS, steps + 1)]
    rows = np.stack([*(np.nan_to_num(each) / size for each in columns), np.full((series, steps + 1), _CONSTANT)], -1)
    target = (_at(y, now + step) - base) / size
    learnt = np.isfinite(target) & (now > 2 * season)
    taught = np.where(learnt[..., None], rows, 0.0)
    gram = np.cumsum(taught[..., :, None] * taught[..., None, :], axis=1)
    product = np.cumsum(taught * np.where(learnt, target, 0.0)[..., None], axis=1)
    last = now - step - 1  # the last row whose truth has come
    is_there = last >= 0
    gram = np.where(is_there[None, :, None, None], gram[:, np.maximum(last, 0)], 0.0)
    product = np.where(is_there[None, :, None], product[:, np.maximum(last, 0)], 0.0)
    out = []
    for penalty in _PENALTIES:
        beta = np.linalg.solve(gram + penalty * np.eye(rows.shape[2]), product[..., None])[..., 0]
        out.append((np.nan_to_num(base) + (rows * beta).sum(axis=2) * size).T)
    return np.stack(out, axis=1)


def _at(values: Floats, steps: Floats) -> Floats:
    """The values at some steps, NaN outside: (S, N)."""
    inside = (steps >= 0) & (steps < values.shape[1])
    return np.where(inside, values[:, np.clip(steps, 0, values.shape[1] - 1)], np.nan)


def _running_mean(values: Floats, window: int) -> Floats:
    """The mean of what is known of the last readings before each step, 0 where nothing is: (S, T + 1)."""
    known = np.isfinite(values)
    sums = np.cumsum(np.pad(np.where(known, values, 0.0), ((0, 0), (1, 0))), axis=1)
    counts = np.cumsum(np.pad(known, ((0, 0), (1, 0))), axis=1)
    start = np.maximum(np.arange(values.shape[1] + 1) - window, 0)
    return np.asarray((sums - sums[:, start]) / np.maximum(counts - counts[:, start], 1))


def _filled(y: Floats, season: int) -> Floats:
    """The readings with the last one of the same season carried over gaps; never a later one."""
    whole = y.copy()
    for step in range(season, y.shape[1]):
        hole = np.isnan(whole[:, step])
        whole[hole, step] = whole[hole, step - season]
    return whole
