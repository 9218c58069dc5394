"""Every situation that a sector wrote for people to read comes out as it says."""

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
import yaml

import jazari
from jazari.data.conform import check
from jazari.data.source import open_source
from jazari.usecase.find import find
from jazari.usecase.run import run
from jazari.usecase.score import score
from jazari.usecase.show import shown

SECTORS = Path(jazari.__file__).parent / "sectors"
ORDERS = {
    "this one is listed higher": lambda this, that: this > that,
    "this one is listed lower": lambda this, that: this < that,
    "both are listed alike": lambda this, that: this == that,
}
DATA = {  # what each case is fitted on
    "education.dropout": lambda fixture: fixture("kingdom"),
    "education.student_dropout": lambda fixture: fixture("shared") / "student_dropout_uci697" / "data.csv",
}
SLOW = {"education.student_dropout"}  # five folds without periods: minutes to fit
QUICK = {"challenger": ""}  # the black box prices the glass; a situation asks the glass alone
REFUSED = re.compile(r"the table is refused with (JZ-\d{3})$")


def loaded(path):
    """A document of words only: `no` and `2024-12-05` stay as they are written."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  it makes nothing but text


FILES = [path for path in sorted(SECTORS.glob("*/situations/*.yaml")) if "series" not in loaded(path)]


def all_situations():
    for path in FILES:
        document = loaded(path)
        for one in document["situations"]:
            marks = [pytest.mark.long] if one["then"] in ORDERS and document["case"] in SLOW else []
            yield pytest.param(document, one, id=f"{document['case']}: {one['when']}", marks=marks)


def rows(document, pupils):
    """A table of these pupils as a register would export it: words, a column a header."""
    whole = [document["usual"] | one for one in pupils]
    table = pa.table({name: pa.array([one[name] for one in whole]) for name in whole[0]})
    key = find(document["case"]).table.one("key")
    return table if key is None else table.append_column(key.header, pa.array(range(1, len(whole) + 1)))


def written(table, path):
    pyarrow.csv.write_csv(table, path)
    return path


@pytest.fixture(scope="session")
def models(request, tmp_path_factory):
    """One dossier a case, fitted when a situation first needs it."""
    made = {}

    def model(name):
        if name not in made:
            data = DATA[name](request.getfixturevalue)
            made[name] = run(name, data, tmp_path_factory.mktemp("situations") / "d", settings=QUICK)
        return made[name]

    return model


@pytest.mark.parametrize(("document", "situation"), list(all_situations()))
def test_a_situation_comes_out_as_it_says(document, situation, models, tmp_path):
    then = situation["then"]
    if then == "the card says":
        text = " ".join(shown(find(document["case"]), situation["in"]).split())
        assert [words for words in situation["words"] if " ".join(words.split()) not in text] == []
    elif refused := REFUSED.match(then):
        assert refused[1] in codes(document, situation, tmp_path)
        assert codes(document, {"this": {}}, tmp_path) == []
    else:
        this, that = logits(document, situation, models, tmp_path)
        assert ORDERS[then](this, that)


def codes(document, situation, folder):
    """The codes of the errors that checking this pupil's table gives."""
    data = written(rows(document, [situation["this"]]), folder / "one.csv")
    with open_source(data) as source:
        return [error.code for error in check(source, find(document["case"]).table, need_outcome=False).errors]


def logits(document, situation, models, folder):
    """The scores of this pupil and of that one, from the list that `jazari score` writes."""
    data = written(rows(document, [situation["this"], situation["that"]]), folder / "two.csv")
    score(models(document["case"]), data, folder / "list.parquet")
    listed = pq.read_table(folder / "list.parquet").sort_by("key")
    return listed["logit"].to_pylist()


def test_there_are_situations_and_each_says_something_the_runner_knows():
    said = [param.values[1]["then"] for param in all_situations()]
    assert len(said) >= 20
    assert {param.values[0]["case"] for param in all_situations()} == set(DATA)
    assert [one for one in said if one not in ORDERS and one != "the card says" and not REFUSED.match(one)] == []
