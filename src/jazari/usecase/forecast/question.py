"""Forecast: the question what a series will be, hour by hour, with how sure, and the simple rule to beat."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar

from jazari.core.errors import DeclarationError
from jazari.core.periods import Duration
from jazari.schema.table import Table
from jazari.usecase.declaration import Unsaid

LEVELS = (0.025, *(round(0.05 * each, 2) for each in range(1, 20)), 0.975)
AGAINST = ("seasonal naive",)
PLACES = ("", "spark")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)$")
_DAY = 86_400
_HERE = "MA"


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """Ask for quantiles of series ahead.

    Attributes:
        of: The column of the readings; in a wide table each series has its own, found by the words of `series(like=)`.
        ahead: How far each forecast looks (ISO 8601 duration).
        every: The step; finer readings are averaged to it, coarser ones are refused.
        issue: The hour of the day at which a forecast is issued; nothing from then on has been seen.
        quantiles: Levels, rising between 0 and 1.
        against: The simple rule to beat: `seasonal naive`, the same step of the last week (or year) like it.
        variant: An entry point of `jazari.engines.forecast`. Empty: `ensemble` for steps under a day, else `smooth`.
        test_window: First and last origin of the audit, `2017-09-10:2017-11-04`. Empty: the last `test_days` of them.
        test_days: How many of the last full days (or steps of a day and longer) the audit is made on.
        country: Whose public holidays stand in the calendar (ISO 3166-1).
        columns: The headers of the series in a wide table, with commas between. Empty: found by the table.
        hierarchy: Which series are sums: `total=*`, `town=Zone 1+Zone 2`, or a territory column whose every value is
            one; `;` between several. Empty: what the table declares.
        group: How many series are read and forecast together; what is learnt across series is learnt within a group.
        on: Where groups are forecast: in this process (empty), or on the workers of `spark`.

    Raises:
        DeclarationError: JZ-240 to JZ-242.
    """

    ability: ClassVar[str] = "forecast"
    about_people: ClassVar[bool] = False

    of: str
    ahead: str = "P1D"
    every: str = "PT1H"
    issue: str = "00:00"
    quantiles: tuple[float, ...] = LEVELS
    against: str = "seasonal naive"
    variant: str = ""
    test_window: str = ""
    test_days: int = 56
    country: str = "MA"
    columns: str = ""
    hierarchy: str = ""
    group: int = 250
    on: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "quantiles", tuple(float(level) for level in self.quantiles))
        if self.against not in AGAINST:
            raise _wrong(f"no simple rule is called '{self.against}'", repr(self.against), f"against={AGAINST[0]!r}.")
        rising = all(low < high for low, high in zip(self.quantiles, self.quantiles[1:], strict=False))
        if not {0.025, 0.1, 0.5, 0.9, 0.975} <= set(self.quantiles) or not rising or self.quantiles[-1] >= 1:
            raise _wrong(
                "quantiles rise between 0 and 1, and hold .025, .1, .5, .9 and .975", str(self.quantiles)[:80],
                "no quantiles= at all for .025, .05, .10 ... .95, .975.",
            )  # fmt: skip
        if self.test_days < 1 or not _CLOCK.match(self.issue) or self.seconds_of_issue % self.seconds:
            raise _wrong(
                "a forecast is issued at an hour of the day that is the start of a step",
                f"issue {self.issue}, every {self.every}, test_days {self.test_days}", 'issue="00:00", test_days=56.',
            )  # fmt: skip
        if self.group < 1 or self.on not in PLACES:
            raise _wrong(
                "series are forecast in groups of one at least, here or on Spark",
                f"group {self.group}, on {self.on!r}", 'group=250, on="" or on="spark".',
            )  # fmt: skip
        if self.country not in _countries(self.country):
            raise _wrong(f"no calendar of public holidays is known of '{self.country}'", self.country, 'country="MA".')
        if self.steps < 1:
            raise _wrong("the horizon is a step at least", f"ahead {self.ahead}, every {self.every}", 'ahead="P1D".')
        if self.test_window:
            self.window()

    @property
    def seconds(self) -> int:
        """The length of a step, months and years at their mean."""
        return max(round(Duration.parse(self.every).days_at_least() * _DAY), 1)

    @property
    def seconds_of_issue(self) -> int:
        """When forecasts are issued, in seconds after midnight; 0 for steps of a day and longer."""
        hour, minute = self.issue.split(":")
        return 0 if self.seconds >= _DAY else int(hour) * 3600 + int(minute) * 60

    @property
    def steps(self) -> int:
        """The horizon in steps."""
        return round(Duration.parse(self.ahead).days_at_least() * _DAY / self.seconds)

    @property
    def engine(self) -> str:
        """The variant that answers."""
        return self.variant or ("ensemble" if self.seconds < _DAY else "smooth")

    def window(self) -> tuple[datetime.date, datetime.date] | None:
        """The first and the last day of the audit, both included; None where it is the last `test_days`.

        Raises:
            DeclarationError: JZ-242.
        """
        if not self.test_window:
            return None
        first, _, last = self.test_window.partition(":")
        try:
            days = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last or first)
        except ValueError:
            days = None
        if days is None or days[0] > days[1]:
            raise DeclarationError(
                "JZ-242", "a test window is a first and a last day", where="engine=Forecast(...)",
                found=self.test_window[:60], fix="write test_window=2017-09-10:2017-11-04, both days included.",
            )  # fmt: skip
        return days

    def fit_to(self, table: Table) -> None:
        """Refuse a table without a time, or whose readings are no numbers (JZ-240)."""
        refuse_no_clock(table, "Forecast")
        if not isinstance(self.of, Unsaid):
            _refuse_no_number(table, self.of, "Forecast")

    def overridden(self, settings: Mapping[str, str]) -> Forecast:
        """The same question with settings from the command line.

        Raises:
            DeclarationError: JZ-224 an unknown setting or a value of the wrong sort; JZ-241, JZ-242.
        """
        changed: Forecast = overridden(self, settings, fixed=("of", "quantiles"))
        return changed


def _countries(asked: str) -> Collection[str]:
    """The countries whose public holidays are known; the whole list is read only where another than ours is asked."""
    if asked == _HERE:
        return (_HERE,)
    from holidays.utils import list_supported_countries

    known: Collection[str] = list_supported_countries()
    return known


def overridden(question: Any, settings: Mapping[str, str], *, fixed: tuple[str, ...]) -> Any:
    """A question with settings from the command line, each of the sort of what it replaces (JZ-224)."""
    types = {one.name: type(getattr(question, one.name)) for one in fields(question) if one.name not in fixed}
    values = {}
    for name, text in settings.items():
        try:
            values[name] = types[name](text)
        except (KeyError, ValueError):
            raise DeclarationError(
                "JZ-224", f"setting '{name}' does not exist or does not take this value", where="--set",
                found=text[:60], fix=f"settings: {', '.join(sorted(types))}.",
            ) from None  # fmt: skip
    return replace(question, **values)


def asked(kind: Any, said: Any) -> Any:
    """A question, also where it comes as the document of a dossier."""
    if isinstance(said, kind):
        return said
    words = {one.name for one in fields(kind)}
    return kind(**{name: tuple(one) if isinstance(one, list) else one for name, one in said.items() if name in words})


def refuse_no_clock(table: Table, what: str) -> None:
    """Refuse a table that says no time (JZ-240)."""
    if table.one("time") is None:
        raise DeclarationError(
            "JZ-240", f"table '{table.name}' has no time", where=f"engine={what}(...)",
            found=", ".join(one.name for one in table.columns),
            fix='declare time("time"), and series("zone") beside it.',
        )  # fmt: skip


def _refuse_no_number(table: Table, name: str, what: str) -> None:
    column = table.column(name)
    if column.role != "column" or column.kind != "number":
        raise DeclarationError(
            "JZ-240", f"'{name}' holds no readings", where=f"engine={what}(...)", found=f"{column.role}, {column.kind}",
            fix=f'declare column("{name}", unit="kW").',
        )  # fmt: skip


def refuse_no_numbers(table: Table, names: tuple[str, ...], what: str) -> None:
    """Refuse a table in which one of these columns is no number that the engine reads (JZ-240)."""
    for name in names:
        _refuse_no_number(table, name, what)


def _wrong(sentence: str, found: str, fix: str) -> DeclarationError:
    return DeclarationError("JZ-241", sentence, where="engine=Forecast(...)", found=found, fix=f"write {fix}")
