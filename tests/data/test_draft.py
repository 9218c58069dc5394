"""First guesses of a declaration, that show no value of a few."""

import keyword

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from jazari.data.draft import describe, identifier
from jazari.data.source import open_source


def test_columns_are_guessed_for_what_they_hold(tmp_path):
    path = tmp_path / "a.csv"
    lines = [
        f"{n};2024-2025;S{n % 30};{n % 37 + 0.5:.1f};{'rural' if n % 3 else 'urban'};{'oui' if n % 7 else 'non'};n{n}"
        for n in range(600)
    ]
    path.write_text("Id;Année scolaire;École;Note;Milieu;Inscrit;Nom\n" + "\n".join(lines), encoding="utf-8")
    with open_source(path) as source:
        told = {one.name: one for one in describe(source)}
    assert list(told) == ["id", "annee_scolaire", "ecole", "note", "milieu", "inscrit", "nom"]
    assert "key" in told["id"].candidates
    assert "period" in told["annee_scolaire"].candidates
    assert "site" in told["ecole"].candidates
    assert "outcome" in told["inscrit"].candidates
    assert [one.kind for one in told.values()] == ["number", "category", "text", "number", "category", "flag", "text"]
    assert told["milieu"].among == ("rural", "urban")
    low, high = told["note"].within
    assert low <= 0.5
    assert high >= 36.5


def test_a_value_of_a_few_is_not_shown():
    source = open_source(pa.table({"x": ["common"] * 50 + ["rare"] * 3, "y": [1.0] * 10 + [None] * 43}))
    first, second = describe(source)
    assert first.among == ()
    assert second.within is None


@given(st.text())
def test_every_header_gives_an_identifier(header):
    name = identifier(header)
    assert name.isidentifier()
    assert not keyword.iskeyword(name)
