"""Clock: a legal time limit that runs from an act, if it may run on that act at all."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

from jazari.core.errors import DeclarationError, did_you_mean
from jazari.core.periods import Duration
from jazari.governance.clocks import refusals
from jazari.governance.clocks.counting import Span, last_day, together
from jazari.governance.clocks.deadline import Deadline, Route
from jazari.governance.clocks.rules import Rule, document, rules

_MOON = (0, -1, 1)  # as estimated, a day earlier, a day later


@dataclass(frozen=True)
class Clock:
    """A clock and its rows of law, the oldest first.

    Attributes:
        name: Its word: `APPEAL_FILE`.
        rules: Each text that set it, with its date of effect.
    """

    name: str
    rules: tuple[Rule, ...]

    @property
    def rule(self) -> Rule:
        """The newest row."""
        return self.rules[-1]

    def rule_on(self, day: datetime.date) -> Rule:
        """The row in force on a day.

        Raises:
            DeclarationError: JZ-654, no text had set this clock by then.
        """
        in_force = self._in_force(day)
        if not in_force:
            raise refusals.not_yet_law(self.name, day, self.rules[0])
        return in_force[-1]

    def is_law_on(self, day: datetime.date) -> bool:
        """Whether a text had set this clock by that day."""
        return bool(self._in_force(day))

    def _in_force(self, day: datetime.date) -> list[Rule]:
        return [one for one in self.rules if one.effective_from is None or one.effective_from <= day]

    def run(
        self,
        start: datetime.date,
        *,
        act: str,
        kind: str | None = None,
        suspensions: Sequence[Span] = (),
        extended: bool = False,
        listed: bool = False,
    ) -> Deadline:
        """Run the clock from the day of the act that starts it.

        Args:
            start: The day of the act.
            act: The sort of act it would run on: a word of `acts` in the data.
            kind: The kind of file, where the law sets another limit for it.
            suspensions: Spans of days that are not counted, both ends included.
            extended: Whether the administration extended the limit, with reasons.
            listed: Whether the act is on the published list of acts that silence grants.

        Raises:
            DeclarationError: JZ-650 to JZ-660: a date, an act, a kind, a suspension or an extension that the law does
                not know for this clock.
        """
        refusals.refuse_date(start)
        rule = self.rule_on(start)
        refusals.refuse_act(self.name, rule, act)
        spans = refusals.spans_of(suspensions)
        limit = _limit(self.name, rule, kind)
        refusals.refuse_suspensions(self.name, rule, start, limit, spans)
        if extended:
            limit = _extended(self.name, rule, limit, kind)
        days = [] if limit is None else [
            last_day(start, limit, working=rule.working, suspended=spans, moon=moon) for moon in _MOON
        ]  # fmt: skip
        silence = rule.effect_if_listed if listed and rule.effect_if_listed else rule.effect
        return Deadline(
            clock=self.name, act=act, start=start, last_day=next(iter(days), None), earliest=min(days, default=None),
            latest=max(days, default=None), silence=silence,
            routes=() if silence == "accepted" else tuple(_route(one, days[0], act) for one in rule.routes), rule=rule,
            kind=kind, suspensions=spans, extended=extended,
        )  # fmt: skip

    def declared(self, limit: str, *, beside: Sequence[str] = ("COMPLAINT_ANSWER",)) -> Clock:
        """The same clock with the limit that a use case promises.

        Args:
            limit: The promised time (ISO 8601 duration).
            beside: The legal clocks that also run; the promise is never longer than any of them.

        Raises:
            DeclarationError: JZ-661, the law sets this limit; JZ-662, the promise is longer than a legal clock.
        """
        if self.rule.declared_by != "use_case":
            raise refusals.set_by_law(self.name, self.rule)
        promised = Duration.parse(limit)
        for legal in (clock(name) for name in beside):
            longest = legal.rule.limit
            if longest and promised.days_at_least() > longest.days_at_least():
                raise refusals.longer_than_law(limit, legal.name, legal.rule)
        return Clock(self.name, (replace(self.rule, limit=promised),))


def clock(name: str) -> Clock:
    """The clock of that name.

    Raises:
        DeclarationError: JZ-651, with the nearest name.
    """
    if name not in rules():
        raise DeclarationError(
            "JZ-651", f"there is no clock '{name}'", where="the clocks of the law", found=", ".join(rules()),
            fix=f"{did_you_mean(name, rules())}`jazari clock` lists them.",
        )  # fmt: skip
    return Clock(name, rules()[name])


def clocks() -> tuple[Clock, ...]:
    """Every clock, in the order of the data file."""
    return tuple(clock(name) for name in rules())


def routes(act: str, start: datetime.date) -> tuple[Deadline, ...]:
    """What a person can do by law about an act of that day, each with its last day: the citizens' clocks.

    Complaints and requests for information have no last day to be filed; what a use case promises for objections stands
    in its `objection` safeguard.

    Raises:
        DeclarationError: JZ-650 a date, JZ-652 an act that no clock knows.
    """
    refusals.refuse_date(start)
    refusals.refuse_stranger("routes", act)
    open_to_citizens = [
        one for one in clocks() if one.rule.who == "citizen" and act in one.rule.applies_to and one.is_law_on(start)
    ]
    return tuple(one.run(start, act=act) for one in open_to_citizens)


def _limit(name: str, rule: Rule, kind: str | None) -> Duration | None:
    if kind is None:
        return rule.limit
    if kind not in rule.limit_by_kind:
        raise refusals.unknown_kind(name, rule, kind)
    return rule.limit_by_kind[kind]


def _extended(name: str, rule: Rule, limit: Duration | None, kind: str | None) -> Duration:
    if limit is None or not rule.extensions or (kind and rule.extension):
        raise refusals.no_extension(name, rule, kind)
    return together(limit, rule.extension or limit)


def _route(name: str, silent_from: datetime.date, act: str) -> Route:
    """A body, or a clock that silence starts on the last day."""
    bodies = document()["routes"]
    if name in bodies:
        return Route(name, bodies[name])
    following = clock(name)
    return Route(name, following.rule_on(silent_from).title, following.run(silent_from, act=act).last_day)
