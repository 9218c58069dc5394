"""Blocks: a panel cut into days (one row a day, one column an hour), on the scale on which engines compare them.

Loads that stay positive are compared as logarithms, so that a difference is a ratio to the recent profile; net loads,
which go negative, as differences in units of their usual size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jazari.core.errors import EngineError
from jazari.engines.forecast import profiles
from jazari.engines.forecast.panel import Flags, Floats, Panel

_WARM, _SHORT_WARM = 28, 14  # blocks before the first one that is learnt from
_SHORT = 120  # blocks: of a shorter series, more days are learnt from
_LOW = 0.02  # a reading under this share of the median counts as "not a load"
_RARE = 0.005
_MANY = 32  # series beyond which arrays are kept in single precision
_YEARLY = ("school_break",)  # one long stretch a year: told from the season only where two of them were seen
_TWO_YEARS = 600
_TYPICAL = 0.1  # size to which deviations are brought, so that one set of penalties serves every series


@dataclass(frozen=True)
class Scale:
    """What is chosen on what was seen before the first forecast, and kept from then on.

    Attributes:
        is_log: (S,) whether a series is compared as logarithms.
        size: (S,) what a unit on the scale is worth where it is not; 1 elsewhere.
        gain: (S,) factor that brings deviations from the profile to a common size.
        is_weekly: Whether the profile is that of the weekday.
        warm: Blocks before the first one that is learnt from.
    """

    is_log: Flags
    size: Floats
    gain: Floats
    is_weekly: bool
    warm: int


@dataclass(frozen=True)
class Blocks:
    """Series by days and hours, on the engines' scale.

    Attributes:
        z: (S, D, C) float64 (float32 for many series): log of the value, or the value over its size; NaN where missing.
        scale: How values were brought there.
        profile: (S, D, C): mean of the seven blocks before, same hour, or of the same weekday before; never NaN.
        weekday: (D,) int, Monday is 0.
        calendar: name -> (D,) float64.
        known: name -> (S or 1, D, C) float64, standardized on what was known before the first origin.
        span: Blocks that a forecast covers; a row whose forecast would cover block d may be learnt at d + span.
        skipped: Steps of the panel before its first whole block.
    """

    z: Floats
    scale: Scale
    profile: Floats
    weekday: npt.NDArray[np.int64]
    calendar: Mapping[str, Floats]
    known: Mapping[str, Floats]
    span: int
    skipped: int

    @property
    def gain(self) -> Floats:
        """(S,) factor that brings deviations from the profile to a common size."""
        return self.scale.gain

    @property
    def warm(self) -> int:
        """Blocks before the first one that is learnt from."""
        return self.scale.warm

    @property
    def is_short(self) -> bool:
        """Whether little was there to learn from before the first forecast."""
        return self.warm == _SHORT_WARM

    @property
    def shape(self) -> tuple[int, int, int]:
        """(S, D, C)."""
        return self.z.shape[0], self.z.shape[1], self.z.shape[2]

    @property
    def horizon(self) -> int:
        """Steps that a forecast covers."""
        return self.span * self.shape[2]

    def lag(self, back: int, first: int, last: int) -> Floats:
        """Deviation of the day `back` before, 0 where missing: (S, n, C), for days first .. last - 1.

        From the profile of the day ahead, or from its own where the profile is that of a weekday.
        """
        out = np.zeros((self.shape[0], last - first, self.shape[2]), dtype=self.z.dtype)
        if last <= back:
            return out
        start = max(first - back, 0)
        head = start + back - first
        own = slice(start, last - back) if self.scale.is_weekly else slice(first + head, last)
        np.subtract(self.z[:, start : last - back], self.profile[:, own], out=out[:, head:])
        holes = np.isnan(out)
        if holes.any():
            out[holes] = 0.0
        return out

    def base(self, first: int, last: int) -> Floats:
        """The profile under forecasts issued at blocks first .. last - 1: (S, last - first, horizon)."""
        return np.tile(self.profile[:, first:last], (1, 1, self.span))

    def truth(self, first: int, last: int) -> Floats:
        """What came true of forecasts issued at blocks first .. last - 1: (S, n, horizon), NaN where unknown."""
        series, blocks, hours = self.shape
        whole = np.full((series, last - first, self.span, hours), np.nan, dtype=self.z.dtype)
        for each in range(self.span):
            low, high = min(first + each, blocks), min(last + each, blocks)
            whole[:, : high - low, each] = self.z[:, low:high]
        return whole.reshape(series, last - first, self.horizon)

    def back(self, scaled: Floats) -> Floats:
        """From the engines' scale to the unit of the series; the first axis is the series."""
        ends = (slice(None),) + (None,) * (scaled.ndim - 1)
        with np.errstate(over="ignore"):
            return np.where(self.scale.is_log[ends], np.exp(np.minimum(scaled, 700.0)), scaled * self.scale.size[ends])


def blocks_of(panel: Panel, *, ahead: int, issue: int, seen: int, scale: Scale | None = None) -> Blocks:
    """Cut a panel into blocks of one cycle that begin at step `issue` of the civil day.

    Args:
        panel: Steps shorter than a day. One block is added past its end, for the forecast that is to be made.
        ahead: The horizon in steps: a whole number of cycles.
        issue: The step of the civil day at which forecasts are issued: 0 is midnight.
        seen: Steps that may be looked at to choose scales: those before the first forecast.
        scale: that of a kept state; left out, it is chosen on what was seen.

    Raises:
        EngineError: JZ-420, the panel has no daily cycle or the horizon is no whole number of days.
    """
    if not panel.is_daily_cycle or ahead % panel.cycle:
        raise EngineError(
            "JZ-420", "blocks are whole days of steps shorter than a day",
            found=f"{panel.cycle} steps a cycle, horizon {ahead} steps",
            fix="declare ahead as whole days, or use the variant `smooth` for days, weeks, months and quarters.",
        )  # fmt: skip
    skipped, room = _cut(panel, issue)
    learnt = max((seen - skipped) // panel.cycle, 1)
    is_log, size = (scale.is_log, scale.size) if scale else _units(panel.values[:, :seen])
    z = _scaled(panel, is_log, size, skipped, room)
    is_weekly = scale.is_weekly if scale else profiles.is_weekly(z, learnt)
    profile = (profiles.of_weekday if is_weekly else profiles.of_week)(z, learnt)
    gain = scale.gain if scale else _gain(z, profile, learnt)
    warm = _WARM if learnt >= _SHORT else _SHORT_WARM
    start = (panel.times[0] + skipped * panel.step).astype("datetime64[D]")
    into = int((start - panel.times[0].astype("datetime64[D]")).astype(np.int64))
    learnable = [name for name in panel.calendar if name not in _YEARLY or learnt >= _TWO_YEARS]
    return Blocks(
        z=z,
        scale=scale or Scale(is_log, size, gain, is_weekly, warm),
        profile=profile.astype(z.dtype, copy=False),
        weekday=((start + np.arange(room)).astype(np.int64) + 3) % 7,
        calendar={name: _fit(panel.calendar[name][into:], room) for name in learnable},
        known={name: _known(each, skipped, room, panel.cycle, learnt) for name, each in panel.known.items()},
        span=ahead // panel.cycle,
        skipped=skipped,
    )


def _cut(panel: Panel, issue: int) -> tuple[int, int]:
    """Steps before the first block, and blocks with the one that is ahead."""
    opening = int((panel.times[0] - panel.times[0].astype("datetime64[D]")) // panel.step)
    skipped = (issue - opening) % panel.cycle
    count, rest = divmod(len(panel.times) - skipped, panel.cycle)
    return skipped, count + 1 + (rest > 0)


def _scaled(panel: Panel, is_log: Flags, size: Floats, skipped: int, room: int) -> Floats:
    series, steps = len(panel.names), len(panel.times) - skipped
    flat = np.empty((series, room * panel.cycle), dtype=np.float32 if series > _MANY else np.float64)
    flat[:, :steps], flat[:, steps:] = panel.values[:, skipped:], np.nan
    logs = flat[:, :steps] if is_log.all() else flat[is_log, :steps]
    with np.errstate(invalid="ignore", divide="ignore"):
        np.log(logs, out=logs)
    odd = np.isneginf(logs)
    if odd.any():
        logs[odd] = np.nan
    if not is_log.all():
        flat[is_log, :steps] = logs
        flat[~is_log] /= size[~is_log, None]
    return flat.reshape(series, room, panel.cycle)


def _units(seen: Floats) -> tuple[Flags, Floats]:
    with np.errstate(invalid="ignore"):
        sizes = np.abs(seen)
        full = np.isfinite(sizes)
        is_whole = bool(full.all())
        count = np.full(len(seen), max(seen.shape[1], 1)) if is_whole else np.maximum(full.sum(axis=1), 1)
        usual = (sizes if is_whole else np.where(full, sizes, 0.0)).sum(axis=1) / count
        low = (seen <= _LOW * usual[:, None]).sum(axis=1)
    is_log = (low <= _RARE * count) & (usual > 0)
    return is_log, np.where(is_log | (usual == 0), 1.0, usual)


def _gain(z: Floats, profile: Floats, learnt: int) -> Floats:
    apart = np.abs(z[:, learnt // 4 : learnt] - profile[:, learnt // 4 : learnt])
    holes = np.isnan(apart)
    apart[holes] = 0.0
    count = apart[0].size - holes.sum(axis=(1, 2))
    usual = np.where(count > 0, apart.sum(axis=(1, 2)) / np.maximum(count, 1), _TYPICAL).astype(np.float64) / 0.8
    return np.where(usual > 0, _TYPICAL / np.maximum(usual, 1e-9), 1.0)


def _fit(days: Floats, room: int) -> Floats:
    out = np.zeros(room)
    out[: min(room, len(days))] = days[:room]
    return out


def _known(each: Floats, skipped: int, room: int, cycle: int, learnt: int) -> Floats:
    rows = np.atleast_2d(each)[:, skipped : skipped + room * cycle]
    out = np.full((len(rows), room * cycle), np.nan)
    out[:, : rows.shape[1]] = rows
    seen = out[:, : learnt * cycle]
    middle, spread = np.nanmean(seen, axis=1, keepdims=True), np.nanstd(seen, axis=1, keepdims=True)
    scaled = np.nan_to_num((out - middle) / np.where(spread > 0, spread, 1.0))
    return np.asarray(scaled.reshape(len(rows), room, cycle))
