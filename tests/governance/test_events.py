"""The one door to the ledger, and its reference."""

from pathlib import Path

import pytest

from jazari.core.errors import LedgerError
from jazari.governance import events

DOCS = Path(__file__).parents[2] / "docs"


def test_the_door_opens_appends_and_reads(tmp_path):
    with events.create_ledger(tmp_path / "ledger", "pole.example") as ledger:
        facts = {"system": "education.dropout", "version": "1.0.0"}
        said = {"outcome": "tutoring", "action": "followed", "reasons": "seen", "officer": "officer-3"}
        given = ledger.append([events.Event("decision", said, facts, subject="7")])[0]
    with events.open_ledger(tmp_path / "ledger") as ledger:
        assert [one["number"] for one in ledger.records(kind="decision")] == [given.number]
        assert events.shown(given.number).count("-") == 4
    with pytest.raises(LedgerError, match="JZ-600"):
        events.open_ledger(tmp_path)


def test_the_reference_prints_the_vocabulary_as_it_is():
    text = (DOCS / "reference" / "ledger-format.md").read_text()
    for kind in events.KINDS.values():
        row = next(line for line in text.splitlines() if line.startswith(f"| `{kind.name}` |"))
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert cells[1] == kind.says
        for cell, names in zip(cells[2:5], (kind.facts, kind.may, kind.record), strict=True):
            assert {name.strip("` ") for name in cell.split(",")} - {"none"} == names
        assert cells[6] == str(kind.since)
    for fact in events.FACTS:
        assert f"| `{fact}` |" in text
