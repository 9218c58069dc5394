"""Any rows, in any nights: ours are DuckDB's, however keys are cut into blocks and rows into parts."""

import dataclasses
import importlib.util
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jazari.data.events import accumulators, log
from jazari.data.events import features as making
from jazari.data.events.adding import add
from jazari.data.events.features import features
from jazari.data.events.state import create, open_state
from jazari.sectors.education.attendance import attendance

BENCHMARK = Path(__file__).parents[3] / "benchmarks/events_attendance.py"
KEYS = range(1, 12)
ONE = st.tuples(
    st.sampled_from(KEYS), st.integers(0, 120), st.sampled_from((0, 0, 0, 1, 2, 9, 40)),
    st.sampled_from(("unjustified", "justified")), st.sampled_from((0, 1, 1, 2, 300)),
)  # fmt: skip


@pytest.fixture(scope="module", params=["as they are", "tiny blocks and parts"])
def _cut(request):
    with pytest.MonkeyPatch.context() as patch:
        if request.param != "as they are":
            patch.setattr(log, "_SHIFT", 1)
            patch.setattr(log, "_LOW", 1)
            patch.setattr(log, "_STRIDE", 3)
            patch.setattr(log, "ROWS_A_PART", 4)
            patch.setattr(making, "_WORTH", 1.0)  # never made from the whole log
            for module in (log, accumulators, making):
                patch.setattr(module, "BLOCK", 2)
        yield


def benchmark():
    spec = importlib.util.spec_from_file_location("events_attendance", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.usefixtures("_cut")
@settings(max_examples=20, deadline=None)
@given(
    listed=st.lists(ONE, min_size=1, max_size=80),
    looked_at=st.sets(st.integers(0, 160), max_size=6),
    every=st.booleans(),
)
def test_features_night_by_night_are_duckdbs(listed, looked_at, every, words, tmp_path_factory):
    folder = tmp_path_factory.mktemp("equal")
    (folder / "before").mkdir()
    (folder / "att").mkdir()
    pupils = pa.table({"pupil_id": list(KEYS), "school": [f"s{key % 3}" for key in KEYS]})
    pq.write_table(pupils, folder / "att/register.parquet")
    create(folder / "state", dataclasses.replace(attendance, holes=1.0), pupils)
    nights = {}
    for one in listed:
        nights.setdefault(one[1] + one[2], []).append(one)
    for number in sorted(nights | dict.fromkeys(looked_at)):
        if number in nights:
            path = folder / f"before/{words.day(number)}.parquet"
            table = words.rows(nights[number])
            kinds = table["kind"].dictionary_encode()
            table = table.set_column(4, "kind", kinds).set_column(5, "half_days", table["half_days"].cast(pa.int16()))
            pq.write_table(table, path)
            add(folder / "state", path)
        if (every or number in looked_at) and number >= min(nights):
            features(folder / "state", words.day(number))
    benchmark().duckdb(folder)
    ours = features(folder / "state", words.day(max(nights))).read_all().to_pylist()
    theirs = {row["pupil_id"]: row for row in pq.read_table(folder / "duckdb.parquet").to_pylist()}
    for row in ours:
        assert row == theirs[row["pupil_id"]]
    assert open_state(folder / "state").verify() >= 4
