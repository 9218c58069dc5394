"""Outbox: messages are queued with what caused them, in the same transaction, and leave by `jazari hub tick`."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Mapping
from smtplib import SMTPException

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from jazari.hub.decisions.channels import Channel, channels
from jazari.hub.decisions.models import Message

_LOG = logging.getLogger("jazari.hub")
_WAITS = (5, 30, 120, 480, 1440)  # minutes before the next try


def queue(channel: str, kind: str, about: str, *, address: str, language: str, subject: str, body: str) -> Message:
    """Queue a message."""
    return Message.objects.create(
        channel=channel,
        kind=kind,
        about=about,
        address=address,
        language=language,
        subject=subject,
        body=body,
        next_at=timezone.now(),
    )


def send_due(most: int = 500) -> dict[str, int]:
    """Send what is due; how many reached which state. Two of these at once do not send a message twice."""
    ways = channels(settings.PROFILE.outbox, settings.PROFILE.data)
    counts: dict[str, int] = {}
    for _ in range(most):
        with transaction.atomic():
            due = Message.objects.filter(state="queued", next_at__lte=timezone.now()).order_by("next_at", "pk")
            if connection.features.has_select_for_update_skip_locked:
                due = due.select_for_update(skip_locked=True)
            message = due.first()
            if message is None:
                break
            state = _send(message, ways)
        counts[state] = counts.get(state, 0) + 1
    return counts


def _send(message: Message, ways: Mapping[str, Channel]) -> str:
    """Send one message. What it said and to whom is forgotten once it left."""
    try:
        message.state = ways[message.channel].send(message)
    except (OSError, SMTPException, ValueError) as trouble:
        message.trouble = type(trouble).__name__[:60]
        wait = _WAITS[message.tries] if message.tries < len(_WAITS) else None
        message.tries += 1
        message.state = "failed" if wait is None else "queued"
        message.next_at = timezone.now() + datetime.timedelta(minutes=wait or 0)
        _LOG.warning("message not sent", extra={"kind": message.kind, "count": message.tries})
    else:
        message.address = message.body = message.trouble = ""
        message.done_at = timezone.now()
    message.save()
    return "retried" if message.state == "queued" else str(message.state)
