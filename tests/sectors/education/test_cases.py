"""The two cases: what they read, what they never read, and that the real file fits."""

from jazari.data.conform import check
from jazari.data.source import open_source
from jazari.sectors.education.dropout import dropout
from jazari.sectors.education.student_dropout import student_dropout
from jazari.usecase.find import cases

AUDITED = ("Gender", "Nacionality", "International", "Displaced", "Educational special needs", "Marital status")


def test_both_cases_are_installed_under_their_names():
    found = cases()
    assert found["education.dropout"] is dropout
    assert found["education.student_dropout"] is student_dropout


def test_the_cases_say_everything_a_person_must_say():
    assert dropout.unsaid() == student_dropout.unsaid() == []
    for case in (dropout, student_dropout):
        assert case.title
        assert case.owner
        assert case.legal_bases
        assert case.contact


def test_the_engine_reads_no_audited_header():
    assert tuple(one.header for one in student_dropout.table.audited) == AUDITED
    said = " ".join(f"{one.name} {one.header} {one.label}" for one in student_dropout.table.inputs)
    assert [header for header in AUDITED if header in said] == []


def test_nothing_the_law_calls_sensitive_is_read_by_the_engine():
    names = " ".join(f"{one.name} {one.label}".lower() for one in dropout.table.inputs)
    words = (
        "health",
        "disab",
        "religio",
        "ethnic",
        "language",
        "union",
        "opinion",
    )  # law 09-08 art. 1, law 54-19 art. 5
    assert [word for word in words if word in names] == []


def test_the_published_file_fits_as_it_stands(shared):
    with open_source(shared / "student_dropout_uci697" / "data.csv") as source:
        report = check(source, student_dropout.table)
    assert report.errors == []
    assert report.rows == 4424
    assert report.unread == 0
