"""Safeguards are small frozen objects that say what they are, and refuse nonsense where it is written."""

import dataclasses
import json
import re
from pathlib import Path

import pytest

from jazari.core.errors import DeclarationError
from jazari.core.languages import LANGUAGES, said_in, translate
from jazari.governance import safeguards
from jazari.governance.clocks import duties
from jazari.governance.safeguards import (
    Safeguard,
    beats_baseline,
    calibrated_within,
    covers,
    expires,
    fresh_within,
    gap_at_most,
    human_decides,
    never_for,
    no_future,
    notice,
    objection,
    person_beats_site,
    recorded_in_time,
    shadow_first,
    small_cells,
)
from jazari.schema.inspection import Inspection

ROOT = Path(__file__).parents[3]
SOURCE = ROOT / "src/jazari/governance/safeguards"
EXAMPLES = (
    human_decides("school head"),
    never_for("sanction", "admission", "grading", "policing", "benefits"),
    beats_baseline(by=0.05),
    person_beats_site(by=0.05),
    gap_at_most(0.10, metric="recall", across=("sex", "milieu")),
    calibrated_within(0.02),
    no_future(),
    recorded_in_time(0.05),
    notice("guardian", languages=("ar", "zgh", "fr")),
    objection(open_for="P30D", within="P15D"),
    expires("P12M"),
    small_cells(11),
    shadow_first(cycles=1),
    covers(0.80, within=0.03, by="zone"),
    fresh_within("P2D"),
)


def sentences():
    """Every sentence that a safeguard can say, read from its module."""
    import importlib

    for path in sorted(SOURCE.glob("[a-z]*.py")):
        module = importlib.import_module(f"jazari.governance.safeguards.{path.stem}")
        for name, value in vars(module).items():
            if name.isupper() and not name.startswith("_"):
                yield from [value] if isinstance(value, str) else value.values() if isinstance(value, dict) else ()


def test_every_safeguard_of_the_design_has_an_example_here_and_a_file():
    assert {one.name for one in EXAMPLES} == {path.stem for path in SOURCE.glob("[a-z]*.py")} - {"safeguard"}
    assert {one.name for one in EXAMPLES} == set(safeguards.__all__) - {"Safeguard"}


@pytest.mark.parametrize("one", EXAMPLES, ids=lambda one: one.name)
def test_a_safeguard_is_frozen_and_says_itself_as_json(one):
    assert isinstance(one, Safeguard)
    said = json.loads(json.dumps(one.as_json()))
    assert (said["safeguard"], said["waivable"]) == (one.name, one.waivable)
    assert len(said) == 2 + len(dataclasses.fields(one))
    for field in dataclasses.fields(one):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(one, field.name, None)


@pytest.mark.parametrize("one", EXAMPLES, ids=lambda one: one.name)
def test_before_any_figure_a_safeguard_says_not_yet_in_four_languages(one):
    finding = one.check(Inspection())
    assert finding.state == "not yet"
    assert (finding.safeguard, finding.waivable) == (one.name, one.waivable)
    said = [translate(finding.sentence, language, **finding.values) for language in LANGUAGES]
    assert len({*said}) == 3  # French stands in for Tamazight
    assert not any(re.search(r"[{}]", text) for text in said)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_every_sentence_is_translated_with_the_same_places(language):
    spoken = list(sentences())
    assert len(spoken) > 40
    for english in spoken:
        assert said_in(english, language) == language, english
        places = re.findall(r"\{[^}]*\}", english)
        assert sorted(set(re.findall(r"\{[^}]*\}", translate(english, language)))) == sorted(set(places))


@pytest.mark.parametrize("one", EXAMPLES, ids=lambda one: one.name)
def test_a_safeguard_has_its_section_in_the_reference(one):
    text = (ROOT / "docs/reference/safeguards.md").read_text(encoding="utf-8")
    section = text.partition(f"\n## `{one.name}`\n")[2].partition("\n## ")[0]
    for word in ("**Holds**", "**Broken**", "**Not yet**", "**Waivable**: " + ("yes" if one.waivable else "no")):
        assert word in section


@pytest.mark.parametrize("one", EXAMPLES, ids=lambda one: one.name)
def test_the_example_in_the_reference_is_a_safeguard(one):
    text = (ROOT / "docs/reference/safeguards.md").read_text(encoding="utf-8")
    example = re.findall(r"`([^`]+)`", text.partition(f"\n## `{one.name}`\n")[2])[0]
    declared = eval(example, dict(vars(safeguards)))  # noqa: S307  our own page
    assert declared.name == one.name


def test_what_the_law_forbids_cannot_be_waived():
    assert {one.name for one in EXAMPLES if not one.waivable} == {
        "human_decides", "never_for", "notice", "objection", "small_cells", "shadow_first",
    }  # fmt: skip
    forbidden = next(one for one in duties() if one.name == "NO_SOLE_AUTOMATION")
    assert forbidden.source in (human_decides("x").__doc__ or "")


WRONG = [
    ("JZ-230", lambda: beats_baseline(by=0)),
    ("JZ-230", lambda: beats_baseline(by=1)),
    ("JZ-230", lambda: calibrated_within(limit=True)),
    ("JZ-230", lambda: recorded_in_time("0.05")),
    ("JZ-230", lambda: person_beats_site(by=float("nan"))),
    ("JZ-231", lambda: small_cells(2)),
    ("JZ-231", lambda: small_cells(11.0)),
    ("JZ-231", lambda: shadow_first(cycles=0)),
    ("JZ-232", lambda: human_decides("  ")),
    ("JZ-232", never_for),
    ("JZ-232", lambda: gap_at_most(0.1, metric="recall", across=())),
    ("JZ-232", lambda: gap_at_most(0.1, metric="recall", across=(3,))),
    ("JZ-233", lambda: never_for("sanction", "sanction")),
    ("JZ-234", lambda: expires("P0D")),
    ("JZ-214", lambda: expires("a year")),
    ("JZ-214", lambda: objection(open_for="30", within="P15D")),
    ("JZ-235", lambda: gap_at_most(0.1, metric="recal", across=("sex",))),
    ("JZ-202", lambda: notice("guardian", languages=("tamazight",))),
    ("JZ-662", lambda: objection(open_for="P30D", within="P61D")),
]


@pytest.mark.parametrize(("code", "declare"), WRONG)
def test_nonsense_is_refused_where_it_is_written(code, declare):
    with pytest.raises(DeclarationError) as refusal:
        declare()
    assert refusal.value.code == code


def test_one_column_may_be_said_as_a_word():
    assert gap_at_most(0.1, metric="recall", across="sex").across == ("sex",)
