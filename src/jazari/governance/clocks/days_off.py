"""The days on which Moroccan administrations are closed.

Saturdays and Sundays (decree 2-05-916 of 20 July 2005) and public holidays, from the `holidays` library. Holidays of
the Islamic calendar are announced by sight of the moon; until then their dates are estimated, and a real one may fall
one day earlier or later.
"""

from __future__ import annotations

import datetime
from functools import cache

FIRST_YEAR, LAST_YEAR = 1957, 2076  # independent Morocco; the end of the library's Islamic calendar
_SATURDAY = 5
_ONE_DAY = datetime.timedelta(days=1)


def is_day_off(day: datetime.date, moon: int = 0) -> bool:
    """Whether administrations are closed on a day.

    Args:
        day: The day.
        moon: By how many days the Islamic holidays fall later than estimated: -1, 0 or 1.
    """
    if day.weekday() >= _SATURDAY or day in _holidays(day.year)[0]:
        return True
    as_estimated = day - moon * _ONE_DAY
    return as_estimated in _holidays(as_estimated.year)[1]


def working_day(day: datetime.date, moon: int = 0) -> datetime.date:
    """The day itself, or the next one on which administrations are open."""
    while is_day_off(day, moon):
        day += _ONE_DAY
    return day


@cache
def _holidays(year: int) -> tuple[frozenset[datetime.date], frozenset[datetime.date]]:
    """The holidays of a year: those of the civil calendar, and those whose date is estimated."""
    import holidays

    named = holidays.country_holidays("MA", years=year, language="en_US")
    days = [(day, name) for day, names in named.items() for name in names.split("; ")]
    estimated = frozenset(day for day, name in days if name.endswith("(estimated)"))
    return frozenset(day for day, name in days if not name.endswith("(estimated)")), estimated
