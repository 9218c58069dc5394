"""Profiles: what a day is expected to look like before anything is learnt, by hour."""

from __future__ import annotations

import numpy as np

from jazari.engines.forecast.panel import Floats

PROFILE = 7
_WEEKS = (0.5, 0.3, 0.2)  # weights of the weeks in the profile of a weekday
_FAR_NEARER = 0.75
_LOOK = 112  # blocks on which the two profiles are compared
_SAMPLE = 32  # series on which they are


def is_weekly(z: Floats, learnt: int) -> bool:
    """Whether the profile of the weekday is far nearer to what was seen than that of the week."""
    sample, seen = z[:_SAMPLE, max(learnt - _LOOK, 0) : learnt], slice(min(PROFILE * len(_WEEKS), learnt // 4), None)
    apart = [np.abs(sample - each(sample, sample.shape[1]))[:, seen] for each in (of_week, of_weekday)]
    known = np.isfinite(apart[0])
    usual = [np.where(known, each, 0.0).sum() for each in apart]
    return bool(usual[1] < _FAR_NEARER * usual[0])


def of_weekday(z: Floats, learnt: int) -> Floats:
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


def of_week(z: Floats, learnt: int) -> Floats:
    """Mean of the seven blocks before by hour; where all are missing, the last profile stands."""
    full = np.isfinite(z)
    if full[:, :learnt].all() and learnt >= z.shape[1] - 1:
        return _of_whole_week(z)
    sums = np.cumsum(np.where(full, z, 0.0), axis=1, dtype=np.float64)
    counts = np.cumsum(full, axis=1, dtype=np.int32)
    total, count = np.zeros(z.shape), np.zeros(z.shape, dtype=np.int32)
    total[:, 1:], count[:, 1:] = sums[:, :-1], counts[:, :-1]
    total[:, PROFILE + 1 :] -= sums[:, : -PROFILE - 1]
    count[:, PROFILE + 1 :] -= counts[:, : -PROFILE - 1]
    profile = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    if np.isnan(profile).any():
        _carry(profile, z[:, :learnt])
    return profile


def _of_whole_week(z: Floats) -> Floats:
    """The same where no reading is missing: the block past the end is looked at by nobody."""
    two = z[:, :-2] + z[:, 1:-1]
    four = two[:, :-2] + two[:, 2:]
    seven = four[:, :-3] + two[:, 4:-1]
    seven += z[:, 6:-1]
    profile = np.empty_like(z)
    profile[:, 1:PROFILE] = np.cumsum(z[:, : PROFILE - 1], axis=1) / np.arange(1, PROFILE)[:, None]
    np.multiply(seven, 1 / PROFILE, out=profile[:, PROFILE:])
    profile[:, 0] = z[:, :-1].mean(axis=(1, 2))[:, None]
    return profile


def _carry(profile: Floats, seen: Floats) -> None:
    """Carry the last profile over blocks that have none; before the first one, the mean of what was seen stands."""
    for day in range(1, profile.shape[1]):
        hole = np.isnan(profile[:, day])
        profile[:, day][hole] = profile[:, day - 1][hole]
    count = np.maximum(np.isfinite(seen).sum(axis=(1, 2)), 1)
    level = np.nansum(seen, axis=(1, 2)) / count
    np.copyto(profile, level[:, None, None], where=np.isnan(profile))
