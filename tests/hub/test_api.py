"""The API: described, public where the register is, and packs by token only."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone


@pytest.fixture
def token(person):
    from jazari.hub.accounts.models import Token

    def make(*roles, territory="", days=30):
        return Token.issue(person(*roles, territory=territory), "pole", timezone.now() + datetime.timedelta(days))

    return make


def send(browser, pack, token="", pole="MA-03"):
    from django.core.files.uploadedfile import SimpleUploadedFile

    headers = {"authorization": f"Bearer {token}"} if token else {}
    return browser.post("/api/packs", {"pole": pole, "pack": SimpleUploadedFile("x.zip", pack)}, headers=headers)


def test_the_api_describes_itself(client, db):
    paths = client().get("/api/openapi.json").json()["paths"]
    assert set(paths) == {"/api/systems", "/api/systems/{slug}", "/api/poles", "/api/packs"}


def test_the_api_gives_what_the_pages_give(client, published):
    published()
    browser = client()
    assert browser.get("/api/systems", {"q": "هدر"}).json()["total"] == 1
    assert (
        browser.get("/api/systems/education-dropout-ma-03").json()["entry"]
        == (browser.get("/fr/register/education-dropout-ma-03.json").json()["entry"])
    )
    assert len(browser.get("/api/poles").json()) == 12


def test_a_pack_comes_in_by_token(client, pack, token):
    answer = send(client(), pack(), token("publisher"))
    assert (answer.status_code, answer.json()["state"]) == (201, "uploaded")


@pytest.mark.parametrize(
    ("roles", "territory", "days", "status"),
    [(("publisher",), "MA-04", 30, 403), (("officer",), "", 30, 403), (("publisher",), "", -1, 401), ((), "", 30, 403)],
)
def test_a_token_goes_no_further_than_its_person(client, pack, token, roles, territory, days, status):
    assert send(client(), pack(), token(*roles, territory=territory, days=days)).status_code == status


def test_without_a_token_nothing_comes_in_and_guessing_is_limited(client, pack, token):
    browser, content = client(), pack()
    assert send(browser, content).status_code == 401
    for number in range(31):
        assert send(browser, content, f"guess-{number}").status_code == 401
    assert send(browser, content, token("publisher")).status_code == 401  # this address has used up its tries


def test_a_bad_pack_is_answered_with_a_coded_error(client, token):
    answer = send(client(), b"no zip", token("publisher"))
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "JZ-810"


@pytest.mark.parametrize(
    "path",
    [
        "/api/systems?page=0",
        "/api/systems?page=x",
        "/api/systems?page=99999999999999999999",
        "/api/systems?q=%00",
        "/api/systems?territory=toolong",
        "/api/systems/%00",
        "/api/nothing",
        "/fr/register.json?q=%00&page=-3",
    ],
)
def test_what_cannot_be_read_is_refused_without_a_failure(client, db, path):
    assert client().get(path).status_code in (200, 404, 422)


def test_what_was_sent_is_not_repeated_in_a_refusal(client, db):
    assert b"AB123456" not in client().get("/api/systems?page=AB123456").content


@pytest.mark.parametrize("query", [{"territory": "MA-99"}, {"sector": "zzz"}, {"phase": "x"}, {"automation": "x"}])
def test_a_filter_that_does_not_exist_is_said_and_not_dropped(client, query):
    answer = client().get("/api/systems", query)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"]
