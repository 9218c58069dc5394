"""Everything a person reads of the two cases has its French and its Arabic."""

import gettext
from pathlib import Path

import pytest

import jazari
from jazari.sectors.education.dropout import dropout
from jazari.sectors.education.student_dropout import student_dropout

LOCALE = Path(jazari.__file__).parent / "locale"


def sentences(case):
    yield from (case.title, case.purpose, case.owner, case.contact, case.help.label, case.help.what, case.table.row)
    yield from case.legal_bases
    for column in case.table.columns:
        yield column.label
        if not column.unit.startswith("%"):
            yield column.unit
        yield from (value for value in column.among if len(value) > 1 and column.name != "region")
    for safeguard in case.safeguards:
        said = safeguard.as_json()
        yield from said.get("purposes", ())
        yield from (said[word] for word in ("who", "to") if word in said)


def wanted():
    return sorted({text for case in (dropout, student_dropout) for text in sentences(case) if text})


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_every_sentence_of_the_cases_is_translated(language):
    with (LOCALE / language / "LC_MESSAGES" / "education.mo").open("rb") as stream:
        known = gettext.GNUTranslations(stream)._catalog
    assert [text for text in wanted() if not known.get(text)] == []


@pytest.mark.parametrize("language", ["fr", "ar", "zgh"])
def test_the_compiled_catalogue_says_what_the_readable_one_says(language):
    import polib

    folder = LOCALE / language / "LC_MESSAGES"
    source, compiled = polib.pofile(str(folder / "education.po")), polib.mofile(str(folder / "education.mo"))
    assert {one.msgid: one.msgstr for one in source} == {one.msgid: one.msgstr for one in compiled}


def test_the_reference_page_has_a_line_for_every_column():
    page = (Path(__file__).parents[3] / "docs/reference/kingdom.md").read_text()
    missing = [
        one.name for one in dropout.table.columns
        if not any(line.startswith(f"| `{one.name}` | {one.role} | {one.label} |") and one.recorded in line
                   for line in page.splitlines())
    ]  # fmt: skip
    assert missing == []
