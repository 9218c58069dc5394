"""Factors in words: what a notice says, in four languages, and what it never says."""

from jazari.core.languages import LANGUAGES
from jazari.sectors.education.dropout import pupils
from jazari.usecase import Table, column
from jazari.usecase.decisions.factors import factors, read_in_words

TERMS = [{"columns": [name]} for name in ("absences", "boarding", "cycle", "poverty_index")]
TERMS += [{"columns": ["distance", "school_bus"]}, {"columns": ["distance", "guardian_work"]}]
INPUTS = {
    "absences": 34.0, "boarding": 1.0, "cycle": "primary", "poverty_index": 71.5, "distance": 4.5, "school_bus": 0.0,
    "guardian_work": "day labour",
}  # fmt: skip


def weighed(*reasons, inputs=INPUTS, terms=TERMS, table=pupils):
    row = {"inputs": inputs}
    for at, (reason, contribution) in enumerate(reasons, 1):
        row |= {f"reason_{at}": reason, f"contribution_{at}": contribution}
    return factors(row, terms, table)


def words(found, language="en"):
    return [one["words"][language] for one in found.written]


def test_a_number_a_flag_and_a_category_are_said_with_their_direction():
    found = weighed((0, 1.2), (1, -0.4), (2, 0.1))
    assert words(found) == [
        "Absences since September (half-day): 34. This raises the score.",
        "Boards at school: yes. This lowers the score.",
        "Cycle: primary. This raises the score.",
    ]
    assert words(found, "fr")[0] == "Absences depuis septembre (demi-journée) : 34. Cela élève le score."
    assert [one["direction"] for one in found.written] == ["up", "down", "up"]


def test_every_factor_is_said_in_four_languages_and_never_half_in_another():
    (factor,) = weighed((1, 0.5)).written
    assert set(factor["words"]) == set(LANGUAGES)
    assert len({factor["words"][one] for one in ("ar", "fr", "en")}) == 3
    assert factor["words"]["zgh"] == factor["words"]["fr"]  # French stands in for the whole sentence


def test_two_columns_that_weigh_together_are_said_together():
    assert words(weighed((4, 0.5))) == [
        "Distance from home to school (km): 4.5; Takes the school bus: no. Together they raise the score."
    ]


def test_a_family_s_poverty_is_on_no_paper_alone_or_in_a_pair():
    found = weighed((3, 2.0), (5, 1.0), (0, 0.5))
    assert [one["columns"] for one in found.written] == [["absences"]]
    assert [one["columns"] for one in found.spoken] == [["poverty_index"], ["distance", "guardian_work"]]
    assert "71" not in str(found.written)


def test_a_missing_value_is_said_to_be_missing():
    assert "not recorded" in words(weighed((0, 0.3), inputs={"absences": None}))[0]


def test_no_reason_gives_no_factor():
    assert weighed((None, None), (255, 0.0)).written == ()
    assert weighed((0, 1.0), terms=()).written == ()


def test_a_foreign_model_s_reasons_are_said_in_its_own_words():
    table = Table("scores", column("score"))
    found = weighed((0, None), inputs={}, terms=[{"columns": ["Lives far from school"]}], table=table)
    assert words(found) == ["Lives far from school"]
    assert found.written[0]["direction"] == ""


def test_a_foreign_model_s_reason_that_names_a_face_to_face_column_stays_off_the_paper():
    found = weighed((0, None), inputs={}, terms=[{"columns": ["poverty_index"]}])
    assert (found.written, len(found.spoken)) == ((), 1)


def test_what_was_read_is_said_in_the_language_of_whoever_reviews():
    said = dict(read_in_words(INPUTS | {"strange": 2.5}, pupils, "fr"))
    assert said["Absences depuis septembre (demi-journée)"] == "34"
    assert said["strange"] == "2,5"
    assert "primary" not in said.values()
    assert list(said)[-1] == "strange"
