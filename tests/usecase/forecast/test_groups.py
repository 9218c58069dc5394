"""Series by the thousand go through the chain in groups: the same figures, bounded memory, a state for each group."""

import json
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jazari.core.errors import DataError, EngineError
from jazari.data.source import open_source
from jazari.sectors.energy.kingdom import make
from jazari.sectors.energy.load import load
from jazari.usecase.drift import drift
from jazari.usecase.forecast.again import forecast_again
from jazari.usecase.forecast.carried import group_bytes, part_of
from jazari.usecase.forecast.group import forecast_group
from jazari.usecase.forecast.question import Forecast, asked
from jazari.usecase.forecast.reading import read
from jazari.usecase.forecast.series import Held
from jazari.usecase.forecast.spark import forecast_bytes
from jazari.usecase.run import run
from jazari.usecase.verify import verify
from tests.usecase.forecast.conftest import DAYS, declared, loads

QUICK = {"variant": "lear", "test_days": "7"}
HELD = 2 * 365 * 24 - 48  # hours that a run sees; two days are left for later


def packed(path, rows, *, cut=None):
    """A packed file of these rows, their readings cut."""
    values = [each[:cut] for each in rows["values"].to_pylist()]
    table = rows.set_column(rows.schema.get_field_index("values"), "values", pa.array(values, pa.list_(pa.float32())))
    pq.write_table(table, path, row_group_size=4)
    return path


@pytest.fixture(scope="module")
def feeders(tmp_path_factory):
    """Nine feeders, of which one is stuck and one silent, in row groups of four."""
    folder = tmp_path_factory.mktemp("feeders")
    make(folder, series=9)
    rows = pq.read_table(folder / "feeders.parquet")
    values = rows["values"].to_pylist()
    values[3], values[5] = [7.0] * len(values[3]), [None] * len(values[5])
    whole = rows.set_column(rows.schema.get_field_index("values"), "values", pa.array(values, pa.list_(pa.float32())))
    pq.write_table(whole, folder / "whole.parquet")
    return whole


@pytest.fixture(scope="module")
def dossier(feeders, tmp_path_factory):
    folder = tmp_path_factory.mktemp("groups")
    path = packed(folder / "held.parquet", feeders, cut=HELD)
    return run(load, path, folder / "d", settings=QUICK | {"group": "3"})


def test_the_dead_are_reported_and_the_others_go_on(dossier):
    assert len(dossier.evidence["by_series"]) == 7
    remarks = {(one["code"], one["series"]) for one in dossier.evidence["reading"]["remarks"]}
    assert remarks == {("JZ-392", "feeder-000003"), ("JZ-390", "feeder-000005")}
    assert dossier.evidence["reading"]["series"] == 7
    assert set(dossier.evidence["gaps"]["milieu"]["by_territory"]) == {"rural", "urban"}
    assert "feeder-000003" in dossier.card("fr")
    assert verify(dossier.path).recomputed


def test_each_group_keeps_its_state(dossier):
    kept = [name for name in dossier.names() if name.startswith("state-") and name.endswith(".json")]
    assert kept == [f"state-000{at}.json" for at in range(4)]  # row groups of 4, 4 and 1, cut at 3; one is dead
    assert pq.ParquetFile(dossier.path / "forecasts.parquet").num_row_groups == 4


def test_other_groups_change_little(feeders, dossier, tmp_path):
    path = packed(tmp_path / "held.parquet", feeders, cut=HELD)
    alone = run(load, path, tmp_path / "d", settings=QUICK)
    for name, figures in alone.evidence["by_series"].items():
        assert dossier.evidence["by_series"][name]["mae"] == pytest.approx(figures["mae"], rel=0.05)


def test_thousands_go_on_from_their_states_packed_or_long(feeders, dossier, tmp_path):
    later = packed(tmp_path / "later.parquet", feeders)
    found = forecast_again(dossier, later, tmp_path / "next.parquet", state=tmp_path / "state")
    assert (found["series"], found["origin"], found["unknown"]) == (7, "2024-12-31T00:00:00", 2)
    assert found["scored"]["origins"]["count"] == 1
    assert len(set(pq.read_table(tmp_path / "next.parquet")["series"].to_pylist())) == 7
    times = np.datetime64("2024-12-31T00:00:00") + np.timedelta64(3600, "s") * np.arange(24)
    names = [one for one in feeders["series"].to_pylist() if one != "feeder-000007"]
    long = pa.table({"time": np.tile(times, len(names)), "zone": np.repeat(names, 24),
                     "load": 100.0 + np.arange(24 * len(names)) % 24})  # fmt: skip
    found = forecast_again(dossier, long, tmp_path / "after.parquet", state=tmp_path / "state")
    assert (found["series"], found["origin"]) == (7, "2025-01-01T00:00:00")
    assert found["scored"]["origins"]["count"] == 1
    assert drift(dossier, later)["scored"]["origins"]["count"] == 1


def test_a_wide_table_is_cut_into_groups_too(tmp_path):
    one = run(declared(test_days=7), loads(), tmp_path / "one")
    two = run(declared(test_days=7, group=1), loads(), tmp_path / "two")
    assert two.evidence["mae"]["value"] == pytest.approx(one.evidence["mae"]["value"], rel=0.1)
    day = loads(DAYS + 1).slice(DAYS * 48)
    assert forecast_again(two, day, tmp_path / "next.parquet")["series"] == 2


def test_series_that_begin_and_end_on_other_days_stand_on_one_clock(feeders, tmp_path):
    rows = feeders.take([0, 1, 2])
    starts = np.array(["2023-01-01", "2023-03-01", "2023-01-01"], dtype="datetime64[s]")
    one, two, three = rows["values"].to_pylist()
    values = [one, two[59 * 24 :], three[: -24 * 9]]
    moved = rows.set_column(3, "start", pa.array(starts)).set_column(6, "values", pa.array(values))
    pq.write_table(moved, tmp_path / "ragged.parquet")
    dossier = run(load, tmp_path / "ragged.parquet", tmp_path / "d", settings=QUICK)
    assert dossier.evidence["age_hours"]["feeder-000002"] == 24 * 9
    remarks = [one for one in dossier.evidence["reading"]["remarks"] if one["series"] == "feeder-000001"]
    assert remarks[0]["values"]["missing"] == 59 * 24
    assert dossier.status == "blocked"  # nine days old


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda rows: rows.set_column(0, "series", pa.array(["a"] * 9)), "JZ-383"),
        (lambda rows: rows.set_column(4, "step", pa.array(["PT1H"] * 8 + ["PT2H"])), "JZ-382"),
        (lambda rows: rows.set_column(4, "step", pa.array(["PT2H"] * 9)), "JZ-382"),
        (lambda rows: rows.set_column(3, "start", pa.array(["x"] * 9)), "JZ-381"),
        (lambda rows: rows.slice(0, 0), "JZ-380"),
        (lambda rows: rows.take([3, 5]), "JZ-389"),
        (lambda rows: rows.set_column(2, "milieu", pa.array(["suburban"] * 9)), "JZ-467"),
    ],
)
def test_a_packed_file_that_cannot_be_read_is_refused(change, code, feeders, tmp_path):
    pq.write_table(change(feeders), tmp_path / "odd.parquet")
    with pytest.raises(DataError) as raised:
        run(load, tmp_path / "odd.parquet", tmp_path / "d", settings=QUICK)
    assert raised.value.code == code
    assert not (tmp_path / "d").exists()


def test_a_group_is_carried_to_a_worker_and_back_to_the_last_digit(feeders, tmp_path):
    question = json.dumps({"of": "load", "variant": "lear", "test_days": 3})
    path = packed(tmp_path / "held.parquet", feeders)
    with open_source(path) as source:
        group = read(source, load.table, asked(Forecast, json.loads(question))).parts[0]
    held = Held(group.read()[0])
    parts = [part_of(forecast_bytes(group_bytes(one), question, 0)) for one in (group, held)]
    here = forecast_group(group, asked(Forecast, json.loads(question)), 0)
    for one in parts:
        assert one.table.equals(here.table)
        assert (one.ages, one.first, one.notes) == (here.ages, here.first, here.notes)
        assert one.state.document == json.loads(json.dumps(here.state.document))
        assert all(one.state.tables[name].equals(each) for name, each in here.state.tables.items())


def test_spark_that_is_not_here_is_said(feeders, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    path = packed(tmp_path / "held.parquet", feeders)
    with pytest.raises(EngineError) as raised:
        run(load, path, tmp_path / "d", settings=QUICK | {"on": "spark"})
    assert raised.value.code == "JZ-473"
