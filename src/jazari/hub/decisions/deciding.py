"""Deciding: what an officer decided is checked by the safeguards and sealed before the hub keeps it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from jazari.core.errors import PortalError
from jazari.governance import custody
from jazari.hub.accounts.models import User
from jazari.hub.accounts.roles import OFFICER
from jazari.hub.accounts.rules import is_appointed
from jazari.hub.decisions import sealing
from jazari.hub.decisions.door import fingerprint, new_secret
from jazari.hub.decisions.forms import HELP, NOTHING, OTHER
from jazari.hub.decisions.lists import places, refuse_out_of_use
from jazari.hub.decisions.models import Case, Decision, Intent
from jazari.hub.decisions.numbers import grouped
from jazari.hub.decisions.private import dossier_of, ledger
from jazari.hub.register.models import Version
from jazari.usecase.decide import Decision as Decided
from jazari.usecase.decide import decide
from jazari.usecase.decisions.past import plain
from jazari.usecase.sealed import Found

_CLAIMED_FOR = datetime.timedelta(days=1)


@transaction.atomic
def claim(case: Case, officer: User) -> bool:
    """Take a case that waits; False where somebody was faster.

    Raises:
        PortalError: JZ-860 its list is not in use any more.
    """
    refuse_out_of_use(case)
    free = Case.objects.filter(pk=case.pk, state="waits")
    return bool(free.update(state="claimed", claimed_by=officer, claimed_at=timezone.now()))


@transaction.atomic
def release(case: Case, officer: User) -> None:
    """Give a case back that one claimed."""
    mine = Case.objects.filter(pk=case.pk, state="claimed", claimed_by=officer)
    mine.update(state="waits", claimed_by=None, claimed_at=None)


def free_forgotten(now: datetime.datetime) -> int:
    """Give back cases that were claimed a day ago, or by somebody who may not work them any more; how many."""
    freed = 0
    for case in Case.objects.filter(state="claimed").select_related("version__system", "claimed_by"):
        where = {"territory": case.territory, "system": case.version.system.slug}
        if case.claimed_at < now - _CLAIMED_FOR or not is_appointed(case.claimed_by, OFFICER, **where):
            release(case, case.claimed_by)
            freed += 1
    return freed


def take(case: Case, officer: User, said: Mapping[str, Any]) -> Decision:
    """Seal a decision and keep it, once however often it is asked for. The time of the case runs from the claim.

    Raises:
        PortalError: JZ-852 the case is not this officer's, JZ-853 no place is left, JZ-860 its list is not in use any
            more. SafeguardError: JZ-690 to JZ-693.
        DataError: JZ-609, JZ-681 to JZ-687. LedgerError: 6xx.
    """
    sealing.settle("decision", case.pk)
    known = case.version
    sought = {"kind": "decision", "version": known.digest, "subject": case.subject}
    return sealing.seal("decision", case.pk, {"officer": officer.pk}, sought, lambda: _take(case, officer, said))


def _take(case: Case, officer: User, said: Mapping[str, Any]) -> Decision:
    case = Case.objects.select_for_update(of=("self",)).select_related("version__system").get(pk=case.pk)
    before = case.decisions.order_by("-decided_at", "-pk").first()
    if case.state == "decided" and before and before.officer_id == officer.pk:
        return before  # the same form sent twice
    if case.state != "claimed" or case.claimed_by_id != officer.pk:
        raise PortalError(
            "JZ-852", "a case is decided by the officer who claimed it, once", where=str(case.version.system),
            found=f"a case that is {case.state}", fix="open the list again: it says where the case stands.",
        )  # fmt: skip
    refuse_out_of_use(case)
    outcome = outcome_said(case.version, said["outcome"], said["other"])
    return _seal(case, officer, before, outcome, said["action"], said["reasons"], case.claimed_at)


def outcome_said(version: Version, chosen: str, other: str) -> str:
    """The outcome that a form chose, in the word that is sealed."""
    return {HELP: str(version.declaration["help"]["what"]), NOTHING: "none", OTHER: other}[chosen]


def chosen_of(decision: Decision) -> str:
    """What a form would have chosen for the outcome of a decision."""
    known = {decision.version.declaration["help"]["what"]: HELP, "none": NOTHING}
    return known.get(decision.outcome, OTHER)


def _seal(
    case: Case, who: User, before: Decision | None, outcome: str, action: str, reasons: str,
    opened_at: datetime.datetime | None,
) -> Decision:  # fmt: skip
    """Seal a decision within a transaction, and keep it."""
    offered = case.version.declaration["help"]["what"]
    if outcome == offered and not (before and before.outcome == offered):
        refuse_full(case.version, case.territory)
    now = timezone.now()
    sealed = Decided(
        key=case.subject, outcome=outcome, action=action, reasons=reasons, officer=who.username,
        opened_at=opened_at, decided_at=now, corrects=before.number if before else "",
    )  # fmt: skip
    done = decide(dossier_of(case.version), ledger(), [sealed], now=now)
    number = done.numbers[case.subject]
    return _keep(case, who, Found(number, done.records[case.subject], custody.make_receipt(ledger(), number)))


def correct(decision: Decision, reviewer: User, chosen: str, other: str, reasons: str) -> Decision:
    """Seal another decision in the place of one that a review found wrong; once, however often it is asked for.

    Args:
        decision: What was wrong.
        reviewer: Who decides instead.
        chosen: What is decided instead, of `forms.CHOICES`.
        other: In words, where it is something else.
        reasons: Why, as the person reads it.

    Raises:
        PortalError: JZ-853 no place is left. SafeguardError: JZ-690 to JZ-693. DataError: JZ-681 to JZ-687.
        LedgerError: 6xx.
    """
    sealing.settle("correction", decision.number)
    known = decision.version
    sought = {
        "kind": "decision", "version": known.digest, "subject": decision.subject,
        "fits": {"corrects": plain(decision.number)},
    }  # fmt: skip
    outcome = outcome_said(known, chosen, other)
    action = {HELP: "followed", NOTHING: "overrode", OTHER: "modified"}[chosen]

    def act() -> Decision:
        case = Case.objects.select_for_update(of=("self",)).select_related("version__system").get(pk=decision.case_id)
        done = Decision.objects.filter(corrects=decision.number, officer=reviewer).first()  # the same form sent again
        return done or _seal(case, reviewer, decision, outcome, action, reasons, None)

    return sealing.seal("correction", decision.number, {"officer": reviewer.pk}, sought, act)


@sealing.finishes("correction")
def _finish_correction(intent: Intent, found: Found) -> Decision:
    """Keep a correction that was sealed when a crash came."""
    case = Case.objects.select_related("version__system").get(decisions__number=intent.about)
    return _keep(case, User.objects.get(pk=intent.said["officer"]), found)


@sealing.finishes("decision")
def _finish(intent: Intent, found: Found) -> Decision:
    """Keep a decision that was sealed when a crash came."""
    case = Case.objects.select_related("version__system").get(pk=intent.about)
    return _keep(case, User.objects.get(pk=intent.said["officer"]), found)


def refuse_full(version: Version, territory: str) -> None:
    """Refuse to give more places than there are; who gives one there meanwhile waits for the end of the transaction.

    Raises:
        PortalError: JZ-853.
    """
    here = Case.objects.filter(version=version, territory=territory)
    here.select_for_update().order_by("pk").first()
    found = places(version, territory)
    if found["left"] < 1:
        raise PortalError(
            "JZ-853", "no place of this help is left here", where=str(version.system),
            found=f"{found['all']} places, all given",
            fix="decide otherwise and say why, or ask the service for another place.",
        )  # fmt: skip


def _keep(case: Case, officer: User, found: Found) -> Decision:
    record = found.record
    open_until = next((one["last_day"] for one in record["routes"] if one["route"] == "objection"), None)
    opened = record["opened_at"]
    decision = Decision.objects.create(
        number=found.number, system=case.version.system, version=case.version, case=case,
        corrects=grouped(record.get("corrects", "")), subject=case.subject, territory=case.territory,
        action=record["action"], outcome=record["outcome"], reasons=record["reasons"], factors=record["factors"],
        face_to_face=record["factors_face_to_face"], legal_basis=record["legal_basis"], routes=record["routes"],
        officer=officer, opened_at=datetime.datetime.fromisoformat(opened) if opened else None,
        decided_at=datetime.datetime.fromisoformat(record["decided_at"]), receipt=found.receipt,
        # no secret was printed yet: until a notice is, nothing opens the decision
        secret=fingerprint(found.number, new_secret()), secret_at=timezone.now(),
        last_day=datetime.date.fromisoformat(open_until) if open_until else None,
    )  # fmt: skip
    case.state = "decided"
    case.save(update_fields=["state"])
    return decision
