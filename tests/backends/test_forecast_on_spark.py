"""The same forecasts to the last digit, whether one process makes them or workers of Spark do."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jazari.core.errors import EngineError
from jazari.sectors.energy.kingdom import make
from jazari.sectors.energy.load import load
from jazari.usecase.forecast.again import forecast_again
from jazari.usecase.run import run
from jazari.usecase.verify import verify

pytestmark = [
    pytest.mark.backends,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # Spark on Python 3.11
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # sockets that py4j leaves to its gateway
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

SETTINGS = {"test_days": "3", "group": "50"}


@pytest.fixture(scope="module")
def feeders(tmp_path_factory):
    """200 feeders, of which one is silent, in one packed file."""
    folder = tmp_path_factory.mktemp("feeders")
    make(folder, series=200)
    rows = pq.read_table(folder / "feeders.parquet")
    values = [one if at != 7 else [None] * len(one) for at, one in enumerate(rows["values"].to_pylist())]
    values = pa.array(values, pa.list_(pa.float32()))
    pq.write_table(rows.set_column(rows.schema.get_field_index("values"), "values", values), folder / "packed.parquet")
    return folder / "packed.parquet"


def same(here, there):
    """The files of two dossiers but for the settings: which digests differ."""
    one, other = here.document["files"], there.document["files"]
    assert set(one) == set(other)
    return {name for name in one if one[name]["sha256"] != other[name]["sha256"]}


@pytest.mark.parametrize("variant", ["lear", "ensemble"])
def test_200_feeders_are_forecast_alike_on_spark_and_here(variant, feeders, spark, tmp_path):
    here = run(load, feeders, tmp_path / "here", settings=SETTINGS | {"variant": variant})
    there = run(load, feeders, tmp_path / "there", settings=SETTINGS | {"variant": variant, "on": "spark"})
    assert same(here, there) == set()
    assert there.document["settings"]["on"] == "spark"
    assert len(there.evidence["by_series"]) == 199
    assert [one["code"] for one in there.evidence["reading"]["remarks"]] == ["JZ-390"]
    assert verify(there.path).recomputed


def test_a_long_table_is_carried_to_the_workers_and_its_state_goes_on(spark, tmp_path):
    draw = np.random.default_rng(0)
    times = np.datetime64("2024-01-01", "s") + np.timedelta64(3600, "s") * np.arange(24 * 91)
    shape = 100 + 20 * np.sin(np.arange(len(times)) * 2 * np.pi / 24)
    columns = {f"load {at}": shape * (at + 1) + draw.normal(0, 3, len(times)) for at in range(6)}
    rows = pa.table({"time": times, **columns})
    settings = {"test_days": "5", "group": "2", "variant": "lear"}
    here = run(load, rows.slice(0, 24 * 90), tmp_path / "here", settings=settings)
    there = run(load, rows.slice(0, 24 * 90), tmp_path / "there", settings=settings | {"on": "spark"})
    assert same(here, there) == set()
    found = forecast_again(there, rows.slice(24 * 90), tmp_path / "next.parquet")
    assert found["series"] == 6
    assert found["scored"]["origins"]["count"] == 1


def test_what_a_worker_meets_is_raised_here_by_its_code(feeders, spark, tmp_path):
    settings = SETTINGS | {"on": "spark", "test_window": "2023-01-03:2023-01-05", "variant": "lear"}
    with pytest.raises(EngineError) as raised:
        run(load, feeders, tmp_path / "d", settings=settings)
    assert raised.value.code == "JZ-423"
    assert raised.value.fix
    assert not (tmp_path / "d").exists()


def test_no_trace_of_where_it_ran_is_in_the_figures(feeders, spark, tmp_path):
    there = run(load, feeders, tmp_path / "there", settings=SETTINGS | {"variant": "lear", "on": "spark"})
    assert "spark" not in json.dumps(there.evidence)
