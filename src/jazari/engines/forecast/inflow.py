"""Inflow by season: many paths that the next months may take, from what the same season brought in the years before.

A day's inflow is compared, as a logarithm, with what is usual for its day of the year. How far today lies from it
fades day by day as it did before (recession); on top of it come stretches of surprises of the same season of the years
before, so that floods stay floods and dry spells stay long. Nothing later than the origin is looked at.

Sources: G. N. Day, Journal of Water Resources Planning and Management 111 (1985) 157-170 (ensembles of past years);
H. R. Künsch, Annals of Statistics 17 (1989) 1217-1241 (blocks of days).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jazari.core.errors import EngineError
from jazari.engines.forecast.panel import Floats, Times

_YEAR = 365.25
_HARMONICS = 2
_NEAR = 45.0  # days of the year within which a past surprise may be drawn
_BLOCK = 60  # days of surprises that are drawn together
_FLOOR = 0.01  # share of the mean inflow under which a trickle is a trickle
_FEWEST = 365


@dataclass(frozen=True)
class Season:
    """What is usual by day of the year, and how a surprise fades.

    Attributes:
        floor: Added to every inflow before its logarithm, in the unit of the series.
        usual: Coefficients of the harmonics.
        keep: What is left of a surprise after a day, between 0 and 1.
        fresh: (n,) new part of each day's surprise.
        day: (n,) its day of the year.
        unsure: Standard error of what is usual: how far seasons of one year lie from it, over the root of the years.
    """

    floor: float
    usual: Floats
    keep: float
    fresh: Floats
    day: Floats
    unsure: float


def fit(times: Times, inflow: Floats) -> Season:
    """Learn a season from daily inflow, missing days left out.

    Args:
        times: (T,) days.
        inflow: (T,) in any unit of volume a day, at least 0, NaN where missing.

    Raises:
        EngineError: JZ-432, less than a year of it, or nothing flows.
    """
    known = np.isfinite(inflow)
    if known.sum() < _FEWEST or not np.nanmax(inflow, initial=0.0) > 0 or (inflow[known] < 0).any():
        raise EngineError("JZ-432", "a season is learnt from a year of inflow that flows, and is never negative",
                          found=f"{int(known.sum())} days with a reading",
                          fix="give at least 365 days of inflow.")  # fmt: skip
    floor = float(_FLOOR * np.nanmean(inflow))
    day = day_of_year(times)
    shape = harmonics(day)
    log = np.log(np.where(known, inflow, 0.0) + floor)
    usual = np.asarray(np.linalg.lstsq(shape[known], log[known], rcond=None)[0], dtype=np.float64)
    surprise = np.where(known, log - shape @ usual, np.nan)
    pair = np.isfinite(surprise[1:]) & np.isfinite(surprise[:-1])
    before, after = surprise[:-1][pair], surprise[1:][pair]
    keep = float(np.clip((before @ after) / max(float(before @ before), 1e-12), 0.0, 0.995))
    seasons = surprise[: len(surprise) // _BLOCK * _BLOCK].reshape(-1, _BLOCK)
    means = np.array([each[np.isfinite(each)].mean() for each in seasons if np.isfinite(each).any()])
    unsure = float(means.std() / np.sqrt(known.sum() / _YEAR))
    return Season(floor, usual, keep, after - keep * before, day[1:][pair], unsure)


def paths(season: Season, times: Times, last: float, *, count: int, seed: int) -> Floats:
    """Paths of inflow over the days ahead.

    Args:
        season: As learnt.
        times: (H,) days ahead, without a gap.
        last: The inflow of the day before them.
        count: How many paths.
        seed: Of the draws.

    Returns:
        (count, H) in the unit of the series, at least 0.
    """
    draw = np.random.default_rng(seed)
    day = day_of_year(times)
    usual = harmonics(day) @ season.usual + draw.normal(0.0, season.unsure, (count, 1))
    before = day_of_year(np.asarray(times[:1]) - np.timedelta64(1, "D"))
    surprise = np.full(count, np.log(max(last, 0.0) + season.floor) - float((harmonics(before) @ season.usual)[0]))
    fresh = _drawn(season, day, count, draw)
    out = np.empty((count, len(times)))
    for step in range(len(times)):
        surprise = season.keep * surprise + fresh[:, step]
        out[:, step] = np.exp(usual[:, step] + surprise) - season.floor
    return np.maximum(out, 0.0)


def _drawn(season: Season, day: Floats, count: int, draw: np.random.Generator) -> Floats:
    """Stretches of past surprises of the same season, laid end to end: (count, H)."""
    size = len(season.fresh)
    out = np.empty((count, len(day)))
    for start in range(0, len(day), _BLOCK):
        apart = np.abs((season.day - day[start] + _YEAR / 2) % _YEAR - _YEAR / 2)
        near = np.flatnonzero(apart <= _NEAR)
        first = draw.choice(near, size=count)
        length = min(_BLOCK, len(day) - start)
        out[:, start : start + length] = season.fresh[np.minimum(first[:, None] + np.arange(length), size - 1)]
    return out


def day_of_year(times: Times) -> Floats:
    """Days since the first of January: (N,)."""
    days = times.astype("datetime64[D]")
    return np.asarray((days - days.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.float64))


def harmonics(day: Floats) -> Floats:
    """A constant and two waves of the year: (N, 5)."""
    angle = 2 * np.pi * day / _YEAR
    waves: list[npt.NDArray[np.float64]] = [np.ones_like(day)]
    for each in range(1, _HARMONICS + 1):
        waves += [np.sin(each * angle), np.cos(each * angle)]
    return np.stack(waves, axis=-1)
