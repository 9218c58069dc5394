"""Random bytes, tables and declarations: a report or a coded error, never a traceback of another sort."""

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jazari.core.errors import JazariError
from jazari.data.conform import check
from jazari.data.draft import describe
from jazari.data.snapshot import take
from jazari.data.source import open_source
from jazari.schema.columns import Column
from jazari.schema.table import Table

QUIET = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
CELLS = (
    st.none()
    | st.text(alphabet='12;,"\n\téx .-', max_size=8)
    | st.sampled_from(["1", "0", "2024-2025", "2024-01-01", "oui"])
)
ARRAYS = st.sampled_from([
    pa.array([1, 2, None]), pa.array([1.5, float("nan"), float("-inf")]), pa.array(["a", "", None]), pa.nulls(3),
    pa.array([True, None, False]), pa.array([b"x", b"", None]), pa.array([[1], [], None]), pa.array([{"a": 1}] * 3),
    pa.array([0, 1, 2], pa.date32()), pa.array([0, 1, 2], pa.timestamp("us", "UTC")), pa.array([0, 1, 2],
    pa.time64("us")),
    pa.array([1, 2, 2**64 - 1], pa.uint64()), pa.array(["a", "b", "a"]).dictionary_encode(), pa.array(["1", "2", "x"]),
    pa.array(["2024-2025", "2025-2026", None]), pa.array([0.1, 1e300, -0.0], pa.float64()), pa.array([1, 2, 3],
    pa.duration("s")),
])  # fmt: skip
NAMES = st.sampled_from(["x", "y", "z", "X", "key", "n", "c0", 'a"b', "d'e", "é", "row_number"])
COLUMNS = st.builds(
    Column, NAMES, st.sampled_from(["column", "audited", "key", "period", "site", "outcome"]),
    kind=st.sampled_from(["number", "category", "flag", "text"]), within=st.none() | st.just((0.0, 1.0)),
    among=st.sampled_from([(), ("1",), ("a'b", "x")]), recorded=st.sampled_from(["", "y", "z"]),
    positive=st.sampled_from([(), ("1",), ("O'X",)]),
)  # fmt: skip


@st.composite
def declarations(draw):
    wanted = draw(st.lists(COLUMNS, min_size=1, max_size=5))
    try:
        return Table("t", *wanted, predict_at=draw(st.sampled_from(["", "P3M", "2024-06-01"])))
    except JazariError:
        return Table("t", Column("x", "column"))


def try_everything(data, table):
    try:
        with open_source(data) as source:
            check(source, table)
            describe(source)
            with take(source, table) as one:
                one.table()
    except JazariError as told:
        assert told.fix


@QUIET
@given(
    raw=st.binary(max_size=300), table=declarations(), ending=st.sampled_from([".csv", ".parquet", ".csv.gz", ".db"])
)
def test_random_bytes(tmp_path, raw, table, ending):
    path = tmp_path / f"fuzz{ending}"
    path.write_bytes(raw)
    try_everything(path, table)


@QUIET
@given(rows=st.lists(st.lists(CELLS, max_size=4), max_size=6), table=declarations(), separator=st.sampled_from(";,\t"))
def test_random_csv(tmp_path, rows, table, separator):
    path = tmp_path / "fuzz.csv"
    lines = ["x;y;z".replace(";", separator), *(separator.join(cell or "" for cell in row) for row in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    try_everything(path, table)


@QUIET
@given(columns=st.lists(st.tuples(NAMES, ARRAYS), max_size=5), table=declarations())
def test_random_tables(columns, table):
    try_everything(pa.table([array for _, array in columns], names=[name for name, _ in columns]), table)


@pytest.mark.parametrize("text", ["", ".", "/", "duckdb://", "duckdb:///#", "postgresql://#", "::", "#", "~"])
def test_odd_places(text):
    try_everything(text, Table("t", Column("x", "column")))
