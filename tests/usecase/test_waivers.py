"""A waiver is signed, dated and bound to one dossier; the status is computed on reading."""

import copy
import datetime

import pytest

from jazari.core.canonical import digest_without, encode
from jazari.core.errors import DeclarationError, SafeguardError, VerificationError
from jazari.usecase.archive import unpack
from jazari.usecase.dossier import Dossier
from jazari.usecase.pack import pack
from jazari.usecase.reprint import reprint
from jazari.usecase.verify import verify
from jazari.usecase.waivers import effective_status, in_force, waive

TODAY = datetime.date(2026, 11, 22)
WORDS = {
    "reason": "A pilot of one term in two communes, reported in March",
    "by": "R. Alami, director",
    "until": "2027-03-31",
}


@pytest.fixture
def blocked(dossier, copy_of):
    """The dossier with one safeguard found broken that may be waived, and one that may not."""

    def made(name, *, waivable):
        folder = copy_of(dossier)
        document = copy.deepcopy(dict(folder.document))
        for rule in document["declaration"]["safeguards"]:
            if rule["safeguard"] == "beats_baseline" == name:
                rule["by"] = 0.99  # more than any evidence shows
        for finding in document["findings"]:
            if finding["safeguard"] == name:
                finding |= {"state": "broken", "sentence": "x", "values": {}, "waivable": waivable}
        document["status"] = "blocked"
        document["digest"] = digest_without(document, "digest")
        (folder.path / "dossier.json").write_bytes(encode(document))
        return Dossier.open(folder.path)

    return made


def test_a_waiver_lifts_a_broken_safeguard_until_its_last_day_and_changes_no_file(blocked):
    dossier = blocked("beats_baseline", waivable=True)
    before = (dossier.path / "dossier.json").read_bytes()
    assert effective_status(dossier, TODAY) == "blocked"
    waive(dossier, safeguard="beats_baseline", today=TODAY, **WORDS)
    assert effective_status(dossier, TODAY) == "publishable"
    assert effective_status(dossier, datetime.date(2027, 3, 31)) == "publishable"
    assert effective_status(dossier, datetime.date(2027, 4, 1)) == "blocked"
    assert (dossier.path / "dossier.json").read_bytes() == before
    verify(dossier.path)


def test_the_card_shows_the_waivers_in_force(blocked):
    dossier = blocked("beats_baseline", waivable=True)
    waive(dossier, safeguard="beats_baseline", today=TODAY, **WORDS)
    page = reprint(dossier, "fr", TODAY)
    assert "R. Alami, director" in page
    assert "Dérogations en vigueur" in page
    assert "R. Alami" not in reprint(dossier, "fr", datetime.date(2028, 1, 1))


def test_what_protects_children_cannot_be_waived(blocked):
    dossier = blocked("human_decides", waivable=False)
    with pytest.raises(SafeguardError, match="JZ-551") as caught:
        waive(dossier, safeguard="human_decides", today=TODAY, **WORDS)
    assert caught.value.exit_code == 5


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "because"},
        {"by": " "},
        {"until": "2026-11-22"},
        {"until": "2028-01-01"},
        {"until": "soon"},
        {"until": "2026-13-45"},
    ],
)
def test_a_waiver_says_why_who_and_until_when(blocked, wrong):
    with pytest.raises(DeclarationError, match="JZ-553"):
        waive(blocked("beats_baseline", waivable=True), safeguard="beats_baseline", today=TODAY, **(WORDS | wrong))


def test_there_is_nothing_to_waive_where_nothing_is_broken(dossier, copy_of):
    with pytest.raises(DeclarationError, match="JZ-552"):
        waive(copy_of(dossier), safeguard="small_cells", today=TODAY, **WORDS)


def test_a_waiver_that_was_edited_or_comes_from_another_dossier_counts_for_nothing(blocked):
    dossier = blocked("beats_baseline", waivable=True)
    waive(dossier, safeguard="beats_baseline", today=TODAY, **WORDS)
    path = next((dossier.path / "waivers").iterdir())
    path.write_bytes(path.read_bytes().replace(b"2027-03-31", b"2029-03-31"))
    assert in_force(dossier, TODAY) == []
    assert effective_status(dossier, TODAY) == "blocked"
    with pytest.raises(VerificationError, match="waivers"):
        verify(dossier.path)


def test_a_waiver_travels_with_the_pack_and_counts_there_too(blocked, tmp_path):
    dossier = blocked("beats_baseline", waivable=True)
    waive(dossier, safeguard="beats_baseline", today=TODAY, **WORDS)
    names = pack(dossier, "public", tmp_path / "p.zip")
    assert any(name.startswith("waivers/") for name in names)
    verify(tmp_path / "p.zip")
    (tmp_path / "out").mkdir()
    unpack(tmp_path / "p.zip", tmp_path / "out")
    assert effective_status(Dossier.open(tmp_path / "out"), TODAY) == "publishable"


def test_an_edited_waiver_is_not_packed(blocked, tmp_path):
    dossier = blocked("beats_baseline", waivable=True)
    waive(dossier, safeguard="beats_baseline", today=TODAY, **WORDS)
    path = next((dossier.path / "waivers").iterdir())
    path.write_bytes(path.read_bytes().replace(b"director", b"minister"))
    with pytest.raises(VerificationError, match="JZ-227"):
        pack(dossier, "public", tmp_path / "p.zip")
    assert not (tmp_path / "p.zip").exists()
