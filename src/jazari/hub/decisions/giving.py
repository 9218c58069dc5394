"""Giving a notice: printed with a new secret, or announced through the outbox; each is sealed."""

from __future__ import annotations

import hashlib
import logging

from django.db import transaction
from django.utils import timezone

from jazari.core.languages import translate
from jazari.hub.decisions import door, notice, outbox, sealing
from jazari.hub.decisions.models import Decision, Message, Notice
from jazari.hub.decisions.private import ledger
from jazari.hub.pages.language import sentence
from jazari.usecase.decisions.routes import routes
from jazari.usecase.proceedings import noticed

_LOG = logging.getLogger("jazari.hub")
SUBJECT = sentence("A decision about you or your child")
WAITS = sentence(
    "A decision about you or your child was taken. Its number is {number}. Its paper, with the secret that opens it, "
    "waits for you at: {contact}. The page: {address}"
)


def print_one(decision: Decision, language: str, address: str) -> tuple[bytes, str]:
    """Print a notice: the PDF, and the secret that stands on it and nowhere else.

    Each printing has a new secret, so that an older paper no longer opens the decision.
    The days of the routes run from the first notice.

    Raises:
        LedgerError: 6xx; then nothing is given.
    """
    with sealing.at_work(), transaction.atomic():
        return _print(decision, language, address)


def _print(decision: Decision, language: str, address: str) -> tuple[bytes, str]:
    decision = Decision.objects.select_for_update().select_related("version", "system", "officer").get(pk=decision.pk)
    now = timezone.now()
    if not decision.notices.exists():
        _count_again(decision)
    secret = door.new_secret()
    decision.secret, decision.secret_at = door.fingerprint(decision.number, secret), now
    decision.save(update_fields=["secret", "secret_at", "routes", "last_day"])
    made = notice.make(decision, language, secret, address)
    digest = hashlib.sha256(made).hexdigest()
    Notice.objects.create(decision=decision, language=language, digest=digest)
    Message.objects.create(
        channel="paper", kind="notice", about=decision.number, language=language, state="given", next_at=now,
        done_at=now,
    )  # fmt: skip
    noticed(ledger(), decision.number, channel="paper", language=language, digest=digest)
    _LOG.info("notice printed", extra={"kind": language})
    return made, secret


def announce(decision: Decision, channel: str, to: str, language: str, address: str) -> None:
    """Queue a message that says that a notice waits. The secret is never in it: it travels on paper alone.

    Raises:
        LedgerError: 6xx; then nothing is queued.
    """
    with sealing.at_work(), transaction.atomic():
        _announce(decision, channel, to, language, address)


def _announce(decision: Decision, channel: str, to: str, language: str, address: str) -> None:
    contact = notice.text_of(decision.version.declaration.get("contact", ""), language)
    body = translate(WAITS, language, number=decision.number, contact=contact, address=address)
    outbox.queue(
        channel, "notice", decision.number, address=to, language=language, subject=translate(SUBJECT, language),
        body=body,
    )  # fmt: skip
    digest = hashlib.sha256(body.encode()).hexdigest()
    noticed(ledger(), decision.number, channel=channel, language=language, digest=digest)


def _count_again(decision: Decision) -> None:
    """Count the days of the routes from the day of the first notice."""
    day = timezone.localdate()
    decision.routes = routes(decision.version.declaration, day)
    ends = [one["last_day"] for one in decision.routes if one["route"] == "objection"]
    decision.last_day = day.fromisoformat(ends[0]) if ends and ends[0] else None
