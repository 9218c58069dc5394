"""Completeness by site and week: a school that stopped recording is not a school without absences.

A week of a site is incomplete where it recorded nothing although at least `SILENT` records were to be expected since it
fell silent (by chance alone that happens in less than one of a thousand, exp(-7)), or where it recorded less than a
`THIN` share of at least `ENOUGH` expected records. What is expected of a site in a week is the keys it has, times the
records a key of the whole country that week, times the site's own habit: the median over the weeks in which it recorded
of its records by those expected, at most 1, and 1 for a site that never recorded.

Where the whole country recorded less than a `THIN` share of its own habit (the median over weeks of records a key and
open day), it is the feed that is broken: its habit is expected of that week. A week is judged so from its third open
day, the first week, in which recording began, never.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SILENT = 7.0
THIN = 0.2
ENOUGH = 20.0
_JUDGED = 3
_THURSDAY = 3
_DAYS = 7


class Counts:
    """How much each site recorded of each week, whatever the records say.

    Args:
        sites: How many sites there are.
        weeks: What was kept: by week (Mondays since 1970-01-05 counted from 1), an array of shape (sites,).
    """

    def __init__(self, sites: int, weeks: dict[int, NDArray[np.int64]] | None = None) -> None:
        self._sites = sites
        self.weeks = {week: _longer(kept, sites) for week, kept in (weeks or {}).items()}

    def add(self, day: int, site: NDArray[np.integer[Any]]) -> None:
        """Count records of a day by their sites; site -1, none said, is counted for none."""
        week = week_of(day)
        counted = np.bincount(site.astype(np.intp) + 1, minlength=self._sites + 1)[1:]
        self.weeks[week] = self.weeks[week] + counted if week in self.weeks else counted


@dataclass(frozen=True)
class Completeness:
    """Which weeks of which sites are complete.

    Attributes:
        weeks: The weeks in which the country recorded anything or could have, sorted, shape (w,).
        recorded: Records by site and week, shape (sites, w).
        expected: Records to be expected, shape (sites, w).
        incomplete: Which are incomplete, shape (sites, w).
    """

    weeks: NDArray[np.int64]
    recorded: NDArray[np.int64]
    expected: NDArray[np.float64]
    incomplete: NDArray[np.bool_]

    def holes(self, as_of: int, days: int | None, tolerated: float) -> NDArray[np.bool_]:
        """Of which sites a feature that looks so many days back is missing, shape (sites,)."""
        first = 0 if days is None else week_of(as_of - days + 1)
        seen = (self.weeks >= first) & (self.weeks <= week_of(as_of))
        if not seen.any():
            return np.zeros(len(self.incomplete), np.bool_)
        return np.asarray(self.incomplete[:, seen].mean(axis=1) > tolerated)


def opened(until: NDArray[np.int32], as_of: int) -> NDArray[np.int32]:
    """How many open days each week had up to a date, shape (weeks,), from how many there were up to each day."""
    ends = np.minimum(np.arange(week_of(as_of) + 1) * _DAYS + _THURSDAY, as_of)
    days = np.diff(until[ends], prepend=0)
    days[:2] = 0  # the week in which 1970 begins has no day before it
    return days


def completeness(counts: Counts, keys: NDArray[np.int64], opened: NDArray[np.int32]) -> Completeness:
    """Judge every site and week.

    Args:
        counts: What each site recorded.
        keys: How many keys each site has, shape (sites,).
        opened: How many open days each week had, up to the date.
    """
    heard = sorted(week for week, counted in counts.weeks.items() if counted.any())
    silent = [week for week in np.flatnonzero(opened >= _JUDGED).tolist() if heard and week > heard[0]]
    weeks = np.array(sorted({*heard, *silent}), np.int64)
    nothing = np.zeros(len(keys), np.int64)
    columns = [counts.weeks.get(int(week), nothing) for week in weeks]
    recorded = np.stack(columns, axis=1) if columns else np.zeros((len(keys), 0), np.int64)
    usual = keys[:, None] * _national(recorded.sum(axis=0) / max(int(keys.sum()), 1), opened[weeks])[None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((recorded > 0) & (usual > 0), recorded / usual, np.nan)
    expected = usual * np.fmin(_median(ratio), 1)[:, None]
    thin = (expected >= ENOUGH) & (recorded < THIN * expected)
    return Completeness(weeks, recorded, expected, thin | _silent(recorded == 0, expected))


def _national(rate: NDArray[np.float64], days: NDArray[np.int32]) -> NDArray[np.float64]:
    """Records a key to be expected of each week, shape (weeks,), from those of the whole country and its open days."""
    judged = days >= _JUDGED
    judged[:1] = False  # recording may have begun at the end of the first week
    heard = judged & (rate > 0)
    if not heard.any():
        return rate
    daily = float(np.median(rate[heard] / days[heard]))
    return np.where(judged & (rate < THIN * daily * days), daily * days, rate)


def _median(ratio: NDArray[np.float64]) -> NDArray[np.float64]:
    """The median of each row of what is not nan, shape (rows,); nan where all is. As `nanmedian`, many times faster."""
    ordered = np.sort(ratio, axis=1)  # nan come last
    known = np.count_nonzero(~np.isnan(ratio), axis=1)
    if not ratio.shape[1]:
        return np.full(len(ratio), np.nan)
    rows = np.arange(len(ratio))
    low, high = ordered[rows, np.maximum(known - 1, 0) // 2], ordered[rows, np.minimum(known // 2, ratio.shape[1] - 1)]
    return np.asarray((low + high) / 2)


def _silent(nothing: NDArray[np.bool_], expected: NDArray[np.float64]) -> NDArray[np.bool_]:
    """The weeks of each silence in which, over all of it, enough was to be expected."""
    silent = np.zeros_like(nothing)
    since = np.zeros(len(nothing))
    start = np.zeros(len(nothing), np.int64)
    for week in range(nothing.shape[1]):
        since = np.where(nothing[:, week], since + expected[:, week], 0)
        start = np.where(nothing[:, week], start, week + 1)
        for site in np.flatnonzero(since >= SILENT):
            silent[site, start[site] : week + 1] = True
    return silent


def week_of(day: int) -> int:
    """The number of the week of a day, from Monday to Sunday."""
    return (day + _THURSDAY) // _DAYS


def monday(week: int) -> datetime.date:
    """The Monday of a week."""
    return datetime.date(1970, 1, 1) + datetime.timedelta(days=week * _DAYS - _THURSDAY)


def _longer(kept: NDArray[np.int64], sites: int) -> NDArray[np.int64]:
    return np.concatenate([kept, np.zeros(sites - len(kept), np.int64)]).astype(np.int64, copy=False)
