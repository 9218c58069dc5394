"""Objections filed in one form, reviewed by somebody else against the clock; requests without any score."""

from __future__ import annotations

import datetime
import hashlib
import json
import re

import pytest

GROUNDS = "The road was closed for a month; my daughter was never absent before"
ANSWER = {
    "examined": "The register of absences, and the head of the school",
    "would_differ": "no",
    "outcome": "reversed",
    "reason": "data",
    "instead": "none",
    "remedy": "Transport from Monday, by the province",
    "reply": "You are right: the absences were recorded twice.",
}


def answer_all(browser, path, **said):
    """Answer the questions of a form one after the other, then send."""
    page = browser.get(path, follow=True)
    while not page.redirect_chain or "/check/" not in page.redirect_chain[-1][0]:
        where = page.redirect_chain[-1][0]
        name = where.rstrip("/").rpartition("/")[2]
        page = browser.post(where, {name: said.get(name, "")}, follow=True)
        assert page.status_code == 200, (name, page.status_code)
    return page, browser.post(page.redirect_chain[-1][0])


@pytest.fixture
def filed(opened, decided):
    """An objection that the person filed through the pages."""
    from jazari.hub.objections.models import Objection

    answer_all(opened, f"/fr/d/{decided.number}/object/", speaker="guardian", grounds=GROUNDS)
    return Objection.objects.get()


def test_one_question_a_page_answers_can_be_changed_and_a_receipt_comes_at_once(opened, decided):
    from jazari.hub.objections.models import Objection

    base = f"/fr/d/{decided.number}/object/"
    check, done = answer_all(opened, base, speaker="helper", helper="Association Amal", grounds=GROUNDS)
    shown = check.content.decode()
    assert "Association Amal" in shown
    assert f"{base}grounds/" in shown
    one = Objection.objects.get()
    text = done.content.decode()
    secret = re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}(?=</bdi>)", text)[0]
    assert one.number in text
    assert secret not in json.dumps([str(value) for value in vars(one).values()])
    assert opened.get(f"/fr/follow/{one.number}/receipt/").content.startswith(b"c2sp.org/tlog-proof@v1")
    assert one.last_day == datetime.date.fromisoformat(
        next(route["answer_by"] for route in decided.routes if route["route"] == "objection")
    )


def test_an_answer_that_did_not_arrive_is_given_again(opened, decided):
    from jazari.hub.objections.models import Objection

    base = f"/fr/d/{decided.number}/object/"
    check, done = answer_all(opened, base, speaker="self", grounds=GROUNDS)
    again = opened.post(check.redirect_chain[-1][0])
    number = Objection.objects.get().number
    secrets = [re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}(?=</bdi>)", one.content.decode())[0] for one in (done, again)]
    assert number in again.content.decode()
    assert secrets[0] == secrets[1]
    opened.post(f"{base}speaker/", {"speaker": "self"})  # another is begun
    assert opened.get(f"{base}check/")["Location"] == f"{base}grounds/"


def test_a_question_without_an_answer_is_asked_again(opened, decided):
    base = f"/fr/d/{decided.number}/object/"
    assert opened.post(f"{base}speaker/", {"speaker": ""}).status_code == 422
    assert opened.post(f"{base}speaker/", {"speaker": "self"})["Location"] == f"{base}grounds/"
    assert opened.get(f"{base}check/")["Location"] == f"{base}grounds/"
    assert opened.post(f"{base}grounds/", {"grounds": "short"}).status_code == 422
    assert opened.get(f"{base}helper/")["Location"] == f"{base}speaker/"


def test_nobody_objects_who_did_not_open_the_decision(decided, client):
    answer = client().post(f"/fr/d/{decided.number}/object/speaker/", {"speaker": "self"})
    assert answer["Location"] == f"/fr/d/{decided.number}/"


def test_the_evidence_is_sealed_when_the_objection_is_filed(filed, decided, records, db):
    sealed = records("objection")[0]
    content = (db.PROFILE.data / "attachments" / filed.evidence_digest).read_bytes()
    assert sealed["evidence"] == filed.evidence_digest == hashlib.sha256(content).hexdigest()
    assert sealed["grounds"] == hashlib.sha256(GROUNDS.encode()).hexdigest()
    pack = json.loads(content)
    assert pack["decision"]["reasons"] == decided.reasons
    assert pack["system"]["dossier"] == decided.version.digest
    assert len(pack["inputs"]["inputs"]) > 20
    assert "probability" not in json.dumps(pack["inputs"])
    assert pack["notices"]
    assert pack["views"]
    assert pack["factors"]["written"] == decided.factors


def test_evidence_that_was_changed_is_said_to_be(filed, client, person, db):
    path = db.PROFILE.data / "attachments" / filed.evidence_digest
    path.write_bytes(path.read_bytes().replace(b"tutoring", b"nothing!"))
    assert "note stop" in client(person("reviewer")).get(f"/fr/reviews/{filed.number}/").content.decode()


def test_the_officer_of_the_case_never_reviews_it(filed, decided, client):
    from jazari.hub.accounts.models import Appointment

    Appointment.objects.create(user=decided.officer, role="reviewer")
    browser = client(decided.officer)
    assert browser.get(f"/fr/reviews/{filed.number}/").status_code == 403
    assert filed.number not in browser.get("/fr/reviews/").content.decode()


def test_a_reviewer_sees_no_other_territory(filed, client, person):
    stranger = client(person("reviewer", territory="MA-04"))
    assert stranger.get(f"/fr/reviews/{filed.number}/").status_code == 403
    assert stranger.get(f"/fr/reviews/{filed.number}/evidence.json").status_code == 403


def test_a_review_is_answered_sealed_and_read_by_the_person(filed, decided, client, person, records, opened):
    reviewer = client(person("reviewer"))
    shown = reviewer.get(f"/fr/reviews/{filed.number}/").content.decode()
    assert "Absences depuis septembre" in shown
    assert "guardian_education" not in shown
    assert records("view")[-1]["purpose"] == "review of an objection"
    assert reviewer.post(f"/fr/reviews/{filed.number}/", ANSWER).status_code == 302
    filed.refresh_from_db()
    assert (filed.state, filed.outcome, filed.review.reason) == ("answered", "reversed", "data")
    assert filed.review.would_differ is False
    sealed = records("answer")[0]
    assert (sealed["outcome"], sealed["about"]) == ("reversed", filed.number)
    text = opened.get(f"/fr/follow/{filed.number}/").content.decode()
    assert ANSWER["reply"].replace(":", ":") in text
    assert "COMPLAINT" not in text
    assert {one["route"] for one in filed.review.routes} >= {"reasons_ask", "complaint_answer"}
    again = reviewer.post(f"/fr/reviews/{filed.number}/", ANSWER)
    assert len(records("answer")) == 1
    assert again.status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"remedy": ""},
        {"reason": "none"},
        {"examined": ""},
        {"would_differ": ""},
        {"outcome": "deemed"},
        {"outcome": "upheld"},
        {"instead": ""},
        {"instead": "help"},
        {"instead": "other"},
    ],
)
def test_an_answer_that_lacks_a_duty_is_refused(filed, client, person, changed):
    answer = client(person("reviewer")).post(f"/fr/reviews/{filed.number}/", ANSWER | changed)
    assert answer.status_code == 422
    filed.refresh_from_db()
    assert filed.outcome == ""


def test_what_is_reversed_is_decided_anew_in_the_place_of_the_first(
    filed, decided, imported, officer, client, person, records, opened
):
    from jazari.hub.decisions.lists import places
    from jazari.hub.decisions.models import Decision

    before = places(imported, decided.territory)["left"]
    reviewer = client(person("reviewer"))
    assert reviewer.post(f"/fr/reviews/{filed.number}/", ANSWER).status_code == 302
    later = Decision.objects.get(corrects=decided.number)
    assert (later.outcome, later.action, later.reasons) == ("none", "overrode", ANSWER["reply"])
    assert records("decision")[-1]["corrects"] == decided.number.replace("-", "")
    assert places(imported, decided.territory)["left"] == before + 1
    shown = opened.get(f"/fr/d/{decided.number}/").content.decode()
    assert f"/fr/d/{later.number}/" in shown
    assert f"/fr/d/{decided.number}/object/" not in shown
    assert ANSWER["reply"] in opened.get(f"/fr/d/{later.number}/").content.decode()
    browser, case, _ = officer
    assert ANSWER["remedy"] in browser.get(f"/fr/case/{case.pk}/").content.decode()
    assert reviewer.get(f"/fr/reviews/{filed.number}/").status_code == 200
    assert f"/fr/d/{later.number}/" in opened.get(f"/fr/follow/{filed.number}/").content.decode()


def test_a_reviewer_who_decided_anew_does_not_review_that_decision(filed, decided, client, person):
    from jazari.hub.decisions.models import Decision
    from jazari.hub.objections.models import Objection
    from jazari.hub.objections.rules import may_review

    reviewer = person("reviewer")
    client(reviewer).post(f"/fr/reviews/{filed.number}/", ANSWER)
    later = Objection(decision=Decision.objects.get(corrects=decided.number))
    assert not may_review(reviewer, later)
    assert not may_review(decided.officer, later)


def test_what_is_sent_back_waits_for_a_decision_that_corrects(filed, decided, officer, client, person, records):
    client(person("reviewer")).post(f"/fr/reviews/{filed.number}/", ANSWER | {"outcome": "remitted"})
    browser, case, _ = officer
    case.refresh_from_db()
    assert case.state == "waits"
    browser.post(f"/fr/case/{case.pk}/claim/")
    browser.post(f"/fr/case/{case.pk}/", {"outcome": "none", "action": "overrode", "reasons": "Moved to another town"})
    second = case.decisions.order_by("-decided_at", "-pk").first()
    assert second.corrects == decided.number
    assert records("decision")[1]["corrects"] == decided.number.replace("-", "")


def test_what_is_sent_back_is_found_also_after_its_list_was_retracted(
    filed, decided, imported, officer, client, person
):
    from jazari.hub.register import publication

    client(person("reviewer")).post(f"/fr/reviews/{filed.number}/", ANSWER | {"outcome": "remitted"})
    publication.end(imported, "retracted", "An error in the absences")
    browser, case, _ = officer
    path = f"/fr/work/{imported.pk}/{case.territory}/"
    assert path in browser.get("/fr/work/").content.decode()
    assert browser.post(f"/fr/case/{case.pk}/claim/").status_code == 302


def test_a_review_does_not_pass_over_a_decision_that_an_officer_took_meanwhile(filed, decided, officer, client, person):
    from jazari.hub.decisions.models import Decision

    browser, case, who = officer
    Decision.objects.filter(pk=decided.pk).update(officer=person("officer"))
    type(case).objects.filter(pk=case.pk).update(state="waits", claimed_by=None)
    browser.post(f"/fr/case/{case.pk}/claim/")
    browser.post(f"/fr/case/{case.pk}/", {"outcome": "none", "action": "overrode", "reasons": "Moved to another town"})
    answer = client(person("reviewer")).post(f"/fr/reviews/{filed.number}/", ANSWER)
    filed.refresh_from_db()
    assert (answer.status_code, filed.outcome) == (422, "")
    assert Decision.objects.get(corrects=decided.number).officer == who


def test_a_protected_objection_shows_nowhere_on_the_page_of_the_notice(opened, decided, client, person):
    from jazari.hub.objections.models import Objection

    answer_all(opened, f"/fr/d/{decided.number}/object/", speaker="protected", grounds=GROUNDS)
    one = Objection.objects.get()
    assert one.number not in opened.get(f"/fr/d/{decided.number}/").content.decode()
    review = client(person("reviewer")).get(f"/fr/reviews/{one.number}/").content.decode()
    assert "note stop" in review


def test_the_secret_of_the_notice_does_not_open_the_objection(filed, decided, printed, client):
    browser = client()
    assert browser.post(f"/fr/follow/{filed.number}/", {"secret": printed(decided)}).status_code == 422


def test_who_takes_an_objection_back_closes_it(opened, filed, records):
    assert 'name="sure"' in opened.post(f"/fr/follow/{filed.number}/", {"withdraw": "1"}).content.decode()
    opened.post(f"/fr/follow/{filed.number}/", {"stay": "1"})
    filed.refresh_from_db()
    assert filed.state == "filed"
    opened.post(f"/fr/follow/{filed.number}/", {"sure": "1"})
    filed.refresh_from_db()
    assert (filed.state, filed.outcome) == ("withdrawn", "withdrawn")
    assert records("answer")[0]["outcome"] == "withdrawn"


def test_silence_is_marked_first_and_decides_when_the_law_says(filed, records):
    from jazari.hub.objections.closing import do_what_is_due
    from jazari.hub.objections.filing import legal_day

    day = datetime.timedelta(1)
    assert do_what_is_due(filed.last_day) == {"overdue": 0, "decided by silence": 0}
    assert do_what_is_due(filed.last_day + day) == {"overdue": 1, "decided by silence": 0}
    assert do_what_is_due(filed.last_day + day) == {"overdue": 0, "decided by silence": 0}
    end = legal_day(datetime.date.fromisoformat(filed.filed_at.date().isoformat()))
    assert do_what_is_due(end + day)["decided by silence"] == 1
    filed.refresh_from_db()
    assert (filed.state, filed.outcome, filed.review.reviewer) == ("answered", "deemed", None)
    routes = {one["route"] for one in filed.review.routes}
    assert ("mediateur" in routes, "complaint_answer" in routes) == (True, False)
    assert records("answer")[0]["officer"] == "silence"
    assert do_what_is_due(end + day)["decided by silence"] == 0


def test_objections_flow_back_to_the_public_page(filed, imported, client):
    path = f"/fr/register/{imported.system.slug}.json"
    assert client().get(path).json()["objections"] == {"total": None, "outcomes": [], "fewer_than": 11}


def test_a_refused_file_is_said_in_words_and_a_good_one_reaches_the_reviewer(opened, decided, client, person):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from jazari.hub.objections.models import Objection

    base = f"/fr/d/{decided.number}/object/"
    opened.post(f"{base}speaker/", {"speaker": "self"})
    opened.post(f"{base}grounds/", {"grounds": GROUNDS})
    bad = opened.post(f"{base}file/", {"file": SimpleUploadedFile("x.exe", b"MZ")})
    assert (bad.status_code, "PDF" in bad.content.decode()) == (422, True)
    opened.post(f"{base}file/", {"file": SimpleUploadedFile('../é"t.pdf', b"%PDF-1.7 paper")})
    opened.post(f"{base}answer_to/", {"answer_to": "a@b.example"})
    opened.post(f"{base}check/")
    one = Objection.objects.get()
    kept = one.attachments.get()
    assert "/" not in kept.name
    given = client(person("reviewer")).get(f"/fr/reviews/{one.number}/files/{kept.pk}/")
    assert given.content == b"%PDF-1.7 paper"
    assert "sandbox" in given["Content-Security-Policy"]
    assert (
        client(person("reviewer", territory="MA-04")).get(f"/fr/reviews/{one.number}/files/{kept.pk}/").status_code
        == 404
    )


def test_a_file_that_was_never_sent_is_deleted_after_a_day(opened, filed, decided, db):
    import time

    from django.core.files.uploadedfile import SimpleUploadedFile

    from jazari.hub.objections.uploads import sweep

    base = f"/fr/d/{decided.number}/object/"
    opened.post(f"{base}speaker/", {"speaker": "self"})
    opened.post(f"{base}file/", {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.7 draft")})
    folder = db.PROFILE.data / "attachments"
    assert len(list(folder.iterdir())) == 2
    assert sweep(time.time()) == 0
    assert sweep(time.time() + 2 * 24 * 3600) == 1
    assert [path.name for path in folder.iterdir()] == [filed.evidence_digest]


# --- help without any score


@pytest.fixture
def asked(imported, client):
    """A request that a teacher filed through the pages, with the browser it was filed in."""
    from jazari.hub.decisions.models import Case
    from jazari.hub.objections.models import HelpRequest

    browser = client()
    territory = Case.objects.order_by("territory").first().territory
    said = {"asker": "teacher", "who": "Class 3, second row", "territory": territory, "why": "Her mother is ill"}
    page = browser.get(f"/fr/ask/{imported.system.slug}/").content.decode()
    assert f"/fr/ask/{imported.system.slug}/asker/" in page
    answer_all(browser, f"/fr/ask/{imported.system.slug}/check/", **said)
    return HelpRequest.objects.get(), browser


def test_a_request_is_sealed_with_a_number_a_receipt_and_a_legal_last_day(asked, records):
    from jazari.governance.clocks import clock

    one, browser = asked
    day = one.filed_at.date()
    assert one.last_day == clock("ACT").run(day, act="act_on_request").last_day
    assert records("help_request")[0]["asker"] == "teacher"
    assert "Her mother" not in json.dumps(records("help_request"))
    assert browser.get(f"/fr/follow/{one.number}/receipt/").content.startswith(b"c2sp.org/tlog-proof@v1")


def test_a_request_that_is_given_takes_one_of_the_same_places(asked, imported, client, person, records):
    from jazari.hub.decisions.lists import places

    one, browser = asked
    before = places(imported, one.territory)["left"]
    officer = client(person("officer"))
    said = {"granted": "yes", "reply": "A place in the tutoring group from Monday"}
    assert officer.post(f"/fr/requests/{one.number}/", said).status_code == 302
    assert places(imported, one.territory)["left"] == before - 1
    assert said["reply"] in browser.get(f"/fr/follow/{one.number}/").content.decode()
    assert records("answer")[0]["outcome"] == "granted"


def test_no_more_places_are_given_than_there_are(asked, imported, client, person):
    from jazari.hub.decisions.models import Case

    one, _ = asked
    Case.objects.filter(territory=one.territory).delete()
    said = {"granted": "yes", "reply": "A place in the tutoring group from Monday"}
    answer = client(person("officer")).post(f"/fr/requests/{one.number}/", said)
    assert (answer.status_code, "JZ-853" in answer.content.decode()) == (422, True)
    one.refresh_from_db()
    assert one.state == "filed"


def test_a_refusal_names_the_next_routes_and_silence_is_one(asked, client, person):
    from jazari.hub.objections.closing import do_what_is_due

    one, browser = asked
    assert do_what_is_due(one.last_day + datetime.timedelta(1)) == {"overdue": 1, "decided by silence": 1}
    one.refresh_from_db()
    assert (one.granted, one.is_deemed) == (False, True)
    assert {route["route"] for route in one.routes} == {"appeal_file", "reasons_ask"}
    assert all(route["last_day"] for route in one.routes)
    assert browser.get(f"/fr/follow/{one.number}/").status_code == 200


def test_refusals_are_counted_beside_misses(imported, client, person, contested):
    from jazari.hub.objections.models import HelpRequest

    made = contested(imported)
    one = HelpRequest.objects.get(number=made["request"])
    for at in range(12):
        one.pk, one.number, one.granted, one.state = None, f"R-{at}", False, "answered"
        one.save()
    data = client().get(f"/fr/register/{imported.system.slug}.json").json()["requests"]
    assert (data["total"], data["refused"]) == (13, 12)
    assert 0 < data["missed_of_100"] < 100


def test_who_is_refused_in_words_is_not_sent_to_ask_for_the_reasons(asked, client, person):
    one, _ = asked
    said = {"granted": "no", "reply": "The group is for pupils of the second cycle"}
    client(person("officer")).post(f"/fr/requests/{one.number}/", said)
    one.refresh_from_db()
    assert {route["route"] for route in one.routes} == {"appeal_file"}


def test_an_officer_elsewhere_sees_no_request(asked, client, person):
    one, _ = asked
    other = client(person("officer", territory="MA-12"))
    assert other.get(f"/fr/requests/{one.number}/").status_code == 403
    assert one.number not in other.get("/fr/requests/").content.decode()


def test_requests_are_not_open_where_no_list_was_imported(published, client):
    version = published()
    text = client().get(f"/fr/ask/{version.system.slug}/").content.decode()
    assert "/asker/" not in text


@pytest.mark.parametrize("language", ["ar", "zgh", "fr", "en"])
def test_every_page_of_the_person_weighs_little(opened, filed, decided, asked, language):
    one, browser = asked
    for who, path in (
        (opened, f"d/{decided.number}/"), (opened, f"d/{decided.number}/object/speaker/"),
        (opened, f"follow/{filed.number}/"), (browser, f"follow/{one.number}/"), (browser, "d/"),
    ):  # fmt: skip
        answer = who.get(f"/{language}/{path}")
        assert answer.status_code == 200
        assert len(answer.content) < 61_440


# --- what is counted in public, and what a page says later


@pytest.mark.parametrize(
    ("counts", "together"),
    [
        ({"upheld": 700, "reversed": 297, "inadmissible": 3}, {"inadmissible", "reversed"}),
        ({"upheld": 700, "varied": 6, "inadmissible": 5}, {"varied", "inadmissible"}),
        ({"upheld": 700, "varied": 5, "inadmissible": 5}, {"varied", "inadmissible", "upheld"}),
        ({"upheld": 700, "reversed": 300, "": 0}, set()),
        ({}, set()),
    ],
)
def test_small_counts_are_gathered_so_that_none_follows_from_the_total(counts, together):
    from jazari.hub.register.views import gathered

    assert gathered(counts) == together


def test_a_page_read_later_says_the_answer_of_that_day_and_which_days_are_past(decided):
    from jazari.usecase.decisions.routes import as_of

    declaration = decided.version.declaration
    made = decided.decided_at.date()
    soon = {one["route"]: one for one in as_of(decided.routes, declaration, made + datetime.timedelta(10))}
    late = {one["route"]: one for one in as_of(decided.routes, declaration, made + datetime.timedelta(400))}
    first = {one["route"]: one for one in decided.routes}
    assert soon["objection"]["last_day"] == first["objection"]["last_day"]
    assert soon["objection"]["answer_by"] > first["objection"]["answer_by"]
    assert (late["objection"]["is_past"], late["objection"]["answer_by"]) == (True, None)
    assert not late["complaint_answer"]["is_past"]


def test_a_case_that_was_claimed_and_forgotten_waits_again(officer, db):
    from django.utils import timezone

    from jazari.hub.accounts.models import Appointment
    from jazari.hub.decisions.deciding import claim, free_forgotten

    _, case, _ = officer
    who = Appointment.objects.get(role="officer").user
    assert claim(case, who)
    now = timezone.now()
    assert free_forgotten(now + datetime.timedelta(hours=23)) == 0
    assert free_forgotten(now + datetime.timedelta(hours=25)) == 1
    assert claim(case, who)
    Appointment.objects.filter(user=who).delete()
    assert free_forgotten(now) == 1
    case.refresh_from_db()
    assert (case.state, case.claimed_by) == ("waits", None)
