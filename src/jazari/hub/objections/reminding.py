"""Reminding: whoever may answer what is due soon, or late, is told by mail: a number, its last day, a page."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from jazari.core.languages import translate
from jazari.hub.accounts.models import User
from jazari.hub.decisions import outbox
from jazari.hub.objections.closing import OPEN
from jazari.hub.objections.models import HelpRequest, Objection, Reminder
from jazari.hub.objections.rules import may_answer_request, may_review
from jazari.hub.pages import formats
from jazari.hub.pages.language import sentence

SOON = datetime.timedelta(days=5)
DUE = sentence("{number} waits for an answer")
LATE = sentence("{number} is overdue")
BODY = sentence("The last day is {day}. The page: {address}")


def remind_due(today: datetime.date | None = None) -> int:
    """Queue what is due within five days, once, and what is late, once; how many messages."""
    day = today or timezone.localdate()
    people = _people()
    queued = 0
    for one, route in _due(day):
        late = one.last_day < day
        for person in people:
            may = may_review if isinstance(one, Objection) else may_answer_request
            if may(person, one):
                queued += _remind(person, one, route, late=late)
    return queued


def _people() -> list[User]:
    """Who left an address; the rules are asked what they might do once they are signed in."""
    found = list(User.objects.filter(is_active=True).exclude(email=""))
    for person in found:
        person.is_proven = True  # nobody is let in: only their appointments are read
    return found


def _due(day: datetime.date) -> Iterator[tuple[Objection | HelpRequest, str]]:
    soon = {"state__in": OPEN, "last_day__lte": day + SOON}
    for objection in Objection.objects.filter(**soon).select_related("decision__system", "decision__case"):
        yield objection, "objections:review"
    for asked in HelpRequest.objects.filter(**soon).select_related("system"):
        yield asked, "objections:request"


@transaction.atomic
def _remind(person: User, one: Objection | HelpRequest, route: str, *, late: bool) -> int:
    if not Reminder.objects.get_or_create(user=person, about=one.number, late=late)[1]:
        return 0
    language, profile = person.language, settings.PROFILE
    home = "http://127.0.0.1:8000" if profile.demo else f"https://{profile.hosts[0]}"
    address = home + reverse(route, args=[language, one.number])
    shown = formats.day(one.last_day, language)
    outbox.queue(
        "mail", "reminder", one.number, address=person.email, language=language,
        subject=translate(LATE if late else DUE, language, number=one.number),
        body=translate(BODY, language, day=shown, address=address),
    )  # fmt: skip
    return 1
