"""Filing: an objection or a request is kept, sealed, and runs against its clock from that moment."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from jazari.governance.clocks import clock
from jazari.hub.accounts.tally import Limit
from jazari.hub.decisions import door, sealing
from jazari.hub.decisions.models import Decision, Intent
from jazari.hub.decisions.private import dossier_of, ledger
from jazari.hub.objections.evidence import assemble
from jazari.hub.objections.models import Attachment, HelpRequest, Objection
from jazari.hub.register.models import System
from jazari.usecase.decisions.decision import day_of
from jazari.usecase.decisions.routes import ACT, routes
from jazari.usecase.proceedings import asked, objected
from jazari.usecase.sealed import Found

OBJECTIONS = Limit("objections to a decision", 5, 24 * 60)
REQUESTS = Limit("requests for help from an address", 10, 60)
SERVICE, LEGAL, REQUEST = "SERVICE_REVIEW", "COMPLAINT_ANSWER", "ACT"


@dataclass(frozen=True)
class Filed:
    """What a person gets at once.

    Attributes:
        number: By which the objection or request is followed.
        secret: What opens it; shown once.
        last_day: The last day of the answer.
    """

    number: str
    secret: str
    last_day: datetime.date


def file_objection(decision: Decision, said: Mapping[str, Any], language: str, form: str = "") -> Filed:
    """File an objection: its evidence is assembled and sealed with it.

    Args:
        decision: What is contested.
        said: The answers of the form.
        language: The language of the person.
        form: What the form is known by; the same form sent twice is filed once, with the same number and secret.

    Raises:
        LedgerError: 6xx; then nothing is filed.
    """
    form = form or secrets.token_hex(16)
    sealing.settle("objection", form)
    now = timezone.now()
    attached = [said["file"]] if said.get("file") else []
    digest, _ = assemble(decision, said["grounds"], attached, now.isoformat())
    number = door.new_number("O")
    record = {
        "grounds": sha(said["grounds"]), "evidence": digest, "speaker": said["speaker"],
        "attachments": [one["digest"] for one in attached], "filed_at": now.isoformat(timespec="seconds"),
        "followed_by": number,
    }  # fmt: skip
    kept = {
        "decision": decision.pk, "language": language, "digest": digest, "number": number, "at": now.isoformat(),
        "said": dict(said),
    }  # fmt: skip
    sought = {"kind": "objection", "number": decision.number, "fits": {"followed_by": number}}

    def act() -> Objection:
        Decision.objects.select_for_update().get(pk=decision.pk)  # the same form, sent twice at once, waits here
        known = Objection.objects.filter(form=form).first()
        return known or _keep_objection(form, kept, objected(ledger(), decision.number, record))

    filed = sealing.seal("objection", form, kept, sought, act)
    return Filed(filed.number, door.secret_of(form), filed.last_day)


def _keep_objection(form: str, kept: Mapping[str, Any], receipt: bytes) -> Objection:
    said, now = kept["said"], datetime.datetime.fromisoformat(kept["at"])
    decision = Decision.objects.select_related("version", "system").get(pk=kept["decision"])
    number, day = kept["number"], day_of(now)
    name, last = answer_clock(decision.version.declaration, day)
    objection = Objection.objects.create(
        number=number, secret=door.fingerprint(number, door.secret_of(form)), form=form, decision=decision,
        system=decision.system, speaker=said["speaker"], helper=said.get("helper", ""),
        answer_to=said.get("answer_to", ""), grounds=said["grounds"], language=kept["language"], filed_at=now,
        clock=name, last_day=last, is_late=bool(decision.last_day and day > decision.last_day),
        evidence_digest=kept["digest"], receipt=receipt,
    )  # fmt: skip
    if said.get("file"):
        Attachment.objects.create(objection=objection, **said["file"])
    return objection


@sealing.finishes("objection")
def _finish_objection(intent: Intent, found: Found) -> Objection:
    """Keep an objection that was sealed when a crash came."""
    return _keep_objection(intent.about, intent.said, found.receipt)


def file_request(system: System, said: Mapping[str, Any], language: str, form: str = "") -> Filed:
    """File a request for the help of a system, without any score. `form` as in `file_objection`.

    Raises:
        LedgerError: 6xx; then nothing is filed. PortalError: JZ-850.
    """
    form = form or secrets.token_hex(16)
    sealing.settle("request", form)
    now = timezone.now()
    record = {
        "help": system.current.declaration["help"]["what"], "asker": said["asker"], "territory": said["territory"],
        "request": sha("\n".join(str(said.get(one, "")) for one in ("who", "site", "why"))), "form": sha(form),
    }  # fmt: skip
    kept = {"system": system.pk, "language": language, "at": now.isoformat(), "said": dict(said)}
    sought = {"kind": "help_request", "fits": {"form": record["form"]}}
    dossier = dossier_of(system.current)

    def act() -> HelpRequest:
        System.objects.select_for_update().get(pk=system.pk)  # the same form, sent twice at once, waits here
        known = HelpRequest.objects.filter(form=form).first()
        return known or _keep_request(form, kept, *asked(dossier, ledger(), record))

    filed = sealing.seal("request", form, kept, sought, act)
    return Filed(filed.number, door.secret_of(form), filed.last_day)


def _keep_request(form: str, kept: Mapping[str, Any], given: str, receipt: bytes) -> HelpRequest:
    said, now = kept["said"], datetime.datetime.fromisoformat(kept["at"])
    number, day = f"R-{given}", day_of(now)
    return HelpRequest.objects.create(
        number=number, secret=door.fingerprint(number, door.secret_of(form)), form=form, system_id=kept["system"],
        asker=said["asker"], territory=said["territory"], site=said.get("site", ""), who=said["who"], why=said["why"],
        answer_to=said.get("answer_to", ""), language=kept["language"], filed_at=now, clock=REQUEST,
        last_day=clock(REQUEST).run(day, act="act_on_request").last_day or day, receipt=receipt,
    )  # fmt: skip


@sealing.finishes("request")
def _finish_request(intent: Intent, found: Found) -> HelpRequest:
    """Keep a request that was sealed when a crash came."""
    return _keep_request(intent.about, intent.said, found.number, found.receipt)


def known(form: str) -> Filed | None:
    """What a form filed that was sent before, as the person got it then; nothing where it filed nothing."""
    for kept in (Objection, HelpRequest):
        one = kept.objects.filter(form=form).first() if form else None
        if one:
            return Filed(one.number, door.secret_of(form), one.last_day)
    return None


def answer_clock(declaration: Mapping[str, Any], day: datetime.date) -> tuple[str, datetime.date]:
    """The clock that the answer to an objection filed on a day runs against: what was promised, or else the law's."""
    for one in routes(declaration, day):
        if one["route"] == "objection":
            return SERVICE, datetime.date.fromisoformat(one["answer_by"])
    return LEGAL, legal_day(day)


def legal_day(day: datetime.date) -> datetime.date:
    """The last day by which the law has a complaint of that day answered (decree 2-17-265)."""
    last = clock(LEGAL).run(day, act=ACT).last_day
    return last or day


def sha(text: str) -> str:
    """The SHA-256 of a text, as it is sealed in its place."""
    return hashlib.sha256(text.encode()).hexdigest()
