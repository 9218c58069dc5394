"""Lists opened for their purpose, cases decided by a named person, notices, and doors that a secret opens."""

from __future__ import annotations

import json
import re

import pytest

REASONS = "Met the mother on Tuesday: harvest work until November"


def test_a_list_is_imported_once_and_only_where_it_is_published(imported, listed):
    from jazari.hub.decisions.models import Case
    from jazari.hub.decisions.private import bring_in

    first = Case.objects.first()
    assert Case.objects.filter(version=imported).count() > 20
    assert first.territory.startswith("MA-03:MA-")
    assert bring_in(listed.path) == (imported, 0)


def test_what_is_not_published_is_not_imported(db, listed):
    from jazari.core.errors import PortalError
    from jazari.hub.decisions.private import bring_in

    with pytest.raises(PortalError, match="JZ-851"):
        bring_in(listed.path)


def test_private_files_are_closed_to_others(imported, db):
    folder = db.PROFILE.data / "private" / imported.digest
    assert {oct(path.stat().st_mode & 0o777) for path in folder.iterdir() if path.is_file()} == {"0o600"}
    assert oct(folder.stat().st_mode & 0o777) == "0o700"


def test_a_list_opens_for_its_purpose_and_every_look_is_sealed(imported, client, person, records):
    from jazari.hub.decisions.models import Case, View

    browser = client(person("officer"))
    case = Case.objects.order_by("territory", "place").first()
    path = f"/fr/work/{imported.pk}/{case.territory}/"
    assert browser.get(path)["Location"] == f"{path}open/"
    assert browser.get(f"/fr/case/{case.pk}/")["Location"] == f"{path}open/"
    refused = browser.post(f"{path}open/", {"purpose": "another purpose"})
    assert refused.status_code == 422
    assert "JZ-694" in refused.content.decode()
    assert records("view") == []
    assert browser.post(f"{path}open/", {"purpose": "tutoring"})["Location"] == path
    assert case.subject in browser.get(path).content.decode()
    assert browser.get(f"/fr/case/{case.pk}/").status_code == 200
    assert [one["purpose"] for one in records("view")] == ["tutoring", "tutoring"]
    assert View.objects.count() == 2


def test_a_case_shows_the_offer_and_never_a_score(imported, officer):
    browser, case, _ = officer
    text = browser.get(f"/fr/case/{case.pk}/").content.decode()
    assert "Soutien" in text
    assert "probab" not in text.lower()
    assert not re.search(r"\b0[.,]\d{2,}", text)


def test_an_officer_sees_no_other_territory(imported, client, person):
    from jazari.hub.decisions.models import Case

    case = Case.objects.order_by("territory", "place").first()
    stranger = client(person("officer", territory="MA-04"))
    assert stranger.get(f"/fr/work/{imported.pk}/{case.territory}/").status_code == 403
    assert stranger.get(f"/fr/case/{case.pk}/").status_code == 403
    assert case.territory not in stranger.get("/fr/work/").content.decode()
    other = client(person("officer", system="another-system"))
    assert other.get(f"/fr/case/{case.pk}/").status_code == 403


def test_one_claims_and_nobody_else_decides(imported, officer, client, person):
    browser, case, mine = officer
    browser.post(f"/fr/case/{case.pk}/claim/")
    case.refresh_from_db()
    assert (case.state, case.claimed_by) == ("claimed", mine)
    other = client(person("officer"))
    assert other.post(f"/fr/case/{case.pk}/claim/").status_code == 403
    other.post(f"/fr/work/{imported.pk}/{case.territory}/open/", {"purpose": "tutoring"})
    answer = other.post(f"/fr/case/{case.pk}/", {"outcome": "help", "action": "followed", "reasons": REASONS})
    assert 'name="reasons"' not in answer.content.decode()
    assert not case.decisions.exists()


def test_a_decision_is_sealed_with_its_receipt_and_its_routes(decided, records):
    assert [one["reasons"] for one in records("decision")] == [REASONS]
    assert decided.number == f"{decided.number}"
    assert {one["route"] for one in decided.routes} >= {"objection", "reasons_ask", "complaint_answer"}
    assert bytes(decided.receipt).startswith(b"c2sp.org/tlog-proof@v1")
    assert decided.case.state == "decided"


def test_reasons_are_asked_for_and_words_have_to_agree(imported, officer):
    browser, case, _ = officer
    browser.post(f"/fr/case/{case.pk}/claim/")
    for said in (
        {"outcome": "help", "action": "followed", "reasons": ""},
        {"outcome": "none", "action": "followed", "reasons": REASONS},
        {"outcome": "other", "action": "modified", "reasons": REASONS},
    ):
        assert browser.post(f"/fr/case/{case.pk}/", said).status_code == 422
    assert not case.decisions.exists()


def test_a_national_identity_number_in_reasons_is_refused(imported, officer):
    browser, case, _ = officer
    browser.post(f"/fr/case/{case.pk}/claim/")
    said = {"outcome": "help", "action": "followed", "reasons": "The mother, card AB123456, came in person"}
    answer = browser.post(f"/fr/case/{case.pk}/", said)
    assert (answer.status_code, "JZ-609" in answer.content.decode()) == (422, True)
    assert not case.decisions.exists()


def test_places_are_as_many_as_were_listed(imported, decided):
    from jazari.hub.decisions.lists import places

    found = places(imported, decided.territory)
    assert found["given"] == 1
    assert found["left"] == found["all"] - 1


@pytest.mark.parametrize("language", ["ar", "zgh", "fr", "en"])
def test_a_notice_is_printed_with_a_code_and_without_what_is_told_in_person(decided, language, monkeypatch):
    from jazari.hub.decisions import giving, notice

    seen = {}
    true = notice._said
    monkeypatch.setattr(notice, "_said", lambda *args: seen.setdefault("said", true(*args)))
    made, _ = giving.print_one(decided, language, f"http://127.0.0.1/{language}/d/{decided.number}/")
    assert made.startswith(b"%PDF-")
    said = json.dumps(seen["said"], ensure_ascii=False)
    assert decided.number in said
    for one in decided.case.spoken:
        assert one["words"][language] not in said
    assert seen["said"]["secret"] not in json.dumps([str(value) for value in vars(decided).values()])


def test_a_secret_opens_its_decision_and_a_new_printing_ends_the_old_one(decided, printed, client):
    first, second = printed(decided), printed(decided)
    path = f"/ar/d/{decided.number}/"
    browser = client()
    assert decided.reasons not in browser.get(path).content.decode()
    assert browser.post(path, {"secret": first}).status_code == 422
    answer = browser.post(path, {"secret": second.lower().replace("-", " ")})
    assert (answer.status_code, answer["Location"]) == (302, path)
    shown = browser.get(path)
    assert decided.reasons in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert len(shown.content) < 61_440
    assert decided.reasons not in client().get(path).content.decode()
    browser.post(path, {"close": "1"})
    assert decided.reasons not in browser.get(path).content.decode()


def test_a_number_that_nobody_gave_answers_as_one_that_was_given(decided, client):
    pages = [client().post(f"/fr/d/{number}/", {"secret": "WRONG"}) for number in (decided.number, "AAAA-AAAA")]
    assert [one.status_code for one in pages] == [422, 422]
    plain = [re.sub(r"nonce=\"[^\"]+\"|value=\"[^\"]+\"", "", one.content.decode()) for one in pages]
    assert plain[0].replace(decided.number, "") == plain[1].replace("AAAA-AAAA", "")


def test_a_secret_cannot_be_tried_for_ever(decided, printed, client):
    secret = printed(decided)
    browser, path = client(), f"/fr/d/{decided.number}/"
    answers = [browser.post(path, {"secret": "WRONG"}).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert browser.post(path, {"secret": secret}).status_code == 429


def test_secrets_are_compared_in_constant_time(decided, printed, client, monkeypatch):
    import hmac

    from jazari.hub.decisions import door

    compared = []
    monkeypatch.setattr(
        door.hmac, "compare_digest", lambda one, other: compared.append(1) or hmac.compare_digest is None
    )
    client().post(f"/fr/d/{decided.number}/", {"secret": printed(decided)})
    client().post("/fr/d/NOBODY/", {"secret": "x"})
    assert len(compared) == 2


def test_the_receipt_is_checked_on_the_page_and_kept(opened, decided, tmp_path, db):
    from jazari.governance import custody

    page = opened.get(f"/fr/d/{decided.number}/?check=1").content.decode()
    assert 'class="note stop"' not in page
    assert "hub" in page or "127.0.0.1/log" in page
    kept = opened.get(f"/fr/d/{decided.number}/receipt/")
    proof = tmp_path / "r.tlog-proof"
    proof.write_bytes(kept.content)
    assert custody.verify_receipt(proof, db.PROFILE.data / "ledger" / "policy")["record"]["outcome"] == "tutoring"


def test_a_spoilt_receipt_is_said_to_prove_nothing(opened, decided):
    good = bytes(decided.receipt)
    decided.receipt = good.replace(b"index 1", b"index 0") if b"index 1" in good else good[:-9]
    decided.save(update_fields=["receipt"])
    assert "note stop" in opened.get(f"/fr/d/{decided.number}/?check=1").content.decode()


def test_a_receipt_is_not_given_to_who_did_not_open_the_decision(decided, client):
    assert client().get(f"/fr/d/{decided.number}/receipt/").status_code == 302


def test_the_number_leads_to_its_page_however_it_is_typed(client):
    ways = {
        "va1m 5r00 0000 0000 0000": "/fr/d/VA1M-5R00-0000-0000-0000/",
        "o 1234 5678 9abc": "/fr/follow/O-1234-5678-9ABC/",
        "RVA1M5R00000000000000": "/fr/follow/R-VA1M-5R00-0000-0000-0000/",
    }
    for typed, path in ways.items():
        assert client().get("/fr/d/", {"number": typed})["Location"] == path


def test_a_message_holds_neither_the_secret_nor_what_was_decided(decided, officer):
    from jazari.hub.decisions.models import Message

    browser, _, _ = officer
    said = {"channel": "mail", "address": "a@b.example", "language": "fr"}
    assert browser.post(f"/fr/decided/{decided.number}/send/", said).status_code == 302
    message = Message.objects.get(kind="notice")
    assert decided.number in message.body
    assert REASONS not in message.body
    assert "outien" not in message.body


def test_there_is_no_bulk_export(all_paths):
    assert not [path for path in all_paths if re.search(r"export|csv|xlsx|parquet", path) and "register/" not in path]


@pytest.fixture
def all_paths(db):
    from django.urls import get_resolver

    def walk(patterns, prefix=""):
        for one in patterns:
            path = prefix + str(one.pattern)
            yield from walk(one.url_patterns, path) if hasattr(one, "url_patterns") else [path]

    return list(walk(get_resolver().url_patterns))


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("va25-rddq-0123-4567-89ab", "VA25-RDDQ-0123-4567-89AB"),
        ("VA25RDDQO1234567B9AB", "VA25-RDDQ-0123-4567-B9AB"),
        ("VA25\u2011RDDQ\u2013\u0660\u0661\u0662\u0663 4567\u00a089AB", "VA25-RDDQ-0123-4567-89AB"),
        ("o-1234-5678-9ABC", "O-1234-5678-9ABC"),
        ("r-va25-rddq-0123-4567-89ab", "R-VA25-RDDQ-0123-4567-89AB"),
        ("//evil.com/aaaaaaaaaaaaa", "EV11-C0MA-AAAA-AAAA-AAAA"),  # a path like any other, which asks for a secret
        ("../../../../../../../", ""),
        ("", ""),
    ],
)
def test_a_number_is_read_as_people_type_it(typed, number, db):
    from jazari.hub.decisions.numbers import number_of

    assert number_of(typed) == number


def test_a_typed_number_leads_to_its_page_and_nonsense_to_the_question(client, db):
    browser = client()
    assert browser.get("/fr/d/", {"number": "va25rddq0123456789ab"})["Location"] == "/fr/d/VA25-RDDQ-0123-4567-89AB/"
    assert browser.get("/fr/d/", {"number": "o123456789abc"})["Location"] == "/fr/follow/O-1234-5678-9ABC/"
    for nonsense in ("../../../../../../../", "//evil.com", "\u202e\0", "x" * 5000):
        assert browser.get("/fr/d/", {"number": nonsense}).status_code == 422


def test_a_decision_opens_however_its_number_and_secret_are_typed(decided, printed, client):
    secret = printed(decided)
    typed = secret.lower().replace("-", "\u2013").replace("0", "\u0660").replace("1", "l")
    path = f"/fr/d/{decided.number.lower().replace('-', '')}/"
    assert client().post(path, {"secret": typed}).status_code == 302


@pytest.mark.parametrize(
    ("address", "way"),
    [
        ("a@b.ma", "mail"),
        ("+212 6 12 34 56 78", "sms"),
        ("0612345678", "sms"),
        ("not an address", ""),
        ("a@b.ma,c@d.ma", ""),
        ("abc", ""),
        ("a@b.ma\nBcc: c@d.ma", ""),
    ],
)
def test_a_message_goes_to_one_address(address, way):
    from jazari.hub.decisions.forms import way_of

    assert way_of(address) == way


def test_a_message_whose_address_does_not_fit_its_way_is_not_sent(decided, client):
    browser = client(decided.officer)
    said = {"channel": "sms", "address": "a@b.ma", "language": "fr"}
    assert browser.post(f"/fr/decided/{decided.number}/send/", said).status_code == 422


def test_a_notice_printed_again_ends_the_doors_that_the_first_one_opened(opened, decided):
    from jazari.hub.decisions import giving

    assert decided.reasons in opened.get(f"/fr/d/{decided.number}/").content.decode()
    giving.print_one(decided, "fr", "http://127.0.0.1/")
    assert decided.reasons not in opened.get(f"/fr/d/{decided.number}/").content.decode()
    assert opened.get(f"/fr/d/{decided.number}/receipt/").status_code == 302


def test_nobody_is_decided_on_with_a_list_that_was_retracted(officer, imported):
    from jazari.hub.register import publication

    browser, case, _ = officer
    browser.post(f"/fr/case/{case.pk}/claim/")
    publication.end(imported, "retracted", "An error in the absences")
    said = {"outcome": "help", "action": "followed", "reasons": "Met the mother on Tuesday"}
    answer = browser.post(f"/fr/case/{case.pk}/", said)
    assert (answer.status_code, "JZ-860" in answer.content.decode()) == (422, True)
    assert "JZ-860" in browser.get(f"/fr/work/{imported.pk}/{case.territory}/").content.decode()
    other = type(case).objects.filter(state="waits").first()
    assert "JZ-860" in browser.post(f"/fr/case/{other.pk}/claim/").content.decode()
    assert not case.decisions.exists()


def test_publishing_the_same_period_again_makes_no_new_places(decided, imported):
    from jazari.hub.decisions.lists import places
    from jazari.hub.decisions.models import Case
    from jazari.hub.register.models import Version

    assert imported.facts["split"]["listed"]
    first = places(imported, decided.territory)
    fields = {one.attname: getattr(imported, one.attname) for one in Version._meta.concrete_fields}
    again = Version.objects.create(**fields | {"id": None, "number": imported.number + 1, "digest": "f" * 64})
    for case in Case.objects.filter(version=imported, territory=decided.territory):
        case.pk, case.version = None, again
        case.save()
    assert places(again, decided.territory) == first
    again.facts["split"]["listed"] = "another year"
    again.save()
    assert places(again, decided.territory)["given"] == 0
