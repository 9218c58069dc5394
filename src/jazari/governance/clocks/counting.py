"""The arithmetic of clocks: full days, working days, hours, and time that is not counted.

Full days (law 55-19 art. 31, *délais francs*; the same rule as code of civil procedure art. 512): neither the day of
the act nor the last day of the count is counted, so thirty days from 1 March end with 1 April; a last day on which
administrations are closed moves to the next one on which they are open. Working days: the day of the act is not
counted, the last one is. Hours run from moment to moment and are not moved; where only the day of the act is known
they run from its end. A limit of nothing means the same day. `docs/explanation/clocks.md` gives the readings
considered and the decisions of the Supreme Court that the worked cases come from.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import astuple

from jazari.core.periods import Duration
from jazari.governance.clocks.days_off import is_day_off, working_day

_DAY = datetime.timedelta(days=1)

Span = tuple[datetime.date, datetime.date]


def last_day(
    start: datetime.date, limit: Duration, *, working: bool = False, suspended: Sequence[Span] = (), moon: int = 0
) -> datetime.date:
    """The last day of a limit.

    Args:
        start: The day of the act from which time runs.
        limit: How long.
        working: Whether the limit counts working days.
        suspended: Spans of days that are not counted, both ends included.
        moon: By how many days Islamic holidays fall later than estimated.
    """
    if not any(astuple(limit)):
        return start
    if _is_hours(limit):
        seconds = limit.hours * 3600 + limit.minutes * 60 + limit.seconds
        return _skip(start, -(-seconds // 86_400), suspended)
    if working:
        return _skip(start, limit.weeks * 7 + limit.days, suspended, closed=moon)
    return working_day(_skip(start, (limit.after(start) - start).days + 1, suspended), moon)


def _skip(start: datetime.date, days: int, suspended: Sequence[Span], closed: int | None = None) -> datetime.date:
    """The day so many counted days after another; `closed` leaves out days off, with that shift of the moon."""
    day = start
    while days:
        day += _DAY
        held = any(first <= day <= last for first, last in suspended)
        days -= not (held or (closed is not None and is_day_off(day, closed)))
    return day


def middle(start: datetime.date, limit: Duration) -> datetime.date:
    """The last day of the first half of a limit."""
    return start + datetime.timedelta(days=(limit.after(start) - start).days // 2)


def together(one: Duration, other: Duration) -> Duration:
    """Two durations one after the other."""
    return Duration(*(first + second for first, second in zip(astuple(one), astuple(other), strict=True)))


def _is_hours(limit: Duration) -> bool:
    return not any((limit.years, limit.months, limit.weeks, limit.days))
