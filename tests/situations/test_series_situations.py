"""Every situation of a table of series that a sector wrote for people to read comes out as it says."""

import datetime
import math
import re

import pytest

from jazari.core.errors import DataError
from jazari.data.source import open_source
from jazari.usecase.find import find
from jazari.usecase.forecast.reading import read
from tests.situations.test_situations import SECTORS, loaded

SAID = re.compile(r"it is read(?:, and (?P<code>JZ-\d{3}) is said of (?P<series>\w+))?$")
REFUSED = re.compile(r"the table is refused with (?P<code>JZ-\d{3})$")


def situations():
    for path in sorted(SECTORS.glob("*/situations/*.yaml")):
        document = loaded(path)
        if "series" in document:
            for one in document["situations"]:
                yield pytest.param(document, one, id=f"{document['case']}: {one['when']}")


def table(said):
    """Lines of a wide table: a load of every series at every hour."""
    start = datetime.datetime.fromisoformat(said["from"])
    lines = {}
    for hour in range(24 * int(said["days"])):
        usual = 500 + 200 * math.sin(2 * math.pi * hour / 24) + 30 * (hour // 24 % 7 == 6) + hour * 7919 % 13
        moment = str(start + datetime.timedelta(hours=hour))[:16]
        lines[moment] = {name: f"{usual * (at + 1):.3f}" for at, name in enumerate(said["names"])}
    return lines


def changed(lines, change):
    """The same lines with one thing changed; what is printed twice is given beside."""
    ((what, words),) = change.items()
    if what == "twice":
        return lines, words
    if what == "moved":
        return {words[1] if when == words[0] else when: cells for when, cells in lines.items()}, None
    name, first, *rest = words
    last = rest[0] if len(rest) and what != "word" else first
    for when in [one for one in lines if first <= one <= last]:
        value = float(lines[when][name])
        lines[when][name] = {
            "missing": "", "stuck": "480.0", "word": rest[-1] if rest else "",
            "scaled": f"{value * float(rest[-1]):.6f}" if what == "scaled" else "",
        }[what]  # fmt: skip
    return lines, None


@pytest.mark.parametrize(("document", "situation"), list(situations()))
def test_a_situation_of_series_comes_out_as_it_says(document, situation, tmp_path):
    names = document["series"]["names"]
    lines, twice = table(document["series"]), None
    if "change" in situation:
        lines, twice = changed(lines, situation["change"])
    moments = sorted([*lines, *([twice] if twice else [])])
    rows = [",".join([when, *(lines[when][name] for name in names)]) for when in moments]
    header = ",".join(["time", *(f"load {name}" for name in names)])
    (tmp_path / "loads.csv").write_text("\n".join([header, *rows]))
    case = find(document["case"])
    refused, said = REFUSED.match(situation["then"]), SAID.match(situation["then"])
    with open_source(tmp_path / "loads.csv") as source:
        if refused:
            with pytest.raises(DataError) as raised:
                read(source, case.table, case.engine)
            assert raised.value.code == refused["code"]
            return
        remarks = [(one.code, one.series) for one in read(source, case.table, case.engine).remarks]
    assert remarks == ([(said["code"], f"load {said['series']}")] if said["code"] else [])
    assert situation["why"]


def test_each_says_something_the_runner_knows():
    then = [param.values[1]["then"] for param in situations()]
    assert len(then) >= 10
    assert [one for one in then if not REFUSED.match(one) and not SAID.match(one)] == []
