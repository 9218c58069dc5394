"""What every page has: safe headers, four languages, a mark where another one stands in, assets with fingerprints."""

from __future__ import annotations

import ast
import hashlib
import json
import re
from pathlib import Path

import pytest

import jazari
from jazari.core.languages import LANGUAGES

_HUB = Path(jazari.__file__).parent / "hub"
_LOCALE = Path(jazari.__file__).parent / "locale"
_ROOMS = ("hub", "journeys", "reminders", "hub_forecasts", "asking")
_TAG = re.compile(r"{%\s*(?:t|plain)\s+(?:\"([^\"]+)\"|'([^']+)')")


def sentences():
    for path in sorted(_HUB.rglob("*.html")):
        for one, other in _TAG.findall(path.read_text(encoding="utf-8")):
            yield one or other
    for path in sorted(_HUB.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") == "sentence"
                and isinstance(node.args[0], ast.Constant)
            ):
                yield node.args[0].value


def catalogue(language, kind):
    """The catalogues of the hub as one: pages, journeys and reminders."""
    import polib

    read = polib.pofile if kind == "po" else polib.mofile
    paths = (_LOCALE / language / "LC_MESSAGES" / f"{room}.{kind}" for room in _ROOMS)
    return {one.msgid: one.msgstr for path in paths if path.exists() for one in read(str(path)) if one.msgstr}


@pytest.fixture
def log(db):
    """What the hub writes into its log, line by line."""
    import io
    import logging

    from jazari.hub.logs import Lines

    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines())
    logging.getLogger("jazari").addHandler(handler)
    yield stream.getvalue
    logging.getLogger("jazari").removeHandler(handler)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_every_sentence_of_the_hub_is_said_in_french_and_in_arabic(language):
    assert sorted(set(sentences()) - set(catalogue(language, "po"))) == []


@pytest.mark.parametrize("language", ["fr", "ar", "zgh"])
def test_catalogues_are_compiled_and_hold_nothing_that_nobody_says(language):
    said = catalogue(language, "po")
    assert said == catalogue(language, "mo")
    assert sorted(set(said) - set(sentences())) == []


@pytest.mark.parametrize("language", ["fr", "ar", "zgh"])
def test_a_translation_keeps_the_places_of_its_sentence(language):
    place = re.compile(r"\{\w+\}")
    wrong = [
        key
        for key, text in catalogue(language, "po").items()
        if sorted(place.findall(key)) != sorted(place.findall(text))
    ]
    assert wrong == []


def test_no_arabic_sentence_is_left_in_latin_letters():
    plain = [key for key, text in catalogue("ar", "po").items() if not re.search(r"[\u0600-\u06ff]", text)]
    assert plain == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_dates_and_numbers_are_those_of_cldr(language):
    import datetime

    from babel.dates import format_date

    from jazari.hub.pages import formats

    local = {"ar": "ar_MA", "zgh": "zgh", "fr": "fr_MA", "en": "en_GB"}[language]
    for month in range(1, 13):
        moment = datetime.date(2026, month, 20)
        assert formats.day(moment, language) == format_date(moment, "d MMMM y", locale=local)


def test_french_writes_the_first_of_a_month_and_reads_moments_in_moroccos_time():
    from jazari.hub.pages import formats

    assert formats.day("2026-03-01", "fr") == "1er mars 2026"
    assert formats.day("2026-06-30T23:30:00+00:00", "fr") == "1er juillet 2026"
    assert formats.number(-1234.5, "fr", 1) == "\u22121\u202f234,5"
    assert formats.share(0.125, "ar", 1) == "12,5\u00a0%"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("ar-MA,fr;q=0.8", "ar"),
        ("fr;q=0.2,zgh;q=0.9", "zgh"),
        ("de,en-GB;q=0.5", "en"),
        ("de", "fr"),
        ("", "fr"),
        ("ar;q=x,en", "en"),
        (";;;,", "fr"),
    ],
)
def test_the_door_reads_the_languages_that_a_browser_likes(client, db, accepted, language):
    assert client().get("/", headers={"accept-language": accepted})["Location"] == f"/{language}/"


@pytest.mark.parametrize(
    "path", ["/fr/", "/ar/register/", "/fr/nothing/", "/healthz", "/api/openapi.json", "/fr/login/"]
)
def test_every_answer_has_a_policy_without_unsafe_words(client, db, path):
    answer = client().get(path)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"


def test_a_nonce_serves_once_and_no_page_has_inline_script_or_style(client, published):
    published()
    pages = [client().get("/fr/register/education-dropout-ma-03/").content.decode() for _ in range(2)]
    nonces = [re.search(r'nonce="([^"]+)"', page)[1] for page in pages]
    assert nonces[0] != nonces[1]
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", pages[0])


def test_reading_sets_no_cookie(client, published):
    published()
    for path in ("/fr/", "/fr/register/", "/fr/register/education-dropout-ma-03/", "/fr/about/"):
        assert not client().get(path).cookies


def test_arabic_runs_from_right_to_left_and_marks_what_is_not_arabic(client, published):
    published()
    page = client().get("/ar/register/education-dropout-ma-03/").content.decode()
    assert '<html lang="ar" dir="rtl">' in page
    assert "الهدر المدرسي" in page


def test_where_french_stands_in_for_tamazight_the_page_says_so(client, db):
    page = client().get("/zgh/about/").content.decode()
    assert '<span lang="fr" dir="ltr">Vos droits' not in page  # this one is said in Tamazight
    assert '<span lang="fr" dir="ltr">Accessibilité</span>' in page


@pytest.mark.parametrize("status", [404, 405, 413])
def test_a_refusal_is_a_page_in_the_readers_language_and_json_for_a_program(client, db, status):
    browser = client()
    if status == 404:
        page, plain = browser.get("/ar/nothing/"), browser.get("/ar/nothing.json")
    elif status == 405:
        assert browser.delete("/ar/register/").status_code == 405
        return
    else:
        page = browser.generic("POST", "/ar/login/", b"", headers={"content-length": str(35 << 20)})
        plain = browser.generic("POST", "/api/packs", b"", headers={"content-length": str(35 << 20)})
    assert page.status_code == plain.status_code == status
    assert 'lang="ar"' in page.content.decode()
    assert plain.json()["error"]["code"] == f"HTTP-{status}"


def test_a_failure_says_nothing_of_its_values_to_the_reader_or_the_log(client, log, monkeypatch):
    from jazari.hub.roadmap import views

    def fail():
        raise RuntimeError("CIN AB123456")

    monkeypatch.setattr(views, "in_use", fail)
    browser = client()
    browser.raise_request_exception = False
    answer = browser.get("/fr/")
    assert answer.status_code == 500
    assert "AB123456" not in answer.content.decode()
    logged = log()
    assert '"error": "RuntimeError"' in logged
    assert "AB123456" not in logged


def test_a_log_line_names_the_route_and_never_the_path_or_the_address(client, log):
    client().get("/fr/register/secret-slug-of-somebody/?q=ZZZ", REMOTE_ADDR="203.0.113.9")
    line = log()
    assert '"route": "register:system"' in line
    assert not re.search(r"secret-slug|ZZZ|203\.0\.113\.9", line)


def test_vendored_scripts_are_those_that_were_recorded():
    folder = _HUB / "pages" / "static" / "vendor"
    recorded = json.loads((folder / "VENDOR.json").read_text(encoding="utf-8"))
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.js")}
    assert found == {name: one["sha256"] for name, one in recorded.items()}


def test_static_files_are_few_small_and_kept_for_a_year(client, db):
    from jazari.hub.pages.assets import ASSETS

    assert sum(len(one.packed) for name, one in ASSETS.items() if name.endswith((".css", ".js"))) < 25_000
    answer = client().get(ASSETS["hub.css"].path, headers={"accept-encoding": "gzip"})
    assert "immutable" in answer["Cache-Control"]
    assert client().get("/static/0000000000000000/hub.css").status_code == 404


def test_the_stylesheet_knows_no_left_and_no_right():
    style = (_HUB / "pages" / "static" / "hub.css").read_text(encoding="utf-8")
    assert not re.search(
        r"(margin|padding|border|inset)-(left|right|top|bottom)|text-align:\s*(left|right)|float", style
    )


def test_signs_that_turn_a_text_round_are_taken_out_of_what_people_type(db):
    from jazari.hub.register.forms import Reason

    form = Reason({"reason": "\u202eRTL vu\u2066 la famille\u200f نـ\u200cنص\r\nligne"})
    assert form.is_valid()
    assert form.cleaned_data["reason"] == "RTL vu la famille نـ\u200cنص\r\nligne"


@pytest.mark.parametrize("path", ["/fr", "/ar/register", "/fr/d/VA25-RDDQ-0123-4567-89AB"])
def test_an_address_typed_without_its_last_sign_leads_on(client, path):
    answer = client().get(path)
    assert (answer.status_code, answer["Location"]) == (301, f"{path}/")


@pytest.mark.parametrize(("path", "kind"), [("/healthz", "html"), ("/fr/register/", "html"), ("/api/systems", "json")])
def test_a_store_that_is_down_is_said_to_come_back(client, monkeypatch, path, kind):
    from django.db import OperationalError
    from django.db.backends.utils import CursorWrapper

    def down(*_):
        raise OperationalError("connection refused")

    browser = client()
    browser.raise_request_exception = False
    monkeypatch.setattr(CursorWrapper, "execute", down)
    answer = browser.get(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert kind in answer["Content-Type"]
    assert "refused" not in answer.content.decode()


@pytest.mark.parametrize(
    ("text", "fr", "ar"),
    [
        ("P30D", "30\u00a0jours", "30 يوماً"),
        ("P1D", "1\u00a0jour", "1 يوم"),
        ("P2W", "2\u00a0semaines", "أسبوعان"),
        ("P9M", "9\u00a0mois", "9 أشهر"),
        ("P1Y", "1\u00a0an", "1 سنة"),
        ("PT24H", "24\u00a0heures", "24 ساعة"),
        ("P1Y2M", "P1Y2M", "P1Y2M"),
    ],
)
def test_a_duration_is_said_in_words(text, fr, ar):
    from jazari.hub.pages.formats import duration

    assert (duration(text, "fr"), duration(text, "ar")) == (fr, ar)


def test_findings_are_said_with_signs_labels_and_durations(client, published):
    gain = {
        "safeguard": "house", "state": "holds", "waivable": True, "sentence": "{gain:+.1%} {across} {open_for} {never}",
        "values": {"gain": 0.157, "across": "sex", "open_for": "P30D", "never": "sanction, policing"},
    }  # fmt: skip
    version = published(findings=[gain])
    text = client().get(f"/fr/register/{version.system.slug}/").content.decode()
    assert "+15,7\u00a0%" in text
    assert "Sexe" in text
    assert "30\u00a0jours" in text
    assert "policing" not in text


@pytest.mark.parametrize("value", [10**307, -(10**307), 1e308])
def test_a_number_that_a_store_gives_back_as_a_long_whole_one_is_written(value):
    from jazari.hub.pages import formats

    assert formats.share(value, "fr", 1)
    assert formats.number(value, "ar", 2)
