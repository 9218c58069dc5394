"""Signing in: the second factor, lockout, sessions that end, passwords, appointments, tokens."""

from __future__ import annotations

import base64
import dataclasses
import datetime
import re
import time

import pytest
from django.utils import timezone

from jazari.hub.accounts import totp

_PASSWORD = "quatre mots sans rapport"  # noqa: S105  of an account that lives for one test


@pytest.fixture
def strict(db, monkeypatch):
    """The production profile's second factor."""
    monkeypatch.setattr(db, "PROFILE", dataclasses.replace(db.PROFILE, demo=False))
    return db


@pytest.fixture
def amina(person):
    user = person("administrator", username="amina")
    user.set_password(_PASSWORD)
    user.save()
    return user


def test_codes_are_those_of_the_standard():
    # RFC 6238, appendix B, SHA-1, eight digits; the secret is the ASCII text of the RFC.
    secret = base64.b32encode(b"12345678901234567890").decode()
    golden = {
        59: "94287082",
        1111111109: "07081804",
        1111111111: "14050471",
        1234567890: "89005924",
        2000000000: "69279037",
        20000000000: "65353130",
    }
    assert {moment: totp.code(secret, moment // 30, 8) for moment in golden} == golden


def test_a_code_is_taken_one_step_early_or_late_and_once():
    secret = totp.make_secret()
    step = 1_700_000_000 // 30
    for away, taken in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        found = totp.step_of(secret, totp.code(secret, step + away), 0, step * 30)
        assert (found == step + away) is taken
    assert totp.step_of(secret, totp.code(secret, step), step, step * 30) is None
    assert totp.step_of(secret, "é23 456", 0, step * 30) is None


def sign_in(browser, password=_PASSWORD, name="amina"):
    return browser.post("/fr/login/", {"username": name, "password": password})


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(client, amina):
    wrong_password, wrong_name = sign_in(client(), "x" * 12), sign_in(client(), name="nobody")
    assert wrong_password.status_code == wrong_name.status_code == 422
    shown = [answer.content.decode().replace("nobody", "amina") for answer in (wrong_password, wrong_name)]
    assert [page.count("Le nom ou le mot de passe est faux") for page in shown] == [1, 1]


def test_five_wrong_tries_lock_an_account_even_against_the_right_password(client, amina):
    codes = [sign_in(client(), "wrong password!").status_code for _ in range(5)]
    assert codes == [422] * 5
    assert sign_in(client()).status_code == 429
    assert sign_in(client(), name="AMINA").status_code == 429


def test_staff_give_a_second_factor_before_any_page_of_theirs(client, amina, strict):
    browser = client()
    assert sign_in(browser)["Location"] == "/fr/login/prove/"
    assert browser.get("/fr/people/")["Location"] == "/fr/login/prove/"
    assert browser.get("/fr/login/prove/")["Location"] == "/fr/login/enrol/"
    page = browser.get("/fr/login/enrol/").content.decode()
    secret = browser.session["enrolling"]
    assert secret in page
    done = browser.post("/fr/login/enrol/", {"code": totp.code(secret, int(time.time()) // 30)})
    assert done.status_code == 302
    assert browser.get("/fr/people/").status_code == 200
    amina.refresh_from_db()
    assert amina.totp_secret == secret


def test_a_second_factor_is_asked_for_each_time_and_not_set_up_again(client, amina, strict):
    amina.totp_secret = totp.make_secret()
    amina.save()
    browser = client()
    sign_in(browser)
    assert browser.get("/fr/login/prove/")["Location"] == "/fr/login/code/"
    assert browser.get("/fr/login/enrol/")["Location"] == "/fr/login/code/"
    assert browser.get("/fr/login/password/")["Location"] == "/fr/login/prove/"
    assert browser.post("/fr/login/code/", {"code": "000000"}).status_code == 422
    step = int(time.time()) // 30
    assert browser.post("/fr/login/code/", {"code": totp.code(amina.totp_secret, step)}).status_code == 302
    assert browser.get("/fr/account/").status_code == 200
    other = client()
    sign_in(other)
    assert other.post("/fr/login/code/", {"code": totp.code(amina.totp_secret, step)}).status_code == 422


def test_five_wrong_codes_end_the_session(client, amina, strict):
    amina.totp_secret = totp.make_secret()
    amina.save()
    browser = client()
    sign_in(browser)
    codes = [browser.post("/fr/login/code/", {"code": "000000"}).status_code for _ in range(6)]
    assert codes == [422] * 5 + [429]
    assert "/login/" in browser.get("/fr/account/")["Location"]


def test_a_session_ends_after_ten_hours(client, amina):
    browser = client(amina)
    session = browser.session
    session["since"] = time.time() - 10 * 3600 - 1
    session.save()
    assert browser.get("/fr/account/")["Location"] == "/fr/login/"


def test_a_page_of_staff_is_kept_by_no_cache(client, amina):
    assert client(amina).get("/fr/account/")["Cache-Control"] == "no-store"


def test_after_signing_in_nobody_is_sent_to_another_site(client, amina):
    for wanted in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"):
        browser = client()
        browser.post("/fr/login/", {"username": "amina", "password": _PASSWORD, "next": wanted})
        assert browser.get("/fr/login/prove/")["Location"] == "/fr/account/"


def test_a_first_password_has_to_be_changed(client, amina):
    amina.must_change = True
    amina.save()
    browser = client(amina)
    assert browser.get("/fr/people/")["Location"] == "/fr/login/prove/"
    assert browser.get("/fr/login/prove/")["Location"] == "/fr/login/password/"
    for new in ("short", "password1234", "123456789012", _PASSWORD):
        assert browser.post("/fr/login/password/", {"old": _PASSWORD, "new": new}).status_code == 422
    assert browser.post("/fr/login/password/", {"old": _PASSWORD, "new": "cinq autres mots choisis"}).status_code == 302
    assert browser.get("/fr/people/").status_code == 200


def test_passwords_are_kept_by_argon2(amina):
    assert amina.password.startswith("argon2")


def test_the_administrator_appoints_others_and_never_themselves(client, amina):
    from jazari.hub.accounts.models import Appointment, User

    browser = client(amina)
    said = {"username": "karim", "name": "K. B., direction provinciale", "role": "publisher", "territory": "MA-03"}
    page = browser.post("/fr/people/", said).content.decode()
    karim = User.objects.get(username="karim")
    assert karim.must_change
    assert karim.appointments.get().territory == "MA-03"
    assert "Premier mot de passe" in page
    assert "Premier mot de passe" not in browser.get("/fr/people/").content.decode()
    assert browser.post("/fr/people/", said | {"username": "Amina"}).status_code == 422
    browser.post(f"/fr/people/{karim.appointments.get().pk}/end/")
    assert not karim.appointments.exists()
    last = Appointment.objects.get(user=amina)
    browser.post(f"/fr/people/{last.pk}/end/")
    assert Appointment.objects.filter(pk=last.pk).exists()  # the last administrator stays


def test_signing_out_takes_a_form_so_that_no_link_does_it(client, amina):
    browser = client(amina)
    browser.get("/fr/logout/")
    assert browser.get("/fr/account/").status_code == 200
    browser.post("/fr/logout/")
    assert browser.get("/fr/account/").status_code == 302


def test_a_form_of_another_site_is_refused(amina):
    from django.test import Client

    assert (
        Client(enforce_csrf_checks=True).post("/fr/login/", {"username": "amina", "password": _PASSWORD}).status_code
        == 403
    )


def test_who_lost_the_second_factor_begins_again_and_nothing_of_before_holds(client, amina, person, strict):
    from jazari.hub.accounts.models import Token

    lost = person("publisher", username="lost")
    lost.totp_secret = totp.make_secret()
    lost.save()
    Token.issue(lost, "pole", timezone.now() + datetime.timedelta(days=1))
    before = client(lost)
    admin = client(amina)
    session = admin.session
    session["factor"] = amina.pk
    session.save()
    page = admin.post(f"/fr/people/{lost.pk}/reset/").content.decode()
    password = re.search(r"<code>([\w-]{12,})</code>", page)[1]
    assert password not in admin.get(f"/fr/people/{lost.pk}/reset/").content.decode()
    lost.refresh_from_db()
    assert (lost.totp_secret, lost.must_change, lost.tokens.count()) == ("", True, 0)
    assert "/login/" in before.get("/fr/account/")["Location"]
    again = client()
    again.post("/fr/login/", {"username": "lost", "password": password})
    assert again.get("/fr/login/prove/")["Location"] == "/fr/login/enrol/"


def test_nobody_resets_themselves(client, amina):
    assert client(amina).post(f"/fr/people/{amina.pk}/reset/").status_code == 403


def test_the_keeper_of_the_machine_lets_the_last_administrator_begin_again(amina, db):
    from jazari.core.errors import PortalError
    from jazari.hub.server import reset

    path = reset(db.PROFILE, "amina")
    name, password = path.read_text().split()
    amina.refresh_from_db()
    assert (name, amina.check_password(password), path.stat().st_mode & 0o777) == ("amina", True, 0o600)
    with pytest.raises(PortalError, match="JZ-823"):
        reset(db.PROFILE, "nobody")


def test_a_publisher_issues_a_token_that_is_shown_once_and_ends_it(client, person, pack):
    from django.core.files.uploadedfile import SimpleUploadedFile

    publisher = person("publisher")
    browser = client(publisher)
    page = browser.post("/fr/account/tokens/", {"label": "server", "days": "30"}).content.decode()
    token = re.search(r"<code>([\w-]{40,})</code>", page)[1]
    assert token not in browser.get("/fr/account/tokens/").content.decode()
    held = publisher.tokens.get()
    assert 29 <= (held.until - timezone.now()).days <= 30

    def send():
        data = {"pole": "MA-03", "pack": SimpleUploadedFile("x.zip", pack())}
        return client().post("/api/packs", data, headers={"authorization": f"Bearer {token}"}).status_code

    assert send() == 201
    assert client(person("publisher")).post(f"/fr/account/tokens/{held.pk}/end/").status_code == 403
    assert browser.post(f"/fr/account/tokens/{held.pk}/end/").status_code == 302
    assert send() == 401


@pytest.mark.parametrize("days", ["0", "366", "-1", "", "x"])
def test_a_token_is_issued_for_no_other_time_than_the_form_offers(client, person, days):
    publisher = person("publisher")
    assert client(publisher).post("/fr/account/tokens/", {"label": "x", "days": days}).status_code == 422
    assert not publisher.tokens.exists()


def test_an_office_behind_one_address_signs_in_without_locking_itself_out(client, amina):
    assert [sign_in(client()).status_code for _ in range(35)] == [302] * 35


def test_an_appointment_ends_in_the_future_and_names_a_system_of_the_register(client, person):
    browser = client(person("administrator"))
    said = {"username": "x", "name": "X", "role": "officer"}
    assert browser.post("/fr/people/", said | {"until": "2020-01-01"}).status_code == 422
    assert browser.post("/fr/people/", said | {"system": "other-system"}).status_code == 422
    assert browser.post("/fr/people/", said | {"until": "2099-01-01"}).status_code == 200


def test_somebody_who_can_appoint_people_always_stays(client, person):
    from jazari.hub.accounts.models import Appointment, User

    one, other = person("administrator", username="one"), person("administrator", username="other")
    mine, theirs = Appointment.objects.get(user=one), Appointment.objects.filter(user=other)
    browser, path = client(one), f"/fr/people/{Appointment.objects.get(user=one).pk}/end/"
    browser.post(path)
    assert Appointment.objects.filter(pk=mine.pk).exists()  # the other has never signed in
    User.objects.filter(pk=other.pk).update(last_login=timezone.now())
    theirs.update(until=timezone.localdate() + datetime.timedelta(1))
    browser.post(path)
    assert Appointment.objects.filter(pk=mine.pk).exists()  # the other ends tomorrow
    theirs.update(until=None)
    browser.post(path)
    assert not Appointment.objects.filter(pk=mine.pk).exists()


def test_the_last_appointment_that_appoints_is_given_no_end(client, person):
    from jazari.hub.accounts.models import Appointment

    person("administrator", username="last")
    browser = client(person("administrator", username="leaving"))
    Appointment.objects.filter(user__username="leaving").update(until=timezone.localdate())
    said = {"username": "last", "name": "X", "role": "administrator", "until": "2099-01-01"}
    assert browser.post("/fr/people/", said).status_code == 422


def test_a_password_is_not_the_name_of_its_account(amina):
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    amina.username = "administrator"
    with pytest.raises(ValidationError):
        validate_password("administrator1", amina)
