"""Permission: whether a dossier's list may be used today. What safeguards said they would enforce is enforced here."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from jazari.core.canonical import digest_without
from jazari.core.errors import SafeguardError, VerificationError
from jazari.core.periods import Duration
from jazari.governance.events import Ledger
from jazari.governance.safeguards.expires import Expires
from jazari.governance.safeguards.shadow_first import ShadowFirst
from jazari.schema.inspection import Inspection
from jazari.usecase.decisions.decision import day_of
from jazari.usecase.dossier import Dossier
from jazari.usecase.waivers import effective_status

_OUTCOME_KNOWN = "P12M"  # where the declaration does not say when an outcome is known


def safeguards(dossier: Dossier, name: str) -> Iterator[Mapping[str, Any]]:
    """The safeguards of that name in a dossier's declaration, as documents."""
    return (one for one in dossier.document["declaration"]["safeguards"] if one["safeguard"] == name)


def run_at(dossier: Dossier) -> datetime.datetime:
    """When the run of a dossier ended."""
    return datetime.datetime.fromisoformat(dossier.document["run"]["finished"])


def last_day(dossier: Dossier) -> datetime.date | None:
    """The last day on which the answers of a dossier may be used; None where the declaration sets none."""
    ends = [Expires(one["after"]).end(day_of(run_at(dossier))) for one in safeguards(dossier, Expires.name)]
    return min(ends, default=None)


def refuse_use(dossier: Dossier, now: datetime.datetime) -> None:
    """Refuse a dossier whose list may not be used now.

    Raises:
        VerificationError: JZ-226, the dossier's own digest does not fit.
        SafeguardError: JZ-690 it is blocked or unaudited, JZ-691 its answers have ended.
    """
    if digest_without(dossier.document, "digest") != dossier.digest:
        raise VerificationError(
            "JZ-226", "dossier.json is not what the run wrote", where=str(dossier.path), found="another digest",
            fix="fetch the dossier again from where it was made; `jazari verify` says what else differs.",
        )  # fmt: skip
    status = effective_status(dossier, day_of(now))
    if status != "publishable":
        broken = sorted({one["safeguard"] for one in dossier.document["findings"] if one["state"] == "broken"})
        raise SafeguardError(
            "JZ-690", f"this dossier is {status}: nobody is decided on with it", where=str(dossier.path),
            found=f"broken: {', '.join(broken) or 'none'}",
            fix="mend what the safeguards found and run again; where a safeguard can be waived: `jazari waive`.",
        )  # fmt: skip
    refuse_ended(dossier, now)


def refuse_ended(dossier: Dossier, now: datetime.datetime) -> None:
    """Refuse a dossier whose answers have ended, to decide on and to list with alike.

    Raises:
        SafeguardError: JZ-691.
    """
    end = last_day(dossier)
    if end is not None and day_of(now) > end:
        raise SafeguardError(
            "JZ-691", "the answers of this dossier have ended", where=str(dossier.path),
            found=f"the last day was {end}", fix="run the use case again on newer data.",
        )  # fmt: skip


def refuse_untried(dossier: Dossier, ledger: Ledger, now: datetime.datetime) -> None:
    """Refuse a new system that has not yet watched its full cycles.

    A cycle was watched when an earlier run of the system, on an earlier period, was sealed here and the outcomes of the
    people it would have listed are known since. The time is the ledger's, so it cannot be made up afterwards.

    Raises:
        SafeguardError: JZ-692.
    """
    declared = [ShadowFirst(one["cycles"]) for one in safeguards(dossier, ShadowFirst.name)]
    if not declared:
        return
    seen = _cycles(dossier, ledger, now)
    history = Inspection(case=dossier.document["case"], history={"shadow_cycles": seen})
    for one in declared:
        if one.check(history).state != "holds":
            raise SafeguardError(
                "JZ-692", "a new system watches before it lists anyone", where=f"safeguard '{one.name}'",
                found=f"{seen} of {one.cycles} full cycles watched",
                fix="seal each run with `jazari run ... --ledger DIR`; when the outcomes of an earlier run are known, "
                "its cycle counts.",
            )  # fmt: skip


def _cycles(dossier: Dossier, ledger: Ledger, now: datetime.datetime) -> int:
    known = [one.get("known_after") for one in dossier.document["declaration"]["table"]["columns"]]
    wait = Duration.parse(next((one for one in known if one), _OUTCOME_KNOWN))
    listed = listed_period(dossier)
    watched = set()
    for row in ledger.records("run"):
        record, entry = row["record"] or {}, next(ledger.entries(row["index"]))
        is_earlier = bool(record.get("listed") and listed and record["listed"] < listed)
        known_on = wait.after(day_of(datetime.datetime.fromisoformat(entry["at"])))
        if entry["system"] == dossier.document["case"] and is_earlier and known_on <= day_of(now):
            watched.add(record["listed"])
    return len(watched)


def listed_period(dossier: Dossier) -> str | None:
    """The period whose people a dossier lists; None where its table has no periods."""
    return (dossier.evidence.get("split") or {}).get("listed")
