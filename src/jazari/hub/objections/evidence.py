"""The evidence pack: all that a reviewer needs, assembled and sealed the moment an objection is filed.

Nobody can improve it afterwards: its SHA-256 stands in the entry of the objection.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from jazari.core.canonical import encode
from jazari.core.errors import JazariError
from jazari.hub.decisions.models import Decision, View
from jazari.hub.decisions.private import dossier_of
from jazari.hub.objections.uploads import read, write
from jazari.usecase.proceedings import inputs_of

SCHEMA = "jazari.objection-evidence/1"


def assemble(decision: Decision, grounds: str, attachments: list[dict[str, Any]], at: str) -> tuple[str, bytes]:
    """The pack of a decision as it stands now; its fingerprint and its bytes, kept among the attachments."""
    version, case = decision.version, decision.case
    document = {
        "schema": SCHEMA,
        "assembled_at": at,
        "objection": {"grounds": grounds, "attachments": attachments},
        "system": {
            "case": version.system.case, "slug": version.system.slug, "version": version.number,
            "dossier": version.digest, "fingerprints": version.facts.get("fingerprints", {}),
            "status": version.facts.get("status"), "findings": version.facts.get("findings", []),
            "waivers": version.facts.get("waivers", []), "files": version.facts.get("files", []),
        },
        "decision": {
            "number": decision.number, "corrects": decision.corrects, "outcome": decision.outcome,
            "action": decision.action, "reasons": decision.reasons, "officer": decision.officer.username,
            "opened_at": _iso(decision.opened_at), "decided_at": _iso(decision.decided_at),
            "routes": decision.routes, "legal_basis": decision.legal_basis,
        },
        "factors": {"written": decision.factors, "spoken": case.spoken if case else []},
        "inputs": _inputs(decision),
        "notices": [
            {"language": one.language, "at": _iso(one.made_at), "digest": one.digest}
            for one in decision.notices.order_by("pk")
        ],
        "views": [
            {"by": one.by.username, "purpose": one.purpose, "at": _iso(one.at)}
            for one in View.objects.filter(case=case).select_related("by").order_by("pk")
        ] if case else [],
    }  # fmt: skip
    content = encode(document)
    digest = hashlib.sha256(content).hexdigest()
    write(digest, content)
    return digest, content


def opened(digest: str) -> dict[str, Any] | None:
    """A pack as it was sealed; None where its bytes are no longer those that were."""
    try:
        content = read(digest)
    except OSError:
        return None
    if hashlib.sha256(content).hexdigest() != digest:
        return None
    found: dict[str, Any] = json.loads(content)
    return found


def _inputs(decision: Decision) -> dict[str, Any]:
    """What the system read of the person; an error's code where the private files are not here any more."""
    try:
        return inputs_of(dossier_of(decision.version), decision.subject)
    except JazariError as wrong:
        return {"missing": wrong.code}


def _iso(moment: Any) -> str:
    return moment.isoformat() if moment else ""
