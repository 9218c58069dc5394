"""Design: what a day is described by when it is regressed on days before, the calendar and what is known ahead.

Every column of the row of day d stands before the issue of its forecast, or is known ahead.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

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
    lags = [coarse(blocks.lag(each, first, last)) for each in back]
    for lag in lags:
        np.multiply(lag, blocks.gain[:, None, None].astype(lag.dtype), out=lag)
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
    return np.concatenate(parts, axis=2, dtype=blocks.z.dtype, casting="same_kind")


WEEKS4, WEEKS2 = 28, 14


def levels(blocks: Blocks, first: int, last: int, windows: tuple[int, ...]) -> Floats:
    """Mean of the last days of each window over the profile's mean: (S, last - first, len(windows))."""
    begin = max(first - max(windows), 0)
    part = blocks.z[:, begin:last]
    full = np.isfinite(part)
    is_whole = bool(full.all())
    hours = np.full(part.shape[:2], part.shape[2]) if is_whole else full.sum(axis=2)
    sums = _running((part if is_whole else np.where(full, part, 0.0)).sum(axis=2))
    counts = _running(hours)
    days = np.arange(first, last)
    middle = blocks.profile[:, first:last].mean(axis=2)
    out = []
    for window in windows:
        start = np.maximum(days - window, 0) - begin
        total, count = sums[:, days - begin] - sums[:, start], counts[:, days - begin] - counts[:, start]
        out.append(np.where(count > 0, total / np.maximum(count, 1) - middle, 0.0))
    return np.stack(out, axis=-1)


def _running(each: npt.NDArray[Any]) -> Floats:
    """Sums of what lies before each column: (S, n + 1)."""
    out = np.zeros((each.shape[0], each.shape[1] + 1))
    np.cumsum(each, axis=1, out=out[:, 1:])
    return out


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
    mean = np.repeat(np.eye(columns // _PART), _PART, axis=0) * (np.sqrt(_PART) / _PART)
    return np.asarray(rows @ mean.astype(rows.dtype))


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
