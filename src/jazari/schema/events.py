"""Events: the second kind of table. A row is what happened to one key on one day, and when that was recorded."""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from jazari.core import canonical
from jazari.core.errors import DeclarationError

How = Literal["sum", "days", "share", "longest_run", "days_since", "trend"]
Holidays = tuple[tuple[str, str], ...]

_HOWS = ("sum", "days", "share", "longest_run", "days_since", "trend")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Feature:
    """One figure a key, made of its events as of a date. Use `total`, `within`, `days_with`, ... to declare one.

    Attributes:
        name: The column it becomes.
        how: `sum` of amounts, `days` with an event, `share` of the sum that is of some kinds, `longest_run` of open
            days one after the other, `days_since` the last event, `trend` of the sum.
        days: How many days back from the date it looks, the date included; None: as far as there are events.
        kinds: The kinds of event it counts; none named: all.
    """

    name: str
    how: How
    days: int | None = None
    kinds: tuple[str, ...] = ()


def total(name: str, *, kinds: tuple[str, ...] = ()) -> Feature:
    """The sum of amounts of all events."""
    return Feature(name, "sum", None, kinds)


def within(name: str, *, days: int, kinds: tuple[str, ...] = ()) -> Feature:
    """The sum of amounts in the last `days` days: those after the date less `days`, up to the date."""
    return Feature(name, "sum", days, kinds)


def days_with(name: str, *, days: int | None = None, kinds: tuple[str, ...] = ()) -> Feature:
    """On how many days there was an event."""
    return Feature(name, "days", days, kinds)


def share(name: str, *, of: tuple[str, ...], days: int | None = None) -> Feature:
    """The share of the sum of amounts that is of the kinds `of`; missing where the sum is nothing."""
    return Feature(name, "share", days, of)


def longest_run(name: str) -> Feature:
    """The most open days one after the other that all had an event."""
    return Feature(name, "longest_run")


def days_since(name: str) -> Feature:
    """Days from the last event to the date; missing where there was none."""
    return Feature(name, "days_since")


def trend(name: str, *, days: int) -> Feature:
    """The sum of the last `days` days less the sum of the `days` days before them."""
    return Feature(name, "trend", days)


@dataclass(frozen=True)
class Events:
    """A table of events, one row a key and day; a later recording of the same day replaces the earlier one.

    Attributes:
        name: One word: `attendance`.
        key: The header of the key: the same as in the table that the features join.
        site: The header of the site where it happened: the school.
        occurred_at: The header of the day on which it happened.
        recorded_at: The header of the day on which it was recorded; what was recorded after a date is not known on it.
        kind: The header of the kind of event.
        kinds: The kinds there are. Of two records of one key and day recorded on the same day, an amount of 0 (the
            event is withdrawn) counts, else the kind named later, else the smaller amount.
        amount: The header of the amount; left out, each event counts 1. An amount of 0 withdraws what was recorded.
        features: What is made of them.
        step: Amounts are whole multiples of it, so that sums are exact in any order.
        closed: The days of the week on which nothing can happen; they do not interrupt a run.
        holidays: First and last days of holidays, which do not interrupt a run either.
        holes: The share of incomplete weeks of a site above which a feature of its keys is missing.

    Raises:
        DeclarationError: JZ-373.
    """

    name: str
    key: str
    site: str
    occurred_at: str
    recorded_at: str
    kind: str
    kinds: tuple[str, ...]
    features: tuple[Feature, ...]
    amount: str = ""
    step: float = 1.0
    closed: tuple[str, ...] = ("sunday",)
    holidays: Holidays = ()
    holes: float = 0.1

    def __post_init__(self) -> None:
        headers = [one for one in self.headers if one]
        if len(set(headers)) < len(headers) or not all((*self.headers[:5], self.name)):
            raise self._wrong("a table of events names five different headers", found=", ".join(headers))
        if not self.kinds or len(self.kinds) > 200 or len(set(self.kinds)) < len(self.kinds):  # noqa: PLR2004  one byte
            raise self._wrong("a table of events has 1 to 200 different kinds", found=f"{len(self.kinds)} kinds")
        names = [self.key, *(one.name for one in self.features)]
        double = [name for name, times in Counter(names).items() if times > 1]
        if double or not self.features:
            raise self._wrong("features have different names, and there is at least one", found=", ".join(double))
        for one in self.features:
            self._refuse_feature(one)
        if not self.step > 0 or not 0 <= self.holes <= 1:
            raise self._wrong("step is above 0, holes is a share", found=f"step {self.step:g}, holes {self.holes:g}")
        strangers = set(self.closed) - set(WEEKDAYS)
        if strangers or len(set(self.closed)) == len(WEEKDAYS):
            raise self._wrong("closed names days of the week, not all of them", found=", ".join(self.closed))
        self._refuse_holidays()

    def _refuse_feature(self, one: Feature) -> None:
        strangers = set(one.kinds) - set(self.kinds)
        if one.how not in _HOWS or strangers or (one.how == "share" and not one.kinds):
            raise self._wrong(f"feature '{one.name}' counts what is not declared", found=", ".join(sorted(strangers)))
        if (one.days is None and one.how == "trend") or (one.days is not None and one.days < 1):
            raise self._wrong(f"feature '{one.name}' looks back a number of days from 1", found=str(one.days))

    def _refuse_holidays(self) -> None:
        for first, last in self.holidays:
            try:
                fits = datetime.date.fromisoformat(first) <= datetime.date.fromisoformat(last)
            except ValueError:
                fits = False
            if not fits:
                raise self._wrong("holidays are first and last days, written 2025-01-31", found=f"{first}, {last}")

    def _wrong(self, sentence: str, *, found: str) -> DeclarationError:
        return DeclarationError(
            "JZ-373", sentence, where=f"events '{self.name}'", found=found or "nothing", fix="mend the declaration."
        )

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers it reads: key, site, occurred_at, recorded_at, kind, amount (empty where there is none)."""
        return (self.key, self.site, self.occurred_at, self.recorded_at, self.kind, self.amount)

    def as_json(self) -> dict[str, Any]:
        """The declaration as a document."""
        plain: dict[str, Any] = dataclasses.asdict(self)
        return plain

    @property
    def digest(self) -> str:
        """The SHA-256 of the declaration."""
        return canonical.digest(self.as_json())

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Events:
        """The declaration that `as_json` wrote."""
        said = dict(document)
        features = tuple(Feature(**{**one, "kinds": tuple(one["kinds"])}) for one in said.pop("features"))
        holidays = tuple((first, last) for first, last in said.pop("holidays"))
        lists: dict[str, Any] = {name: tuple(said.pop(name)) for name in ("kinds", "closed")}
        return cls(**said, **lists, features=features, holidays=holidays)
