"""Reviewers and officers who left an address are told of what is due soon and late, once each, and of nobody else's."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone


@pytest.fixture
def due(published, person, contested):
    from jazari.hub.objections.models import HelpRequest, Objection

    officer = person("officer")
    officer.email = "officer@example.ma"
    officer.save()
    named = contested(published(), officer)
    soon = timezone.localdate() + datetime.timedelta(4)
    Objection.objects.update(last_day=soon)
    HelpRequest.objects.update(last_day=soon)
    return named


def reviewer(person, email="reviewer@example.ma", **where):
    who = person("reviewer", **where)
    who.email, who.language = email, "ar"
    who.save()
    return who


def queued():
    from jazari.hub.decisions.models import Message

    return {(one.about[0], one.address) for one in Message.objects.filter(kind="reminder")}


def test_who_may_answer_is_reminded_once_while_it_is_soon_and_once_when_it_is_late(due, person):
    from jazari.hub.due import do_what_is_due
    from jazari.hub.objections.reminding import remind_due

    reviewer(person)
    assert do_what_is_due()["reminders"] == 2
    assert do_what_is_due()["reminders"] == 0
    assert remind_due(timezone.localdate() + datetime.timedelta(5)) == 2
    assert remind_due(timezone.localdate() + datetime.timedelta(6)) == 0


def test_nobody_is_told_of_what_they_may_not_answer(due, person):
    from jazari.hub.objections.reminding import remind_due

    reviewer(person, "elsewhere@example.ma", territory="MA-09")
    reviewer(person, "")
    remind_due()
    assert queued() == {("R", "officer@example.ma")}  # nor the officer of their own decision's objection


def test_a_reminder_says_a_number_a_day_and_a_page_and_nothing_of_anybody(due, person):
    from jazari.hub.decisions.models import Message
    from jazari.hub.objections.reminding import remind_due

    reviewer(person)
    remind_due()
    message = Message.objects.get(address="reviewer@example.ma")
    day = timezone.localdate() + datetime.timedelta(4)
    assert message.subject == f"{due['objection']} ينتظر جوابا"
    assert message.body.endswith(f"/ar/reviews/{due['objection']}/")
    assert str(day.year) in message.body


def test_what_is_far_off_or_answered_reminds_nobody(due, person):
    from jazari.hub.objections.models import HelpRequest, Objection
    from jazari.hub.objections.reminding import remind_due

    reviewer(person)
    Objection.objects.update(state="answered")
    HelpRequest.objects.update(last_day=timezone.localdate() + datetime.timedelta(30))
    assert remind_due() == 0


def test_people_say_on_their_own_page_where_they_are_reminded(person, client):
    who = person("reviewer")
    browser = client(who)
    assert 'type="email"' in browser.get("/fr/account/").content.decode()
    assert browser.post("/fr/account/", {"email": "not an address"}).status_code == 422
    assert browser.post("/fr/account/", {"email": "a@example.ma"}).status_code == 302
    who.refresh_from_db()
    assert who.email == "a@example.ma"
    browser.post("/fr/account/", {"email": ""})
    who.refresh_from_db()
    assert who.email == ""
