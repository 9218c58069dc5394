"""Closing: how an objection or a request ends: answered, withdrawn, or deemed decided by silence; each is sealed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from jazari.core.errors import PortalError
from jazari.core.languages import translate
from jazari.governance.clocks import clock
from jazari.hub.accounts.models import User
from jazari.hub.decisions import outbox
from jazari.hub.decisions.deciding import no_place
from jazari.hub.decisions.lists import places
from jazari.hub.decisions.models import Case
from jazari.hub.decisions.private import ledger
from jazari.hub.objections.filing import REQUEST, legal_day, sha
from jazari.hub.objections.models import HelpRequest, Objection, Review
from jazari.hub.pages.language import sentence
from jazari.usecase.decisions.decision import day_of
from jazari.usecase.decisions.routes import routes
from jazari.usecase.proceedings import answered

OPEN = ("filed", "review")
TITLE = sentence("Your objection or request was answered")
WAITS = sentence("The answer to {number} can be read with its number and its secret.")
SILENT = sentence("Nobody answered in time. You can now go further: the next routes and their last days stand below.")
_OPEN_MARK = "the person concerned"


@transaction.atomic
def open_review(objection: Objection, reviewer: User) -> Review:
    """Begin a review, once."""
    review, made = Review.objects.get_or_create(
        objection=objection, defaults={"reviewer": reviewer, "opened_at": timezone.now()}
    )
    if made:
        Objection.objects.filter(pk=objection.pk, state="filed").update(state="review")
    return review


@transaction.atomic
def answer_objection(objection: Objection, reviewer: User, said: Mapping[str, Any]) -> None:
    """Answer an objection: what was looked at again, the outcome, its reason, the remedy, and where to go next.

    Raises:
        PortalError: JZ-858, it is answered already. LedgerError: 6xx; then nothing is answered.
    """
    objection = (
        Objection.objects.select_for_update(of=("self",))
        .select_related("decision__version", "decision__case")
        .get(pk=objection.pk)
    )
    _refuse_closed(objection)
    review = open_review(objection, reviewer)
    review.reviewer, review.closed_at = reviewer, timezone.now()
    review.would_differ = said["would_differ"] == "yes"
    for name in ("examined", "reason", "remedy", "reply"):
        setattr(review, name, said[name])
    review.routes = next_routes(objection)
    review.save()
    if said["outcome"] == "remitted" and objection.decision.case_id:
        Case.objects.filter(pk=objection.decision.case_id).update(state="waits", claimed_by=None, claimed_at=None)
    _close(objection, said["outcome"], said["reply"], reviewer.username)


@transaction.atomic
def answer_request(asked: HelpRequest, officer: User, *, granted: bool, reply: str) -> None:
    """Give the help or refuse it, with reasons. What is given takes one of the places of the list.

    Raises:
        PortalError: JZ-853 no place is left, JZ-858 it is answered already. LedgerError: 6xx.
    """
    asked = HelpRequest.objects.select_for_update(of=("self",)).select_related("system__current").get(pk=asked.pk)
    _refuse_closed(asked)
    if granted:
        found = places(asked.system.current, asked.territory)
        if found["left"] < 1:
            raise no_place(str(asked.system), found["all"])
    asked.granted, asked.reply, asked.officer = granted, reply, officer
    asked.routes = [] if granted else refusal_routes(day_of(timezone.now()))
    _close_request(asked, "granted" if granted else "refused", officer.username)


@transaction.atomic
def withdraw(one: Objection | HelpRequest) -> None:
    """The person takes back what they filed; what was answered stays answered."""
    if one.state not in OPEN:
        return
    one.state = "withdrawn"
    if isinstance(one, Objection):
        one.outcome = "withdrawn"
        one.save(update_fields=["state", "outcome"])
    else:
        one.closed_at = timezone.now()
        one.save(update_fields=["state", "closed_at"])
    _seal(one, "withdrawn", "", _OPEN_MARK)


def do_what_is_due(today: datetime.date | None = None) -> dict[str, int]:
    """Mark what is overdue, and what silence has decided; once each. The counts."""
    day = today or timezone.localdate()
    late = 0
    for kept in (Objection, HelpRequest):
        late += kept.objects.filter(state__in=OPEN, last_day__lt=day, overdue_at=None).update(overdue_at=timezone.now())
    deemed = 0
    for objection in Objection.objects.filter(state__in=OPEN, last_day__lt=day).select_related("decision__version"):
        if legal_day(day_of(objection.filed_at)) < day:
            _deem(objection)
            deemed += 1
    for asked in HelpRequest.objects.filter(state__in=OPEN, last_day__lt=day):
        asked.is_deemed, asked.granted, asked.reply = True, False, ""
        asked.routes = refusal_routes(asked.last_day)
        with transaction.atomic():
            _close_request(asked, "deemed refused", "silence")
        deemed += 1
    return {"overdue": late, "decided by silence": deemed}


@transaction.atomic
def _deem(objection: Objection) -> None:
    """Silence until the last day of the law: the person may go to the Mediator, and the register counts it."""
    review, _ = Review.objects.get_or_create(objection=objection, defaults={"opened_at": timezone.now()})
    review.closed_at, review.routes = timezone.now(), next_routes(objection)
    review.save(update_fields=["closed_at", "routes"])
    _close(objection, "deemed", "", "silence")


def next_routes(objection: Objection) -> list[dict[str, Any]]:
    """Where the person can go next, from today; another objection is not among it."""
    day = day_of(timezone.now())
    return [one for one in routes(objection.decision.version.declaration, day) if one["route"] != "objection"]


def refusal_routes(day: datetime.date) -> list[dict[str, Any]]:
    """Where somebody goes whose request was refused, or met by silence, on a day (law 55-19, art. 21; law 03-01)."""
    found: list[dict[str, Any]] = []
    for name in clock(REQUEST).rule_on(day).routes:
        ran = clock(name).run(day, act="act_on_request")
        found.append(
            {
                "route": name.lower(),
                "title": ran.rule.title,
                "next": [],
                "answer_by": None,
                "source": ran.rule.source,
                "last_day": ran.last_day.isoformat() if ran.last_day else None,
            }
        )
    return found


def _refuse_closed(one: Objection | HelpRequest) -> None:
    if one.state not in OPEN:
        raise PortalError(
            "JZ-858", "this was answered already", where=str(one.system), found=f"it is {one.state}",
            fix="open it again: it says how it ended.",
        )  # fmt: skip


def _close(objection: Objection, outcome: str, reply: str, by: str) -> None:
    objection.state, objection.outcome = "answered", outcome
    objection.save(update_fields=["state", "outcome"])
    _seal(objection, outcome, reply, by)
    _tell(objection)


def _close_request(asked: HelpRequest, outcome: str, by: str) -> None:
    asked.state, asked.closed_at = "answered", timezone.now()
    asked.save()
    _seal(asked, outcome, asked.reply, by)
    _tell(asked)


def _seal(one: Objection | HelpRequest, outcome: str, reply: str, by: str) -> None:
    about = one.decision.number if isinstance(one, Objection) else one.number.removeprefix("R-")
    answered(ledger(), about, outcome=outcome, reasons=sha(reply), officer=by, about=one.number)


def _tell(one: Objection | HelpRequest) -> None:
    """Say that an answer waits, where an address was left; never what it says."""
    if one.answer_to:
        channel = "mail" if "@" in one.answer_to else "sms"
        outbox.queue(
            channel, "answer", one.number, address=one.answer_to, language=one.language,
            subject=translate(TITLE, one.language), body=translate(WAITS, one.language, number=one.number),
        )  # fmt: skip
