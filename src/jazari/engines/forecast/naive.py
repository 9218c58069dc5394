"""`naive`: the same hours of the last day like the one ahead. The baseline that every other variant must beat.

A day like the one ahead is the same weekday a week before: the seasonal naive method with the week as season (R. J.
Hyndman, G. Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., 5.2).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jazari.engines.forecast.blocks import Blocks
from jazari.engines.forecast.panel import Floats

_WEEK = 7


class Naive:
    """Seasonal naive, a week back."""

    every = 1

    def __init__(self, blocks: Blocks, *, seed: int = 0) -> None:
        del seed  # nothing here is drawn
        self.blocks = blocks

    def fit(self, end: int) -> None:
        """Nothing is learnt."""

    def predict(self, first: int, last: int) -> Floats:
        """Deviations from the profile for forecasts issued at days first .. last - 1: (S, last - first, horizon)."""
        blocks = self.blocks
        days = [_back(day, blocks.span) for day in range(first, last)]
        rows = [np.concatenate([self._day(each) for each in day], axis=1) for day in days]
        whole = np.stack(rows, axis=1)
        base = blocks.base(first, last)
        return np.where(np.isfinite(whole), whole - base, 0.0)

    def document(self) -> dict[str, Any]:
        """The model as an open document."""
        return {"kind": "naive", "season_days": _WEEK}

    def _day(self, day: int) -> Floats:
        return self.blocks.z[:, day] if day >= 0 else np.full_like(self.blocks.z[:, 0], np.nan)


def _back(day: int, span: int) -> list[int]:
    """The days that stand for day .. day + span - 1: the same weekdays, all before `day`."""
    return [day + each - _WEEK * (each // _WEEK + 1) for each in range(span)]
