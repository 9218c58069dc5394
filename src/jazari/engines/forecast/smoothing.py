"""Exponential smoothing in many settings: each is run once over all series together.

Additive errors, damped trend and season (Hyndman's ETS(A,Ad,A) and the simpler ones within it). A setting with a season
and its twin without one are both candidates: who weighs them is `mixing`.

Source: R. J. Hyndman et al., Forecasting with Exponential Smoothing, Springer 2008, 2.5, and 6.3 for how the variance
grows with the horizon.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from jazari.engines.forecast.mixing import Candidates, missed
from jazari.engines.forecast.panel import Floats

_LEVEL, _TREND = (0.05, 0.2, 0.45, 0.8, 0.99), (0.0, 0.02, 0.1)
_SEASON, _DAMPED = (0.02, 0.15, 0.4, 0.8), (0.8, 0.9, 0.98)


@dataclass(frozen=True)
class _Grid:
    """Settings, each (G, 1): how far an error moves level, trend and season, and what is left of a trend a step on."""

    level: Floats
    trend: Floats
    season: Floats
    damped: Floats

    def __len__(self) -> int:
        return len(self.level)

    @classmethod
    def of(cls, season: int) -> _Grid:
        """The settings for a season of so many steps; 1 is none."""
        cells = [
            (a, a * b, g * (1 - a), f)
            for a, b, g, f in product(_LEVEL, _TREND, _SEASON if season > 1 else (0.0,), _DAMPED)
            if b or f == _DAMPED[0]
        ]
        return cls(*(np.array(each)[:, None] for each in zip(*cells, strict=True)))

    def growth(self, season: int, ahead: int) -> Floats:
        """The standard deviation of a miss at each step ahead over that of one step: (G, H)."""
        step = np.arange(1, ahead)
        reach = np.cumsum(self.damped ** np.arange(1, ahead + 1), axis=1)[:, : ahead - 1]
        moved = self.level + self.trend * reach + self.season * (step % season == 0)
        return np.asarray(np.sqrt(np.concatenate([np.ones((len(self), 1)), 1 + np.cumsum(moved**2, axis=1)], axis=1)))


def smoothed(y: Floats, season: int, ahead: int) -> Candidates:
    """Forecasts of every setting from the end of each step on.

    Args:
        y: (S, T) on the scale on which errors are alike, NaN where missing.
        season: Steps of a season; 1 is none.
        ahead: The horizon in steps.
    """
    seasons = (season, 1) if season > 1 else (1,)
    grids = [_Grid.of(each) for each in seasons]
    forecasts = np.concatenate([_run(y, grid, each, ahead) for grid, each in zip(grids, seasons, strict=True)], axis=1)
    cost = [(grid.trend[:, 0] > 0) * 1.0 + (each > 1) for grid, each in zip(grids, seasons, strict=True)]
    growth = [grid.growth(each, ahead) for grid, each in zip(grids, seasons, strict=True)]
    return Candidates(forecasts, missed(y, forecasts), np.concatenate(cost), np.concatenate(growth))


def _run(y: Floats, grid: _Grid, season: int, ahead: int) -> Floats:
    """(T + 1, G, S, H); row t has seen y[:, :t]."""
    series, steps = y.shape
    first, second, shape = _opening(y, season)
    level = np.broadcast_to(first, (len(grid), series)).copy()
    trend = np.broadcast_to((second - first) / season * (season > 1), (len(grid), series)) * (grid.trend > 0)
    seasonal = np.broadcast_to(shape.T[:, None, :], (season, len(grid), series)).copy()
    reach = np.cumsum(grid.damped ** np.arange(1, ahead + 1), axis=1)[:, None, :]
    out = np.empty((steps + 1, len(grid), series, ahead), dtype=np.float32)
    later = np.arange(ahead)
    for step in range(steps + 1):
        out[step] = level[:, :, None] + trend[:, :, None] * reach + np.moveaxis(seasonal[(step + later) % season], 0, 2)
        if step == steps:
            break
        expected = level + grid.damped * trend
        error = np.nan_to_num(y[:, step] - expected - seasonal[step % season])
        level = expected + grid.level * error
        trend = grid.damped * trend + grid.trend * error
        seasonal[step % season] += grid.season * error
    return out


def _opening(y: Floats, season: int) -> tuple[Floats, Floats, Floats]:
    """Mean of the first and second season (S,), from the first reading of each series on, and the season's shape."""
    series, steps = y.shape
    known = np.isfinite(y)
    begin = np.argmax(known, axis=1)
    at = np.minimum(begin[:, None] + np.arange(2 * season), steps - 1)
    two = np.take_along_axis(y, at, axis=1).reshape(series, 2, season)
    means = np.where(np.isfinite(two), two, 0.0).sum(axis=2) / np.maximum(np.isfinite(two).sum(axis=2), 1)
    is_both = np.asarray(np.isfinite(two).all(axis=(1, 2)))
    first, second = means[:, 0], np.where(is_both, means[:, 1], means[:, 0])
    shape = np.where(is_both[:, None], (two - means[:, :, None]).mean(axis=1), 0.0) * (season > 1)
    turned = (np.arange(season) - begin[:, None]) % season
    return first, second, np.take_along_axis(shape, turned, axis=1)
