"""`jazari clock` says the last day, in words and as JSON."""

import json

import pytest

from jazari.cli.main import main
from jazari.governance.clocks import clocks


def answer(capsys, *words):
    code = 0
    try:
        main(["clock", *words])
    except SystemExit as left:
        code = left.code
    said = capsys.readouterr()
    return code, said.out, said.err


def test_without_a_name_the_clocks_are_listed(capsys):
    code, out, _ = answer(capsys)
    assert not code
    assert [line.split()[0] for line in out.splitlines()] == [one.name for one in clocks()]
    assert [row["clock"] for row in json.loads(answer(capsys, "--json")[1])["clocks"]] == [one.name for one in clocks()]


def test_a_last_day_is_said_in_the_language_asked_for(capsys):
    _, out, _ = answer(capsys, "ACT", "--from", "2026-03-02", "--suspend", "2026-03-10:2026-03-20", "--lang", "fr")
    assert "Le dernier jour est le 13 mai 2026." in out
    assert "loi 55-19" in out


def test_json_holds_the_day_the_routes_and_all_languages(capsys):
    _, out, _ = answer(capsys, "ACT", "--from", "2026-03-02", "--listed", "--json")
    document = json.loads(out)
    assert (document["last_day"], document["silence"], document["routes"]) == ("2026-05-04", "accepted", [])
    assert set(document["sentences"]) == {"ar", "zgh", "fr", "en"}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["ACT"], "JZ-200"),
        (["ACT", "--from", "02/03/2026"], "JZ-650"),
        (["ACT", "--from", "2026-03-02", "--suspend", "2026-03-10"], "JZ-655"),
        (["ACT", "--from", "2026-03-02", "--suspend", "2026-03-10:soon"], "JZ-650"),
        (["ACT", "--from", "2026-03-02", "--act", "selection"], "JZ-653"),
        (["NOTHING", "--from", "2026-03-02"], "JZ-651"),
    ],
)
def test_a_wrong_call_is_a_coded_error_and_exit_2(capsys, words, code):
    left, out, err = answer(capsys, *words, "--json")
    assert left == 2
    assert json.loads(out or err)["error"]["code"] == code
