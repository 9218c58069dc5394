from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from jazari.audit.forecast import evidence
from jazari.core.errors import DataError, DeclarationError
from jazari.engines.forecast.backtest import backtest
from jazari.engines.forecast.packed import forecast_packed, groups_of, is_packed
from jazari.engines.forecast.settings import Settings
from jazari.sectors.energy.kingdom import make


def test_a_kingdom_of_feeders_is_the_same_twice_and_whatever_its_size(tmp_path: Path) -> None:
    for name, series in (("a", 3), ("b", 3), ("c", 5)):
        make(tmp_path / name, series=series, seed=7)
    one, two, more = (pq.read_table(tmp_path / name / "feeders.parquet") for name in "abc")
    assert one.equals(two)
    assert more.slice(0, 3).equals(one)
    assert pq.read_table(tmp_path / "a" / "feeders_long.parquet").num_rows == 3 * 17_520


def test_feeders_are_forecast_group_by_group_and_beat_the_week_before(tmp_path: Path) -> None:
    make(tmp_path, series=4, seed=2)
    path = tmp_path / "feeders.parquet"
    assert is_packed(path)
    (group,) = groups_of(path)
    panel, found = group.read(ahead=24)
    assert found == []
    origins = panel.times[-24 * 10 :: 24]
    found = evidence(backtest(panel, origins, Settings(24, variant="lear")).table())
    assert found["skill"]["mae"] > 0.2
    count, remarks = forecast_packed(path, tmp_path / "out.parquet", Settings(24, variant="lear"))
    issued = pq.read_table(tmp_path / "out.parquet")
    assert (count, remarks, issued.num_rows) == (4, [], 4 * 24)
    assert np.isfinite(issued.column("q0.5").to_numpy()).all()


def test_a_kingdom_of_nobody_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError) as refusal:
        make(tmp_path, series=0)
    assert refusal.value.code == "JZ-396"


def test_a_kingdom_is_never_made_over_something_else(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("mine")
    with pytest.raises(DataError, match="JZ-360"):
        make(tmp_path, series=1)
    assert [one.name for one in tmp_path.iterdir()] == ["kept.txt"]
