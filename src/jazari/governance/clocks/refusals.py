"""What a clock refuses, each with its code: a clock never runs where the law does not let it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from jazari.core.errors import DeclarationError, did_you_mean
from jazari.core.periods import Duration
from jazari.governance.clocks.counting import Span, middle
from jazari.governance.clocks.days_off import FIRST_YEAR, LAST_YEAR
from jazari.governance.clocks.rules import Rule, document


def refuse_date(day: datetime.date) -> None:
    """Refuse what is not a day of the calendar that Jazari can count in.

    Raises:
        DeclarationError: JZ-650.
    """
    is_date = isinstance(day, datetime.date) and not isinstance(day, datetime.datetime)
    if is_date and FIRST_YEAR <= day.year < LAST_YEAR:
        return
    raise DeclarationError(
        "JZ-650", f"a clock counts in days between {FIRST_YEAR} and {LAST_YEAR - 1}", where="a date of a clock",
        found=str(day), fix="write a date of the Gregorian calendar as 2026-03-01.",
    )  # fmt: skip


def refuse_stranger(where: str, act: str) -> None:
    """Refuse an act that the data do not know.

    Raises:
        DeclarationError: JZ-652.
    """
    known = document()["acts"]
    if act not in known:
        raise DeclarationError(
            "JZ-652", f"'{act}' is no act that the clocks know", where=where, found=str(act),
            fix=f"{did_you_mean(str(act), known)}Choose one of {', '.join(known)}.",
        )  # fmt: skip


def refuse_act(name: str, rule: Rule, act: str) -> None:
    """Refuse an act outside the scope of the clock.

    Raises:
        DeclarationError: JZ-652, an act that the data do not know; JZ-653, one outside the clock's scope.
    """
    refuse_stranger(f"clock {name}", act)
    known = document()["acts"]
    if act not in rule.applies_to and "any" not in rule.applies_to:
        raise DeclarationError(
            "JZ-653", f"clock {name} does not run on {known[act]}", where=f"clock {name} ({rule.source})", found=act,
            fix=f"it runs on {', '.join(known[one] for one in rule.applies_to)} only; "
            "the clocks of complaints and information run on any act.",
        )  # fmt: skip


def spans_of(suspensions: Sequence[Span]) -> tuple[Span, ...]:
    """The spans in their order.

    Raises:
        DeclarationError: JZ-650 where one of them is no pair of dates.
    """
    for one in suspensions:
        for day in one if isinstance(one, (tuple, list)) and len(one) == 2 else (one,):  # noqa: PLR2004  first and last
            refuse_date(day)
    return tuple(sorted((first, last) for first, last in suspensions))


def refuse_suspensions(
    name: str, rule: Rule, start: datetime.date, limit: Duration | None, spans: Sequence[Span]
) -> None:
    """Refuse suspensions that the law does not allow.

    Raises:
        DeclarationError: JZ-655 a span that ends before it begins or begins before the clock, JZ-656 a clock that is
            never suspended, JZ-657 too many spans, JZ-658 a span that begins after the first half.
    """
    where = f"clock {name} ({rule.source})"
    for first, last in spans:
        if not start <= first <= last:
            raise DeclarationError(
                "JZ-655", "a suspension begins when the clock runs and ends after it has begun", where=where,
                found=f"{first} to {last}, clock from {start}", fix="write --suspend 2026-03-10:2026-03-20.",
            )  # fmt: skip
    if spans and (not rule.suspensions or limit is None):
        raise DeclarationError(
            "JZ-656", f"clock {name} cannot be suspended", where=where, found=f"{len(spans)} suspension(s)",
            fix="leave the suspension out: the text knows none for this clock.",
        )  # fmt: skip
    if len(spans) > rule.suspensions:
        raise DeclarationError(
            "JZ-657", f"clock {name} can be suspended {rule.suspensions} time(s)", where=where,
            found=f"{len(spans)} suspensions", fix="keep the first; a later request for papers stops no clock.",
        )  # fmt: skip
    late = [first for first, _ in spans if limit and first > middle(start, limit)]
    if late and limit:
        raise DeclarationError(
            "JZ-658", f"clock {name} can be suspended in the first half of its time only", where=where,
            found=f"{late[0]}, the first half ends on {middle(start, limit)}",
            fix="leave the suspension out: asked for this late, it does not stop the clock.",
        )  # fmt: skip


def not_yet_law(name: str, day: datetime.date, first: Rule) -> DeclarationError:
    """JZ-654: no text had set the clock by that day."""
    return DeclarationError(
        "JZ-654", f"clock {name} did not exist on {day}", where=first.source,
        found=f"in force from {first.effective_from}", fix="check the date, or ask counsel which text held then.",
    )  # fmt: skip


def no_extension(name: str, rule: Rule, kind: str | None) -> DeclarationError:
    """JZ-659: the texts read give no extension."""
    return DeclarationError(
        "JZ-659", f"clock {name} cannot be extended" + (f" for {kind}" if kind else ""), where=rule.source,
        found=rule.doubt or "no extension in the text", fix="leave the extension out.",
    )  # fmt: skip


def unknown_kind(name: str, rule: Rule, kind: str) -> DeclarationError:
    """JZ-660: the law sets no limit of its own for this kind."""
    known = ", ".join(rule.limit_by_kind)
    return DeclarationError(
        "JZ-660", f"clock {name} knows no kind '{kind}'", where=rule.source, found=known or "one limit for all kinds",
        fix=f"{did_you_mean(kind, rule.limit_by_kind)}Leave the kind out for the ordinary limit.",
    )  # fmt: skip


def set_by_law(name: str, rule: Rule) -> DeclarationError:
    """JZ-661: only the law changes this limit."""
    return DeclarationError(
        "JZ-661", f"the limit of clock {name} is set by law", where=rule.source, found="a declared limit",
        fix="declare a limit for SERVICE_REVIEW; it is the one that a use case promises.",
    )  # fmt: skip


def longer_than_law(limit: str, legal: str, rule: Rule) -> DeclarationError:
    """JZ-662: a promise longer than a legal clock that also runs."""
    return DeclarationError(
        "JZ-662", f"a promised {limit} is longer than the legal clock {legal}", where=rule.source, found=limit,
        fix="promise an answer before the legal clock ends.",
    )  # fmt: skip
