"""The program: every command helps, answers in JSON when asked, and leaves with the right code."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from jazari.cli.main import main, program

CONTEXT = click.Context(program, info_name="jazari")


def commands():
    """Every command, those of groups too."""
    for name in program.list_commands(CONTEXT):
        command = program.get_command(CONTEXT, name)
        if isinstance(command, click.Group):
            yield from (
                (f"{name} {below}", command.get_command(CONTEXT, below)) for below in command.list_commands(CONTEXT)
            )
        else:
            yield name, command


def called(capsys, *words):
    """The program's exit code, its document and what it said on standard error."""
    code = 0
    try:
        main(list(words))
    except SystemExit as left:
        code = left.code or 0
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=[name for name, _ in commands()])
def test_every_command_helps_with_an_example_and_speaks_json(name, command):
    text = command.get_help(click.Context(command, info_name=name, parent=CONTEXT))
    assert "Example" in text
    assert f"jazari {name}" in text
    assert any("--json" in option.opts for option in command.params)
    assert command.help


@pytest.mark.parametrize(
    ("words", "code", "number"),
    [
        (["frobnicate"], 2, "JZ-200"),
        (["run"], 2, "JZ-200"),
        (["run", "no.case", "--data", "x.csv", "--out", "d"], 2, "JZ-201"),
        (["show", "education.dropout", "--lang", "de"], 2, "JZ-202"),
        (["check", "education.dropout", "--data", "nowhere.csv"], 3, "JZ-300"),
        (["verify", "nowhere"], 2, "JZ-225"),
        (["score", "nowhere", "--data", "x.csv", "--out", "l.parquet"], 2, "JZ-225"),
        (["kingdom", "atlantis", "--out", "k"], 2, "JZ-201"),
        (["kingdom", "education", "--series", "3", "--out", "k"], 2, "JZ-200"),
        (["run", "education.dropout", "--data", "x", "--out", "d", "--set", "folds"], 2, "JZ-224"),
    ],
)
def test_an_error_has_a_code_a_fix_and_an_exit_code_in_words_and_in_json(
    capsys, tmp_path, monkeypatch, words, code, number
):
    monkeypatch.chdir(tmp_path)
    left, out, err = called(capsys, *words)
    assert (left, out) == (code, "")
    assert number in err
    assert "Fix:" in err
    if words != ["frobnicate"]:
        left, out, err = called(capsys, *words, "--json")
        document = json.loads(out)
        assert left == code
        assert document["error"]["code"] == number
        assert {"code", "where", "found", "fix", "more"} <= set(document["error"])
        assert err == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words", [["cases"], ["show", "education.dropout"], ["doctor"], ["show", "education.student_dropout"]]
)
def test_an_answer_is_one_document_with_json_and_words_without(capsys, words):
    code, out, err = called(capsys, *words, "--json")
    assert code == 0
    assert json.loads(out)
    assert err == ""
    code, out, _ = called(capsys, *words)
    assert code == 0
    assert not out.startswith("{")


@pytest.mark.parametrize("language", ["ar", "zgh", "fr", "en"])
def test_a_declaration_is_shown_in_each_language(capsys, language):
    code, out, _ = called(capsys, "show", "education.dropout", "--lang", language)
    assert code == 0
    words = {"ar": "الضمانات", "zgh": "Garanties", "fr": "Garanties", "en": "Safeguards"}
    assert words[language] in out


def test_a_defect_of_ours_is_a_coded_error_without_a_traceback(capsys, monkeypatch):
    from jazari.usecase import find

    def broken(_):
        raise RuntimeError("secret of a person")

    monkeypatch.setattr(find, "find", broken)
    code, _, err = called(capsys, "show", "education.dropout")
    assert code == 1
    assert "JZ-100" in err
    assert "Traceback" not in err
    assert "secret" not in err


def test_ctrl_c_leaves_nothing_half_written_and_says_so(kingdom, tmp_path, tmp_path_factory):
    program_path, scratch = Path(sys.executable).with_name("jazari"), tmp_path_factory.mktemp("scratch")
    words = [program_path, "run", "education.dropout", "--data", kingdom, "--out", tmp_path / "d"]
    there = os.environ | {"TMPDIR": str(scratch)}
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a suite in the background inherits a deaf one
    running = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=there, text=True)
    signal.signal(signal.SIGINT, before)
    while not any(scratch.iterdir()):  # its scratch folder is made as it begins to read
        assert running.poll() is None, running.stderr.read()
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    assert "JZ-102" in err
    assert "Traceback" not in err
    assert [*tmp_path.iterdir(), *scratch.iterdir()] == []


def test_a_run_in_a_pipe_draws_no_progress(kingdom, tmp_path):
    program_path = Path(sys.executable).with_name("jazari")
    words = [program_path, "check", "education.dropout", "--data", kingdom]
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stderr == ""
