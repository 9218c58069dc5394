"""`jazari clock`: the last day of a legal route, and what happens if nobody answers."""

from __future__ import annotations

import datetime

import click

from jazari.cli.output import command as declare
from jazari.cli.output import emit
from jazari.core.errors import DeclarationError
from jazari.core.languages import LANGUAGES, translate
from jazari.governance.clocks import Clock, Deadline, clock, clocks


@declare(
    "clock",
    example="jazari clock\njazari clock ACT --from 2026-03-02 --suspend 2026-03-10:2026-03-20\n"
    "jazari clock APPEAL_FILE --from 2026-05-04 --lang fr",
)
@click.argument("name", metavar="[CLOCK]", required=False)
@click.option("--from", "start", metavar="DATE", help="The day of the act from which time runs.")
@click.option("--suspend", "spans", metavar="A:B", multiple=True, help="Days that are not counted, both included.")
@click.option("--kind", help="The kind of file, where the law sets another limit for it.")
@click.option("--act", metavar="SCOPE", help="The sort of act it would run on; else the first that the clock is for.")
@click.option("--extended", is_flag=True, help="The administration extended the limit, with reasons.")
@click.option("--listed", is_flag=True, help="The act is on the published list of acts that silence grants.")
@click.option("--lang", "language", type=click.Choice(LANGUAGES), default="en", show_default=True)
def command(
    name: str | None,
    start: str | None,
    spans: tuple[str, ...],
    kind: str | None,
    act: str | None,
    extended: bool,  # noqa: FBT001  click's signature
    listed: bool,  # noqa: FBT001  click's signature
    language: str,
) -> None:
    """Say the last day of a legal clock, and what silence means. Without CLOCK, list the clocks."""
    if name is None:
        emit({"clocks": [_row(one) for one in clocks()]}, lambda: _list(language))
        return
    if start is None:
        raise click.UsageError("a clock runs from a date: --from 2026-03-02")
    chosen = clock(name)
    deadline = chosen.run(
        _day(start), act=act or _first_act(chosen), kind=kind, suspensions=[_span(one) for one in spans],
        extended=extended, listed=listed,
    )  # fmt: skip
    texts = {one: deadline.sentence(one) for one in LANGUAGES}
    emit({**deadline.as_json(), "sentences": texts}, lambda: _text(deadline, language))


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise DeclarationError(
            "JZ-650", "a clock counts in days of the calendar", where="a date of a clock", found=text[:40],
            fix="write a date of the Gregorian calendar as 2026-03-01.",
        ) from None  # fmt: skip


def _span(text: str) -> tuple[datetime.date, datetime.date]:
    first, colon, last = text.partition(":")
    if not colon:
        raise DeclarationError(
            "JZ-655", "a suspension has a first and a last day", where="--suspend", found=text[:40],
            fix="write --suspend 2026-03-10:2026-03-20.",
        )  # fmt: skip
    return _day(first), _day(last)


def _first_act(chosen: Clock) -> str:
    """The act that the clock is for; one that runs on any act runs on an individual decision."""
    scope = chosen.rule.applies_to[0]
    return "individual_decision" if scope == "any" else scope


def _row(one: Clock) -> dict[str, object]:
    rule = one.rule
    return {"clock": one.name, "title": rule.title, "applies_to": list(rule.applies_to), "source": rule.source}


def _list(language: str) -> str:
    width = max(len(one.name) for one in clocks())
    return "\n".join(
        f"{one.name:<{width}}  {translate(one.rule.title, language)} ({one.rule.source})" for one in clocks()
    )


def _text(deadline: Deadline, language: str) -> str:
    source = translate(deadline.rule.source, language)
    lines = [f"{deadline.clock}: {translate(deadline.rule.title, language)} ({source})"]
    lines += [f"  {sentence}" for sentence in deadline.sentences(language)]
    if deadline.rule.doubt:
        lines.append(
            f"  {translate('Not settled: {doubt}.', language, doubt=translate(deadline.rule.doubt, language))}"
        )
    return "\n".join(lines)
