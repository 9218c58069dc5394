"""Rules of law as data: each row of `clocks.yaml`, typed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from jazari.core.periods import Duration

Effect = Literal["accepted", "refused", "deemed_authorised", "escalate", "none"]


@dataclass(frozen=True)
class Rule:
    """One clock as one text of law sets it, from a date on.

    Attributes:
        title: What must be done: an English key of the catalogues.
        trigger: The act from which time runs.
        limit: How long, or None where the texts set no day.
        applies_to: The acts it runs on; `any` for all.
        source: The text and its articles.
        limit_by_kind: Other limits for some kinds of file.
        working: Whether the limit counts working days; full days otherwise (law 55-19 art. 31).
        extensions: How often the limit can be extended.
        extension: How long an extension is; None: the limit once more.
        suspensions: How often the clock can be suspended.
        effect: What silence means.
        effect_if_listed: What it means for acts on the published list, where that differs.
        routes: Where the person can go next: bodies, or other clocks.
        who: Whose clock it is: the administration's, or the citizen's.
        duty: What holds where no day is set, or where the day cannot be kept.
        declared_by: Who set the limit: the law, or a use case.
        effective_from: From when the text holds, where that was found.
        doubt: What is not settled in the text.
    """

    title: str
    trigger: str
    limit: Duration | None
    applies_to: tuple[str, ...]
    source: str
    limit_by_kind: Mapping[str, Duration] = field(default_factory=dict)
    working: bool = False
    extensions: int = 0
    extension: Duration | None = None
    suspensions: int = 0
    effect: Effect = "none"
    effect_if_listed: Effect | None = None
    routes: tuple[str, ...] = ()
    who: Literal["administration", "citizen"] = "administration"
    duty: str = ""
    declared_by: Literal["law", "use_case"] = "law"
    effective_from: datetime.date | None = None
    doubt: str = ""


@dataclass(frozen=True)
class Duty:
    """A duty that no clock measures.

    Attributes:
        name: Its word: `NO_SOLE_AUTOMATION`.
        text: What it asks for.
        source: The text and its articles.
        waivable: False where the text forbids.
        doubt: What was not read or is not settled.
    """

    name: str
    text: str
    source: str
    waivable: bool = True
    doubt: str = ""


@cache
def document() -> Mapping[str, Any]:
    """The data file as it stands."""
    import yaml

    text = files("jazari.governance.clocks").joinpath("clocks.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


@cache
def rules() -> Mapping[str, tuple[Rule, ...]]:
    """Every clock's rows, the oldest first."""
    found = {}
    for name, rows in document()["clocks"].items():
        several = [rule(row) for row in (rows if isinstance(rows, list) else [rows])]
        found[name] = tuple(sorted(several, key=lambda one: one.effective_from or datetime.date.min))
    return found


def rule(row: Mapping[str, Any]) -> Rule:
    """One row of the data file as a rule."""
    silence = row.get("silence", {})
    route = silence.get("route", ())
    return Rule(
        title=row["title"],
        trigger=row["trigger"],
        limit=_duration(row["limit"]),
        applies_to=tuple(row["applies_to"]),
        source=row["source"],
        limit_by_kind={kind: Duration.parse(text) for kind, text in row.get("limit_by_kind", {}).items()},
        working=row.get("days") == "working",
        extensions=row.get("extensions", 0),
        extension=_duration(row.get("extension")),
        suspensions=row.get("suspension", {}).get("times", 0),
        effect=silence.get("effect", "none"),
        effect_if_listed=silence.get("effect_if_listed"),
        routes=(route,) if isinstance(route, str) else tuple(route),
        who=row.get("who", "administration"),
        duty=row.get("duty") or row.get("late", ""),
        declared_by=row.get("declared_by", "law"),
        effective_from=row.get("effective_from"),
        doubt=row.get("doubt", ""),
    )


@cache
def duties() -> tuple[Duty, ...]:
    """The duties that no clock measures."""
    return tuple(
        Duty(row["id"], row["text"], row["source"], row.get("waivable", True), row.get("doubt", ""))
        for row in document()["duties"]
    )


def _duration(text: str | None) -> Duration | None:
    return None if text is None else Duration.parse(text)
