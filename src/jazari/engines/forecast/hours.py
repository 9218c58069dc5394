"""Hours: what one hour of a day ahead is described by, for the learner that all series share."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jazari.engines.forecast.blocks import Blocks
from jazari.engines.forecast.design import WEEKS4, ahead_of, levels
from jazari.engines.forecast.panel import Floats

Rows = npt.NDArray[np.float32]
_SAME_HOUR = (1, 2, 3, 7, 14)
_NAMED = 32  # series that the shared learner may tell apart by number


def hour_rows(blocks: Blocks, first: int, last: int) -> Rows:
    """Rows that describe each hour of the horizons issued at days first .. last - 1: (S, last - first, horizon, F)."""
    series, _, hours = blocks.shape
    span, days = blocks.span, last - first
    shape = (series, days, blocks.horizon)
    gain = blocks.gain[:, None, None]
    lags = {each: blocks.lag(each, first, last) * gain for each in (*_SAME_HOUR, 21, 28)}
    late, half = max(hours // 8, 1), max(hours // 2, 1)
    yesterday = lags[1]
    by_hour = [lags[each] for each in _SAME_HOUR]
    by_hour.append(np.mean([lags[each] for each in (7, 14, 21, 28)], axis=0))
    by_hour += [np.roll(yesterday, 1, axis=2), np.roll(yesterday, -1, axis=2)]
    shape_of_day = blocks.profile[:, first:last] - blocks.profile[:, first:last].mean(axis=2, keepdims=True)
    by_hour.append(shape_of_day * gain)
    by_day = [yesterday[:, :, -1], yesterday[:, :, -late:].mean(axis=2), yesterday[:, :, half:].mean(axis=2)]
    by_day += [lags[each].mean(axis=2) for each in (1, 2, 7)]
    by_day.append(levels(blocks, first, last, (WEEKS4,))[:, :, 0] * blocks.gain[:, None])
    if series <= _NAMED:
        by_day.append(np.broadcast_to(by_day[1].mean(axis=0), shape[:2]))
        by_day.append(np.broadcast_to(np.arange(series, dtype=float)[:, None], shape[:2]))
    columns = [np.tile(each, (1, 1, span)) for each in by_hour]
    columns += [np.broadcast_to(each[:, :, None], shape) for each in by_day]
    columns += [np.broadcast_to(each, shape) for each in _clock(blocks, first, last)]
    for each in blocks.known.values():
        columns.append(np.broadcast_to(ahead_of(each, first, last, span), shape))
        columns.append(np.broadcast_to(_since(each, first, last, span), shape))
    return np.stack(columns, axis=-1).astype(np.float32)


def _clock(blocks: Blocks, first: int, last: int) -> list[Floats]:
    hours = blocks.shape[2]
    ahead = np.arange(blocks.horizon)
    days = np.minimum(np.arange(first, last)[:, None] + ahead // hours, blocks.shape[1] - 1)
    columns = [np.broadcast_to((ahead % hours).astype(float), days.shape), blocks.weekday[days].astype(float)]
    for name, each in blocks.calendar.items():
        columns.append(each[days])
        if name == "holiday":
            columns.append(np.where(days >= 7, each[np.maximum(days - 7, 0)], 0.0))  # noqa: PLR2004  a week
    if blocks.span > 1:
        columns.append(np.broadcast_to((ahead // hours).astype(float), days.shape))
    return columns


def _since(known: Floats, first: int, last: int, span: int) -> Floats:
    """What is known ahead over its own value at the same hour of the day before issue."""
    yesterday = known[:, np.maximum(np.arange(first, last) - 1, 0)]
    return ahead_of(known, first, last, span) - np.tile(yesterday, (1, 1, span))
