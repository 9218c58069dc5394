"""Filing: an objection or a request is kept, sealed, and runs against its clock from that moment."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from jazari.governance.clocks import clock
from jazari.hub.accounts.tally import Limit
from jazari.hub.decisions import door
from jazari.hub.decisions.models import Decision
from jazari.hub.decisions.private import dossier_of, ledger
from jazari.hub.objections.evidence import assemble
from jazari.hub.objections.models import Attachment, HelpRequest, Objection
from jazari.hub.register.models import System
from jazari.usecase.decisions.decision import day_of
from jazari.usecase.decisions.routes import ACT, routes
from jazari.usecase.proceedings import asked, objected

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


@transaction.atomic
def file_objection(decision: Decision, said: Mapping[str, Any], language: str) -> Filed:
    """File an objection: its evidence is assembled and sealed with it.

    Raises:
        LedgerError: 6xx; then nothing is filed.
    """
    now = timezone.now()
    attached = [said["file"]] if said.get("file") else []
    digest, _ = assemble(decision, said["grounds"], attached, now.isoformat())
    record = {
        "grounds": sha(said["grounds"]), "evidence": digest, "speaker": said["speaker"],
        "attachments": [one["digest"] for one in attached], "filed_at": now.isoformat(timespec="seconds"),
    }  # fmt: skip
    secret, number = door.new_secret(), door.new_number("O")
    name, last = answer_clock(decision.version.declaration, day_of(now))
    objection = Objection.objects.create(
        number=number, secret=door.fingerprint(number, secret), decision=decision, system=decision.system,
        speaker=said["speaker"], helper=said.get("helper", ""), answer_to=said.get("answer_to", ""),
        grounds=said["grounds"], language=language, filed_at=now, clock=name, last_day=last,
        is_late=bool(decision.last_day and day_of(now) > decision.last_day), evidence_digest=digest,
        receipt=objected(ledger(), decision.number, {**record, "followed_by": number}),
    )  # fmt: skip
    for one in attached:
        Attachment.objects.create(objection=objection, **one)
    return Filed(number, secret, last)


@transaction.atomic
def file_request(system: System, said: Mapping[str, Any], language: str) -> Filed:
    """File a request for the help of a system, without any score.

    Raises:
        LedgerError: 6xx; then nothing is filed. PortalError: JZ-850.
    """
    now = timezone.now()
    record = {
        "help": system.current.declaration["help"]["what"], "asker": said["asker"], "territory": said["territory"],
        "request": sha("\n".join(str(said.get(one, "")) for one in ("who", "site", "why"))),
    }  # fmt: skip
    given, receipt = asked(dossier_of(system.current), ledger(), record)
    secret, number = door.new_secret(), f"R-{given}"
    last = clock(REQUEST).run(day_of(now), act="act_on_request").last_day
    HelpRequest.objects.create(
        number=number, secret=door.fingerprint(number, secret), system=system, asker=said["asker"],
        territory=said["territory"], site=said.get("site", ""), who=said["who"], why=said["why"],
        answer_to=said.get("answer_to", ""), language=language, filed_at=now, clock=REQUEST, last_day=last,
        receipt=receipt,
    )  # fmt: skip
    return Filed(number, secret, last or day_of(now))


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
