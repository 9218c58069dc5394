"""Accumulators: what each key's events add up to as of a date, so that one more day costs one day.

Sums over windows of days gain the events of days that enter the window and lose those of days that leave it. Keys of
which something about a past day was recorded since are made again from the log; the others need only the new days.
All arithmetic is on whole numbers: the order in which events arrive cannot change a result.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jazari.data.events.log import BLOCK, Log, Rows
from jazari.schema.events import WEEKDAYS, Events, Feature

_DAYS = 1 << 16  # a day is 16 bits since 1970
_THURSDAY = 3  # 1970-01-01, counted from Monday
_FOREVER = 1 << 20
_WORTH = 0.25  # the share of keys or rows that are new above which everything is made again
RUNS = ("last", "run", "longest")


@dataclass(frozen=True)
class Sum:
    """A sum a key: of amounts, or of days with an event, of some kinds, in a window of ages.

    Attributes:
        measure: `amount` or `days`.
        kinds: The kinds that count; none: all.
        start: The youngest age that counts, in days before the date.
        stop: The first age that does not count any more.
    """

    measure: str
    kinds: tuple[str, ...]
    start: int
    stop: int

    @property
    def name(self) -> str:
        """The column it is kept in."""
        return f"{self.measure}:{self.start}:{self.stop}:{','.join(self.kinds)}"

    def holds(self, age: int) -> bool:
        """Whether an event of that age counts."""
        return self.start <= age < self.stop


def sums_of(feature: Feature) -> tuple[Sum, ...]:
    """The sums that a feature is made of."""
    stop = feature.days or _FOREVER
    if feature.how == "sum":
        return (Sum("amount", feature.kinds, 0, stop),)
    if feature.how == "days":
        return (Sum("days", feature.kinds, 0, stop),)
    if feature.how == "share":
        return (Sum("amount", feature.kinds, 0, stop), Sum("amount", (), 0, stop))
    if feature.how == "trend":
        return (Sum("amount", (), 0, stop), Sum("amount", (), stop, 2 * stop))
    return ()


def rings(sums: Iterable[Sum]) -> tuple[Sum, ...]:
    """The windows of sums cut where one of them starts or stops, so that an event is added once and not to each."""
    edges: dict[tuple[str, tuple[str, ...]], set[int]] = {}
    for one in sums:
        edges.setdefault((one.measure, one.kinds), set()).update((one.start, one.stop))
    return tuple(Sum(*what, *pair) for what, found in edges.items() for pair in itertools.pairwise(sorted(found)))


class Accumulators:
    """What the events of each key add up to, as of a date.

    Args:
        events: The declaration.
        keys: How many keys there are.
        as_of: The date, in days since 1970.
        columns: What was kept; nothing: no event yet. Keys that have come since start from nothing.
    """

    def __init__(self, events: Events, keys: int, as_of: int, columns: dict[str, NDArray[Any]] | None = None) -> None:
        self.as_of = as_of
        self.sums = rings(one for feature in events.features for one in sums_of(feature))
        kept = columns or {}
        types = {one.name: np.int32 for one in self.sums} | dict.fromkeys(RUNS, np.uint16)
        self.columns: dict[str, NDArray[Any]] = {}
        for name, kind in types.items():
            self.columns[name] = np.zeros(keys, kind)
            if name in kept:
                self.columns[name][: len(kept[name])] = kept[name]
        kinds = {one.kinds for one in self.sums if one.kinds}
        self._picks = {some: np.array([kind in some for kind in events.kinds], np.int32) for some in kinds}
        self._open = open_days(events)

    def value(self, one: Sum) -> NDArray[np.int32]:
        """A sum a key, shape (keys,): the rings in its window together."""
        inside = [
            self.columns[ring.name]
            for ring in self.sums
            if (ring.measure, ring.kinds) == (one.measure, one.kinds) and one.start <= ring.start < one.stop
        ]
        return np.asarray(sum(inside[1:], inside[0]))

    def make(self, log: Log) -> None:
        """Make everything from the log."""
        everything = self.columns
        for column in everything.values():
            column[:] = 0
        try:
            for block in range(-(-len(everything["last"]) // BLOCK)):
                keys = slice(block * BLOCK, (block + 1) * BLOCK)
                self.columns = {name: column[keys] for name, column in everything.items()}
                for day in log.days:
                    if (found := log.day(day, block)) is not None:
                        self._add(found)
        finally:
            self.columns = everything

    def advance(self, log: Log, as_of: int, news: Iterable[Rows]) -> None:
        """Go on to a later date.

        Args:
            log: The log as known on that date.
            as_of: The date.
            news: What is known now and was not when these accumulators were made.
        """
        before, keys = self.as_of, len(self.columns["last"])
        changed = np.zeros(keys, np.bool_)
        for rows in news:
            if rows.day <= before:
                changed[rows.place] = True
        self.as_of = as_of
        if changed.sum() > _WORTH * keys:
            self.make(log)
            return
        for day in log.days:
            moved = [(one, self._moved(one, before - day, as_of - day)) for one in self.sums] if day <= before else []
            if day > before or any(sign for _, sign in moved):
                found = log.day(day)
                if found is not None:
                    self._add(found) if day > before else self._shift(found, moved)
        if changed.any():
            for column in self.columns.values():
                column[changed] = 0
            for rows in log.of(changed):
                self._add(log.counting(rows))

    @staticmethod
    def _moved(one: Sum, then: int, now: int) -> int:
        return int(one.holds(now)) - int(one.holds(then))

    def _shift(self, rows: Rows, moved: list[tuple[Sum, int]]) -> None:
        for one, sign in moved:
            if sign:
                self._gather(one, rows, sign)

    def _add(self, rows: Rows) -> None:
        """Add the events of a day that is later than all days added so far."""
        age = self.as_of - rows.day
        for one in self.sums:
            if one.holds(age):
                self._gather(one, rows, 1)
        last, run, longest = (self.columns[name] for name in RUNS)
        place = rows.place
        apart = self._open[rows.day] - self._open[last[place]]
        now = np.where(apart > 1, 1, run[place] + (apart == 1)).astype(np.uint16)
        run[place] = now
        longest[place] = np.maximum(longest[place], now)
        last[place] = rows.day

    def _gather(self, one: Sum, rows: Rows, sign: int) -> None:
        """Add or take away; a key stands once in the rows of a day, so that a plain indexed sum is right."""
        worth: Any = np.int32(sign) if one.measure == "days" else rows.amount if sign > 0 else -rows.amount
        if one.kinds:
            worth = worth * self._picks[one.kinds][rows.kind]
        self.columns[one.name][rows.place] += worth


def open_days(events: Events) -> NDArray[np.int32]:
    """How many open days there were up to each day since 1970, shape (65536,); far below for day 0, which is none.

    A closed day has the number of the open day before it, so that it neither interrupts a run nor makes it longer.
    """
    weekday = (np.arange(_DAYS) + _THURSDAY) % len(WEEKDAYS)
    is_open = ~np.isin(weekday, [WEEKDAYS.index(one) for one in events.closed])
    for first, last in events.holidays:
        is_open[day_number(first) : day_number(last) + 1] = False
    counted = np.cumsum(is_open, dtype=np.int32)
    counted[0] = -_DAYS
    return counted


def day_number(date: str | datetime.date) -> int:
    """A date in days since 1970."""
    day = datetime.date.fromisoformat(date) if isinstance(date, str) else date
    return (day - datetime.date(1970, 1, 1)).days
