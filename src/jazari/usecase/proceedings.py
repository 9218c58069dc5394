"""Proceedings: what follows a list and a decision, sealed: a look at a case, a notice, an objection, an answer.

Free text of people is never sealed itself: its SHA-256 is, and the text stays with who keeps the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jazari.governance.events import Event, open_ledger, shown
from jazari.usecase.decisions.listing import Listing
from jazari.usecase.dossier import Dossier
from jazari.usecase.sealing import facts


def published(ledger: Path | str, case: str, dossier: str, *, declaration: str, by: str) -> None:
    """Seal that a version was put into use.

    Args:
        ledger: The ledger's folder.
        case: The name of the system.
        dossier: The digest of the dossier: the exact version.
        declaration: The SHA-256 of its declaration.
        by: Who published.

    Raises:
        DeclarationError: JZ-607, a name or a fingerprint that cannot be one. LedgerError: 6xx; nothing was sealed.
    """
    public = {"system": case, "version": dossier, "declaration": declaration}
    _seal(ledger, Event("publish", {"dossier": dossier, "by": by}, public))


def retracted(ledger: Path | str, case: str, dossier: str, *, reasons: str, by: str) -> None:
    """Seal that a version was taken out of use, with its reasons. Arguments and errors as `published`."""
    _seal(ledger, Event("retract", {"reasons": reasons, "by": by}, {"system": case, "version": dossier}))


def looked(dossier: Dossier, ledger: Path | str, *, key: str, purpose: str, officer: str) -> None:
    """Seal that a case of a list was opened.

    Args:
        dossier: The dossier whose list it is on.
        ledger: The ledger's folder.
        key: Whom the case is about.
        purpose: What for.
        officer: Who looked.

    Raises:
        LedgerError: 6xx; nothing was sealed.
    """
    record = {"by": officer, "purpose": purpose, "dossier": dossier.digest}
    _seal(ledger, Event("view", record, _system(dossier), subject=key))


def looked_at(ledger: Path | str, number: str, *, purpose: str, officer: str) -> None:
    """Seal that somebody read what was filed or decided under a number.

    Args:
        ledger: The ledger's folder.
        number: The number of the decision or of the request.
        purpose: What for.
        officer: Who read.

    Raises:
        LedgerError: JZ-612, not a number; 6xx; nothing was sealed.
    """
    _seal(ledger, Event("view", {"by": officer, "purpose": purpose}, number=number))


def noticed(ledger: Path | str, number: str, *, channel: str, language: str, digest: str) -> None:
    """Seal that the person concerned was told of a decision.

    Args:
        ledger: The ledger's folder.
        number: The decision's number.
        channel: `paper`, `mail` or `sms`.
        language: The language of the notice.
        digest: The SHA-256 of what was given.

    Raises:
        LedgerError: JZ-612, not a number; 6xx.
    """
    _seal(ledger, Event("notice", {"channel": channel, "language": language, "digest": digest}, number=number))


def objected(ledger: Path | str, number: str, record: Mapping[str, Any]) -> bytes:
    """Seal an objection to a decision; its receipt, as a `.tlog-proof` file.

    Args:
        ledger: The ledger's folder.
        number: The decision's number.
        record: `grounds` (their SHA-256), `evidence` (that of the pack) and what else is kept of it.

    Raises:
        LedgerError: JZ-612, not a number; 6xx.
    """
    return _seal(ledger, Event("objection", record, number=number))[1]


def asked(dossier: Dossier, ledger: Path | str, record: Mapping[str, Any]) -> tuple[str, bytes]:
    """Seal a request for help without any score; its number as printed, and its receipt.

    Args:
        dossier: The dossier of the system whose help it is.
        ledger: The ledger's folder.
        record: `help` and what else is kept of the request, texts as their SHA-256.

    Raises:
        LedgerError: 6xx.
    """
    return _seal(ledger, Event("help_request", record, _system(dossier)))


def answered(ledger: Path | str, number: str, *, outcome: str, reasons: str, officer: str, about: str) -> None:
    """Seal the answer to an objection or a request.

    Args:
        ledger: The ledger's folder.
        number: The number of the decision objected to, or of the request.
        outcome: How it ended.
        reasons: The SHA-256 of the reply.
        officer: Who answered.
        about: The number of the objection or request by which the person follows it.

    Raises:
        LedgerError: JZ-612, not a number; 6xx.
    """
    record = {"outcome": outcome, "reasons": reasons, "officer": officer, "about": about}
    _seal(ledger, Event("answer", record, number=number))


def inputs_of(dossier: Dossier, key: str) -> dict[str, Any]:
    """The inputs behind one person's place on a list, for whoever reviews the decision; no score is among them.

    Raises:
        DataError: JZ-683 not on the list, JZ-684 not selected. DeclarationError: JZ-688. VerificationError: JZ-227.
    """
    row = Listing.of(dossier).find([key])[0]
    return {"inputs": row["inputs"], "site": row["site"], "territory": row["territory"]}


def _system(dossier: Dossier) -> dict[str, str]:
    return {name: value for name, value in facts(dossier).items() if name in ("system", "version")}


def _seal(ledger: Path | str, event: Event) -> tuple[str, bytes]:
    with open_ledger(ledger) as opened:
        receipt = opened.append([event])[0]
        return shown(str(receipt.number or "")), receipt.text()
