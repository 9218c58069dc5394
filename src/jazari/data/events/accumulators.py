"""Accumulators: what each key's events add up to as of a date, so that one more day costs one day.

Sums over windows of days gain the events of days that enter the window and lose those of days that leave it. Keys of
which something about a past day was recorded since are made again from the log; the others need only the new days.
All arithmetic is on whole numbers: the order in which events arrive cannot change a result.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jazari.data.events.log import BLOCK, Log, Rows
from jazari.schema.events import WEEKDAYS, Events, Feature

_DAYS = 1 << 16  # a day is 16 bits since 1970
_THURSDAY = 3  # 1970-01-01, counted from Monday
_FOREVER = 1 << 20
RUNS = ("last", "run", "longest")

Columns = dict[str, NDArray[Any]]
"""What is added up, by its name: a column each, shape (keys,)."""


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


class Terms:
    """What is added up, and how: the rings and runs of a declaration, each in as few bytes as hold it.

    Args:
        events: The declaration.
        log: The log that is added up; it bounds what a sum can come to.
    """

    def __init__(self, events: Events, log: Log) -> None:
        self.sums = rings(one for feature in events.features for one in sums_of(feature))
        days = len(log.days)
        self._types = {one.name: _type(min(days, one.stop - one.start), one, log.most) for one in self.sums}
        self._types |= {
            "last": np.dtype(np.uint16),
            "run": np.min_scalar_type(days),
            "longest": np.min_scalar_type(days),
        }
        kinds = {one.kinds for one in self.sums if one.kinds}
        self._picks = {some: np.array([kind in some for kind in events.kinds]) for some in kinds}
        self._open = open_days(events)

    def columns(self, keys: int, kept: Columns | None = None) -> Columns:
        """A column a sum, and those of runs, for so many keys; keys of which nothing is kept start from nothing."""
        made = {name: np.zeros(keys, kind) for name, kind in self._types.items()}
        for name, column in (kept or {}).items():
            made[name][: len(column)] = column
        return made

    def value(self, columns: Columns, one: Sum) -> NDArray[np.int32]:
        """A sum a key, shape (keys,): the rings in its window together."""
        first, *others = (
            columns[ring.name]
            for ring in self.sums
            if (ring.measure, ring.kinds) == (one.measure, one.kinds) and one.start <= ring.start < one.stop
        )
        made = first.astype(np.int32)
        for ring in others:
            np.add(made, ring, out=made, casting="unsafe")
        return made

    def add(self, columns: Columns, rows: Rows, as_of: int) -> None:
        """Add the events of a day that is later than all days added so far."""
        self.shift(columns, rows, [(one, 1) for one in self.sums if one.holds(as_of - rows.day)])
        self._go_on(columns, rows.day, rows.place)

    def shift(self, columns: Columns, rows: Rows, moved: Iterable[tuple[Sum, int]]) -> None:
        """Add the events of a day to some sums (1) or take them away (-1); a key stands once among them."""
        for one, sign in moved:
            column = columns[one.name]
            worth: Any = column.dtype.type(1)
            if one.measure == "amount":
                worth = rows.amount.astype(column.dtype, copy=False)
            if one.kinds:
                worth = worth * self._picks[one.kinds].astype(column.dtype).take(rows.kind)
            # unsigned numbers come round: what is too much for a moment is right in the end
            (np.add if sign > 0 else np.subtract).at(column, rows.place, worth)

    def _go_on(self, columns: Columns, day: int, place: NDArray[np.integer[Any]]) -> None:
        """Let runs go on, or begin."""
        last, run, longest = (columns[name] for name in RUNS)
        before = last.take(place)
        # a run goes on from the first day whose number is at most one less
        goes_on = np.flatnonzero(before >= np.searchsorted(self._open, self._open[day] - 1))
        going = place.take(goes_on)
        now = run.take(going) + (self._open[before.take(goes_on)] < self._open[day])
        longest[place.take(np.flatnonzero(before == 0))] = 1
        last[place] = day
        run[place] = 1
        run[going] = now
        longest[going] = np.maximum(longest.take(going), now)


def make(terms: Terms, log: Log, keys: int, as_of: int) -> Iterator[Columns]:
    """Make the accumulators from the log, block by block of keys, so that they stay in the cache."""
    days = log.days
    for block in range(-(-keys // BLOCK)):
        columns = terms.columns(min(BLOCK, keys - block * BLOCK))
        for day in days:
            if (found := log.day(day, block)) is not None:
                terms.add(columns, found, as_of)
        yield columns


def advance(
    terms: Terms, log: Log, kept: Sequence[Columns], keys: int, dates: tuple[int, int], late: NDArray[np.bool_]
) -> Iterator[Columns]:
    """Bring accumulators to a later date, block by block of keys.

    Args:
        terms: What is added up.
        log: The log as known on that date.
        kept: The accumulators, by block.
        keys: How many keys there are now.
        dates: The date of which they are, and the date.
        late: Of each key whether something is known now, about a day up to the former date, that was not known then.
    """
    before, as_of = dates
    changed = np.flatnonzero(late)
    again = terms.columns(len(changed))
    if len(changed):
        for rows in log.of(changed, late):
            terms.add(again, rows, as_of)
    work: list[tuple[int, list[tuple[Sum, int]]]] = []
    for day in log.days:
        moved = [(one, one.holds(as_of - day) - one.holds(before - day)) for one in terms.sums]
        work.append((day, [(one, sign) for one, sign in moved if sign]))
    for block in range(-(-keys // BLOCK)):
        first, stop = block * BLOCK, min((block + 1) * BLOCK, keys)
        columns = terms.columns(stop - first, kept[block] if block < len(kept) else None)
        for day, moved in work:
            if (day > before or moved) and (found := log.day(day, block)) is not None:
                terms.add(columns, found, as_of) if day > before else terms.shift(columns, found, moved)
        here = slice(*np.searchsorted(changed, (first, stop)))
        for name, column in columns.items():
            column[changed[here] - first] = again[name][here]
        yield columns


def _type(days: int, one: Sum, most: int) -> np.dtype[Any]:
    """The smallest type for a sum over so many days, of which each counts one record of a key."""
    return np.min_scalar_type(days * (most if one.measure == "amount" else 1))


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
