"""Leaks: a column that is called known ahead but holds the series itself is refused."""

from __future__ import annotations

import numpy as np

from jazari.core.errors import EngineError
from jazari.engines.forecast.panel import Floats, Panel

_TOO_ALIKE = 0.995
_FEWEST = 48


def refuse_leaks(panel: Panel, first: np.datetime64, ahead: int) -> None:
    """Refuse a known-ahead column that follows a series more closely than any forecast of it could.

    The series and the column are compared by their changes from one day (or step) to the next, so that a shared daily
    shape is no offence.

    Raises:
        EngineError: JZ-424.
    """
    end = int(np.searchsorted(panel.times, first))
    lag = panel.cycle if panel.is_daily_cycle else 1
    if not panel.known or end < lag + max(_FEWEST, ahead):
        return
    change = _change(panel.values[:, :end], lag)
    for name, each in panel.known.items():
        known = _change(np.atleast_2d(each)[:, :end], lag)
        alike = _alike(change, np.broadcast_to(known, change.shape))
        if alike > _TOO_ALIKE:
            raise EngineError(
                "JZ-424", f"column '{name}' is declared known ahead, but it is the series itself",
                found=f"correlation of their changes {alike:.4f}",
                fix="leave the column out, or give the values that were really known when each forecast was issued.",
            )  # fmt: skip


def _change(values: Floats, lag: int) -> Floats:
    return values[:, lag:] - values[:, :-lag]


def _alike(one: Floats, other: Floats) -> float:
    """The highest absolute correlation between rows of the same place."""
    both = np.isfinite(one) & np.isfinite(other)
    best = 0.0
    for at in np.flatnonzero(both.sum(axis=1) >= _FEWEST):
        a, b = one[at, both[at]], other[at, both[at]]
        if a.std() > 0 and b.std() > 0:
            best = max(best, abs(float(np.corrcoef(a, b)[0, 1])))
    return best
