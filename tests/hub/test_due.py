"""Outbox, and what is due."""

from __future__ import annotations

import datetime
import json

import pytest
from django.utils import timezone

from jazari.core.errors import JazariError


def queue(channel="mail"):
    from jazari.hub.decisions import outbox

    return outbox.queue(channel, "notice", "D-1", address="a@b.example", language="ar", subject="إشعار", body="نص")


def test_a_message_leaves_as_a_file_and_its_words_are_forgotten(db, tmp_path):
    from jazari.hub.decisions.outbox import send_due

    message = queue("paper")
    assert send_due() == {"sent": 1}
    assert send_due() == {}
    written = json.loads((tmp_path / "outbox" / f"{message.pk:08d}.json").read_text(encoding="utf-8"))
    assert written["body"] == "نص"
    message.refresh_from_db()
    assert (message.state, message.body, message.address) == ("sent", "", "")


def test_a_message_that_cannot_leave_is_tried_again_later_and_then_given_up(db, monkeypatch):
    from jazari.hub.decisions import outbox

    class Down:
        def send(self, message):
            raise OSError("refused")

    monkeypatch.setattr(outbox, "channels", lambda said, data: {"mail": Down()})
    message = queue()
    states = []
    for _ in range(7):
        outbox.send_due()
        message.refresh_from_db()
        states.append(message.state)
        message.next_at = timezone.now() - datetime.timedelta(minutes=1)
        message.save()
    assert states == ["queued"] * 5 + ["failed"] * 2
    assert (message.tries, message.trouble, message.body) == (6, "OSError", "نص")


@pytest.mark.parametrize(
    ("answer", "state"),
    [(b'{"state": "delivered"}', "delivered"), (b'{"id": 3}', "sent"), (b"ok", "sent"), (b"[]", "sent")],
)
def test_a_gateways_answer_is_the_delivery_state(db, monkeypatch, answer, state):
    import io
    import urllib.request

    from jazari.hub.decisions.channels import Gateway

    asked = []

    def open_(request, timeout):
        asked.append((request.full_url, request.headers["Authorization"], json.loads(request.data)))
        return io.BytesIO(answer)

    monkeypatch.setattr(urllib.request, "urlopen", open_)
    assert Gateway("https://sms.example/send", "t").send(queue("sms")) == state
    assert asked == [("https://sms.example/send", "Bearer t", {"to": "a@b.example", "text": "نص"})]


def test_the_ways_out_are_read_from_the_profile(tmp_path):
    from jazari.hub.decisions.channels import Gateway, Mail, channels

    found = channels(
        "file smtp://u:p%20w@mail.example:465/no-reply@hub.example sms+https://:tok@sms.example:8443/x?y=1", tmp_path
    )
    assert found["mail"] == Mail("mail.example", 465, "u", "p w", "no-reply@hub.example")
    assert found["sms"] == Gateway("https://sms.example:8443/x?y=1", "tok")
    for wrong in ("ftp://x", "smtp://", "sms+http://x"):
        with pytest.raises(JazariError, match="JZ-821"):
            channels(wrong, tmp_path)


def test_a_mail_goes_out_over_tls_only(db, monkeypatch):
    import smtplib

    from jazari.hub.decisions.channels import Mail

    said = []

    class Server:
        def __init__(self, host, port, timeout):
            said.append((host, port))

        def __enter__(self):
            return self

        def __exit__(self, *_):
            said.append("quit")

        def starttls(self, context):
            said.append("tls")

        def login(self, user, password):
            said.append("login")

        def send_message(self, letter):
            said.append(letter.get_content().strip())

    monkeypatch.setattr(smtplib, "SMTP", Server)
    assert Mail("mail.example", 587, "u", "p", "x@y.example").send(queue()) == "sent"
    assert said == [("mail.example", 587), "tls", "login", "نص", "quit"]


def test_what_is_due_is_done_once_and_names_nobody(db, tmp_path):
    from jazari.hub.accounts import tally
    from jazari.hub.accounts.models import Tally
    from jazari.hub.due import do_what_is_due

    tally.FEEDBACK.take("203.0.113.9")
    assert "203.0.113.9" not in Tally.objects.get().key
    Tally.objects.update(until=timezone.now() - datetime.timedelta(minutes=1))
    assert do_what_is_due()["tallies ended"] == 1
    assert do_what_is_due()["tallies ended"] == 0
