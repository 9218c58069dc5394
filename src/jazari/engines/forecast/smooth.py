"""`smooth`: for days, weeks, months, quarters and years: exponential smoothing and a direct regression, mixed.

On logarithms, or on differences where a series goes below zero. Candidates run over all series together; each series
weighs them by what they missed so far, and its quantiles come from the misses of that average (`mixing`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from jazari.core.errors import EngineError
from jazari.core.progress import Progress
from jazari.engines.forecast.answer import Forecasts
from jazari.engines.forecast.direct import regressed
from jazari.engines.forecast.mixing import mixed
from jazari.engines.forecast.panel import Floats, Panel, Times
from jazari.engines.forecast.scores import mase_scale, seasonal_naive, truth
from jazari.engines.forecast.smoothing import smoothed

if TYPE_CHECKING:
    from jazari.engines.forecast.settings import Settings

_SEASONS = 2  # needed before the first origin
_ROOM = 2e7  # forecasts of candidates that lie in memory together
_CANDIDATES = 180


class Smooth:
    """Exponential smoothing and regression, mixed; runs on steps, not on blocks of a day."""

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
        together = max(int(_ROOM / (_CANDIDATES * settings.ahead * (at[-1] + 1))), 1)
        for start in range(0, len(panel.names), together):
            chunk = panel.of(range(start, min(start + together, len(panel.names))))
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
            notes={"variant": "smooth", "season": season},
        )


def _chunk(panel: Panel, at: npt.NDArray[np.int64], ahead: int, levels: Floats) -> Floats:
    """Quantiles (O, S, H, L) for some of the series."""
    values = panel.values
    seen = values[:, : at[0]]
    known = np.isfinite(seen)
    is_log = np.where(known, seen, np.inf).min(axis=1) > 0.0
    usual = np.where(known, np.abs(seen), 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    size = np.where(is_log | (usual == 0), 1.0, usual)
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = np.where(is_log[:, None], np.log(np.where(values > 0, values, np.nan)), values / size[:, None])
    before = scaled[:, : at[-1]]
    kinds = [smoothed(before, panel.cycle, ahead), regressed(before, panel.cycle, ahead, int(at[0]))]
    whole = np.stack([mixed(kinds, int(origin), levels) for origin in at])
    return np.asarray(
        np.sort(np.where(is_log[:, None, None], np.exp(np.minimum(whole, 700)), whole * size[:, None, None]), axis=3)
    )


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
