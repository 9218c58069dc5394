"""The worked cases that a jurist can read come out as written."""

import datetime
from pathlib import Path

import pytest
import yaml

from jazari.core.errors import DeclarationError
from jazari.governance.clocks import clock

CASES = yaml.safe_load((Path(__file__).parents[2] / "situations" / "clocks.yaml").read_text(encoding="utf-8"))


def run(words):
    given = {name: value for name, value in words.items() if name not in {"clock", "from"}}
    given["suspensions"] = [tuple(span) for span in given.get("suspensions", ())]
    return clock(words["clock"]).run(words["from"], **given)


@pytest.mark.parametrize("case", [case for case in CASES if "gives" in case], ids=lambda case: case["case"])
def test_the_clock_ends_as_the_case_says(case):
    deadline = run(case["run"])
    expected = case["gives"]
    assert deadline.last_day == expected["last_day"], case["why"]
    assert deadline.estimated_holidays == expected.get("estimated_holidays", False)
    if "between" in expected:
        assert [deadline.earliest, deadline.latest] == expected["between"]
    if "silence" in expected:
        assert deadline.silence == expected["silence"]
    if "routes" in expected:
        assert {one.name: one.last_day for one in deadline.routes} == expected["routes"]


@pytest.mark.parametrize("case", [case for case in CASES if "refused" in case], ids=lambda case: case["case"])
def test_the_clock_refuses_as_the_case_says(case):
    with pytest.raises(DeclarationError) as refusal:
        run(case["run"])
    assert refusal.value.code == case["refused"], case["why"]


def test_there_are_forty_cases_and_every_clock_has_one():
    from jazari.governance.clocks import clocks

    assert len(CASES) >= 40
    assert {one.name for one in clocks()} == {case["run"]["clock"] for case in CASES}
    assert all(isinstance(case["run"]["from"], datetime.date) and case["why"] for case in CASES)
