"""From a figure of the programme to the entries of the log behind it; and no raw word on a public page."""

from __future__ import annotations

import datetime
import shutil

import pytest
from django.utils import timezone

from jazari.governance import custody
from jazari.governance.ledger.event import Event
from jazari.governance.ledger.ledger import Ledger

FACTS = {"system": "education.dropout", "version": "1.0.0", "model": "a" * 64, "declaration": "b" * 64}


@pytest.fixture
def objected(published, person, tmp_path):
    """A published system with an objection that is overdue, sealed as entry 299 of the hub's log."""
    from jazari.hub.decisions.models import Decision
    from jazari.hub.objections.models import Objection

    version, now = published(), timezone.now()
    folder = tmp_path / "ledger"
    shutil.rmtree(folder)  # that of the publication: one with more entries takes its place
    custody.create(folder, "hub.example")
    record = {"outcome": "tutoring", "action": "followed", "reasons": "seen", "officer": "officer-3"}
    with Ledger.open(folder) as ledger:
        given = ledger.append([Event("decision", record, FACTS, subject=str(at)) for at in range(300)])
        receipt = given[299].text()
    one = Decision.objects.create(
        number="D-1",
        system=version.system,
        version=version,
        subject="x",
        action="followed",
        outcome="tutoring",
        reasons="x",
        officer=person("officer"),
        decided_at=now,
        secret="x",  # noqa: S106  a fingerprint that opens nothing
        secret_at=now,
    )
    Objection.objects.create(
        number="O-1",
        secret="x",  # noqa: S106  as above
        decision=one,
        system=version.system,
        speaker="self",
        grounds="what somebody wrote",
        language="fr",
        filed_at=now - datetime.timedelta(30),
        clock="objection",
        last_day=now.date() - datetime.timedelta(1),
        receipt=receipt,
    )
    return version.system


def test_a_figure_of_the_programme_drills_to_entries_of_the_log(client, person, objected):
    browser = client(person("programme_officer", territory="MA-03"))
    assert browser.get("/fr/programme.json").json()["total"]["overdue"] == 1
    assert f"/fr/programme/system/{objected.slug}/" in browser.get("/fr/programme/MA-03/").content.decode()
    data = browser.get(f"/fr/programme/system/{objected.slug}.json").json()
    assert data["log"] == {"origin": "hub.example", "size": 300}
    waiting = data["waiting"][0]
    assert (waiting["index"], waiting["overdue"], waiting["file"]) == (299, True, "tile/entries/001.p/44")
    assert client().get(f"/log/{waiting['file']}").status_code == 200
    page = browser.get(f"/fr/programme/system/{objected.slug}/").content.decode()
    assert "what somebody wrote" not in page
    assert "O-1" not in page


def test_a_programme_officer_of_another_territory_sees_no_proofs(client, person, objected):
    browser = client(person("programme_officer", territory="MA-04"))
    assert browser.get(f"/fr/programme/system/{objected.slug}/").status_code == 403


def test_a_system_without_a_log_says_so(client, person, published, tmp_path):
    slug = published().system.slug
    shutil.rmtree(tmp_path / "ledger")
    assert client(person("programme_officer")).get(f"/fr/programme/system/{slug}.json").json()["log"] is None


@pytest.mark.parametrize(("language", "words"), [("fr", ("féminin", "masculin")), ("ar", ("أنثى", "ذكر"))])
def test_groups_and_safeguards_are_said_in_the_readers_language(client, published, language, words):
    slug = published().system.slug
    page = client().get(f"/{language}/register/{slug}/evidence/0/").content.decode()
    assert all(f"<bdi>{word}</bdi>" in page for word in words)
    assert "<bdi>f</bdi>" not in page
    entry = client().get(f"/{language}/register/{slug}/").content.decode()
    assert "gap_at_most" not in entry
    assert "(commune)" not in entry or language == "fr"


def test_categories_of_a_model_are_said_in_words_and_numbers_stay(client, published):
    from jazari.hub.register.models import Curve

    slug = published().system.slug
    curve = Curve.objects.get(version__system__slug=slug, columns=["housing"])
    curve.facts["rows"][0]["parts"] = [["rural", "<b>other</b>"]]
    curve.save()
    page = client().get(f"/ar/register/{slug}/model/{curve.place}/").content.decode()
    assert "<bdi>قروي</bdi>" in page
    assert "<b>other</b>" not in page
