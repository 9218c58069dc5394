"""Decide: a named person's decisions on listed people, checked against the safeguards and sealed in the ledger."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jazari.core.languages import LANGUAGES
from jazari.governance.events import Event, open_ledger, shown
from jazari.governance.safeguards.human_decides import HumanDecides
from jazari.schema.records import Finding
from jazari.schema.table import Table
from jazari.usecase.decisions.decision import Decision, checked, day_of, refuse_twice
from jazari.usecase.decisions.factors import factors
from jazari.usecase.decisions.listing import Listing
from jazari.usecase.decisions.past import Past, plain
from jazari.usecase.decisions.permission import refuse_untried, refuse_use, run_at, safeguards
from jazari.usecase.decisions.reading import read
from jazari.usecase.decisions.review import Taken, judge
from jazari.usecase.decisions.routes import routes
from jazari.usecase.dossier import Dossier
from jazari.usecase.rebuild import table_of_document
from jazari.usecase.sealing import facts

__all__ = ["Decided", "Decision", "decide", "read"]


@dataclass(frozen=True)
class Decided:
    """What was sealed.

    Attributes:
        numbers: The number of each decision by key, in the order of the batch, as it is printed.
        review: What the pattern of each officer's decisions shows.
        records: What was sealed of each decision, by key: what a notice is made of.
    """

    numbers: Mapping[str, str]
    review: tuple[Finding, ...]
    records: Mapping[str, Mapping[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """`{"decisions": [{"key", "number"}], "review": [...]}`."""
        return {
            "decisions": [{"key": key, "number": number} for key, number in self.numbers.items()],
            "review": [one.as_json() for one in self.review],
        }


def decide(
    dossier: Dossier, ledger: Path | str, decisions: Sequence[Decision], *, now: datetime.datetime | None = None
) -> Decided:
    """Seal decisions on people whom a dossier's list selected: all of them or none.

    Args:
        dossier: The dossier, with its private files.
        ledger: The ledger's folder.
        decisions: The batch.
        now: The moment of deciding.

    Raises:
        SafeguardError: JZ-690 a blocked or unaudited dossier, JZ-691 answers that ended, JZ-692 a system that has not
            watched first, JZ-693 a list that was copied.
        DataError: JZ-681, JZ-682, JZ-685 to JZ-687 a decision that cannot be; JZ-683 and JZ-684 a person who is not
            selected; JZ-609 a national identity number.
        DeclarationError: JZ-688, no list here. VerificationError: JZ-226, JZ-227, a file was changed.
        LedgerError: 6xx; nothing was sealed.
    """
    moment = now or datetime.datetime.now(tz=datetime.UTC)
    refuse_use(dossier, moment)
    listing = Listing.of(dossier)
    written = checked(decisions, run_at(dossier), moment)
    rows = listing.find([one.key for one in written])
    batch = [replace(one, key=str(row["key"])) for one, row in zip(written, rows, strict=True)]  # 0123 is 123
    refuse_twice(batch)
    table = table_of_document(dossier.document["declaration"])
    days = [day_of(one.decided_at or moment) for one in batch]
    ways = {day: routes(dossier.document["declaration"], day) for day in set(days)}
    records = [
        {**_record(dossier, one, row, table, listing.terms), "routes": ways[day]}
        for one, row, day in zip(batch, rows, days, strict=True)
    ]
    with open_ledger(ledger) as opened, opened.locked():  # so that nobody decides on the same person meanwhile
        refuse_untried(dossier, opened, moment)
        past = Past.of(opened, dossier.digest, batch)
        past.refuse_repeated(batch, opened)
        findings = judge(_who(dossier), past.taken(), [_taken(one) for one in batch])
        public = facts(dossier)
        events = [
            Event("decision", record, public, subject=one.key) for one, record in zip(batch, records, strict=True)
        ]
        receipts = opened.append([*events, *_review(dossier, past, findings)])
    numbers = {one.key: shown(str(receipt.number)) for one, receipt in zip(batch, receipts, strict=False)}
    return Decided(numbers, tuple(findings), {one.key: record for one, record in zip(batch, records, strict=True)})


def _who(dossier: Dossier) -> HumanDecides:
    """Who was declared to decide; the law asks for a person even where nothing was declared."""
    said = [one["who"] for one in safeguards(dossier, HumanDecides.name)]
    return HumanDecides(next(iter(said), "named person"))


def _taken(decision: Decision) -> Taken:
    return Taken(decision.officer, decision.action, decision.reasons, decision.seconds)


def _record(
    dossier: Dossier, decision: Decision, row: Mapping[str, Any], table: Table, terms: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """What the institution and the person concerned see of a decision; what a notice is made of."""
    declaration = dossier.document["declaration"]
    weighed = factors(row, terms, table, LANGUAGES)
    record = {
        "dossier": dossier.digest, "title": declaration["title"] or dossier.document["case"],
        "outcome": decision.outcome, "action": decision.action, "reasons": decision.reasons,
        "officer": decision.officer, "role": _who(dossier).who, "help": declaration["help"]["what"],
        "opened_at": _iso(decision.opened_at), "decided_at": _iso(decision.decided_at),
        "legal_basis": declaration["legal_basis"], "owner": declaration["owner"], "contact": declaration["contact"],
        "factors": list(weighed.written), "factors_face_to_face": len(weighed.spoken),
    }  # fmt: skip
    return {**record, "corrects": plain(decision.corrects)} if decision.corrects else record


def _review(dossier: Dossier, past: Past, findings: Sequence[Finding]) -> list[Event]:
    """The review to seal: what somebody else should look into, said once an officer."""
    said = {(one["sentence"], one["values"]["officer"]) for one in past.reviewed}
    new = [one for one in findings if one.state != "holds" and (one.sentence, one.values["officer"]) not in said]
    record = {"by": "jazari decide", "dossier": dossier.digest, "findings": [one.as_json() for one in new]}
    return [Event("review", record, facts(dossier))] if new else []


def _iso(moment: datetime.datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
