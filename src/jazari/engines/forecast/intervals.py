"""Intervals: quantiles from a series' own recent errors, whose levels follow its coverage day by day.

The errors of the last twelve weeks, divided by their usual size at each hour, give the shape; the last days' size
widens or narrows it; and each level moves a little after each day, up if too few readings fell below its quantile, down
if too many did. The moved level stands for the promised one, so that coverage comes back to it after any change.

Source: I. Gibbs, E. Candès, Adaptive conformal inference under distribution shift, NeurIPS 2021.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from jazari.engines.forecast.panel import Floats

_WINDOW = 84  # days of errors
_HALF = 60.0  # days after which an error weighs half
_FAST = 3.0  # the same, for the size of the last days
_CALM = 0.5  # power with which the size of the last days counts
_PACE = 0.13  # how far a level moves for a day that lay wholly on the wrong side
_CENTRAL, _SLOWER = 0.09, 0.2  # levels outside .1 and .9 move a little slower: they see few misses
_EDGE = 0.002
_GROUPS = 4  # parts of the day: night, morning, afternoon, evening
_SHARED = 0.5  # how much of an hour group's shape is that of the whole day


class Intervals:
    """Online conformal quantiles, a series and hour group.

    Attributes:
        levels: (L,) promised levels, rising.
        moved: (S, L) levels that now stand for them.
        errors: (S, W, H) last errors on the engines' scale, NaN where unknown, oldest first.
    """

    def __init__(self, levels: Floats, errors: Floats) -> None:
        self.levels = levels
        self.errors = errors[:, -_WINDOW:]
        self.moved = np.tile(levels, (len(errors), 1))

    def quantiles(self) -> Floats:
        """What to add to a forecast for each hour and level, never crossing: (S, H, L)."""
        usual = self._usual()
        ratio = self.errors / usual[:, None, :]
        weight = 0.5 ** (np.arange(ratio.shape[1])[::-1] / _HALF)
        whole = _weighted(ratio, weight, self.moved)[:, None, :]
        hours = ratio.shape[2]
        groups = _GROUPS if hours >= _GROUPS else 1
        parts = [slice(each * hours // groups, (each + 1) * hours // groups) for each in range(groups)]
        shape = np.concatenate(
            [
                np.repeat(_weighted(ratio[:, :, part], weight, self.moved)[:, None, :], part.stop - part.start, axis=1)
                for part in parts
            ],
            axis=1,
        )
        added = self._today(ratio)[:, None, None] * usual[:, :, None] * ((1 - _SHARED) * shape + _SHARED * whole)
        return np.sort(added, axis=2)

    def learn(self, error: Floats, added: Floats | None) -> None:
        """Take in a day whose truth is known: its errors (S, H), and what was issued for it (S, H, L), if anything."""
        self.errors = np.concatenate([self.errors, error[:, None]], axis=1)[:, -_WINDOW:]
        if added is None:
            return
        known = np.isfinite(error)
        count = known.sum(axis=1)
        below = ((error[:, :, None] <= added) & known[:, :, None]).sum(axis=1) / np.maximum(count, 1)[:, None]
        pace = _PACE * np.minimum(1.0, self.levels * (1 - self.levels) / _CENTRAL) ** _SLOWER
        moved = self.moved + pace * (self.levels - below) * (count > 0)[:, None]
        self.moved = np.clip(moved, _EDGE, 1 - _EDGE)

    def document(self) -> dict[str, Any]:
        """The moved levels; the errors travel as a table."""
        return {"levels": self.levels.tolist(), "moved": self.moved.tolist()}

    @classmethod
    def of_document(cls, document: Mapping[str, Any], errors: Floats) -> Intervals:
        """Read the intervals back."""
        intervals = cls(np.asarray(document["levels"], dtype=np.float64), errors)
        intervals.moved = np.asarray(document["moved"], dtype=np.float64)
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
