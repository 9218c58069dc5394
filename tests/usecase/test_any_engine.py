"""The chain knows no engine: a toy that counts colours, from a package of its own, passes through all of it."""

import sys
import textwrap

import pytest

import jazari
from jazari.usecase import Table, UseCase, audited, column, human_decides, places
from jazari.usecase.dossier import Dossier
from jazari.usecase.pack import pack
from jazari.usecase.run import run
from jazari.usecase.score import score

TOY = '''
"""A stranger's package: the ability to count."""
from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

from jazari.schema.records import Answer, Leaf
from jazari.usecase.section import Section


@dataclass(frozen=True)
class Count:
    of: str
    ability: ClassVar[str] = "count"

    def fit_to(self, table):
        table.column(self.of)


class Counting:
    def overridden(self, question, settings):
        return question

    def answer(self, task):
        counts = Counter(value for batch in task.snapshot.batches([task.question.of]) for value in batch[0].to_pylist())
        leaf = Leaf("counts.txt", "auditor", lambda path: path.write_text(repr(sorted(counts.items()))))
        return Answer(model={"counts": dict(sorted(counts.items()))}, evidence={"total": counts.total()}, leaves=[leaf])

    def score(self, dossier, source, out, progress):
        out.write_text(repr(dossier.model))
        return {"rows": 1, "selected": 0, "out": str(out)}

    def sections(self, declaration, evidence, model, say):
        return [Section("Counted", [f"{say.number(evidence['total'])} in all"])]

    def summary(self, evidence):
        return [("Counted", str(evidence["total"]))]


COUNTING = Counting()
'''


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """The stranger's package, installed as pip would: a module and its entry point."""
    (tmp_path / "toy_counting.py").write_text(textwrap.dedent(TOY))
    info = tmp_path / "toy_counting-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-counting\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[jazari.abilities]\ncount = toy_counting:COUNTING\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield __import__("toy_counting")
    sys.modules.pop("toy_counting", None)


@pytest.fixture
def colours(toy, tmp_path):
    data = tmp_path / "beads.csv"
    data.write_text("colour,size,owner\n" + "red,1,a\nblue,2,b\nred,3,a\n" * 20)
    table = Table("beads", column("colour", among=("red", "blue")), column("size"), audited("owner"))
    case = UseCase(
        "toys.beads", purpose="Count beads.", table=table, engine=toy.Count("colour"), help=places("string", count=1),
        safeguards=(human_decides("the child"),),
    )  # fmt: skip
    return case, data


def test_a_toy_that_counts_leaves_a_dossier_like_any_other(colours, tmp_path):
    case, data = colours
    dossier = run(case, data, tmp_path / "dossier")
    assert dossier.model == {"counts": {"blue": 20, "red": 40}}
    assert dossier.evidence["total"] == 60
    assert set(dossier.document["files"]) >= {
        "counts.txt",
        "model.json",
        "evidence.json",
        "card.fr.html",
        "card.ar.html",
    }
    assert "60" in dossier.card("fr")
    assert [one["safeguard"] for one in dossier.document["findings"]] == ["human_decides"]


def test_it_is_packed_for_an_audience_and_scored_like_any_other(colours, tmp_path):
    case, data = colours
    dossier = run(case, data, tmp_path / "dossier")
    assert "counts.txt" not in pack(dossier, "public", tmp_path / "public.zip")
    assert "counts.txt" in pack(dossier, "auditor", tmp_path / "auditor.zip")
    assert score(dossier, data, tmp_path / "list.txt")["rows"] == 1


def test_the_dossier_reads_back_as_it_was_written(colours, tmp_path):
    case, data = colours
    written = run(case, data, tmp_path / "dossier")
    assert Dossier.open(tmp_path / "dossier").digest == written.digest
    assert jazari.__version__ == written.document["versions"]["jazari"]
