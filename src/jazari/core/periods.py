"""Periods and durations, as ISO 8601 writes them."""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass

from jazari.core.errors import DeclarationError

_DURATION = re.compile(
    r"P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?$"
)
_MONTH_DAYS = 30.436875  # the mean Gregorian month


@dataclass(frozen=True, order=False)
class Duration:
    """An ISO 8601 duration: years, months and weeks are calendar amounts, the rest are exact.

    Source: ISO 8601-1:2019, 5.5.2.
    """

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0
    hours: int = 0
    minutes: int = 0
    seconds: int = 0

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read `P3M20D`, `PT24H`, `P1Y`.

        Raises:
            DeclarationError: JZ-214.
        """
        match = _DURATION.match(text) if isinstance(text, str) else None
        parts = {name: int(value) for name, value in match.groupdict().items() if value} if match else {}
        if not parts:
            raise DeclarationError(
                "JZ-214",
                "not an ISO 8601 duration",
                found=str(text),
                fix="write P30D for thirty days, P9M for nine months, PT24H for a day of hours.",
            )
        return cls(**parts)

    def after(self, day: datetime.date) -> datetime.date:
        """The date that lies this long after a date; the 31st becomes the last day of a shorter month."""
        index = day.year * 12 + day.month - 1 + self.years * 12 + self.months
        year, month = divmod(index, 12)
        last = calendar.monthrange(year, month + 1)[1]
        start = datetime.date(year, month + 1, min(day.day, last))
        hours = datetime.timedelta(hours=self.hours, minutes=self.minutes, seconds=self.seconds)
        return start + datetime.timedelta(days=self.weeks * 7 + self.days) + hours

    def days_at_least(self) -> float:
        """The length in mean days, for comparing durations with each other."""
        months = (self.years * 12 + self.months) * _MONTH_DAYS
        return months + self.weeks * 7 + self.days + (self.hours + self.minutes / 60 + self.seconds / 3600) / 24
