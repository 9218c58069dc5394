"""The life of a version: uploaded, approved by other people, published, replaced, retracted, archived."""

from __future__ import annotations

import datetime
import logging
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from jazari.core.errors import DeclarationError, PortalError, SafeguardError
from jazari.hub.accounts.models import User
from jazari.hub.network import log
from jazari.hub.register import entry as entries
from jazari.hub.register import forecasts, words
from jazari.hub.register.changes import between
from jazari.hub.register.charts import charts
from jazari.hub.register.curves import Drawn, draw
from jazari.hub.register.models import Approval, Curve, System, Version, Word
from jazari.hub.register.packs import Pack, read
from jazari.hub.register.verification import verify
from jazari.hub.register.views import entry_data, evidence_data
from jazari.usecase.proceedings import published, retracted

_LOG = logging.getLogger("jazari.hub")
_SECTORS = dict(words.SECTORS)
_UNREAD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, DeclarationError, DatabaseError)
"""What a document of a shape that no run writes raises on its way into the store and onto a page."""
_REVIEW_AFTER = datetime.timedelta(days=365)


def upload(content: bytes, pole: str, by: User) -> Version:
    """Take a pack in: check it, recompute what can be, draw its curves; nothing is public yet.

    Raises:
        PortalError: JZ-810 to JZ-815 the pack, JZ-817 it is here already. VerificationError: JZ-816.
    """
    pack = read(content)
    checks = verify(pack)
    drawn = draw(pack.model, pack.dossier["declaration"])
    keep(pack)
    try:
        with transaction.atomic():
            version = _take_in(pack, pole, by, checks, drawn)
    except _UNREAD as wrong:
        raise PortalError(
            "JZ-815", "a document of the pack cannot be read", where="the pack", found=type(wrong).__name__,
            fix="make the pack again from the dossier as the run wrote it.",
        ) from wrong  # fmt: skip
    _LOG.info("pack taken in", extra={"kind": pack.audience, "count": version.number})
    return version


def _take_in(pack: Pack, pole: str, by: User, checks: list[dict[str, Any]], drawn: list[Drawn]) -> Version:
    """Store a version and draw its pages once: what cannot be drawn now would fail before readers later."""
    system = _system(pack, pole)
    if system.versions.filter(digest=pack.dossier["digest"]).exclude(state=words.REFUSED).exists():
        raise PortalError(
            "JZ-817", "this dossier is in the register already", where=system.slug, found="the same fingerprint",
            fix="upload the pack of a later run, or publish the version that is waiting.",
        )  # fmt: skip
    version = _version(pack, system, by, checks)
    Curve.objects.bulk_create(
        Curve(version=version, place=place, columns=one.columns, facts=one.facts, drawing=one.drawing)
        for place, one in enumerate(drawn)
    )
    for template, data in (("entry", entry_data(system, version)), ("evidence", evidence_data(system, version))):
        render_to_string(f"register/{template}.html", {"data": data, "language": "fr"})
    return version


def keep(pack: Pack) -> Path:
    """Keep the archive under its own fingerprint, written beside and renamed."""
    folder = settings.PROFILE.data / "packs"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = Path(folder / f"{pack.sha256}.zip")
    if not path.exists():
        beside = path.with_suffix(f".{os.getpid()}.part")
        beside.write_bytes(pack.content)
        beside.replace(path)
    return path


def _system(pack: Pack, pole: str) -> System:
    case = str(pack.dossier.get("case", ""))[:100]
    slug = f"{case.replace('.', '-').replace('_', '-')}-{pole.lower()}"
    sector = case.partition(".")[0]
    defaults = {"slug": slug, "sector": sector if sector in _SECTORS else "administration", "territories": pole}
    return System.objects.select_for_update().get_or_create(case=case, pole=pole, defaults=defaults)[0]


def _version(pack: Pack, system: System, by: User, checks: list[dict[str, Any]]) -> Version:
    last = system.versions.first()
    said = {name: text for name, text in entries.said(pack).items() if text}
    rules = {one.get("safeguard") for one in (pack.dossier.get("declaration") or {}).get("safeguards", [])}
    kept = {name: text for name, text in (last.entry if last else {}).items() if name != "changes" and name not in said}
    return Version.objects.create(
        system=system,
        number=(last.number if last else 0) + 1,
        digest=pack.dossier["digest"],
        pack=pack.sha256,
        size=len(pack.content),
        recompute=pack.audience == "auditor",
        ran_at=entries.ran_at(pack),
        expires_on=entries.expires_on(pack),
        uploaded_by=by,
        phase=system.phase if last else "use",
        automation=_automation(pack, rules),
        territories=system.territories,
        entry=kept | said,
        facts=entries.facts(pack, checks) | {"drawings": charts(pack.evidence)},
        evidence=pack.evidence,
        declaration=pack.dossier.get("declaration") or {},
    )


def _automation(pack: Pack, rules: set[Any]) -> str:
    """The level of automation that a declaration says: who lists nobody informs."""
    if not forecasts.offers_help(pack.dossier.get("declaration") or {}):
        return "informs"
    return "proposes" if "human_decides" in rules else "decides"


def judge(version: Version, by: User, reason: str, *, good: bool) -> None:
    """Record what an approver said, once. One refusal ends the version.

    Raises:
        PortalError: JZ-818 it does not wait for approval, JZ-819 its entry is not said in full: what is approved is
            what will be read.
    """
    with transaction.atomic():
        held = _held(version)
        if held.approvals.filter(by=by).exists():
            return  # the same form sent twice
        _expect(held, words.UPLOADED)
        if good:
            _refuse_unsaid(held)
        Approval.objects.create(version=held, by=by, good=good, reason=reason)
        if not good:
            held.state, held.reason, held.ended_at = words.REFUSED, reason, timezone.now()
        elif held.approvals.filter(good=True).count() >= settings.PROFILE.eyes - 1:
            held.state = words.APPROVED
        held.save(update_fields=["state", "reason", "ended_at"])
    version.refresh_from_db(fields=["state", "reason", "ended_at"])


def _held(version: Version) -> Version:
    """A version as it stands now, held until the end of the transaction."""
    return Version.objects.select_for_update(of=("self",)).select_related("system").get(pk=version.pk)


def missing(version: Version) -> list[str]:
    """The fields of the entry that French or Arabic still lack, by name."""
    return [
        one.name
        for one in words.FIELDS
        if one.compulsory
        and (one.name != "help" or forecasts.offers_help(version.declaration))
        and not {"ar", "fr"} <= set(version.entry.get(one.name, {}))
    ]


def publish(version: Version, by: User | None = None) -> None:
    """Make a version public, in the place of the one before; sealed before it shows.

    Args:
        version: The version.
        by: Who publishes; its uploader where nobody is named.

    Raises:
        PortalError: JZ-818 not approved, JZ-819 something is not said, JZ-824 its evidence waits. SafeguardError:
            JZ-820 blocked, no waiver. LedgerError: 6xx; then nothing is published.
    """
    version.refresh_from_db(fields=["state", "facts", "recompute"])
    _expect(version, words.APPROVED)
    _refuse_unsaid(version)
    refuse_blocked(version)
    _refuse_unverified(version)
    now = timezone.now()
    with transaction.atomic():
        system = System.objects.select_for_update().get(pk=version.system_id)
        version.refresh_from_db(fields=["state"])  # somebody else may have published it meanwhile
        _expect(version, words.APPROVED)
        before = system.current
        if before and before.pk != version.pk:
            version.changes = between(before, version)
            Version.objects.filter(pk=before.pk, state=words.PUBLISHED).update(state=words.REPLACED, ended_at=now)
        version.state, version.published_at = words.PUBLISHED, now
        version.save(update_fields=["state", "published_at", "changes"])
        system.state, system.current, system.published_at = words.PUBLISHED, version, now
        system.title, system.purpose, system.owner = (
            version.entry.get(one, {}) for one in ("title", "purpose", "owner")
        )
        system.phase, system.automation, system.territories = version.phase, version.automation, version.territories
        system.review_by = min(filter(None, (version.expires_on, timezone.localdate() + _REVIEW_AFTER)))
        system.save()
        system.words.all().delete()
        found = entries.index_of(version.entry, system.case)
        Word.objects.bulk_create(Word(system=system, text=text, titled=titled) for text, titled in found.items())
        declaration = str(version.facts.get("fingerprints", {}).get("declaration", ""))
        name = (by or version.uploaded_by).username
        published(log.made(), system.case, version.digest, declaration=declaration, by=name)
    _LOG.info("published", extra={"count": version.number})


def _refuse_unsaid(version: Version) -> None:
    unsaid = missing(version)
    if unsaid:
        raise PortalError(
            "JZ-819",
            "the entry is not said in full",
            where=version.system.slug,
            found=", ".join(unsaid),
            fix="say each of them in French and in Arabic, then approve and publish.",
        )


def refuse_blocked(version: Version) -> None:
    """Refuse a dossier that was not audited, or that a broken safeguard blocks and no waiver in force covers.

    Raises:
        SafeguardError: JZ-820.
    """
    status, open_ones = version.facts.get("status"), entries.uncovered(version.facts, timezone.localdate())
    if open_ones or status not in ("publishable", "blocked"):
        raise SafeguardError(
            "JZ-820",
            "a blocked dossier is not published without its waiver",
            where=version.system.slug,
            found=f"status {status}; broken and not waived: {', '.join(open_ones) or 'nothing'}",
            fix="mend what is broken and run again, or have a waiver signed (`jazari waive`) and make the pack again; "
            "the waiver is public. A dossier that was not audited is run again with evidence.",
        )


def _refuse_unverified(version: Version) -> None:
    if version.recompute:
        raise PortalError(
            "JZ-824",
            "the evidence of this version is still to be recomputed",
            where=version.system.slug,
            found="an auditor pack that `jazari hub tick` has not come to yet",
            fix="publish again in a few minutes; if it still waits, the hub's timer does not run: start it.",
        )


def end(version: Version, state: str, reason: str, by: User | None = None) -> None:
    """Retract or archive what is published, sealed with its reason. The entry stays readable and says so.

    Raises:
        PortalError: JZ-818. LedgerError: 6xx; then it stays published.
    """
    with transaction.atomic():
        held = _held(version)
        _expect(held, words.PUBLISHED)
        held.state, held.reason, held.ended_at = state, reason, timezone.now()
        held.save(update_fields=["state", "reason", "ended_at"])
        System.objects.filter(pk=version.system_id).update(state=state, phase="ended")
        name = (by or held.uploaded_by).username
        retracted(log.made(), held.system.case, held.digest, reasons=reason, by=name)
    version.refresh_from_db(fields=["state", "reason", "ended_at"])
    _LOG.info("no longer published", extra={"kind": state})


def _expect(version: Version, state: str) -> None:
    if version.state != state:
        raise PortalError(
            "JZ-818",
            "the version is not in the state that this step needs",
            where=version.system.slug,
            found=words.STATES[version.state],
            fix=f"this step needs: {words.STATES[state]}.",
        )
