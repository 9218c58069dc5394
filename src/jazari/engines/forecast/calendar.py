"""The Moroccan calendar as data: holidays, Hijri dates, Ramadan, clock changes, the long school holiday."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.datetime64]
Floats = npt.NDArray[np.float64]

ZONE = "Africa/Casablanca"
_HIJRI_EPOCH = 1_948_440  # Julian day number of 1 Muharram 1 AH (16 July 622, civil)
_UNIX_EPOCH = 2_440_588  # Julian day number of 1 January 1970
_CYCLE_DAYS, _CYCLE_YEARS = 10_631, 30
RAMADAN = 9


def hijri(days: Days) -> npt.NDArray[np.int64]:
    """Hijri year, month and day of civil days, by the tabular Islamic calendar: (N, 3).

    The tabular calendar is arithmetic: the month that is announced after the crescent is seen may begin a day or two
    away. Every use of it says "estimated".

    Source: E. M. Reingold, N. Dershowitz, Calendrical Calculations, 4th ed., ch. 7.
    """
    number = days.astype("datetime64[D]").astype(np.int64) + _UNIX_EPOCH - _HIJRI_EPOCH
    year = (_CYCLE_YEARS * number + 10_646) // _CYCLE_DAYS
    into = number - ((year - 1) * 354 + (3 + 11 * year) // _CYCLE_YEARS)
    month = np.minimum((11 * into + 330) // 325, 12)
    day = into - (29 * (month - 1) + month // 2) + 1
    return np.stack([year, month, day], axis=-1)


@lru_cache(maxsize=32)
def _holidays(country: str, first: int, last: int) -> frozenset[np.datetime64]:
    import holidays

    days = holidays.country_holidays(country, years=range(first, last + 1))
    return frozenset(np.datetime64(day, "D") for day in days)


def public_holidays(days: Days, country: str = "MA") -> npt.NDArray[np.bool_]:
    """Whether each civil day is a public holiday: (N,). Those of the Hijri calendar are estimated.

    Source: dahir 1-58-135 and decree 2-04-426 (civil), as the `holidays` package lists them by year.
    """
    civil = days.astype("datetime64[D]")
    years = civil.astype("datetime64[Y]").astype(int) + 1970
    listed = _holidays(country, int(years.min()), int(years.max()))
    return np.array([day in listed for day in civil], dtype=bool)


def offsets(days: Days, zone: str = ZONE) -> Floats:
    """Hours that the legal clock is ahead of UTC at noon of each civil day: (N,).

    Morocco keeps UTC+1 since 2018 and goes back to UTC in Ramadan; the rule is in the tz database, never here.
    """
    place = ZoneInfo(zone)
    noons = (days.astype("datetime64[D]") + np.timedelta64(12, "h")).astype("datetime64[s]").tolist()
    shifts = [place.utcoffset(noon) for noon in noons]
    return np.array([shift.total_seconds() / 3600 if shift else 0.0 for shift in shifts])


def clock_changes(days: Days, zone: str = ZONE) -> Floats:
    """Hours by which the clock moved between the noon before and this one: (N,), 0 on most days."""
    before = np.concatenate([days[:1].astype("datetime64[D]") - 1, days.astype("datetime64[D]")])
    return np.asarray(np.diff(offsets(before, zone)))


def daily(days: Days, country: str = "MA") -> dict[str, Floats]:
    """The calendar of civil days as columns for engines: each (N,) float64.

    `holiday`, `eve` (tomorrow is one), `morrow` (yesterday was one), `ramadan`, `clock` (hours moved), `school_break`
    (July and August, the standing rule of the school year; shorter breaks change by yearly decision and are declared
    by whoever knows them). Outside Morocco only the holidays are filled.
    """
    wide = np.concatenate([days[:1] - 1, days, days[-1:] + 1]).astype("datetime64[D]")
    holiday = public_holidays(wide, country).astype(np.float64)
    zero = np.zeros(len(days))
    at_home = country == "MA"
    months = days.astype("datetime64[M]").astype(int) % 12 + 1
    return {
        "holiday": holiday[1:-1],
        "eve": holiday[2:],
        "morrow": holiday[:-2],
        "ramadan": (hijri(days)[:, 1] == RAMADAN).astype(np.float64) if at_home else zero,
        "clock": clock_changes(days) if at_home else zero,
        "school_break": np.isin(months, (7, 8)).astype(np.float64) if at_home else zero,
    }
