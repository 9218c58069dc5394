"""Closing: how an objection or a request ends: answered, withdrawn, or deemed decided by silence; each is sealed."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from jazari.core.errors import PortalError
from jazari.core.languages import translate
from jazari.governance.clocks import clock
from jazari.hub.accounts.models import User
from jazari.hub.decisions import outbox, sealing
from jazari.hub.decisions.deciding import correct, refuse_full
from jazari.hub.decisions.forms import way_of
from jazari.hub.decisions.models import Case, Intent
from jazari.hub.decisions.private import ledger
from jazari.hub.objections.filing import LEGAL, REQUEST, legal_day, sha
from jazari.hub.objections.forms import REPLACES
from jazari.hub.objections.models import HelpRequest, Objection, Review
from jazari.hub.pages.language import sentence
from jazari.usecase.decisions.decision import day_of
from jazari.usecase.decisions.routes import routes
from jazari.usecase.proceedings import answered
from jazari.usecase.sealed import Found

OPEN = ("filed", "review")
ANSWERED = "JZ-858"
TITLE = sentence("Your objection or request was answered")
WAITS = sentence("The answer to {number} can be read with its number and its secret.")
SILENCE = sentence("No answer came in time")
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


def answer_objection(objection: Objection, reviewer: User, said: Mapping[str, Any]) -> None:
    """Answer an objection: what was looked at again, the outcome, its reason, the remedy, and where to go next.

    What is varied or reversed is decided anew: the reviewer's decision is sealed in the place of the one objected to.

    Raises:
        PortalError: JZ-853 no place is left, JZ-858 it is answered already. SafeguardError, DataError: as `correct`.
        LedgerError: 6xx; then nothing is answered.
    """
    if said["outcome"] in REPLACES and objection.state in OPEN:
        correct(objection.decision, reviewer, said["instead"], said["other"], said["reply"])
    kept = {"by": reviewer.pk, "said": dict(said), "at": timezone.now().isoformat()}
    _close("answer", objection, kept, said["outcome"], said["reply"], reviewer.username)


def answer_request(asked: HelpRequest, officer: User, *, granted: bool, reply: str) -> None:
    """Give the help or refuse it, with reasons. What is given takes one of the places of the list.

    Raises:
        PortalError: JZ-853 no place is left, JZ-858 it is answered already. LedgerError: 6xx.
    """
    kept = {"by": officer.pk, "granted": granted, "reply": reply, "at": timezone.now().isoformat()}
    _close("grant", asked, kept, "granted" if granted else "refused", reply, officer.username)


def withdraw(one: Objection | HelpRequest) -> None:
    """The person takes back what they filed; what was answered stays answered."""
    if one.state in OPEN:
        _close("withdrawal", one, {"at": timezone.now().isoformat()}, "withdrawn", "", _OPEN_MARK)


def do_what_is_due(today: datetime.date | None = None) -> dict[str, int]:
    """Mark what is overdue, and what silence has decided; once each. The counts."""
    day = today or timezone.localdate()
    late = 0
    for kept in (Objection, HelpRequest):
        late += kept.objects.filter(state__in=OPEN, last_day__lt=day, overdue_at=None).update(overdue_at=timezone.now())
    deemed = 0
    for objection in Objection.objects.filter(state__in=OPEN, last_day__lt=day).select_related("decision__version"):
        if legal_day(day_of(objection.filed_at)) < day:
            deemed += _deem(objection)
    for asked in HelpRequest.objects.filter(state__in=OPEN, last_day__lt=day):
        deemed += _deem(asked)
    return {"overdue": late, "decided by silence": deemed}


def _deem(one: Objection | HelpRequest) -> int:
    """Silence until the last day of the law: the person may go further, and the register counts it.

    Somebody who answered a moment ago was in time: 0 then, else 1.
    """
    outcome = "deemed" if isinstance(one, Objection) else "deemed refused"
    try:
        _close("silence", one, {"at": timezone.now().isoformat()}, outcome, "", "silence")
    except PortalError as wrong:
        if wrong.code != ANSWERED:
            raise
        return 0
    return 1


def next_routes(objection: Objection) -> list[dict[str, Any]]:
    """Where the person can go next, from today; another objection is not among it."""
    day = day_of(timezone.now())
    return [one for one in routes(objection.decision.version.declaration, day) if one["route"] != "objection"]


def silent_routes(objection: Objection) -> list[dict[str, Any]]:
    """Where the person can go after the law's last day passed in silence: where silence leads, not to ask once more."""
    found: list[dict[str, Any]] = []
    for one in next_routes(objection):
        if one["route"] != LEGAL.lower():
            found.append(one)
        else:
            found += [{**one, "route": to["route"].lower(), "title": to["title"], "last_day": to["last_day"],
                       "answer_by": None, "next": []} for to in one["next"]]  # fmt: skip
    return found


def refusal_routes(day: datetime.date, *, silent: bool) -> list[dict[str, Any]]:
    """Where somebody goes whose request was refused, or met by silence, on a day (law 55-19, art. 21; law 03-01).

    The reasons of a refusal are asked for where it was silent; who was refused in words has them.
    """
    found: list[dict[str, Any]] = []
    for name in clock(REQUEST).rule_on(day).routes:
        ran = clock(name).run(day, act="act_on_request")
        if ran.rule.trigger == "implied_refusal" and not silent:
            continue
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


def _close(kind: str, one: Objection | HelpRequest, kept: Mapping[str, Any], outcome: str, reply: str, by: str) -> None:
    """Seal how something ended, and keep it."""
    sealing.settle(kind, one.number)
    about = one.decision.number if isinstance(one, Objection) else one.number.removeprefix("R-")
    sought = {"kind": "answer", "number": about, "fits": {"about": one.number}}

    def act() -> None:
        held = _held(one.number)
        if held.state not in OPEN:
            raise PortalError(
                ANSWERED, "this was answered already", where=str(held.system), found=f"it is {held.state}",
                fix="open it again: it says how it ended.",
            )  # fmt: skip
        if isinstance(held, HelpRequest) and kept.get("granted"):
            refuse_full(held.system.current, held.territory)
        answered(ledger(), about, outcome=outcome, reasons=sha(reply), officer=by, about=one.number)
        _KEEP[kind](held, kept, outcome)

    sealing.seal(kind, one.number, kept, sought, act)


def _held(number: str) -> Objection | HelpRequest:
    """An objection or a request, held until the end of the transaction."""
    if number.startswith("R-"):
        asked = HelpRequest.objects.select_for_update(of=("self",)).select_related("system__current")
        return asked.get(number=number)
    held = Objection.objects.select_for_update(of=("self",))
    return held.select_related("decision__version", "decision__case", "system").get(number=number)


def _keep_answer(objection: Objection, kept: Mapping[str, Any], outcome: str) -> None:
    said, reviewer = kept["said"], User.objects.get(pk=kept["by"])
    review = open_review(objection, reviewer)
    review.reviewer, review.closed_at = reviewer, datetime.datetime.fromisoformat(kept["at"])
    review.would_differ = said["would_differ"] == "yes"
    for name in ("examined", "reason", "remedy", "reply"):
        setattr(review, name, said[name])
    review.routes = next_routes(objection)
    review.save()
    if outcome == "remitted" and objection.decision.case_id:
        Case.objects.filter(pk=objection.decision.case_id).update(state="waits", claimed_by=None, claimed_at=None)
    _end(objection, outcome)


def _keep_grant(asked: HelpRequest, kept: Mapping[str, Any], outcome: str) -> None:  # noqa: ARG001  as the others
    asked.granted, asked.reply, asked.officer_id = kept["granted"], kept["reply"], kept["by"]
    asked.routes = [] if asked.granted else refusal_routes(day_of(timezone.now()), silent=False)
    asked.state, asked.closed_at = "answered", datetime.datetime.fromisoformat(kept["at"])
    asked.save()
    _tell(asked)


def _keep_withdrawal(one: Any, kept: Mapping[str, Any], outcome: str) -> None:
    one.state = "withdrawn"
    if isinstance(one, Objection):
        one.outcome = outcome
    else:
        one.closed_at = datetime.datetime.fromisoformat(kept["at"])
    one.save()


def _keep_silence(one: Any, kept: Mapping[str, Any], outcome: str) -> None:
    at = datetime.datetime.fromisoformat(kept["at"])
    if isinstance(one, Objection):
        review, _ = Review.objects.get_or_create(objection=one, defaults={"opened_at": at})
        review.closed_at, review.routes = at, silent_routes(one)
        review.save(update_fields=["closed_at", "routes"])
        _end(one, outcome)
        return
    one.is_deemed, one.granted, one.reply = True, False, ""
    one.routes, one.state, one.closed_at = refusal_routes(one.last_day, silent=True), "answered", at
    one.save()
    _tell(one)


def _end(objection: Objection, outcome: str) -> None:
    objection.state, objection.outcome = "answered", outcome
    objection.save(update_fields=["state", "outcome"])
    _tell(objection)


_KEEP: dict[str, Callable[[Any, Mapping[str, Any], str], None]] = {
    "answer": _keep_answer, "grant": _keep_grant, "withdrawal": _keep_withdrawal, "silence": _keep_silence,
}  # fmt: skip


@sealing.finishes("answer")
@sealing.finishes("grant")
@sealing.finishes("withdrawal")
@sealing.finishes("silence")
def _finish(intent: Intent, found: Found) -> None:
    """Keep how something ended that was sealed when a crash came."""
    held = _held(intent.about)
    if held.state in OPEN:
        _KEEP[intent.kind](held, intent.said, found.record["outcome"])


def _tell(one: Objection | HelpRequest) -> None:
    """Say that an answer waits, where an address was left; never what it says."""
    if one.answer_to:
        channel = way_of(one.answer_to)
        outbox.queue(
            channel, "answer", one.number, address=one.answer_to, language=one.language,
            subject=translate(TITLE, one.language), body=translate(WAITS, one.language, number=one.number),
        )  # fmt: skip
