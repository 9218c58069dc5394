"""Sealing: what a run, a waiver and a decision say in the ledger, in public and in the institution."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jazari.governance.events import Event, open_ledger
from jazari.usecase.decisions.permission import listed_period
from jazari.usecase.dossier import Dossier


def facts(dossier: Dossier) -> dict[str, str]:
    """What everybody may read in an entry: system, exact version (the digest of the dossier), model, declaration."""
    document = dossier.document
    model = document["files"].get("model.json")
    made = {
        "system": document["case"], "version": dossier.digest, "declaration": document["fingerprints"]["declaration"],
    }  # fmt: skip
    return {**made, "model": model["sha256"]} if model else made


def refuse_no_ledger(ledger: Path | str) -> None:
    """Refuse a ledger that cannot be opened before a long run begins (LedgerError)."""
    open_ledger(ledger).close()


def seal_run(dossier: Dossier, ledger: Path | str) -> int:
    """Seal that a run was made; gives the index of the entry.

    Raises:
        LedgerError: The ledger cannot be opened or written.
    """
    rows = (dossier.evidence.get("people") or dossier.evidence.get("reading") or {}).get
    record = {
        "dossier": dossier.digest, "rows": rows("n", rows("rows")), "status": dossier.status,
        "data": dossier.document["fingerprints"]["data"], "listed": listed_period(dossier),
    }  # fmt: skip
    events = [Event("run", record, facts(dossier)), *_issued(dossier)]
    with open_ledger(ledger) as opened:
        return opened.append(events)[0].index


def _issued(dossier: Dossier) -> list[Event]:
    """The forecast that a run issued, sealed before its truth is known; nothing where it issued none."""
    ahead, tables = dossier.evidence.get("ahead"), dossier.document["files"].get("forecasts.parquet")
    if not ahead or not tables:
        return []
    record = {"dossier": dossier.digest, "forecasts": tables["sha256"], "origin": ahead["origin"]}
    return [Event("forecast_issued", record, facts(dossier))]


def seal_waiver(dossier: Dossier, waiver: Mapping[str, Any], ledger: Path | str) -> int:
    """Seal a waiver that was signed beside a dossier; gives the index of the entry.

    Raises:
        LedgerError: The ledger cannot be opened or written.
    """
    record = {
        "dossier": dossier.digest, "waiver": waiver["digest"], "safeguard": waiver["safeguard"],
        "reasons": waiver["reason"], "signed_by": waiver["by"], "from": waiver["from"], "until": waiver["until"],
    }  # fmt: skip
    return _seal("waiver", dossier, record, ledger)


def _seal(kind: str, dossier: Dossier, record: Mapping[str, Any], ledger: Path | str) -> int:
    with open_ledger(ledger) as opened:
        return opened.append([Event(kind, record, facts(dossier))])[0].index
