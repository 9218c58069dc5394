"""A snapshot keeps rows as declared, in order, wherever they lie; its fingerprint is theirs alone."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jazari.core.errors import DataError
from jazari.data import snapshot
from jazari.data.fingerprints import Fingerprint
from jazari.data.snapshot import take
from jazari.data.source import open_source
from jazari.data.store import Held, Spool
from jazari.schema.columns import audited, column, key, outcome, period
from jazari.schema.table import Table

TABLE = Table(
    "pupils", key("id"), period("year"), column("x"), column("seen", kind="flag", recorded="on"),
    audited("sex", among=("f", "m")), outcome("left"), predict_at="P4M",
)  # fmt: skip


def rows(count=150_000):
    rng = np.random.default_rng(1)
    return pa.table({
        "id": np.arange(count), "year": pa.array(np.where(np.arange(count) % 3, "2024-2025", "2023-2024")),
        "x": pa.array(rng.normal(size=count), mask=rng.random(count) < 0.1), "seen": rng.integers(0, 2, count),
        "on": pa.array(np.where(np.arange(count) % 10 == 0, "2024-12-31", "2023-10-01")),
        "sex": pa.array(np.where(rng.random(count) < 0.5, "f", "m")), "left": rng.random(count) < 0.1,
    })  # fmt: skip


@pytest.fixture(params=["memory", "disk"])
def taken(request, monkeypatch, tmp_path):
    monkeypatch.setattr(snapshot, "_IN_MEMORY", 0 if request.param == "disk" else 10**9)
    with open_source(rows()) as source, take(source, TABLE, scratch=tmp_path) as one:
        assert isinstance(one.store, Spool if request.param == "disk" else Held)
        yield one
    assert list(tmp_path.iterdir()) == []


def test_rows_come_typed_and_in_order(taken):
    kinds = {field.name: str(field.type) for field in taken.table().schema}
    assert kinds == {
        "id": "int64", "year": "string", "x": "double", "seen": "double", "sex": "string", "left": "bool",
    }  # fmt: skip
    assert (taken.count(), taken.names, taken.key) == (150_000, tuple(kinds), "id")
    assert taken.table(["id"]).column(0).to_numpy().tolist() == list(range(150_000))
    assert taken.table(["x"]).column(0).equals(rows().column("x"))
    assert {batch.num_rows for batch in taken.batches()} == {65_536, 150_000 - 2 * 65_536}


def test_columns_come_in_the_order_that_is_asked(taken):
    assert next(taken.batches(["sex", "id"])).schema.names == ["sex", "id"]


def test_periods_cut_the_rows(taken):
    assert taken.periods == ("2023-2024", "2024-2025")
    old, new = (taken.where(one) for one in taken.periods)
    assert (old.count(), new.count()) == (50_000, 100_000)
    assert old.table(["id"]).column(0).to_numpy().tolist() == list(range(0, 150_000, 3))
    assert taken.where(periods=taken.periods).count() == 150_000
    assert new.where("2023-2024").count() == 0
    assert new.where("2023-2024").table().num_rows == 0


def test_rows_are_taken_by_position(taken):
    part = taken.where("2024-2025").take([5, 99_999, 0])
    assert part.table(["id"]).column(0).to_pylist() == [1, 8, 149_999]


def test_values_recorded_too_late_are_missing(taken):
    assert taken.recorded_late == {"seen": pytest.approx(1 / 30, rel=1e-3)}
    late = taken.where("2023-2024").table(["seen", "id"]).to_pydict()
    assert all((seen is None) == (at % 10 == 0) for seen, at in zip(late["seen"], late["id"], strict=True))


def test_the_fingerprint_is_the_same_wherever_the_rows_lie(taken, tmp_path_factory):
    folder = tmp_path_factory.mktemp("elsewhere")
    table = rows()
    pq.write_table(table.slice(0, 70_001), folder / "1.parquet", row_group_size=999)
    pq.write_table(table.slice(70_001), folder / "2.parquet")
    with open_source(folder) as source, take(source, TABLE) as other:
        assert other.fingerprint == taken.fingerprint
    changed = table.set_column(2, "x", pa.array([0.5, *table.column("x").to_pylist()[1:]]))
    with open_source(changed) as source, take(source, TABLE) as other:
        assert other.fingerprint != taken.fingerprint


def test_without_a_key_the_row_number_stands_for_it(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("x;left\n1,5;1\n2;0\n")
    with open_source(path) as source, take(source, Table("t", column("x"), outcome("left"))) as one:
        assert one.table().to_pydict() == {"key": [0, 1], "x": [1.5, 2.0], "left": [True, False]}


def test_the_first_problem_counts_the_others():
    table = rows(1000).drop_columns(["sex", "left"])
    with open_source(table) as source, pytest.raises(DataError) as told:
        take(source, TABLE)
    assert told.value.code == "JZ-310"
    assert "1 more problem: run jazari check" in told.value.fix


def test_a_full_disk_while_spooling_is_coded_and_leaves_nothing(tmp_path):
    def batches():
        yield next(iter(rows(10).to_batches()))
        raise OSError(28, "No space left on device")

    with pytest.raises(DataError) as told:
        Spool(rows(10).schema, batches(), tmp_path)
    assert told.value.code == "JZ-340"
    assert list(tmp_path.iterdir()) == []


VALUES = st.tuples(st.none() | st.floats(allow_nan=False), st.none() | st.text(), st.none() | st.booleans())


@settings(max_examples=60, deadline=None)
@given(st.lists(VALUES, min_size=1), st.data())
def test_fingerprints_do_not_depend_on_cuts(values, data):
    schema = pa.schema({"x": pa.float64(), "s": pa.string(), "b": pa.bool_()})
    table = pa.table(
        [pa.array(one, kind) for one, kind in zip(zip(*values, strict=True), schema.types, strict=True)], schema=schema
    )
    whole, cut = Fingerprint(schema), Fingerprint(schema)
    for batch in table.to_batches():
        whole.update(batch)
    at = 0
    while at < len(values):
        size = data.draw(st.integers(1, len(values)))
        for batch in table.slice(at, size).to_batches():
            cut.update(batch)
        at += size
    assert whole.hexdigest() == cut.hexdigest()


def test_fingerprints_tell_texts_from_their_neighbours_and_missing_from_empty():
    def of(words):
        one = Fingerprint(pa.schema({"s": pa.string()}))
        one.update(pa.record_batch({"s": pa.array(words, pa.string())}))
        return one.hexdigest()

    assert len({of(words) for words in (["ab", "c"], ["a", "bc"], ["abc", None], ["abc", ""], [None, "abc"])}) == 5
