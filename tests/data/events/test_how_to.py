"""The how-to is run as it stands, and its systemd files are what systemd reads."""

import configparser
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

PAGE = Path(__file__).parents[3] / "docs/how-to/run-a-country-every-night.md"
BLOCK = re.compile(r"^```(\w+)(?: (\w+)=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = BLOCK.findall(PAGE.read_text(encoding="utf-8"))


def test_every_block_of_the_page_runs_as_it_stands(tmp_path):
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for language, word, value, text in BLOCKS:
        if word == "file":
            (tmp_path / value).write_text(text, encoding="utf-8")
        elif language == "python":
            exec(compile(text, str(PAGE), "exec"), {})  # noqa: S102  the page's own example
        elif language == "sh":
            ran = subprocess.run(
                ["bash", "-e", "-c", text], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
            )
            assert ran.returncode == 0, f"{text}\n{ran.stdout}\n{ran.stderr}"
    nights = sorted((tmp_path / "nights").glob("*.parquet"))
    assert len(nights) == 40
    last = pq.read_table(nights[-1])
    assert {"pupil_id", "left_school", "absences_30", "absences_trend"} <= set(last.column_names)
    assert sum(last["absences_total"].drop_null().to_pylist()) > 1000
    listed = pq.read_table(tmp_path / "nights" / f"{nights[-1].stem}-list")
    assert listed.num_rows == last.num_rows and sum(listed["selected"].to_pylist()) > 0
    findings = json.loads((tmp_path / "nights" / f"{nights[-1].stem}-findings.json").read_text())["findings"]
    assert [one["safeguard"] for one in findings] == ["events_fit", "records_complete"]


def unit(name):
    text = next(text for _, word, value, text in BLOCKS if word == "file" and value == name)
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str
    parser.read_string(text)
    return parser


def test_the_timer_starts_the_service_every_night_and_makes_up_for_a_missed_one():
    timer, service = unit("jazari-nightly.timer"), unit("jazari-nightly.service")
    assert timer["Timer"]["OnCalendar"] == "*-*-* 02:00:00 Africa/Casablanca"
    assert timer["Timer"]["Persistent"] == "true" and timer["Install"]["WantedBy"] == "timers.target"
    assert service["Service"]["Type"] == "oneshot"
    assert service["Service"]["ExecStart"].endswith("/nightly")
    written = service["Service"]["ReadWritePaths"]
    environment = dict(one.split("=") for one in service["Service"]["Environment"].split())
    assert environment["JAZARI_COUNTRY"] == written and environment["XDG_CONFIG_HOME"].startswith(written)
    assert service["Service"]["UMask"] == "0077" and service["Service"]["ProtectSystem"] == "strict"


def test_systemd_itself_finds_nothing_wrong(tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("SKIPPED: systemd-analyze is absent; the units were read by configparser only")
    for name in ("jazari-nightly.service", "jazari-nightly.timer"):
        text = next(text for _, word, value, text in BLOCKS if word == "file" and value == name)
        (tmp_path / name).write_text(text, encoding="utf-8")
    words = ["systemd-analyze", "verify", "--man=no", str(tmp_path / "jazari-nightly.timer")]
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert "Unknown" not in ran.stderr and "Failed to parse" not in ran.stderr, ran.stderr


def test_every_command_line_of_the_page_is_one_that_the_program_reads():
    """The options of each `jazari ...`, where the script runs it or not, are declared by its command."""
    from jazari.cli.main import program

    lines = [
        line for _, _, _, text in BLOCKS for line in re.findall(r"^ *(?:then |do )?jazari (.+)$", text, re.MULTILINE)
    ]
    assert len(lines) >= 10
    for line in lines:
        words = [one.strip('"') for one in re.split(r"[>;|]", line)[0].split()]
        command, context = program, program.make_context("jazari", [], resilient_parsing=True)
        while hasattr(command, "get_command"):
            command = command.get_command(context, words.pop(0))
        known = {option for parameter in command.params for option in parameter.opts}
        assert {one for one in words if one.startswith("--")} <= known, line
