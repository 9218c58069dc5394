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
from jazari.hub.decisions.door import fingerprint, new_secret
from jazari.hub.decisions.forms import HELP, NOTHING, OTHER
from jazari.hub.decisions.lists import places
from jazari.hub.decisions.models import Case, Decision
from jazari.hub.decisions.private import dossier_of, ledger
from jazari.usecase.decide import Decision as Decided
from jazari.usecase.decide import decide


@transaction.atomic
def claim(case: Case, officer: User) -> bool:
    """Take a case that waits; False where somebody was faster."""
    free = Case.objects.filter(pk=case.pk, state="waits")
    return bool(free.update(state="claimed", claimed_by=officer, claimed_at=timezone.now()))


@transaction.atomic
def release(case: Case, officer: User) -> None:
    """Give a case back that one claimed."""
    mine = Case.objects.filter(pk=case.pk, state="claimed", claimed_by=officer)
    mine.update(state="waits", claimed_by=None, claimed_at=None)


@transaction.atomic
def take(case: Case, officer: User, said: Mapping[str, Any]) -> Decision:
    """Seal a decision and keep it. The time that the case was open runs from the claim.

    Raises:
        PortalError: JZ-852 the case is not this officer's, JZ-853 no place is left. SafeguardError: JZ-690 to JZ-693.
        DataError: JZ-609, JZ-681 to JZ-687. LedgerError: 6xx.
    """
    case = Case.objects.select_for_update().select_related("version__system").get(pk=case.pk)
    if case.state != "claimed" or case.claimed_by_id != officer.pk:
        raise PortalError(
            "JZ-852", "a case is decided by the officer who claimed it, once", where=str(case.version.system),
            found=f"a case that is {case.state}", fix="open the list again: it says where the case stands.",
        )  # fmt: skip
    offered = case.version.declaration["help"]["what"]
    outcome = {HELP: offered, NOTHING: "none", OTHER: said["other"]}[said["outcome"]]
    if outcome == offered:
        refuse_full(case)
    before = case.decisions.order_by("-decided_at").first()
    now = timezone.now()
    sealed = Decided(
        key=case.subject, outcome=outcome, action=said["action"], reasons=said["reasons"], officer=officer.username,
        opened_at=case.claimed_at, decided_at=now, corrects=before.number if before else "",
    )  # fmt: skip
    done = decide(dossier_of(case.version), ledger(), [sealed], now=now)
    decision = _keep(case, officer, sealed, done.numbers[case.subject], done.records[case.subject])
    case.state = "decided"
    case.save(update_fields=["state"])
    return decision


def refuse_full(case: Case) -> None:
    """Refuse to give more places than there are (PortalError JZ-853)."""
    found = places(case.version, case.territory)
    if found["left"] < 1:
        raise no_place(str(case.version.system), found["all"])


def no_place(where: str, count: int) -> PortalError:
    """JZ-853: the help has no place left there."""
    return PortalError(
        "JZ-853", "no place of this help is left here", where=where, found=f"{count} places, all given",
        fix="decide otherwise and say why, or ask the service for another place.",
    )  # fmt: skip


def _keep(case: Case, officer: User, sealed: Decided, number: str, record: Mapping[str, Any]) -> Decision:
    open_until = next((one["last_day"] for one in record["routes"] if one["route"] == "objection"), None)
    return Decision.objects.create(
        number=number, system=case.version.system, version=case.version, case=case, corrects=sealed.corrects,
        subject=case.subject, territory=case.territory, action=sealed.action, outcome=sealed.outcome,
        reasons=sealed.reasons, factors=record["factors"], face_to_face=record["factors_face_to_face"],
        legal_basis=record["legal_basis"], routes=record["routes"], officer=officer, opened_at=sealed.opened_at,
        decided_at=sealed.decided_at, receipt=custody.make_receipt(ledger(), number),
        # no secret was printed yet: until a notice is, nothing opens the decision
        secret=fingerprint(number, new_secret()), secret_at=timezone.now(),
        last_day=datetime.date.fromisoformat(open_until) if open_until else None,
    )  # fmt: skip
