"""A hub for tests: Django on a store of its own, people of every role, and packs as `jazari pack` makes them."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("django", reason="the hub's extra is not installed: pip install jazari[hub]")

from jazari.core.canonical import digest_without, encode

_LANGUAGES = ("ar", "zgh", "fr", "en")
_DOSSIER = Path(__file__).parent / "dossier"


def document(name: str) -> dict[str, Any]:
    """A document of a small dossier, as a run writes it."""
    return json.loads((_DOSSIER / f"{name}.json").read_text(encoding="utf-8"))


def finding(state: str = "holds", *, waivable: bool = True) -> dict[str, Any]:
    return {
        "safeguard": "gap_of_the_house",  # a safeguard of the pole's own, which is not installed here
        "state": state,
        "sentence": "The gap is {gap:.1%} across {across}.",
        "values": {"gap": 0.031, "across": ["sex", "milieu"]},
        "evidence": {},
        "waivable": waivable,
    }


def dossier(*, with_model: bool = True, private: bool = False, **changed: Any) -> dict[str, bytes]:
    files = {f"card.{one}.html": f"<!doctype html><title>{one}</title>".encode() for one in _LANGUAGES}
    files["evidence.json"] = encode(document("evidence"))
    if with_model:
        files["model.json"] = encode(document("model"))
    if private:
        files["list.parquet"] = b"PAR1"
    head: dict[str, Any] = {
        "schema": "jazari.dossier/1",
        "case": "education.dropout",
        "declaration": document("declaration"),
        "status": "publishable",
        "seed": 0,
        "settings": {},
        "unknown": [],
        "findings": [finding()],
        "versions": {"jazari": "0.1.0"},
        "fingerprints": {"data": "a" * 64, "declaration": "b" * 64, "code": "c" * 64},
        "run": {"id": "0" * 32, "started": "2026-11-01T08:00:00+00:00", "finished": "2026-11-01T08:10:00+00:00"},
    }
    head |= changed
    _found_by_the_declared(head)
    head["files"] = {
        name: {
            "sha256": hashlib.sha256(content).hexdigest(),
            "audience": "private" if name == "list.parquet" else "public",
        }
        for name, content in files.items()
    }
    head["digest"] = digest_without(head, "digest")
    return {"dossier.json": encode(head), **files}


def _found_by_the_declared(head: dict[str, Any]) -> None:
    """Declare what has a finding, and find what is declared; the status follows unless a test says another."""
    rules, own = head["declaration"]["safeguards"], {one["safeguard"] for one in head["findings"]}
    waits = [
        {**finding("not yet", waivable=one["waivable"]), "safeguard": one["safeguard"], "sentence": "It will be seen."}
        for one in rules
        if one["safeguard"] not in own
    ]
    rules += [{"safeguard": one["safeguard"], "waivable": one.get("waivable", True)} for one in head["findings"]]
    head["findings"] = waits + head["findings"]


@pytest.fixture
def dossier_files():
    """The files of a dossier, with its fingerprints; keywords change `dossier.json` before it is sealed."""
    return dossier


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def pack(dossier_files):
    """A pack, as `jazari pack --for public` makes it; `waivers` lie beside."""

    def make(*, waivers: list[dict[str, Any]] | None = None, **changed: Any) -> bytes:
        files = dossier_files(**changed)
        for number, waiver in enumerate(waivers or []):
            sealed = {"schema": "jazari.waiver/1", "dossier": json.loads(files["dossier.json"])["digest"], **waiver}
            sealed["digest"] = digest_without(sealed, "digest")
            files[f"waivers/{number}.json"] = encode(sealed)
        return zipped(files)

    return make


@pytest.fixture
def zip_of():
    return zipped


@pytest.fixture(scope="session")
def django_ready():
    """Django with an empty store."""
    folder = tempfile.mkdtemp(prefix="jazari-hub-test-")
    os.environ["JAZARI_HUB_PROFILE"], os.environ["JAZARI_HUB_DATA"] = "demo", folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "jazari.hub.settings"
    import django
    from django.conf import settings
    from django.test.utils import get_runner, setup_test_environment, teardown_test_environment

    django.setup()
    setup_test_environment()
    runner = get_runner(settings)(verbosity=0, interactive=False)
    old = runner.setup_databases()
    yield settings
    runner.teardown_databases(old)
    teardown_test_environment()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def db(django_ready, tmp_path, monkeypatch):
    """A store that forgets what a test wrote, and a folder of its own."""
    import dataclasses

    from django.db import transaction

    monkeypatch.setattr(django_ready, "PROFILE", dataclasses.replace(django_ready.PROFILE, data=tmp_path))
    with transaction.atomic():
        yield django_ready
        transaction.set_rollback(True)


@pytest.fixture
def person(db):
    """Make somebody with roles, fully signed in once a client forces their login."""
    from jazari.hub.accounts.models import Appointment, User

    def make(*roles: str, username: str = "", territory: str = "", system: str = "") -> Any:
        user = User(username=username or f"user-{User.objects.count()}", name="A person")
        user.set_unusable_password()
        user.save()
        for role in roles:
            Appointment.objects.create(user=user, role=role, territory=territory, system=system)
        return user

    return make


@pytest.fixture
def client(db):
    """A browser without JavaScript; `client(user)` is signed in."""
    import time

    from django.test import Client

    def make(user: Any = None) -> Any:
        browser = Client(raise_request_exception=True)
        if user is not None:
            browser.force_login(user)
            session = browser.session
            session["since"] = session["seen"] = time.time()
            session.save()
        return browser

    return make


@pytest.fixture
def say_all():
    """Fill in what a publisher still has to say, in French and in Arabic."""
    from jazari.hub.register.publication import missing

    def fill(version: Any) -> None:
        for name in missing(version):
            version.entry[name] = {"fr": f"Texte de {name}", "ar": "نص"} | version.entry.get(name, {})
        version.save()

    return fill


@pytest.fixture
def published(person, pack, say_all):
    """Publish a pack as people do: uploaded, worded, approved by somebody else, published."""
    from jazari.hub.register import publication

    def make(*, pole: str = "MA-03", **changed: Any) -> Any:
        version = publication.upload(pack(**changed), pole, person("publisher"))
        say_all(version)
        publication.judge(version, person("approver"), "", good=True)
        publication.publish(version)
        version.refresh_from_db()
        return version

    return make


@pytest.fixture
def imported(db, listed, person, say_all, tmp_path):
    """A version with its private files: packed, published by people, imported."""
    from jazari.hub.decisions.private import bring_in
    from jazari.hub.register import publication
    from jazari.usecase.pack import pack as make_pack

    make_pack(listed, "public", tmp_path / "public.zip")
    version = publication.upload((tmp_path / "public.zip").read_bytes(), "MA-03", person("publisher"))
    say_all(version)
    publication.judge(version, person("approver"), "", good=True)
    publication.publish(version)
    return bring_in(listed.path)[0]


@pytest.fixture
def officer(imported, client, person):
    """An officer with the first part of the list open: their browser, its first case, themselves."""
    from jazari.hub.decisions.models import Case

    case = Case.objects.select_related("version").order_by("territory", "place").first()
    who = person("officer")
    browser = client(who)
    browser.post(f"/fr/work/{imported.pk}/{case.territory}/open/", {"purpose": "tutoring"})
    return browser, case, who


@pytest.fixture
def decided(officer):
    """A decision that an officer took through the pages."""
    browser, case, _ = officer
    browser.get(f"/fr/case/{case.pk}/")
    browser.post(f"/fr/case/{case.pk}/claim/")
    reasons = "Met the mother on Tuesday: harvest work until November"
    browser.post(f"/fr/case/{case.pk}/", {"outcome": "help", "action": "followed", "reasons": reasons})
    return case.decisions.select_related("case", "version", "system").get()


@pytest.fixture
def printed(db):
    """Print a notice of a decision; its secret."""
    from jazari.hub.decisions import giving

    return lambda decision, language="fr": giving.print_one(decision, language, "http://127.0.0.1/x")[1]


@pytest.fixture
def opened(decided, printed, client):
    """The browser of the person concerned, with the decision open."""
    browser = client()
    browser.post(f"/fr/d/{decided.number}/", {"secret": printed(decided)})
    return browser


@pytest.fixture
def records(db):
    """The sealed records of a kind, as the institution's store holds them."""
    from jazari.governance.events import open_ledger

    def of(kind):
        with open_ledger(db.PROFILE.data / "ledger") as ledger:
            return [one["record"] for one in ledger.records(kind)]

    return of


@pytest.fixture
def contested(person):
    """Rows of a case, its decision, an objection to it and a request, on a published version; their numbers."""
    import datetime

    from django.utils import timezone

    from jazari.hub.decisions.models import Case, Decision
    from jazari.hub.objections.models import HelpRequest, Objection

    def make(version, officer=None, territory="MA-03:MA-FES-001"):
        now, day = timezone.now(), timezone.localdate() + datetime.timedelta(15)
        case = Case.objects.create(version=version, subject="1", territory=territory, place=1)
        shared = {"system": version.system, "secret": "0" * 64}
        decision = Decision.objects.create(
            **shared, number="VA1M-5R00-0000-0000-0000", version=version, case=case, subject="1", territory=territory,
            action="followed", outcome="tutoring", reasons="seen", officer=officer or person("officer"),
            decided_at=now, secret_at=now,
        )  # fmt: skip
        filed = {**shared, "language": "fr", "filed_at": now, "last_day": day}
        objection = Objection.objects.create(
            **filed, number="O-0000-0000-0000", decision=decision, speaker="self", grounds="x", clock="SERVICE_REVIEW"
        )
        asked = HelpRequest.objects.create(
            **filed,
            number="R-VA1M-5R00-0000-0000-0001",
            asker="self",
            territory=territory,
            who="x",
            why="x",
            clock="ACT",
        )
        return {"case": case.pk, "decision": decision.number, "objection": objection.number, "request": asked.number}

    return make
