"""A declaration says everything, or is refused with what to say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import jazari
from jazari import (
    Risk,
    Table,
    UseCase,
    audited,
    beats_baseline,
    column,
    expires,
    gap_at_most,
    human_decides,
    key,
    never_for,
    notice,
    objection,
    outcome,
    period,
    person_beats_site,
    places,
    site,
    territory,
    unsaid,
)
from jazari.core.errors import DeclarationError, JazariError


def pupils(*more, **said):
    return Table(
        "pupils", key("pupil_id"), period("school_year"), site("school"), territory("commune"),
        column("absences", "Absences since September", unit="half-day", within=(0, 180), known_at="2025-12-20"),
        column("term_average", "First-term average", unit="point/20", within=(0, 20), direction="down"),
        audited("sex", "Sex", among=("f", "m")), audited("milieu", "Milieu", among=("rural", "urban")),
        outcome("left_school", "Left before next September", known_after="P9M"), *more,
        **{"row": "one pupil in one school year, as known when the first term closes", **said},
    )  # fmt: skip


def dropout(**said):
    words = {
        "purpose": "Offer tutoring, transport or a grant before a pupil leaves.",
        "table": pupils(),
        "engine": Risk(of="left_school", against="absences"),
        "help": places("tutoring", share=0.04, of="commune"),
        "safeguards": (
            human_decides("school head"), never_for("sanction", "admission", "grading", "policing", "benefits"),
            beats_baseline(by=0.05), person_beats_site(by=0.05),
            gap_at_most(0.10, metric="recall", across=("sex", "milieu")),
            notice("guardian", languages=("ar", "zgh", "fr")), objection(open_for="P30D", within="P15D"),
            expires("P12M"),
        ),
    }  # fmt: skip
    return UseCase("education.dropout", **(words | said))


def refused(code, make):
    with pytest.raises(DeclarationError) as caught:
        make()
    assert caught.value.code == code
    assert caught.value.fix
    return caught.value


def test_the_example_of_the_architecture_page_is_a_declaration():
    case = dropout()
    assert case.sector == "education"
    assert [one.name for one in case.table.inputs] == ["absences", "term_average"]
    assert len(case.safeguards) == 8


def test_a_list_without_help_is_refused():
    words = {"purpose": "x", "table": pupils(), "engine": Risk(of="left_school", against="absences")}
    assert "help" in refused("JZ-216", lambda: UseCase("education.dropout", **words)).found


def test_a_column_known_only_after_the_prediction_date_is_refused():
    late = column("exam", known_at="P8M")
    refused("JZ-213", lambda: pupils_with(late, predict_at="P3M20D"))


def pupils_with(*more, **said):
    return Table("pupils", column("absences", known_at="P3M"), *more, outcome("left"), **said)


def test_a_column_that_will_be_recorded_in_the_future_is_refused_where_no_prediction_date_is_said():
    refused("JZ-213", lambda: pupils(column("exam", known_at="2999-01-01")))


def test_an_audited_column_cannot_be_the_simple_rule():
    refused("JZ-223", lambda: dropout(engine=Risk(of="left_school", against="sex")))


def test_the_outcome_cannot_be_the_simple_rule():
    refused("JZ-223", lambda: dropout(engine=Risk(of="left_school", against="left_school")))


def test_a_word_nobody_knows_is_refused_and_the_nearest_column_is_proposed():
    error = refused("JZ-203", lambda: dropout(engine=Risk(of="left_school", against="absenses")))
    assert "did you mean 'absences'?" in error.fix


def test_places_by_a_column_that_the_engine_reads_are_refused():
    refused("JZ-219", lambda: dropout(help=places("tutoring", share=0.04, of="absences")))


@pytest.mark.parametrize("wrong", [{"share": 0.0}, {"share": 1.0}, {"count": 0}, {}, {"share": 0.1, "count": 3}])
def test_places_are_a_share_or_a_count(wrong):
    refused("JZ-215", lambda: places("tutoring", **wrong))


def test_a_draft_knows_what_only_a_person_can_say():
    case = dropout(owner=unsaid("who answers for it"))
    assert case.unsaid() == ["who answers for it"]
    assert dropout().unsaid() == []


def test_a_change_of_the_declaration_changes_its_fingerprint():
    assert dropout().fingerprint == dropout().fingerprint
    assert dropout().fingerprint != dropout(help=places("tutoring", share=0.05, of="commune")).fingerprint


def test_settings_are_overridden_by_name_and_sort():
    question = Risk(of="left_school", against="absences").overridden({"folds": "3", "pairs": "0"})
    assert (question.folds, question.tuning) == (3, {"pairs": 0})
    refused("JZ-224", lambda: Risk(of="a", against="b").overridden({"folds": "three"}))


def test_the_public_names_are_all_there():
    assert all(getattr(jazari, name) is not None for name in jazari.__all__)


anything = st.one_of(
    st.none(), st.integers(), st.text(max_size=9), st.floats(allow_nan=False), st.tuples(st.text(max_size=5))
)


@given(
    st.text(max_size=12),
    st.dictionaries(st.sampled_from(["purpose", "help", "table", "engine", "owner", "x"]), anything),
)
def test_whatever_is_declared_the_answer_is_a_use_case_or_a_coded_error(name, said):
    try:
        UseCase(name, **said)
    except JazariError as error:
        assert error.fix


@given(
    st.lists(
        st.one_of(anything, st.text(max_size=6).map(lambda word: column(word or "c")), st.just(outcome("y"))),
        max_size=5,
    )
)
def test_whatever_is_in_a_table_the_answer_is_a_table_or_a_coded_error(columns):
    try:
        Table("t", *columns)
    except JazariError as error:
        assert error.fix
