"""Days, weeks, months, quarters and years go through the chain as hours do: run, card, verify, and on."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jazari.usecase import Forecast, Table, UseCase, beats_baseline, column, no_future, series, time
from jazari.usecase.drift import drift
from jazari.usecase.forecast.again import forecast_again
from jazari.usecase.run import run
from jazari.usecase.verify import verify

STEPS = {  # step: horizon, how many, season, how times are printed
    "P1D": ("P7D", 200, 7, lambda at: str(np.datetime64("2024-01-01") + at)),
    "P7D": ("P28D", 260, 52, lambda at: str(np.datetime64("2019-01-07") + 7 * at)),
    "P1M": ("P3M", 120, 12, lambda at: str(np.datetime64("2014-01", "M") + at)),
    "P3M": ("P1Y", 60, 4, lambda at: f"{2009 + at // 4} Q{at % 4 + 1}"),
    "P1Y": ("P2Y", 40, 1, lambda at: str(1980 + at)),
}


def rows(step, first, last):
    """Two series between two steps, the same whatever the ends."""
    _, count, season, printed = STEPS[step]
    at = np.arange(count + 10)
    draw = np.random.default_rng(1)
    noise = draw.normal(0, 2, (2, len(at)))
    shape = 100 + 0.3 * at + 15 * np.sin(2 * np.pi * at / max(season, 2))
    chosen = list(range(first, last))
    return pa.table({
        "period": [printed(each) for each in chosen] * 2,
        "place": ["north"] * len(chosen) + ["south"] * len(chosen),
        "visits": np.concatenate([(shape + noise[0])[chosen], (2 * shape + noise[1])[chosen]]),
    })  # fmt: skip


def declared(step):
    table = Table("visits", time("period"), series("place"), column("visits", unit="visits"))
    engine = Forecast(of="visits", every=step, ahead=STEPS[step][0], test_days=12)
    return UseCase(
        "toys.visits", purpose="Try.", table=table, engine=engine, safeguards=(no_future(), beats_baseline(by=0.01))
    )


@pytest.mark.parametrize("step", STEPS)
def test_slow_steps_go_through_the_chain_and_on(step, tmp_path):
    _, count, _, _ = STEPS[step]
    dossier = run(declared(step), rows(step, 0, count), tmp_path / "d")
    assert dossier.document["settings"]["variant"] == "smooth"
    assert dossier.evidence["origins"]["count"] >= 10
    assert set(dossier.evidence["by_series"]) == {"north", "south"}
    assert "<svg" in dossier.card("fr")
    assert verify(dossier.path).recomputed
    state = tmp_path / "state"
    forecast_again(dossier, rows(step, count, count + 1), tmp_path / "one.parquet", state=state)
    found = forecast_again(dossier, rows(step, count + 1, count + 8), tmp_path / "two.parquet", state=state)
    assert (found["series"], found["changed"], found["unknown"]) == (2, 0, 0)
    assert found["scored"]["origins"]["count"] == 2
    whole = run(declared(step), rows(step, 0, count + 8), tmp_path / "whole")
    issued, once = pq.read_table(tmp_path / "two.parquet"), pq.read_table(whole.path / "forecasts.parquet")
    ahead = once.filter(pa.compute.is_null(once["actual"]))
    ahead = ahead.filter(pa.compute.equal(ahead["origin"], pa.compute.max(ahead["origin"])))
    assert issued["time"].to_pylist() == ahead["time"].to_pylist()
    assert np.allclose(issued["q0.5"].to_numpy(), ahead["q0.5"].to_numpy(), rtol=1e-3)
    assert drift(dossier, rows(step, count, count + 8))["scored"]["origins"]["count"] == 1
