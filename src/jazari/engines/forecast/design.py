"""Design: what a day is described by when it is regressed on days before, the calendar and what is known ahead.

Every column of the row of day d stands before the issue of its forecast, or is known ahead.
"""

from __future__ import annotations

import numpy as np

from jazari.engines.forecast.blocks import Blocks
from jazari.engines.forecast.panel import Floats

LAGS = (1, 2, 7)
_COARSE = 24  # columns a lagged day: finer steps are averaged, so that a quarter-hour series needs no more days
_FEW = 12  # series that look at each other's last hours
_TAIL = 3
_PART = 4
_CALENDAR = 0.3  # weight of a calendar column beside deviations of size 0.1 an hour


def design(blocks: Blocks, first: int, last: int, back: tuple[int, ...] = LAGS, *, is_brief: bool = False) -> Floats:
    """Rows that describe days first .. last - 1 by the days `back`: (S, last - first, P), the last column constant 1.

    `is_brief` gives earlier days than yesterday by parts of four columns: a third of the columns, and as good a ridge.
    """
    series = blocks.shape[0]
    lags = [coarse(blocks.lag(each, first, last)) * blocks.gain[:, None, None].astype(blocks.z.dtype) for each in back]
    weight = np.sqrt(24 / lags[0].shape[2])
    parts = [lags[0] * weight, *(_brief(each) * weight if is_brief else each * weight for each in lags[1:])]
    if series <= _FEW:
        tail = lags[0][:, :, -_TAIL:].transpose(1, 0, 2).reshape(last - first, -1)
        parts.append(np.broadcast_to(tail, (series, *tail.shape)))
    parts.append(levels(blocks, first, last, (WEEKS4, WEEKS2)) * blocks.gain[:, None, None])
    shared = _shared(blocks, first, last)
    parts.append(np.broadcast_to(shared, (series, *shared.shape)))
    for each in blocks.known.values():
        ahead = coarse(ahead_of(each, first, last, blocks.span))
        parts.append(np.broadcast_to(ahead, (series, *ahead.shape[1:])) * (_CALENDAR / np.sqrt(ahead.shape[2])))
    parts.append(np.ones((series, last - first, 1)))
    return np.concatenate([each.astype(blocks.z.dtype, copy=False) for each in parts], axis=2)


WEEKS4, WEEKS2 = 28, 14


def levels(blocks: Blocks, first: int, last: int, windows: tuple[int, ...]) -> Floats:
    """Mean of the last days of each window over the profile's mean: (S, last - first, len(windows))."""
    full = np.isfinite(blocks.z)
    sums = np.concatenate(
        [np.zeros((len(full), 1)), np.where(full, blocks.z, 0.0).sum(axis=2, dtype=np.float64).cumsum(axis=1)], axis=1
    )
    counts = np.concatenate([np.zeros((len(full), 1)), full.sum(axis=2).cumsum(axis=1)], axis=1)
    days = np.arange(first, last)
    middle = blocks.profile[:, first:last].mean(axis=2)
    out = []
    for window in windows:
        start = np.maximum(days - window, 0)
        total, count = sums[:, days] - sums[:, start], counts[:, days] - counts[:, start]
        out.append(np.where(count > 0, total / np.maximum(count, 1) - middle, 0.0))
    return np.stack(out, axis=-1)


def coarse(rows: Floats) -> Floats:
    """Rows of more than 24 columns averaged to 24 where that divides them: (S, n, c)."""
    columns = rows.shape[2]
    if columns <= _COARSE or columns % _COARSE:
        return rows
    return np.asarray(rows.reshape(*rows.shape[:2], _COARSE, columns // _COARSE).mean(axis=3))


def _brief(rows: Floats) -> Floats:
    columns = rows.shape[2]
    if columns % _PART:
        return rows
    return np.asarray(rows.reshape(*rows.shape[:2], columns // _PART, _PART).mean(axis=3) * np.sqrt(_PART))


def ahead_of(known: Floats, first: int, last: int, span: int) -> Floats:
    """What is known of the horizons issued at days first .. last - 1: (S or 1, last - first, span * C)."""
    blocks = known.shape[1]
    parts = [known[:, np.minimum(np.arange(first, last) + each, blocks - 1)] for each in range(span)]
    return np.concatenate(parts, axis=2)


def _shared(blocks: Blocks, first: int, last: int) -> Floats:
    columns = [np.eye(7)[blocks.weekday[first:last]]]
    days = np.arange(first, last)
    for each in blocks.calendar.values():
        ahead = [each[np.minimum(days + later, len(each) - 1)] for later in range(blocks.span)]
        columns.append(np.stack(ahead, axis=1))
    return np.concatenate(columns, axis=1) * _CALENDAR
