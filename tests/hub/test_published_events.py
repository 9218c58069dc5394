"""What is put into use and taken out of it stands in the log; an auditor pack of a real run shows what it says."""

from __future__ import annotations

import json

import pytest

from jazari.core.errors import LedgerError


def test_publishing_and_retracting_are_events_of_the_log(published, person, records):
    from jazari.hub.register import publication

    version = published()
    (said,) = records("publish")
    assert (said["dossier"], said["by"]) == (version.digest, version.uploaded_by.username)
    by = person("publisher", username="somebody-else")
    publication.end(version, "retracted", "The data were of another year", by)
    (said,) = records("retract")
    assert (said["reasons"], said["by"]) == ("The data were of another year", "somebody-else")


def test_what_cannot_be_sealed_is_not_published(person, pack, say_all, monkeypatch):
    from jazari.governance.ledger.ledger import Ledger
    from jazari.hub.register import publication

    def full(*_):
        raise LedgerError("JZ-604", "the disk is full", fix="make room.")

    version = publication.upload(pack(), "MA-03", person("publisher"))
    say_all(version)
    publication.judge(version, person("approver"), "", good=True)
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "append", full)
        with pytest.raises(LedgerError, match="JZ-604"):
            publication.publish(version)
    version.refresh_from_db()
    assert version.state == "approved"
    publication.publish(version)
    assert version.state == "published"


@pytest.fixture(scope="session")
def audited(kingdom, tmp_path_factory):
    """A run with its whole evidence, and its auditor pack."""
    from jazari.usecase.pack import pack as make_pack
    from jazari.usecase.run import run

    out = tmp_path_factory.mktemp("audited")
    dossier = run("education.dropout", kingdom, out / "d", settings={"challenger": "", "pairs": "0"})
    make_pack(dossier, "auditor", out / "auditor.zip")
    return dossier, (out / "auditor.zip").read_bytes()


@pytest.mark.long
def test_an_auditor_pack_of_a_run_is_recomputed_and_shows_exactly_what_it_says(audited, person, client, say_all):
    from jazari.core.errors import PortalError
    from jazari.hub.due import do_what_is_due
    from jazari.hub.register import entry, publication

    dossier, content = audited
    version = publication.upload(content, "MA-04", person("publisher"))
    say_all(version)
    publication.judge(version, person("approver"), "", good=True)
    version.refresh_from_db()
    if entry.uncovered(version.facts, version.uploaded_at.date()):
        version.facts = version.facts | {"findings": [], "status": "publishable"}  # the small kingdom records late
        version.save()
    with pytest.raises(PortalError, match="JZ-824"):
        publication.publish(version)
    assert do_what_is_due()["evidence agreed"] == 1
    publication.publish(version)
    shown = json.loads(client().get("/fr/register/education-dropout-ma-04/evidence.json").content)["evidence"]
    said = dossier.evidence
    assert {name: value for name, value in shown.items() if value != said.get(name)} == {}
    assert shown["auc"]["value"] == said["auc"]["value"]
