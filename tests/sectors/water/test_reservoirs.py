from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from pyarrow import csv

from jazari.audit.forecast_alerts import alerts
from jazari.core.errors import DataError, DeclarationError
from jazari.engines.forecast import inflow as flows
from jazari.engines.forecast.reservoir import Reservoir, balance
from jazari.engines.forecast.storage import outlook
from jazari.sectors.water.kingdom import make

SHARED = Path(__file__).parents[3].parent / "shared" / "data"


def kingdom(folder: Path, series: int) -> dict[str, tuple[Reservoir, dict[str, np.ndarray]]]:
    make(folder, series=series, seed=1)
    table = pq.read_table(folder / "reservoirs.parquet")
    out = {}
    for name, each in json.loads((folder / "declared.json").read_text()).items():
        rows = table.filter(pc.equal(table["reservoir"], name)).drop_columns(["reservoir"])
        columns = {column: rows[column].to_numpy() for column in rows.column_names}
        out[name] = Reservoir(name, **each), columns
    return out


def test_the_engine_repeats_the_balance_of_the_kingdom(tmp_path: Path) -> None:
    for held, truth in kingdom(tmp_path, 2).values():
        run = balance(held, truth["storage"][0], truth["inflow"], truth["demand"], truth["evaporation"])
        np.testing.assert_allclose(run.storage[:-1], truth["storage"], rtol=1e-9)
        assert run.gap() <= 1e-6


def test_alerts_of_scarcity_are_worth_more_than_the_base_rate(tmp_path: Path) -> None:
    said, came, inside = [], [], []
    for held, truth in kingdom(tmp_path, 3).values():
        under, usual = 0.3 * held.full, truth["evaporation"].reshape(-1, 365).mean(axis=0)
        for origin in range(365 * 8, len(truth["day"]) - 60, 97):
            look = outlook(
                held, truth["day"][:origin], truth["inflow"][:origin], storage=truth["storage"][origin],
                demand=truth["demand"][origin : origin + 60], evaporation=usual[(origin + np.arange(60)) % 365],
                under=under, paths=200, seed=origin,
            )  # fmt: skip
            real = truth["storage"][origin + 1 : origin + 61]
            said.append(look.under[len(real) - 1])
            came.append(float((real < under).any()))
            inside.append(look.storage[len(real) - 1, 2] <= real[-1] <= look.storage[len(real) - 1, -3])
    assert alerts(np.array(said), np.array(came))["skill"] > 0.5
    assert 0.65 < np.mean(inside) < 0.95


def test_real_inflow_is_covered_by_its_quantiles_month_after_month() -> None:
    path = SHARED / "camels_us_4basins" / "camels_us_4basins_daily.csv.gz"
    if not path.exists():
        pytest.skip("the shared data lie beside the project, and are not there")
    table = csv.read_csv(path)
    inside = []
    for basin in pc.unique(table["basin"]).to_pylist():
        rows = table.filter(pc.equal(table["basin"], basin))
        days = np.asarray(rows["date"].to_numpy(), dtype="datetime64[D]")
        flow = rows["q_mm"].to_numpy(zero_copy_only=False).astype(float)
        end = int(np.flatnonzero(np.isfinite(flow))[-1]) + 1
        for origin in range(730, end - 30, 15):
            season = flows.fit(days[:origin], flow[:origin])
            drawn = flows.paths(season, days[origin : origin + 30], float(flow[origin - 1]), count=200, seed=origin)
            low, high = np.quantile(drawn.sum(axis=1), [0.1, 0.9])
            inside.append(low <= flow[origin : origin + 30].sum() <= high)
    assert 0.65 < np.mean(inside) < 0.95


def test_a_kingdom_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError) as refusal:
        make(tmp_path, series=0)
    assert refusal.value.code == "JZ-396"


def test_a_kingdom_is_never_made_over_something_else(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("mine")
    with pytest.raises(DataError, match="JZ-360"):
        make(tmp_path, series=1)
    assert [one.name for one in tmp_path.iterdir()] == ["kept.txt"]
