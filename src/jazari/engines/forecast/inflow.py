"""Inflow by season: many paths that the next months may take, from what the same season brought in the years before.

A day's inflow is compared, as a logarithm, with what is usual for its day of the year. How far today lies from it
fades day by day as it did before (recession); on top of it come stretches of surprises of the same season of the years
before, the rather those that began as wet or as dry as today, so that floods stay floods and dry spells stay long. No
path goes far beyond what was ever seen. Nothing later than the origin is looked at.

Sources: G. N. Day, Journal of Water Resources Planning and Management 111 (1985) 157-170 (ensembles of past years);
H. R. Künsch, Annals of Statistics 17 (1989) 1217-1241 (blocks of days); U. Lall, A. Sharma, Water Resources Research 32
(1996) 679-693 (days that began alike).
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
_ENOUGH = 4.0  # years; of fewer, surprises are drawn from a wider part of the year
_BLOCK = 60  # days of surprises that are drawn together
_ALIKE = 1.0  # standard deviations within which a stretch began as wet as the path now is
_BEYOND = 0.3  # standard deviations by which a path may lie beyond what was seen
_DOUBT = 1.4  # by how much wider the doubt is than the standard error alone: a year ahead is a year of its own
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
        before: (n,) surprise of the day before it.
        day: (n,) its day of the year.
        unsure: Standard error of what is usual: how far stretches lie from it, over the root of the years; stretches
            that the harmonics were bent to are not counted.
    """

    floor: float
    usual: Floats
    keep: float
    fresh: Floats
    before: Floats
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
    spent = np.sqrt(len(means) / max(len(means) - shape.shape[1], 1))
    unsure = float(_DOUBT * spent * means.std() / np.sqrt(known.sum() / _YEAR))
    return Season(floor, usual, keep, after - keep * before, before, day[1:][pair], unsure)


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
    spread = float(season.before.std())
    low, high = season.before.min() - _BEYOND * spread, season.before.max() + _BEYOND * spread
    out = np.empty((count, len(times)))
    for step in range(len(times)):
        if step % _BLOCK == 0:
            first = _alike(season, day[step], surprise, draw) - step
        fresh = season.fresh[(first + step) % len(season.fresh)]
        surprise = np.clip(season.keep * surprise + fresh, low, high)
        out[:, step] = np.exp(usual[:, step] + surprise) - season.floor
    return np.maximum(out, 0.0)


def _alike(season: Season, day: float, wet: Floats, draw: np.random.Generator) -> npt.NDArray[np.int64]:
    """Where a stretch of past surprises begins for each path, by chance: the season alike, and as wet: (count,)."""
    reach = min(_NEAR * max(_ENOUGH * _YEAR / len(season.fresh), 1.0), _YEAR / 2)
    near = np.flatnonzero(np.abs((season.day - day + _YEAR / 2) % _YEAR - _YEAR / 2) <= reach)
    apart = (season.before[near] - wet[:, None]) / (_ALIKE * max(float(season.before.std()), 1e-12))
    chance = -0.5 * apart**2 + draw.gumbel(size=(len(wet), len(near)))
    return np.asarray(near[chance.argmax(axis=1)])


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
