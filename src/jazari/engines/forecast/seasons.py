"""`seasons`: exponential smoothing with a season of the day and one of the week, many settings of it averaged.

For short series whose weeks repeat closely there is little to regress on; smoothing carries level, day and week forward
and lets the last error fade. Every setting of a small grid is run over all series together, and each series weighs them
by what they missed so far.

Source: J. W. Taylor, Journal of the Operational Research Society 54 (2003) 799-805 (double seasonal, error that fades).
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from jazari.engines.forecast.blocks import Blocks
from jazari.engines.forecast.panel import Floats

_LEVEL, _DAY, _WEEK, _FADE = (0.02, 0.06, 0.15), (0.1, 0.25, 0.45), (0.15, 0.3, 0.5), (0.5, 0.7, 0.85)
_SHARP = 25.0  # how quickly a setting loses weight as it misses more than the best one
_HALF = 28.0  # days after which a miss weighs half
_LONGEST = 112
_OPENING = 3  # weeks whose misses do not count: two of them begin the seasons
_DAYS = 7


class Seasons:
    """Double seasonal smoothing, one a series."""

    every = 1

    def __init__(self, blocks: Blocks, *, seed: int = 0) -> None:
        del seed  # nothing here is drawn
        self.blocks = blocks
        self._grid = np.array(list(product(_LEVEL, _DAY, _WEEK, _FADE))).T[:, None, :]

    def fit(self, end: int) -> None:
        """Nothing is kept: a forecast runs over the readings before it."""

    def predict(self, first: int, last: int) -> Floats:
        """Deviations from the profile for forecasts issued at days first .. last - 1: (S, last - first, horizon)."""
        whole = np.stack([self._ahead(day) for day in range(first, last)], axis=1)
        return np.asarray(whole - self.blocks.base(first, last))

    def document(self) -> dict[str, Any]:
        """What the model is: its seasons follow from the readings, exactly, and are run again from them."""
        return {"kind": "seasons", "settings": int(self._grid.shape[2]), "days": _LONGEST}

    def _ahead(self, day: int) -> Floats:
        """The forecast issued at a day: (S, horizon)."""
        z = self.blocks.z[:, max(day - _LONGEST, 0) : day].astype(np.float64)
        issued, missed = self._run(z)
        age = 0.5 ** (np.arange(len(missed))[::-1] / _HALF)
        loss = np.tensordot(age, missed, axes=1)
        weight = np.exp(-_SHARP * (loss / np.maximum(loss.min(axis=1, keepdims=True), 1e-12) - 1))
        weight /= weight.sum(axis=1, keepdims=True)
        return np.asarray(np.einsum("hsg,sg->sh", issued, weight))

    def _run(self, z: Floats) -> tuple[Floats, Floats]:
        """Forecasts from the end of z (horizon, S, G), and what each setting missed on each day (days, S, G)."""
        level_by, day_by, week_by, fade = self._grid
        series, days, hours = z.shape
        week, settings = _DAYS * hours, level_by.shape[1]
        level, of_day, of_week = _opening(z, settings)
        error = np.zeros((series, settings))
        fading = fade ** np.arange(1, self.blocks.horizon + 1)[:, None, None]
        missed = []
        for today in range(days):
            start = today % _DAYS * hours
            if today >= _OPENING * _DAYS:
                expected = level + of_day + of_week[start : start + hours] + fading[:hours] * error
                apart = np.abs(expected - z[:, today].T[:, :, None])
                missed.append(np.nan_to_num(apart).mean(axis=0))
            for hour in range(hours):
                before = error
                error = z[:, today, hour, None] - level - of_day[hour] - of_week[start + hour]
                known = np.isfinite(error)
                if not known.all():
                    error = np.where(known, error, fade * before)
                fresh = error - fade * before
                level = level + level_by * fresh
                of_day[hour] += day_by * fresh
                of_week[start + hour] += week_by * fresh
        steps = np.arange(self.blocks.horizon)
        issued = level + of_day[steps % hours] + of_week[(days * hours + steps) % week] + fading * error
        return issued, np.array(missed)


def _opening(z: Floats, settings: int) -> tuple[Floats, Floats, Floats]:
    """Level (S, G), season of the day (C, S, G) and of the week (7 C, S, G) of the first two weeks."""
    series, _, hours = z.shape
    two = z[:, : 2 * _DAYS].reshape(series, 2, _DAYS, hours)
    level = _mean(two, (1, 2, 3))
    day = _mean(two, (1, 2)) - level[:, None]
    week = np.where(np.isfinite(two).any(axis=1), _mean(two, (1,)) - level[:, None, None] - day[:, None], 0.0)
    wide = [each[..., None] * np.ones(settings) for each in (level, day.T, week.reshape(series, -1).T)]
    return wide[0], wide[1], wide[2]


def _mean(values: Floats, axes: tuple[int, ...]) -> Floats:
    """The mean of what is known, 0 where nothing is."""
    known = np.isfinite(values)
    return np.asarray(np.where(known, values, 0.0).sum(axis=axes) / np.maximum(known.sum(axis=axes), 1))
