"""Intervals: quantiles from a series' own recent errors, whose levels follow its coverage day by day.

The errors of the last twelve weeks, divided by their usual size at each hour, give the shape; the last days' size
widens or narrows it; and each level moves after each day, up if too few readings fell below its quantile, down if too
many did. The moved level stands for the promised one, so that coverage comes back to it after any change. Levels move
in log-odds, without an end: past the outermost errors a quantile goes on outwards in proportion, so that the .025 and
.975 can widen as far as they must. What was moved is forgotten, a hundredth a day.

Sources: I. Gibbs, E. Candès, Adaptive conformal inference under distribution shift, NeurIPS 2021; A. Angelopoulos, E.
Candès, R. Tibshirani, Conformal PID control for time series prediction, NeurIPS 2023 (quantiles that may go outwards).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from jazari.engines.forecast.panel import Floats

_WINDOW = 84  # days of errors
_HALF = 60.0  # days after which an error weighs half
_FAST = 3.0  # the same, for the size of the last days
_CALM = 0.7  # power with which the size of the last days counts
_PACE, _OUTER = 0.45, 0.85  # how far a level moves, in log-odds, for a day that lay wholly on the wrong side
_FORGOTTEN = 0.01  # share of what was moved that a day forgets
_EDGE = 0.01  # levels outside of it and of 1 minus it are not read off errors, but go on in proportion
_FEW = 1.5  # over the days of errors: by how much wider a quantile of few of them stands
_END = 8.0  # log-odds; a level does not move further
_GROUPS = 4  # parts of the day: night, morning, afternoon, evening
_SHARED = 0.5  # how much of an hour group's shape is that of the whole day


class Intervals:
    """Online conformal quantiles, a series and hour group.

    Attributes:
        levels: (L,) promised levels, rising.
        odds: (S, L) log-odds of the levels that now stand for them.
        errors: (S, W, H) last errors on the engines' scale, NaN where unknown, oldest first.
    """

    def __init__(self, levels: Floats, errors: Floats) -> None:
        self.levels = levels
        self.errors = errors[:, -_WINDOW:]
        self.odds = np.tile(_log_odds(levels), (len(errors), 1))

    def quantiles(self) -> Floats:
        """What to add to a forecast for each hour and level, never crossing: (S, H, L)."""
        usual = self._usual()
        ratio = self.errors / usual[:, None, :]
        weight = 0.5 ** (np.arange(ratio.shape[1])[::-1] / _HALF)
        far = _log_odds(1 - _EDGE)
        inner = 1 / (1 + np.exp(-np.clip(self.odds, -far, far)))
        outwards = np.maximum(np.abs(self.odds) / far, 1.0)[:, None, :]
        whole = _weighted(ratio, weight, inner)[:, None, :]
        hours = ratio.shape[2]
        groups = _GROUPS if hours >= _GROUPS else 1
        parts = [slice(each * hours // groups, (each + 1) * hours // groups) for each in range(groups)]
        shape = np.concatenate(
            [
                np.repeat(_weighted(ratio[:, :, part], weight, inner)[:, None, :], part.stop - part.start, axis=1)
                for part in parts
            ],
            axis=1,
        )
        both = ((1 - _SHARED) * shape + _SHARED * whole) * outwards
        days = np.maximum(np.isfinite(ratio).any(axis=2).sum(axis=1), 1)
        size = self._today(ratio) * (1 + _FEW / days)
        return np.sort(size[:, None, None] * usual[:, :, None] * both, axis=2)

    def learn(self, error: Floats, added: Floats | None) -> None:
        """Take in a day whose truth is known: its errors (S, H), and what was issued for it (S, H, L), if anything."""
        self.errors = np.concatenate([self.errors, error[:, None]], axis=1)[:, -_WINDOW:]
        if added is None:
            return
        known = np.isfinite(error)
        count = known.sum(axis=1)
        below = ((error[:, :, None] <= added) & known[:, :, None]).sum(axis=1) / np.maximum(count, 1)[:, None]
        pace = _PACE / (4 * self.levels * (1 - self.levels)) ** _OUTER
        kept = self.odds + _FORGOTTEN * (_log_odds(self.levels) - self.odds)
        self.odds = np.clip(kept + pace * (self.levels - below) * (count > 0)[:, None], -_END, _END)

    def document(self) -> dict[str, Any]:
        """The moved levels; the errors travel as a table."""
        return {"levels": self.levels.tolist(), "odds": self.odds.tolist()}

    @classmethod
    def of_document(cls, document: Mapping[str, Any], errors: Floats) -> Intervals:
        """Read the intervals back."""
        intervals = cls(np.asarray(document["levels"], dtype=np.float64), errors)
        intervals.odds = np.asarray(document["odds"], dtype=np.float64)
        return intervals

    def _usual(self) -> Floats:
        """The usual size of an error at each hour, smoothed over its neighbours: (S, H)."""
        weight = 0.5 ** (np.arange(self.errors.shape[1])[::-1] / _HALF)
        known = np.isfinite(self.errors)
        square = (np.where(known, self.errors, 0.0) ** 2 * weight[:, None]).sum(axis=1)
        mass = (known * weight[:, None]).sum(axis=1)
        whole = square.sum(axis=1, keepdims=True) / np.maximum(mass.sum(axis=1, keepdims=True), 1e-12)
        mean = np.where(mass > 0, square / np.where(mass > 0, mass, 1.0), whole)
        wide = np.concatenate([mean[:, :1], mean, mean[:, -1:]], axis=1)
        return np.asarray(np.sqrt(np.maximum((wide[:, :-2] + wide[:, 1:-1] + wide[:, 2:]) / 3, 1e-18)))

    def _today(self, ratio: Floats) -> Floats:
        known = np.isfinite(ratio)
        count = known.sum(axis=2)
        day = (np.where(known, ratio, 0.0) ** 2).sum(axis=2) / np.maximum(count, 1)
        weight = 0.5 ** (np.arange(ratio.shape[1])[::-1] / _FAST) * (count > 0)
        mass = weight.sum(axis=1)
        size = np.where(mass > 0, (weight * day).sum(axis=1) / np.where(mass > 0, mass, 1.0), 1.0)
        return np.asarray(np.sqrt(size) ** _CALM)


def _log_odds(level: Any) -> Any:
    return np.log(level / (1 - level))


def _weighted(ratio: Floats, weight: Floats, levels: Floats) -> Floats:
    """Weighted quantiles of all errors of a series: (S, L), the median of an empty series 0."""
    series, days, hours = ratio.shape
    flat = ratio.reshape(series, days * hours)
    order = np.argsort(flat, axis=1)  # missing errors go last, and weigh nothing
    sorted_ = np.take_along_axis(flat, order, axis=1)
    mass = np.repeat(weight, hours)[order] * np.isfinite(sorted_)
    total = mass.sum(axis=1, keepdims=True)
    place = (np.cumsum(mass, axis=1) - 0.5 * mass) / np.where(total > 0, total, 1.0)
    out = np.zeros(levels.shape)
    for at in range(series):
        full = int(np.isfinite(sorted_[at]).sum())
        if full:
            out[at] = np.interp(levels[at], place[at, :full], sorted_[at, :full])
    return out
