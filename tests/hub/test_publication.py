"""From pack to public page: other people approve, nothing blocked gets out, every step refuses what comes too early."""

from __future__ import annotations

import datetime

import pytest

from jazari.core.errors import JazariError


@pytest.fixture
def uploaded(person, pack):
    from jazari.hub.register import publication

    def make(**changed):
        return publication.upload(pack(**changed), "MA-03", person("publisher"))

    return make


def approve(version, person):
    from jazari.hub.register import publication

    publication.judge(version, person("approver"), "", good=True)


def test_the_declaration_says_what_it_knows_and_the_publisher_the_rest(uploaded):
    from jazari.hub.register.publication import missing

    version = uploaded()
    assert version.entry["title"]["ar"] == "الهدر المدرسي"
    assert "4,0" in version.entry["help"]["fr"]
    assert set(missing(version)) == {"lawfulness", "necessity", "proportionality"}


def test_nothing_is_published_before_it_is_approved(uploaded, say_all):
    from jazari.hub.register import publication

    version = uploaded()
    say_all(version)
    with pytest.raises(JazariError, match="JZ-818"):
        publication.publish(version)


def test_nothing_is_approved_or_published_before_it_is_said_in_french_and_in_arabic(uploaded, person, say_all):
    from jazari.hub.register import publication

    version = uploaded()
    with pytest.raises(JazariError, match="JZ-819"):
        approve(version, person)
    say_all(version)
    approve(version, person)
    version.entry["lawfulness"] = {}
    version.save()
    with pytest.raises(JazariError, match="JZ-819"):
        publication.publish(version)


def test_an_approval_sent_twice_counts_once(uploaded, person, say_all):
    from jazari.hub.register import publication

    version, approver = uploaded(), person("approver")
    say_all(version)
    for _ in range(2):
        publication.judge(version, approver, "", good=True)
    assert (version.state, version.approvals.count()) == ("approved", 1)


@pytest.mark.parametrize("status", ["unaudited", "publishable", "whatever"])
def test_a_status_that_does_not_follow_from_the_findings_is_refused_at_the_door(uploaded, status):
    finding = {"safeguard": "house", "state": "broken", "sentence": "x", "values": {}, "waivable": True}
    with pytest.raises(JazariError, match="JZ-827"):
        uploaded(status=status, findings=[finding])


def test_a_dossier_that_is_blocked_is_not_published(uploaded, person, say_all):
    from jazari.hub.register import publication

    finding = {"safeguard": "gap_of_the_house", "state": "broken", "sentence": "x", "values": {}, "waivable": True}
    version = uploaded(status="blocked", findings=[finding])
    say_all(version)
    approve(version, person)
    with pytest.raises(JazariError, match="JZ-820"):
        publication.publish(version)


@pytest.mark.parametrize(
    ("until", "waivable", "gets_out"),
    [("2999-01-01", True, True), ("2020-01-01", True, False), ("2999-01-01", False, False)],
)
def test_a_waiver_in_force_lets_a_blocked_dossier_out_and_is_public(
    uploaded, person, say_all, client, until, waivable, gets_out
):
    from jazari.hub.register import publication

    finding = {"safeguard": "gap_of_the_house", "state": "broken", "sentence": "x", "values": {}, "waivable": waivable}
    waiver = {
        "safeguard": "gap_of_the_house",
        "reason": "Écart expliqué par le transport.",
        "by": "A. B.",
        "until": until,
    }
    version = uploaded(status="blocked", findings=[finding], waivers=[waiver])
    say_all(version)
    approve(version, person)
    if not gets_out:
        with pytest.raises(JazariError, match="JZ-820"):
            publication.publish(version)
        return
    publication.publish(version)
    assert "Écart expliqué par le transport." in client().get("/fr/register/education-dropout-ma-03/").content.decode()


def test_the_same_dossier_is_not_taken_in_twice(uploaded):
    uploaded()
    with pytest.raises(JazariError, match="JZ-817"):
        uploaded()


def test_more_eyes_ask_for_more_approvals(uploaded, person, say_all, django_ready, monkeypatch):
    import dataclasses

    monkeypatch.setattr(django_ready, "PROFILE", dataclasses.replace(django_ready.PROFILE, eyes=3))
    version = uploaded()
    say_all(version)
    approve(version, person)
    assert version.state == "uploaded"
    approve(version, person)
    assert version.state == "approved"


def test_one_refusal_ends_a_version_with_its_reason(uploaded, person):
    from jazari.hub.register import publication

    version = uploaded()
    publication.judge(version, person("approver"), "Base légale fausse.", good=False)
    assert (version.state, version.reason) == ("refused", "Base légale fausse.")
    assert uploaded().number == 2  # the same dossier may be brought again


def test_a_version_ends_when_its_answers_expire(published):
    version = published()
    assert version.expires_on == datetime.date(2027, 11, 1)
    assert version.system.review_by <= version.expires_on


def test_the_journey_of_a_pack_through_the_pages(client, person, pack):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from jazari.hub.register.models import Version

    publisher, approver = client(person("publisher", territory="MA-03")), client(person("approver"))
    sent = publisher.post("/fr/publish/upload/", {"pole": "MA-03", "pack": SimpleUploadedFile("x.zip", pack())})
    version = Version.objects.get()
    assert sent["Location"] == f"/fr/publish/{version.pk}/"
    approver.post(f"/fr/publish/{version.pk}/approve/", {"verdict": "good"})
    version.refresh_from_db()
    assert version.state == "uploaded"  # what is approved is said in full
    for field in ("lawfulness", "necessity", "proportionality"):
        said = publisher.post(f"/fr/publish/{version.pk}/say/{field}/", {"fr": "Parce que.", "ar": "لأن."})
        assert said.status_code == 302
    moved = publisher.post(
        f"/fr/publish/{version.pk}/circumstances/",
        {"phase": "pilot", "automation": "informs", "territories": "MA-03 MA-01"},
    )
    assert moved.status_code == 302
    assert publisher.post(f"/fr/publish/{version.pk}/approve/", {"verdict": "good"}).status_code == 403
    assert approver.post(f"/fr/publish/{version.pk}/approve/", {"verdict": "bad"}).status_code == 302
    version.refresh_from_db()
    assert version.state == "uploaded"  # a refusal without a reason is not one
    approver.post(f"/fr/publish/{version.pk}/approve/", {"reason": "Verdict of neither button."})
    version.refresh_from_db()
    assert version.state == "uploaded"
    approver.post(f"/fr/publish/{version.pk}/approve/", {"verdict": "good"})
    changed = publisher.post(f"/fr/publish/{version.pk}/say/purpose/", {"fr": "Autre", "ar": "آخر"})
    assert changed.status_code == 422  # what others approved is no longer changed
    publisher.post(f"/fr/publish/{version.pk}/publish/")
    found = client().get("/fr/register.json", {"territory": "MA-01", "phase": "pilot", "automation": "informs"}).json()
    assert found["total"] == 1
    publisher.post(f"/fr/publish/{version.pk}/end/", {"reason": "Fin du pilote.", "how": "archive"})
    assert "Fin du pilote." in client().get("/fr/register/education-dropout-ma-03/").content.decode()


def test_a_publisher_of_another_pole_cannot_send_for_this_one(client, person, pack):
    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = client(person("publisher", territory="MA-04")).post(
        "/fr/publish/upload/", {"pole": "MA-03", "pack": SimpleUploadedFile("x.zip", pack())}
    )
    assert answer.status_code == 422


def test_a_bad_pack_is_answered_with_its_code_in_the_readers_language(client, person):
    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = client(person("publisher")).post(
        "/ar/publish/upload/", {"pole": "MA-03", "pack": SimpleUploadedFile("x.zip", b"no zip")}
    )
    assert answer.status_code == 422
    assert "JZ-810" in answer.content.decode()
    assert "هذا ليس أرشيفا مقروءا" in answer.content.decode()


def test_a_waiver_of_another_dossier_or_one_that_was_changed_is_refused(uploaded):
    from jazari.core.errors import VerificationError

    waiver = {"safeguard": "gap_of_the_house", "reason": "Un motif assez long.", "by": "A. B.", "until": "2999-01-01"}
    with pytest.raises(VerificationError, match="JZ-816"):
        uploaded(waivers=[waiver | {"dossier": "f" * 64}])


@pytest.fixture
def audited(uploaded, person, say_all):
    """A version of an auditor pack, worded and approved; its evidence waits."""
    from jazari.hub.register import verification

    version = uploaded()
    version.facts["verification"] = [{"sentence": verification.FILES}, {"sentence": verification.WAITS, "held": None}]
    version.recompute = True
    say_all(version)
    approve(version, person)
    return version


def test_an_auditor_pack_waits_for_its_evidence_which_no_request_recomputes(dossier_files, zip_of, person):
    import json

    from jazari.core.canonical import digest_without, encode
    from jazari.hub.register import publication, verification

    files = dossier_files()
    document = json.loads(files["dossier.json"])
    document["files"]["evidence.json"]["audience"] = "auditor"
    document["digest"] = digest_without(document, "digest")
    files["dossier.json"] = encode(document)
    version = publication.upload(zip_of(files), "MA-03", person("publisher"))
    assert version.recompute
    assert version.facts["verification"][-1] == {"sentence": verification.WAITS, "held": None}


def test_nothing_is_published_before_its_evidence_was_recomputed(audited):
    from jazari.hub.register import publication, verification
    from jazari.hub.register.recomputing import recompute_due

    with pytest.raises(JazariError, match="JZ-824"):
        publication.publish(audited)
    seen = []
    assert recompute_due(lambda path: seen.append(path.read_bytes()[:2]) or True) == {"agreed": 1, "refused": 0}
    assert seen == [b"PK"]
    assert recompute_due(lambda path: True) == {"agreed": 0, "refused": 0}
    publication.publish(audited)
    assert audited.facts["verification"][-1] == {"sentence": verification.EVIDENCE, "held": True}


@pytest.mark.parametrize("wrong", [JazariError("JZ-560", "it differs", fix="x"), MemoryError("a value of somebody")])
def test_evidence_that_differs_or_breaks_the_verification_ends_the_version(audited, wrong):
    from jazari.hub.register import publication
    from jazari.hub.register.recomputing import recompute_due

    def recompute(path):
        raise wrong

    assert recompute_due(recompute) == {"agreed": 0, "refused": 1}
    audited.refresh_from_db()
    assert audited.state == "refused"
    assert audited.reason.startswith("[JZ-")
    assert "somebody" not in audited.reason
    with pytest.raises(JazariError, match="JZ-818"):
        publication.publish(audited)
