"""Private files: imported as the run wrote them, or not at all."""

from __future__ import annotations

import pytest


def test_a_folder_that_was_changed_is_not_imported(imported, listed, db, tmp_path):
    import shutil

    from jazari.core.errors import VerificationError
    from jazari.hub.decisions.private import bring_in

    def changed(name, change):
        folder = tmp_path / name
        shutil.copytree(listed.path, folder)
        change(folder)
        with pytest.raises(VerificationError, match="JZ-560"):
            bring_in(folder)

    def edit(folder):
        document = folder / "dossier.json"
        document.write_bytes(document.read_bytes().replace(b"tutoring", b"grading_"))

    def waive(folder):
        (folder / "waivers").mkdir()
        (folder / "waivers" / "evil.json").write_text('{"x": 1}')

    before = (db.PROFILE.data / "private" / imported.digest / "dossier.json").read_bytes()
    changed("edited", edit)
    changed("waived", waive)
    changed("linked", lambda folder: (folder / "passwd").symlink_to("/etc/passwd"))
    assert (db.PROFILE.data / "private" / imported.digest / "dossier.json").read_bytes() == before


def test_an_import_keeps_the_waivers_that_were_there(imported, listed, db):
    from jazari.core.canonical import digest_without, encode
    from jazari.hub.decisions.private import bring_in

    waiver = {
        "schema": "jazari.waiver/1", "dossier": listed.digest, "safeguard": "expires", "reason": "a reason in words",
        "by": "Director", "from": "2026-11-01", "until": "2027-01-31",
    }  # fmt: skip
    waiver["digest"] = digest_without(waiver, "digest")
    path = db.PROFILE.data / "private" / imported.digest / "waivers" / "expires.json"
    path.parent.mkdir()
    path.write_bytes(encode(waiver))
    assert bring_in(listed.path) == (imported, 0)
    assert path.read_bytes() == encode(waiver)


def test_every_look_at_a_persons_file_is_an_event_of_the_log(decided, client, person, records):
    from jazari.hub.decisions.models import View
    from jazari.hub.objections import filing

    objection = filing.file_objection(decided, {"speaker": "self", "grounds": "It was my brother"}, "fr")
    asked = {"asker": "teacher", "who": "Pupil 17", "why": "His father is ill", "territory": decided.territory}
    request = filing.file_request(decided.system, asked, "fr")
    before, kept = len(records("view")), View.objects.count()
    officer, reviewer = client(person("officer")), client(person("reviewer"))
    looks = (
        (officer, f"/fr/decided/{decided.number}/"),
        (officer, f"/fr/requests/{request.number}/"),
        (reviewer, f"/fr/reviews/{objection.number}/"),
        (reviewer, f"/fr/reviews/{objection.number}/evidence.json"),
    )
    for browser, path in looks:
        assert browser.get(path).status_code == 200
    purposes = [one["purpose"] for one in records("view")][before:]
    assert purposes == ["notice of a decision", "request for help", *["review of an objection"] * 2]
    assert View.objects.count() == kept + 4


def test_somebody_of_a_commune_where_nobody_is_listed_can_ask(imported, client):
    from jazari.hub.objections.models import HelpRequest

    browser, path = client(), f"/fr/ask/{imported.system.slug}"
    assert "Une autre commune" in browser.get(f"{path}/territory/").content.decode()
    answers = {
        "asker": "guardian", "who": "Pupil 17", "territory": imported.system.pole, "site": "School of Ait Ourir",
        "why": "His father is ill since September", "answer_to": "",
    }  # fmt: skip
    for name, said in answers.items():
        assert browser.post(f"{path}/{name}/", {name: said}).status_code == 302
    assert browser.post(f"{path}/check/").status_code in (200, 302)
    assert HelpRequest.objects.get().territory == imported.system.pole
