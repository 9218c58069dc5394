"""`jazari decide`: from a table or by options, in words or as JSON; exit codes say which room refused."""

import json

import pyarrow.parquet as pq
import pytest

from jazari.cli.main import main
from jazari.governance.events import create_ledger, open_ledger


@pytest.fixture
def ledger(tmp_path):
    create_ledger(tmp_path / "ledger", "test.example").close()
    return tmp_path / "ledger"


@pytest.fixture(scope="module")
def keys(listed):
    rows = pq.read_table(listed.path / "list.parquet")
    return rows.filter(rows["selected"])["key"].to_pylist()


def answer(capsys, *words):
    code = 0
    try:
        main([str(word) for word in words])
    except SystemExit as left:
        code = left.code or 0
    said = capsys.readouterr()
    return code, said.out, said.err


def table(path, keys, reasons="seen with the family on visit {at}"):
    lines = ["key,outcome,action,reasons,officer"]
    lines += [f"{key},tutoring,followed,{reasons.format(at=at)},officer-{at % 2}" for at, key in enumerate(keys)]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_table_of_decisions_gives_their_numbers(listed, ledger, keys, tmp_path, capsys):
    path = table(tmp_path / "d.csv", keys[:6])
    code, out, _ = answer(capsys, "decide", listed.path, "--ledger", ledger, "--decisions", path, "--json")
    done = json.loads(out)["decisions"]
    assert code == 0
    assert [one["key"] for one in done] == [str(key) for key in keys[:6]]
    code, out, _ = answer(capsys, "receipt", "make", ledger, done[0]["number"], "--out", tmp_path / "r")
    assert code == 0
    code, out, _ = answer(capsys, "receipt", "verify", tmp_path / "r", "--trust", ledger / "policy")
    assert code == 0
    assert "education.dropout" in out
    assert answer(capsys, "receipt", "verify", tmp_path / "r")[0] == 4


def one(key):
    said = {"key": key, "outcome": "tutoring", "action": "followed", "reasons": "met the family", "officer": "head 7"}
    return [word for name, value in said.items() for word in (f"--{name}", value)]


def test_one_decision_is_said_by_options(listed, ledger, keys, capsys):
    code, out, _ = answer(capsys, "decide", listed.path, "--ledger", ledger, *one(keys[0]))
    assert code == 0
    assert out.startswith("1 decisions sealed")


def test_a_table_and_options_together_or_half_of_the_options_are_refused(listed, ledger, keys, tmp_path, capsys):
    path = table(tmp_path / "d.csv", keys[:2])
    words = ["decide", listed.path, "--ledger", ledger]
    for more in ([], ["--decisions", path, *one(keys[0])], one(keys[0])[:4]):
        code, _, err = answer(capsys, *words, *more)
        assert (code, "JZ-689" in err) == (2, True)


def test_a_copied_list_leaves_with_the_code_of_safeguards(listed, ledger, keys, tmp_path, capsys):
    path = table(tmp_path / "d.csv", keys[:6], reasons="ok")
    code, out, _ = answer(capsys, "decide", listed.path, "--ledger", ledger, "--decisions", path, "--json")
    assert (code, json.loads(out)["error"]["code"]) == (5, "JZ-693")


def test_a_run_is_sealed_and_refused_before_it_begins_where_there_is_no_ledger(ledger, tmp_path, capsys):
    case, data = tmp_path / "case.py", tmp_path / "rows.csv"
    case.write_text(
        "from jazari.usecase import Risk, Table, UseCase, column, key, outcome, places\n"
        "table = Table('rows', key('k'), column('x', within=(0, 9), direction='up'), outcome('y'))\n"
        "engine = Risk(of='y', against='x', variant='logistic', challenger='', folds=2)\n"
        "small = UseCase('tests.small', purpose='Help.', table=table, engine=engine, help=places('help', count=9))\n"
    )
    lines = [f"{at},{at % 10},{int(at % 10 + at % 7 > 9)}" for at in range(400)]
    data.write_text("\n".join(["k,x,y", *lines]) + "\n")
    words = ["run", f"{case}:small", "--data", data, "--out", tmp_path / "d", "--json", "--ledger"]
    code, out, _ = answer(capsys, *words, tmp_path / "nothing")
    assert (code, json.loads(out)["error"]["code"]) == (3, "JZ-600")
    assert not (tmp_path / "d").exists()
    code, out, _ = answer(capsys, *words, ledger)
    assert code == 0
    with open_ledger(ledger) as opened:
        (sealed,), (entry,) = opened.records("run"), opened.entries()
    assert sealed["record"]["dossier"] == entry["version"] == json.loads(out)["digest"]
    assert (entry["system"], sealed["record"]["rows"]) == ("tests.small", 400)
