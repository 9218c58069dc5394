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
from jazari.engines.forecast.panel import Flags, Floats, Panel

_WARM, _SHORT_WARM = 28, 14  # blocks before the first one that is learnt from
_SHORT = 120  # blocks: of a shorter series, more days are learnt from
PROFILE = 7
_LOW = 0.02  # a reading under this share of the median counts as "not a load"
_RARE = 0.005
_WEEKS = (0.5, 0.3, 0.2)  # weights of the weeks in the profile of a weekday
_FAR_NEARER = 0.75
_LOOK = 112  # blocks on which the two profiles are compared
_MANY = 32  # series beyond which arrays are kept in single precision
_YEARLY = ("school_break",)  # one long stretch a year: told from the season only where two of them were seen
_TWO_YEARS = 600
_TYPICAL = 0.1  # size to which deviations are brought, so that one set of penalties serves every series


@dataclass(frozen=True)
class Blocks:
    """Series by days and hours, on the engines' scale.

    Attributes:
        z: (S, D, C) float64: log of the value, or the value over `size`; NaN where missing.
        is_log: (S,) bool.
        size: (S,) what a unit on the scale is worth where `is_log` is False; 1 elsewhere.
        profile: (S, D, C): mean of the seven blocks before, same hour, or of the same weekday before; never NaN.
        is_weekly: Whether the profile is that of the weekday, because days of the week differ more than weeks do.
        gain: (S,) factor that brings deviations from the profile to a common size.
        weekday: (D,) int, Monday is 0.
        calendar: name -> (D,) float64.
        known: name -> (S or 1, D, C) float64, standardized on what was known before the first origin.
        span: Blocks that a forecast covers; a row whose forecast would cover block d may be learnt at d + span.
        skipped: Steps of the panel before its first whole block.
        warm: Blocks before the first one that is learnt from.
    """

    z: Floats
    is_log: Flags
    size: Floats
    profile: Floats
    is_weekly: bool
    gain: Floats
    weekday: npt.NDArray[np.int64]
    calendar: Mapping[str, Floats]
    known: Mapping[str, Floats]
    span: int
    skipped: int
    warm: int

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
        start = max(first - back, 0)
        out = np.zeros((self.shape[0], last - first, self.shape[2]), dtype=self.z.dtype)
        head = start + back - first
        own = slice(start, last - back) if self.is_weekly else slice(first + head, last)
        out[:, head:] = self.z[:, start : last - back] - self.profile[:, own]
        out[np.isnan(out)] = 0.0
        return out

    def base(self, first: int, last: int) -> Floats:
        """The profile under forecasts issued at blocks first .. last - 1: (S, last - first, horizon)."""
        return np.tile(self.profile[:, first:last], (1, 1, self.span))

    def truth(self, first: int, last: int) -> Floats:
        """What came true of forecasts issued at blocks first .. last - 1, NaN where unknown: (S, last - first, horizon)."""
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
            return np.where(self.is_log[ends], np.exp(np.minimum(scaled, 700.0)), scaled * self.size[ends])


def blocks_of(
    panel: Panel, *, ahead: int, issue: int, seen: int, scale: tuple[Flags, Floats, Floats] | None = None
) -> Blocks:
    """Cut a panel into blocks of one cycle that begin at step `issue` of the civil day.

    Args:
        panel: Steps shorter than a day. One block is added past its end, for the forecast that is to be made.
        ahead: The horizon in steps: a whole number of cycles.
        issue: The step of the civil day at which forecasts are issued: 0 is midnight.
        seen: Steps that may be looked at to choose scales: those before the first forecast.
        scale: `is_log`, `size` and `gain` of a kept state; left out, they are chosen on what was seen.

    Raises:
        EngineError: JZ-420, the panel has no daily cycle or the horizon is no whole number of days.
    """
    if not panel.is_daily_cycle or ahead % panel.cycle:
        raise EngineError(
            "JZ-420", "blocks are whole days of steps shorter than a day",
            found=f"{panel.cycle} steps a cycle, horizon {ahead} steps",
            fix="declare ahead as whole days, or use the variant `smooth` for days, weeks, months and quarters.",
        )  # fmt: skip
    opening = int((panel.times[0] - panel.times[0].astype("datetime64[D]")) // panel.step)
    skipped = (issue - opening) % panel.cycle
    count = (len(panel.times) - skipped) // panel.cycle
    rest = len(panel.times) - skipped - count * panel.cycle
    room = count + 1 + (rest > 0)
    z = np.full((panel.values.shape[0], room * panel.cycle), np.nan)
    z[:, : len(panel.times) - skipped] = panel.values[:, skipped:]
    is_log, size = scale[:2] if scale else _scale(panel.values[:, :seen])
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(is_log[:, None], np.log(np.where(z > 0, z, np.nan)), z / size[:, None])
    z = z.reshape(len(z), room, panel.cycle)
    learnt = max((seen - skipped) // panel.cycle, 1)
    warm = _WARM if learnt >= _SHORT else _SHORT_WARM
    profile, is_weekly = _best_profile(z, learnt)
    start = panel.times[0] + skipped * panel.step
    days = start.astype("datetime64[D]") + np.arange(room)
    weekday = (days.astype(np.int64) + 3) % 7
    into = int((start.astype("datetime64[D]") - panel.times[0].astype("datetime64[D]")).astype(np.int64))
    learnable = [name for name in panel.calendar if name not in _YEARLY or learnt >= _TWO_YEARS]
    calendar = {name: _fit(panel.calendar[name][into:], room) for name in learnable}
    known = {name: _known(each, skipped, room, panel.cycle, learnt) for name, each in panel.known.items()}
    gain = scale[2] if scale else _gain(z, profile, learnt)
    if len(z) > _MANY:
        z, profile = z.astype(np.float32), profile.astype(np.float32)
    return Blocks(z, is_log, size, profile, is_weekly, gain, weekday, calendar, known, ahead // panel.cycle, skipped, warm)


def _scale(seen: Floats) -> tuple[Flags, Floats]:
    with np.errstate(invalid="ignore"):
        full = np.isfinite(seen)
        count = np.maximum(full.sum(axis=1), 1)
        usual = np.where(full, np.abs(seen), 0.0).sum(axis=1) / count
        low = (full & (seen <= _LOW * usual[:, None])).sum(axis=1)
    is_log = (low <= _RARE * count) & (usual > 0)
    return is_log, np.where(is_log | (usual == 0), 1.0, usual)


def _best_profile(z: Floats, learnt: int) -> tuple[Floats, bool]:
    """The profile of the week, or of the weekday where that is far nearer to what was seen."""
    sample, seen = z[:_MANY, max(learnt - _LOOK, 0) : learnt], slice(min(PROFILE * len(_WEEKS), learnt // 4), None)
    apart = [np.abs(sample - each(sample, sample.shape[1]))[:, seen] for each in (_profile, _weekday_profile)]
    known = np.isfinite(apart[0])
    usual = [np.where(known, each, 0.0).sum() for each in apart]
    is_weekly = bool(usual[1] < _FAR_NEARER * usual[0])
    return (_weekday_profile if is_weekly else _profile)(z, learnt), is_weekly


def _weekday_profile(z: Floats, learnt: int) -> Floats:
    """Weighted mean of the same weekday of the last weeks by hour."""
    total, mass = np.zeros_like(z), np.zeros_like(z)
    for week, weight in enumerate(_WEEKS, start=1):
        back = PROFILE * week
        if back < z.shape[1]:
            before = z[:, :-back]
            known = np.isfinite(before)
            total[:, back:] += np.where(known, before, 0.0) * weight
            mass[:, back:] += known * weight
    profile = np.where(mass > 0, total / np.where(mass > 0, mass, 1.0), np.nan)
    if np.isnan(profile).any():
        _carry(profile, z[:, :learnt])
    return profile


def _profile(z: Floats, learnt: int) -> Floats:
    """Mean of the seven blocks before by hour; where all are missing, the last profile stands."""
    full = np.isfinite(z)
    sums = np.cumsum(np.where(full, z, 0.0), axis=1)
    counts = np.cumsum(full, axis=1, dtype=np.int32)
    total, count = np.zeros_like(z), np.zeros(z.shape, dtype=np.int32)
    total[:, 1:], count[:, 1:] = sums[:, :-1], counts[:, :-1]
    total[:, PROFILE + 1 :] -= sums[:, : -PROFILE - 1]
    count[:, PROFILE + 1 :] -= counts[:, : -PROFILE - 1]
    profile = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    if np.isnan(profile).any():
        _carry(profile, z[:, :learnt])
    return profile


def _carry(profile: Floats, seen: Floats) -> None:
    """Carry the last profile over blocks that have none; before the first one, the mean of what was seen stands."""
    for day in range(1, profile.shape[1]):
        hole = np.isnan(profile[:, day])
        profile[:, day][hole] = profile[:, day - 1][hole]
    count = np.maximum(np.isfinite(seen).sum(axis=(1, 2)), 1)
    level = np.nansum(seen, axis=(1, 2)) / count
    np.copyto(profile, level[:, None, None], where=np.isnan(profile))


def _gain(z: Floats, profile: Floats, learnt: int) -> Floats:
    with np.errstate(invalid="ignore"):
        apart = np.abs(z[:, learnt // 4 : learnt] - profile[:, learnt // 4 : learnt])
        usual = np.nanmean(np.where(np.isnan(apart).all(axis=(1, 2), keepdims=True), _TYPICAL, apart), axis=(1, 2)) / 0.8
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
    return np.nan_to_num((out - middle) / np.where(spread > 0, spread, 1.0)).reshape(len(rows), room, cycle)
