"""The synthetic attendance, and its features against DuckDB's own computation of them."""

import datetime
import importlib.util
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from jazari.cli.main import program
from jazari.core.errors import DeclarationError
from jazari.data.events.adding import add
from jazari.data.events.features import features, judged_as_of
from jazari.data.events.joining import write_features
from jazari.data.events.register import read_table
from jazari.data.events.state import create
from jazari.sectors.education.attendance import attendance, make, school_days

BENCHMARK = Path(__file__).parents[3] / "benchmarks/events_attendance.py"


def benchmark():
    spec = importlib.util.spec_from_file_location("events_attendance", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    """A year of 20,000 pupils, added night by night up to the last school day."""
    folder = tmp_path_factory.mktemp("year")
    module = benchmark()
    module.make(folder, 20_000, 60)
    module.register(folder)
    for number, path in enumerate(sorted((folder / "before").glob("*.parquet"))):
        add(folder / "state", path)
        if number % 10 == 0:
            features(folder / "state", module.date_of(path))
    last = max(module.date_of(path) for path in (folder / "before").glob("*.parquet"))
    write_features(features(folder / "state", last), folder / "ours.parquet")
    return folder, last


def test_features_equal_duckdbs(year):
    folder, _ = year
    benchmark().duckdb(folder)
    ours = {row["pupil_id"]: row for row in pq.read_table(folder / "ours.parquet").to_pylist()}
    theirs = {row["pupil_id"]: row for row in pq.read_table(folder / "duckdb.parquet").to_pylist()}
    assert len(ours) == len(theirs) == 20_000
    compared = 0
    for key, row in ours.items():
        seen = {name for name, value in row.items() if value is not None}
        assert {name: row[name] for name in seen} == {name: theirs[key][name] for name in seen}
        compared += len(seen)
    assert compared > 0.8 * 20_000 * len(row)


def test_schools_that_stopped_recording_are_found_and_those_that_record_are_not(year):
    folder, last = year
    _, register, judged = judged_as_of(folder / "state", last)
    found = {register.sites[one] for one in judged.incomplete.any(axis=1).nonzero()[0]}
    truth = pq.read_table(folder / "att/truth/schools.parquet").to_pylist()
    week_ago = last - datetime.timedelta(days=7)
    stopped = {one["school"] for one in truth if one["stopped_on"] and one["stopped_on"] <= week_ago}
    well = {one["school"] for one in truth if not one["stopped_on"] and not one["late_by_at_most"]}
    assert stopped and stopped <= found
    assert not well & found


def test_the_same_seed_gives_the_same_rows_and_another_seed_others(tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        make(tmp_path / name, pupils=500, days=8, seed=seed)
    one, same, other = (sorted((tmp_path / name / "recorded").iterdir()) for name in "abc")
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in same]
    assert [path.read_bytes() for path in one] != [path.read_bytes() for path in other]


def test_a_file_holds_what_was_recorded_that_night_and_nothing_is_known_of_the_future(tmp_path):
    make(tmp_path / "a", pupils=2000, days=12)
    for path in (tmp_path / "a/recorded").iterdir():
        table = pq.read_table(path).to_pydict()
        assert {one.isoformat() for one in table["recorded_on"]} == {path.stem}
        assert all(one <= datetime.date.fromisoformat(path.stem) for one in table["absent_on"])


def test_pupils_may_be_those_of_a_kingdom(kingdom, tmp_path):
    source = kingdom / "2024-2025.parquet"
    said = make(tmp_path / "a", pupils=10, days=5, register=str(source))
    ours = read_table(str(tmp_path / "a/register.parquet"), "pupil_id", "school")
    theirs = read_table(str(source), "pupil_id", "school")
    assert said["pupils"] == len(theirs) and ours["pupil_id"].to_pylist() == theirs["pupil_id"].to_pylist()
    create(tmp_path / "st", attendance, theirs)
    assert add(tmp_path / "st", tmp_path / "a/recorded")["aside"] == {}


def test_school_days_leave_out_sundays_and_holidays():
    days = school_days(170)
    assert days[0] == datetime.date(2024, 9, 2) and len(set(days)) == 170
    assert all(day.isoweekday() < 7 for day in days)
    assert datetime.date(2024, 12, 10) not in days


@pytest.mark.parametrize("said", [{"pupils": 9}, {"days": 0}, {"days": 171}, {"seed": -1}])
def test_bounds_are_said(said, tmp_path):
    with pytest.raises(DeclarationError) as beyond:
        make(tmp_path / "a", **({"pupils": 100, "days": 5} | said))
    assert beyond.value.code == "JZ-378" and not (tmp_path / "a").exists()


def test_the_commands_go_from_a_kingdom_to_features(tmp_path):
    at = str(tmp_path)

    def said(*words, code=0):
        ran = CliRunner().invoke(program, [*words, "--json"])
        assert ran.exit_code == code, (words, ran.output, ran.exception)
        return json.loads(ran.stdout)

    said("kingdom", "attendance", "--pupils", "3000", "--days", "30", "--out", f"{at}/a")
    state = ("events", "init", f"{at}/st", "--of", "education.attendance", "--register", f"{at}/a/register.parquet")
    assert said(*state)["keys"] == 3000
    added = said("events", "add", f"{at}/st", "--data", f"{at}/a/recorded", "--data", f"{at}/a/recorded")["added"]
    assert [one["already"] for one in added] == [False, True]
    made = ("events", "features", f"{at}/st", "--as-of", "2024-10-05", "--out", f"{at}/f.parquet")
    assert said(*made, "--join", f"{at}/a/register.parquet") == {
        "rows": 3000, "without": 0, "features": [one.name for one in attendance.features],
    }  # fmt: skip
    assert pq.read_schema(f"{at}/f.parquet").names[:3] == ["pupil_id", "school", "absences_7"]
    found = said("events", "check", f"{at}/st", "--as-of", "2024-10-05")["findings"]
    assert [one["safeguard"] for one in found] == ["events_fit", "records_complete"]
    assert said("events", "enrol", f"{at}/st", "--register", f"{at}/a/register.parquet")["new"] == 0
