"""Forecasts that somebody else made: audited like ours, unless they cross or have seen the truth."""

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from jazari.core.errors import DataError
from jazari.usecase.audit import audit
from tests.usecase.forecast.conftest import declared


@pytest.fixture
def theirs(forecast_dossier):
    """The forecasts of a dossier whose truth has come, as somebody else would hand them in."""
    table = pq.read_table(forecast_dossier.path / "forecasts.parquet")
    return table.filter(pc.is_valid(table["actual"]))


def with_column(table, name, values):
    return table.set_column(table.schema.get_field_index(name), name, values)


def test_quantiles_that_cross_are_refused_with_their_number(theirs, tmp_path):
    low, high = theirs["q0.1"], theirs["q0.9"]
    crossed = with_column(with_column(theirs, "q0.1", high), "q0.9", low)
    pq.write_table(crossed, tmp_path / "theirs.parquet")
    with pytest.raises(DataError, match="JZ-395") as told:
        audit(declared(), tmp_path / "theirs.parquet", tmp_path / "out")
    assert f"of {theirs.num_rows} rows" in str(told.value)
    assert not (tmp_path / "out").exists()


def test_medians_that_are_the_truth_itself_are_refused(theirs, tmp_path):
    seen = theirs
    for name in [one for one in theirs.column_names if one.startswith("q0")]:
        seen = with_column(seen, name, theirs["actual"])
    pq.write_table(pa.table(seen), tmp_path / "theirs.parquet")
    with pytest.raises(DataError, match="the truth itself"):
        audit(declared(), tmp_path / "theirs.parquet", tmp_path / "out")
