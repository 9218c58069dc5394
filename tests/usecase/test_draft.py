"""A draft guesses what a table shows and marks what only a person can say."""

import pytest

from jazari.core.errors import DeclarationError
from jazari.usecase.draft import draft
from jazari.usecase.find import find
from jazari.usecase.run import run


@pytest.fixture
def beads(tmp_path):
    path = tmp_path / "beads.csv"
    rows = (f"b{n},{'mf'[n % 2]},{n % 7}.5,{('red', 'blue')[n % 2]},{('no', 'yes')[n % 3 == 0]}" for n in range(60))
    path.write_text("bead id,Sex,Weight (g),colour,lost\n" + "\n".join(rows) + "\n")
    return path


def test_a_draft_is_a_declaration_that_says_what_is_missing(beads, tmp_path):
    made = draft("toys.lost", beads, tmp_path / "lost.py")
    case = find(made.reference)
    assert case.unsaid() == made.questions
    assert len(made.questions) >= 9
    assert [one.name for one in case.table.audited] == ["sex"]
    assert case.table.one("key").header == "bead id"
    assert case.table.column("weight_g").header == "Weight (g)"
    assert case.table.column("colour").among == ("blue", "red")


def test_a_draft_does_not_run(beads, tmp_path):
    made = draft("toys.lost", beads, tmp_path / "lost.py")
    with pytest.raises(DeclarationError, match="JZ-222"):
        run(made.reference, beads, tmp_path / "d")
    assert not (tmp_path / "d").exists()


def test_a_draft_never_overwrites(beads, tmp_path):
    (tmp_path / "lost.py").write_text("mine")
    with pytest.raises(DeclarationError, match="JZ-228"):
        draft("toys.lost", beads, tmp_path / "lost.py")
    assert (tmp_path / "lost.py").read_text() == "mine"


@pytest.mark.parametrize("name", ["Lost", "a.b.c", "", "../x", "1x"])
def test_a_name_that_cannot_be_used_is_refused(beads, tmp_path, name):
    with pytest.raises(DeclarationError, match="JZ-217"):
        draft(name, beads, tmp_path / "x.py")
