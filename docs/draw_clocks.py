# ruff: noqa: INP001  a script, not a package
"""Draw docs/reference/clocks.md from the data of the clocks. A test fails if it is stale.

Run: .venv/bin/python docs/draw_clocks.py
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path

from jazari.core.periods import Duration
from jazari.governance.clocks import Clock, Rule, clocks, duties
from jazari.governance.clocks.rules import document

PAGE = Path(__file__).parent / "reference/clocks.md"
_UNITS = ("years", "months", "weeks", "days", "hours", "minutes", "seconds")
_INTRODUCTION = """# Clocks

Drawn from `src/jazari/governance/clocks/clocks.yaml` by `docs/draw_clocks.py`. The facts were read in machine
extractions of the official texts; **counsel must check them against the Bulletin Officiel before production**. How days
are counted, and why, stands in [Clocks, explained](../explanation/clocks.md). `jazari clock` lists them,
`jazari clock CLOCK --from DATE` gives a last day.
"""


def page() -> str:
    """The whole page."""
    acts = document()["acts"]
    parts = [_INTRODUCTION, "## Acts\n", "A clock never runs on an act outside its scope (JZ-653).\n"]
    parts += ["| act | what it is |", "| --- | --- |", *(f"| `{name}` | {text} |" for name, text in acts.items()), ""]
    for one in clocks():
        parts += _clock(one)
    parts += ["## Duties that no clock measures\n", "| duty | what it asks for | source | waivable | doubt |"]
    parts += ["| --- | --- | --- | --- | --- |"]
    parts += [f"| `{one.name}` | {one.text} | {one.source} | {_yes(one.waivable)} | {one.doubt} |" for one in duties()]
    return "\n".join(parts) + "\n"


def _clock(one: Clock) -> Iterator[str]:
    yield f"## `{one.name}`\n"
    for rule in one.rules:
        yield f"{rule.title}.\n"
        yield "| | |\n| --- | --- |"
        yield from (f"| {name} | {text} |" for name, text in _rows(rule) if text)
        yield ""


def _rows(rule: Rule) -> Iterator[tuple[str, str]]:
    yield "runs from", document()["triggers"][rule.trigger]
    yield "limit", _limit(rule)
    yield "extension", f"{rule.extensions} time, {_words(rule.extension or rule.limit)}" if rule.extensions else ""
    yield "suspension", f"{rule.suspensions} time, within the first half" if rule.suspensions else ""
    yield "silence", rule.effect if rule.effect != "none" else ""
    yield "silence, for a listed act", rule.effect_if_listed or ""
    yield "next routes", ", ".join(rule.routes)
    yield "whose clock", rule.who
    yield "runs on", ", ".join(f"`{act}`" for act in rule.applies_to)
    yield "duty", rule.duty
    yield "set by", "a use case" if rule.declared_by == "use_case" else "law"
    yield "source", rule.source
    yield "in force from", str(rule.effective_from or "not found")
    yield "doubt", rule.doubt


def _limit(rule: Rule) -> str:
    kinds = [f"{_words(limit)} for {kind}" for kind, limit in rule.limit_by_kind.items()]
    return "; ".join([_words(rule.limit, working=rule.working), *kinds])


def _words(limit: Duration | None, *, working: bool = False) -> str:
    if limit is None:
        return "no day is set"
    kind = "working " if working else "full " if limit.days or limit.months else ""
    parts = [f"{amount} {kind}{unit}" for amount, unit in zip(astuple(limit), _UNITS, strict=True) if amount]
    return " ".join(parts) if parts else "at once"


def _yes(value: bool) -> str:  # noqa: FBT001  a word for a cell
    return "yes" if value else "no"


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(0 if PAGE.read_text(encoding="utf-8") == page() else f"{PAGE.name} is stale")
    PAGE.write_text(page(), encoding="utf-8")
