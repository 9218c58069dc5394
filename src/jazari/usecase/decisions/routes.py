"""Routes: what a person can do about a decision, and the last day of each.

The choice of people for a help that they did not ask for is an individual decision, not an act on request: the clocks
of law 55-19 (appeal, silence that grants) never run on it.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from jazari.governance.clocks import Deadline, clock
from jazari.governance.clocks import routes as legal_routes
from jazari.governance.clocks.written import in_words
from jazari.governance.safeguards.objection import Objection

__all__ = ["ACT", "as_of", "in_words", "routes"]

ACT = "individual_decision"
_OBJECT = "Object to the decision; somebody who did not take it answers"
_TITLES = {
    "REASONS_ASK": "Ask in writing for the reasons of the decision",
    "COMPLAINT_ANSWER": "Complain to the service",
    "RECT": "Ask to have your data corrected",
}
_ALWAYS = (("COMPLAINT_ANSWER", ACT), ("RECT", "processing"))


def routes(declaration: Mapping[str, Any], day: datetime.date) -> list[dict[str, Any]]:
    """The routes of a person about a decision, counted from a day.

    Args:
        declaration: The declaration of the dossier, which may promise an objection.
        day: The day of the notice. A decision is sealed with the routes counted from its own day, the earliest that
            they can end; a notice given later counts them again from its day.

    Returns:
        Documents `{"route", "title", "last_day", "answer_by", "next", "clock", "source", "promised", "from"}`. `title`
        is a sentence of the catalogues; `last_day` is None where the texts set none; `answer_by` is the last day of
        the answer if the person acts on `day`; `next` is where they go if none comes.
    """
    promised = [Objection(one["open_for"], one["within"]) for one in _said(declaration)]
    made = [_objection(one, day) for one in promised]
    made += [_legal(one, _TITLES.get(one.clock, one.rule.title), day) for one in legal_routes(ACT, day)]
    return made + [_always(name, act, day) for name, act in _ALWAYS]


def as_of(
    kept: Sequence[Mapping[str, Any]], declaration: Mapping[str, Any], day: datetime.date
) -> list[dict[str, Any]]:
    """Routes that were counted on an earlier day, as they stand on a day: last days do not move, answers do.

    Args:
        kept: What `routes` gave then.
        declaration: The declaration of the dossier.
        day: The day on which they are read.

    Returns:
        The same documents, each with `is_past`; `answer_by` is that of somebody who acts on `day`, and None where the
        last day is past.
    """
    fresh = {one["route"]: one["answer_by"] for one in routes(declaration, day)}
    found = []
    for one in kept:
        is_past = bool(one["last_day"] and one["last_day"] < day.isoformat())
        answer = None if is_past else one["answer_by"] and fresh.get(one["route"], one["answer_by"])
        found.append({**one, "is_past": is_past, "answer_by": answer})
    return found


def _said(declaration: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for one in declaration["safeguards"] if one["safeguard"] == Objection.name]


def _objection(promise: Objection, day: datetime.date) -> dict[str, Any]:
    answer = promise.clock.run(day, act=ACT)
    return {
        **_common("objection", _OBJECT, answer, day),
        "last_day": promise.last_day(day).isoformat(), "answer_by": _iso(answer.last_day), "promised": True,
    }  # fmt: skip


def _legal(deadline: Deadline, title: str, day: datetime.date) -> dict[str, Any]:
    answer = clock("REASONS_ANSWER").run(day, act=ACT) if deadline.clock == "REASONS_ASK" else None
    return {
        **_common(deadline.clock.lower(), title, deadline, day),
        "last_day": _iso(deadline.last_day), "answer_by": _iso(answer.last_day) if answer else None,
    }  # fmt: skip


def _always(name: str, act: str, day: datetime.date) -> dict[str, Any]:
    answer = clock(name).run(day, act=act)
    return {
        **_common(name.lower(), _TITLES[name], answer, day), "last_day": None, "answer_by": _iso(answer.last_day),
    }  # fmt: skip


def _common(name: str, title: str, deadline: Deadline, day: datetime.date) -> dict[str, Any]:
    following = [{"route": one.name, "title": one.title, "last_day": _iso(one.last_day)} for one in deadline.routes]
    return {
        "route": name, "title": title, "next": following, "clock": deadline.clock, "source": deadline.rule.source,
        "promised": False, "from": day.isoformat(),
    }  # fmt: skip


def _iso(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None
