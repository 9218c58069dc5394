"""`smooth`: exponential smoothing for days, weeks, months, quarters and years, many settings of it averaged.

Additive errors, damped trend and season on logarithms (or on differences where the series goes below zero). Every
setting of a small grid is run once over all series together; each series weighs them by what they missed so far. The
quantiles come from the misses of that average at each step ahead.

Source: R. J. Hyndman et al., Forecasting with Exponential Smoothing, Springer 2008, 2.5 (damped, additive); S. Kolassa,
International Journal of Forecasting 27 (2011) 238-251 (why average them by their weights).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from jazari.core.errors import EngineError
from jazari.core.progress import Progress
from jazari.engines.forecast.answer import Forecasts
from jazari.engines.forecast.panel import Floats, Panel, Times
from jazari.engines.forecast.scores import mase_scale, seasonal_naive, truth

if TYPE_CHECKING:
    from jazari.engines.forecast.settings import Settings

_LEVEL, _TREND, _SEASON, _DAMPED = (0.05, 0.2, 0.45, 0.8), (0.0, 0.02, 0.1), (0.02, 0.15, 0.4), (0.9, 0.98)
_SHARP = 25.0  # how quickly a setting loses weight as it misses more than the best one
_SEASONS = 2  # needed before the first origin
_HALF = 60.0  # steps after which a miss weighs half
_CHUNK = 250


class Smooth:
    """Averaged exponential smoothing; runs on steps, not on blocks of a day."""

    runs_on_steps = True

    @staticmethod
    def backtest(panel: Panel, origins: Times, settings: Settings, told: Progress) -> Forecasts:
        """See `jazari.engines.forecast.backtest.backtest`."""
        at = _steps(panel, origins)
        season = panel.cycle
        if at[0] < _SEASONS * season + settings.ahead or at[0] < 4:  # noqa: PLR2004  below, nothing can be told of misses
            raise EngineError(
                "JZ-423", "too little lies before the first origin to learn from",
                found=f"{at[0]} steps; {_SEASONS * season + settings.ahead} are needed",
                fix="begin the test window later, or give more of the series.",
            )  # fmt: skip
        levels = np.asarray(settings.levels)
        parts = []
        for start in range(0, len(panel.names), _CHUNK):
            chunk = panel.of(range(start, min(start + _CHUNK, len(panel.names))))
            parts.append(_chunk(chunk, at, settings.ahead, levels))
        told.advance(len(at))
        return Forecasts(
            names=panel.names,
            origins=origins,
            times=_times(panel, at, settings.ahead),
            levels=levels,
            quantiles=np.concatenate(parts, axis=1),
            actual=truth(panel, at, settings.ahead),
            baseline=seasonal_naive(panel, at, settings.ahead, season),
            mase_scale=mase_scale(panel.values[:, : at[0]], season),
            notes={"variant": "smooth", "season": season, "settings_averaged": len(_grid(season))},
        )


@dataclass(frozen=True)
class _Grid:
    level: Floats
    trend: Floats
    season: Floats
    damped: Floats

    def __len__(self) -> int:
        return len(self.level)


def _grid(season: int) -> _Grid:
    cells = [
        (a, a * b, g * (1 - a), f)
        for a, b, g, f in product(_LEVEL, _TREND, _SEASON if season > 1 else (0.0,), _DAMPED)
        if b or f == _DAMPED[0]
    ]
    return _Grid(*(np.array(each)[:, None] for each in zip(*cells, strict=True)))


def _chunk(panel: Panel, at: npt.NDArray[np.int64], ahead: int, levels: Floats) -> Floats:
    """Quantiles (O, S, H, L) for some of the series."""
    values = panel.values
    seen = values[:, : at[0]]
    is_log = np.nanmin(seen, axis=1) > 0.0
    size = np.where(is_log, 1.0, np.nanmean(np.abs(seen), axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = np.where(is_log[:, None], np.log(np.where(values > 0, values, np.nan)), values / size[:, None])
    ahead_by = _filtered(scaled[:, : at[-1]], panel.cycle, ahead)
    missed = _missed(scaled, ahead_by)
    out = [_issued(ahead_by[origin], missed[: origin + 1], origin, levels) for origin in at]
    whole = np.stack(out)
    return np.asarray(
        np.sort(np.where(is_log[:, None, None], np.exp(np.minimum(whole, 700)), whole * size[:, None, None]), axis=3)
    )


def _filtered(y: Floats, season: int, ahead: int) -> Floats:
    """Forecasts of every setting from the end of each step on: (T + 1, G, S, H); row t has seen y[:, :t]."""
    grid = _grid(season)
    series, steps = y.shape
    first, second = _mean(y[:, :season]), _mean(y[:, season : 2 * season])
    level = np.broadcast_to(first, (len(grid), series)).copy()
    trend = np.broadcast_to((second - first) / season * (grid.trend > 0), (len(grid), series)).copy()
    shape = np.nan_to_num((y[:, :season] - first[:, None] + y[:, season : 2 * season] - second[:, None]) / 2)
    seasonal = np.broadcast_to(shape.T[:, None, :] * (season > 1), (season, len(grid), series)).copy()
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


def _missed(scaled: Floats, ahead_by: Floats) -> Floats:
    """What each forecast missed, NaN where unknown: (T + 1, G, S, H)."""
    steps, ahead = ahead_by.shape[0], ahead_by.shape[3]
    wide = np.concatenate([scaled, np.full((len(scaled), ahead + 1), np.nan)], axis=1)
    came = np.stack([wide[:, each : each + steps].T for each in range(ahead)], axis=2)
    return came[:, None] - ahead_by


def _issued(forecasts: Floats, missed: Floats, origin: int, levels: Floats) -> Floats:
    """Quantiles (S, H, L) at an origin, from misses that were known by then."""
    steps, _, series, ahead = missed.shape
    is_known = np.arange(steps)[:, None] + np.arange(ahead) < origin  # the step that a miss belongs to has come
    known = np.where(is_known[:, None, None, :] & np.isfinite(missed), missed, np.nan)
    known = known[min(2 * ahead, steps // 3) :]
    age = 0.5 ** (np.arange(len(known))[::-1] / _HALF)
    loss = _weighted_mean(np.abs(known), age).mean(axis=2)
    weight = np.exp(-_SHARP * (loss / np.maximum(loss.min(axis=0), 1e-12) - 1))
    weight /= weight.sum(axis=0)
    centre = np.einsum("gs,gsh->sh", weight, forecasts)
    errors = np.einsum("gs,tgsh->tsh", weight, known)
    spread = np.sqrt(np.maximum.accumulate(_weighted_mean(errors**2, age), axis=1))
    ratio = errors / np.maximum(spread, 1e-12)
    out = np.empty((series, ahead, len(levels)))
    mass = np.broadcast_to(age[:, None], (len(known), ahead))
    for each in range(series):
        full = np.isfinite(ratio[:, each])
        values, weights = ratio[:, each][full], mass[full]
        order = np.argsort(values)
        place = (np.cumsum(weights[order]) - 0.5 * weights[order]) / weights.sum()
        shape = np.interp(levels, place, values[order])
        out[each] = centre[each][:, None] + spread[each][:, None] * shape
    return out


def _weighted_mean(values: Floats, age: Floats) -> Floats:
    full = np.isfinite(values)
    mass = np.tensordot(age, full, axes=1)
    return np.asarray(np.tensordot(age, np.where(full, values, 0.0), axes=1) / np.maximum(mass, 1e-12))


def _mean(rows: Floats) -> Floats:
    full = np.isfinite(rows)
    return np.asarray(np.where(full, rows, 0.0).sum(axis=1) / np.maximum(full.sum(axis=1), 1))


def _steps(panel: Panel, origins: Times) -> npt.NDArray[np.int64]:
    at = np.searchsorted(panel.times, origins)
    past = origins > panel.times[-1]
    if (~past & (panel.times[np.minimum(at, len(panel.times) - 1)] != origins)).any() or past.sum() > 1:
        raise EngineError(
            "JZ-422", "an origin is no step of this panel", found=f"{origins[0]} to {origins[-1]}",
            fix="give starts of steps, at most the first one after the last reading.",
        )  # fmt: skip
    return np.asarray(at, dtype=np.int64)


def _times(panel: Panel, at: npt.NDArray[np.int64], ahead: int) -> Times:
    every = np.concatenate([panel.times, panel.ahead(ahead + 1)])
    return np.asarray(every[at[:, None] + np.arange(ahead)])
