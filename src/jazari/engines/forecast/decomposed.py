"""`decomposed`: a season of the day, one of the week, and what is left of them carried on.

For short series there is little to regress on. The day's shape is a mean over its last days (near ones count most), the
week's a mean over all weeks, found in turn; the level of what is left is carried into the day ahead with the last miss,
which fades. How many days make a shape, and how quickly levels follow and misses fade, is weighed by what each setting
missed on the days before.

Source: R. B. Cleveland et al., STL: a seasonal-trend decomposition procedure based on loess, Journal of Official
Statistics 6 (1990) 3-73; K. Bandara, R. J. Hyndman, C. Bergmeir, MSTL, arXiv 2107.13462 (several seasons).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np

from jazari.engines.forecast.blocks import Blocks
from jazari.engines.forecast.panel import Floats

_DAYS = (9, 25)  # days over which the day's shape is a mean
_TREND = 13
_ROUNDS = 3
_LEVELS, _FADES = (3.0, 0.8, 0.2), (0.0, 0.06, 0.3)  # days after which half is forgotten
_SHARP = 25.0  # how quickly a setting loses weight as it misses more than the best one
_HALF = 28.0  # days after which a miss weighs half
_LOOK, _JUDGED, _TAIL = 112, 84, 14  # days that are decomposed, whose misses count, and whose rest makes a level
_WEEK = 7
_FEWEST = 21


class Decomposed:
    """Seasons of day and week, one a series."""

    every = 1

    def __init__(self, blocks: Blocks, *, seed: int = 0) -> None:
        del seed  # nothing here is drawn
        self.blocks = blocks
        self._issued: dict[int, Floats] = {}

    def fit(self, end: int) -> None:
        """Nothing is kept but what was forecast: a forecast follows from the readings before it."""

    def predict(self, first: int, last: int) -> Floats:
        """Deviations from the profile for forecasts issued at days first .. last - 1: (S, last - first, horizon)."""
        whole = np.stack([self._ahead(day) for day in range(first, last)], axis=1)
        return np.asarray(whole - self.blocks.base(first, last))

    def document(self) -> dict[str, Any]:
        """What the model is: its seasons follow from the readings, exactly, and are found again from them."""
        return {"kind": "decomposed", "settings": len(_DAYS) * len(_LEVELS) * len(_FADES), "days": _LOOK}

    def _ahead(self, day: int) -> Floats:
        """The forecast issued at a day: (S, horizon)."""
        if day < _FEWEST:
            return self.blocks.base(day, day + 1)[:, 0]
        issued = self._settings(day)
        judged = range(max(day - _JUDGED, _FEWEST), day - self.blocks.span + 1)
        if not judged:
            return np.asarray(issued.mean(axis=2))
        truth = self.blocks.truth(judged.start, judged.stop)
        apart = [np.abs(self._settings(each) - truth[:, at, :, None]) for at, each in enumerate(judged)]
        missed = np.stack([np.nan_to_num(each).mean(axis=1) for each in apart])
        age = 0.5 ** (np.arange(len(judged))[::-1] / _HALF)
        loss = np.tensordot(age, missed, axes=1)
        weight = np.exp(-_SHARP * (loss / np.maximum(loss.min(axis=1, keepdims=True), 1e-12) - 1))
        weight /= weight.sum(axis=1, keepdims=True)
        return np.asarray(np.einsum("shg,sg->sh", issued, weight))

    def _settings(self, day: int) -> Floats:
        """Forecasts of every setting issued at a day: (S, horizon, G). Kept, as what lies before it does not change."""
        if day not in self._issued:
            blocks = self.blocks
            z = blocks.z[:, max(day - _LOOK, 0) : day].astype(np.float64)
            z = np.where(np.isfinite(z), z, blocks.profile[:, max(day - _LOOK, 0) : day])
            parts = [_forecast(z, days, blocks.span) for days in _DAYS]
            self._issued[day] = np.concatenate(parts, axis=2)
            self._issued.pop(day - _JUDGED - 1, None)
        return self._issued[day]


def _forecast(z: Floats, days: int, span: int) -> Floats:
    """Forecasts after the last day of z (S, n, C), for every level and fade: (S, span * C, G)."""
    series, count, hours = z.shape
    of_day, of_week = _seasons(z, days)
    ahead = np.arange(span)
    shape = of_day[:, -1:] + of_week[:, count - _WEEK + ahead % _WEEK]
    rest = (z - of_day - of_week)[:, -_TAIL:].reshape(series, -1)
    back = np.arange(rest.shape[1])[::-1] / hours
    levels = np.stack([0.5 ** (back / half) for half in _LEVELS], axis=1)
    level = rest @ (levels / levels.sum(axis=0))
    steps = np.arange(1, span * hours + 1) / hours
    fades = np.stack([0.5 ** (steps / half) if half else np.zeros(len(steps)) for half in _FADES], axis=1)
    carried = [
        level[:, None, at] + fades[None, :, by] * (rest[:, -1:] - level[:, at : at + 1])
        for at, by in product(range(len(_LEVELS)), range(len(_FADES)))
    ]
    return np.asarray(shape.reshape(series, -1, 1) + np.stack(carried, axis=2))


def _seasons(z: Floats, days: int) -> tuple[Floats, Floats]:
    """The season of the day and of the week on each day, each (S, n, C)."""
    count = z.shape[1]
    of_day, of_week = np.zeros_like(z), np.zeros_like(z)
    for _ in range(_ROUNDS):
        trend = _over(_near(count, _TREND), (z - of_day - of_week).mean(axis=2, keepdims=True))
        shape = _over(_near(count, days), z - of_week - trend)
        of_day = shape - shape.mean(axis=2, keepdims=True)
        left = z - of_day - trend
        for weekday in range(_WEEK):
            of_week[:, weekday::_WEEK] = left[:, weekday::_WEEK].mean(axis=1, keepdims=True)
    return of_day, of_week


def _over(smoother: Floats, values: Floats) -> Floats:
    return np.asarray(smoother @ values)


@lru_cache(maxsize=512)
def _near(count: int, window: int) -> Floats:
    """Weights by which each of `count` days is a mean of its nearest `window` ones, far ones little: (count, count)."""
    at = np.arange(count, dtype=np.float64)
    apart = np.abs(at[:, None] - at)
    reach = np.sort(apart, axis=1)[:, min(window, count) - 1] + max(window - count, 0) / 2
    weight = np.maximum(1 - (apart / (1.001 * np.maximum(reach, 1.0))[:, None]) ** 3, 0.0) ** 3
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))
