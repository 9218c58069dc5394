"""Every sentence has its French and its Arabic; catalogues and what is compiled from them say the same."""

from pathlib import Path
from string import Formatter

import polib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jazari.core.errors import DeclarationError
from jazari.core.languages import LANGUAGES, direction, translate
from jazari.core.numbers import number, percent, short

LOCALE = Path(__file__).parents[2] / "src/jazari/locale"
CATALOGUES = sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))
ROOMS = sorted({path.stem for path in CATALOGUES})


def sentences(language, room):
    path = LOCALE / language / "LC_MESSAGES" / f"{room}.po"
    return {one.msgid: one.msgstr for one in polib.pofile(path) if one.msgstr} if path.is_file() else {}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: f"{path.parts[-3]} {path.stem}")
def test_what_is_compiled_says_what_the_catalogue_says(path):
    compiled = {one.msgid: one.msgstr for one in polib.mofile(path.with_suffix(".mo"))}
    assert compiled == {one.msgid: one.msgstr for one in polib.pofile(path).translated_entries()}


@pytest.mark.parametrize("room", ROOMS)
def test_french_and_arabic_are_complete_and_tamazight_adds_nothing_of_its_own(room):
    assert set(sentences("fr", room)) == set(sentences("ar", room))
    assert set(sentences("zgh", room)) <= set(sentences("fr", room))


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: f"{path.parts[-3]} {path.stem}")
def test_a_translation_fills_the_same_places_as_its_sentence(path):
    def places(text):
        return sorted({name.partition("[")[0] for _, name, _, _ in Formatter().parse(text) if name})

    def same(one):
        try:
            return places(one.msgid) == places(one.msgstr)
        except ValueError:  # a sentence with a brace of its own is not a format
            return True

    braces = [one for one in polib.pofile(path).translated_entries() if "%(" not in one.msgid and not one.msgid_plural]
    assert [one.msgid for one in braces if not same(one)] == []


def test_french_stands_in_for_a_tamazight_sentence_that_is_not_there():
    assert translate("Price of glass: what a black box would add to the area", "zgh").startswith("Prix")
    assert translate({"fr": "École", "en": "School"}, "zgh") == "École"


def test_a_sentence_nobody_translated_stays_as_it_is():
    assert translate("Never seen before {n}", "ar", n=3) == "Never seen before 3"


def test_a_language_nobody_speaks_here_is_a_coded_error():
    with pytest.raises(DeclarationError, match="JZ-202"):
        translate("x", "de")


def test_arabic_runs_from_right_to_left_and_the_others_do_not():
    assert [direction(one) for one in LANGUAGES] == ["rtl", "ltr", "ltr", "ltr"]


def test_numbers_are_written_as_each_language_writes_them():
    assert number(1234.5, "fr", 1) == "1\u202f234,5"
    assert number(1234.5, "ar", 1) == "1.234,5"
    assert number(1234.5, "en", 1) == "1,234.5"
    assert percent(0.04, "fr") == "4\u00a0%"
    assert short(2.50, "fr") == "2,5"


@given(st.integers(-(10**9), 10**9), st.sampled_from(LANGUAGES))
def test_a_whole_number_keeps_its_digits_in_every_language(value, language):
    assert "".join(one for one in number(value, language) if one.isdigit()) == str(abs(value))


def test_numbers_in_a_sentence_are_written_as_its_language_writes_them():
    sentence = "At most {late:.1%} of the values of a column were recorded after the prediction date ({column})."
    said = {one: translate(sentence, one, late=0.1234, column="a.b") for one in LANGUAGES}
    assert "12.3% of" in said["en"]
    assert "12,3\u00a0% des" in said["fr"]
    assert "12,3%" in said["ar"]
    assert all("a.b" in one for one in said.values())
    assert translate("{a:+.1%} {b:,} {c} {d}", "fr", a=0.05, b=1234567, c=2026, d=True) == (
        "+5,0\u00a0% 1\u202f234\u202f567 2026 True"
    )
    assert translate("{a:+.1%}", "ar", a=-0.05) == "\u200e-5,0%"
