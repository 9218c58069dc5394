"""Deadline: what a clock says when it has run, as a record and as sentences."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jazari.core.languages import said_in, translate
from jazari.governance.clocks.counting import Span
from jazari.governance.clocks.rules import Effect, Rule
from jazari.governance.clocks.written import written

_SILENCE: dict[Effect, str] = {
    "accepted": "If nobody has answered by the end of that day, the request counts as granted.",
    "refused": "If nobody has answered by the end of that day, the request counts as refused.",
    "deemed_authorised": "If nobody has answered by the end of that day, the processing counts as authorised.",
    "escalate": "If nobody has answered by the end of that day, the matter can be taken further.",
    "none": "The texts give silence no effect: a late answer is still due.",
}
_CLOSED = "After that day this route is closed."
_PROMISED = "This time is a promise of the service, not a rule of law; the legal routes stay open."
_LAST_DAY = "The last day is {day}."
_NO_DAY = "The texts set no last day."
_ESTIMATED = "The dates of Islamic holidays are estimated: the last day may fall between {earliest} and {latest}."
_ROUTE = "Next route: {route}."
_ROUTE_UNTIL = "Next route: {route}, at the latest on {day}."


@dataclass(frozen=True)
class Route:
    """Where a person can go next.

    Attributes:
        name: A body, or a clock.
        title: What a person reads: an English key of the catalogues.
        last_day: The last day of that clock if silence starts it; None for a body.
    """

    name: str
    title: str
    last_day: datetime.date | None = None


@dataclass(frozen=True)
class Deadline:
    """The last day of a clock that runs on an act, and what happens when nobody answers.

    Attributes:
        clock: The clock's name.
        act: The sort of act it runs on.
        start: The day of the act from which time runs.
        last_day: The last day; None where the texts set none.
        earliest: The last day if the moon is seen so that it comes earliest.
        latest: The last day if the moon is seen so that it comes latest.
        silence: What silence means.
        routes: Where the person can go next.
        rule: The row of law that ran, with its source and its doubt.
        kind: The kind of file, where the limit depends on it.
        suspensions: The spans that were not counted.
        extended: Whether the limit was extended.
    """

    clock: str
    act: str
    start: datetime.date
    last_day: datetime.date | None
    earliest: datetime.date | None
    latest: datetime.date | None
    silence: Effect
    routes: tuple[Route, ...]
    rule: Rule
    kind: str | None = None
    suspensions: Sequence[Span] = ()
    extended: bool = False

    @property
    def estimated_holidays(self) -> bool:
        """Whether the last day hangs on a holiday whose date is not announced yet."""
        return self.earliest != self.latest

    def sentences(self, language: str) -> tuple[str, ...]:
        """What a person reads: the last day, what silence means, and each next route with its last day."""
        said = [self._day(language)]
        if self.estimated_holidays and self.earliest and self.latest:
            said.append(_say(_ESTIMATED, language, earliest=self.earliest, latest=self.latest))
        if self.rule.duty:
            said.append(translate(self.rule.duty, language))
        if self.rule.declared_by == "use_case":
            said.append(translate(_PROMISED, language))
        elif self.rule.who == "citizen":
            said.append(translate(_CLOSED, language))
        elif not self.rule.duty:
            said.append(translate(_SILENCE[self.silence], language))
        return (*said, *(_next(route, language) for route in self.routes))

    def sentence(self, language: str) -> str:
        """The same as one paragraph."""
        return " ".join(self.sentences(language))

    def _day(self, language: str) -> str:
        if self.last_day is None:
            return translate(_NO_DAY, language)
        return _say(_LAST_DAY, language, day=self.last_day)

    def as_json(self) -> dict[str, Any]:
        """The deadline as an open document."""
        return {
            "clock": self.clock,
            "act": self.act,
            "kind": self.kind,
            "from": self.start.isoformat(),
            "last_day": _iso(self.last_day),
            "between": [_iso(self.earliest), _iso(self.latest)],
            "estimated_holidays": self.estimated_holidays,
            "days": "working" if self.rule.working else "full",
            "extended": self.extended,
            "suspensions": [[first.isoformat(), last.isoformat()] for first, last in self.suspensions],
            "silence": self.silence,
            "routes": [{"name": one.name, "last_day": _iso(one.last_day)} for one in self.routes],
            "source": self.rule.source,
            "doubt": self.rule.doubt,
        }


def _next(route: Route, language: str) -> str:
    title = translate(route.title, language)
    if route.last_day is None:
        return translate(_ROUTE, language, route=title)
    return _say(_ROUTE_UNTIL, language, route=title, day=route.last_day)


def _say(sentence: str, language: str, *, route: str = "", **days: datetime.date) -> str:
    """A sentence with its days written in the language that it is really said in."""
    spoken = said_in(sentence, language)
    return translate(sentence, language, route=route, **{name: written(day, spoken) for name, day in days.items()})


def _iso(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None
