"""Day-ahead loads of three zones (Tétouan 2017): MAPE, CRPS, coverage and cost of 56 midnights, ours beside its peers.

    python benchmarks/forecast_tetouan.py --data ../shared/data/tetuan_power_2017/tetuan_power_2017.csv.gz
        [--window 2017-11-05:2017-12-30] [--peers PYTHON] [--openstef PYTHON]

Limits on the default window: MAPE 3.10, CRPS 450, coverage 77-83 and 93-97 in every zone, 15 CPU-seconds. What was
chosen on which days is said in docs/reference/benchmarks-forecasts.md. PYTHON is an interpreter with lightgbm,
mlforecast, statsforecast and prophet, or with openstef 3 and xgboost; each peer runs in a process of its own, on the
same readings and origins (forecast_tetouan_peers.py). Seasonal naive is the same hour a week before.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from forecast_tetouan_peers import BURN, LEVELS, conformal
from pyarrow import csv

from jazari.engines.forecast.backtest import backtest
from jazari.engines.forecast.calendar import daily
from jazari.engines.forecast.panel import Panel
from jazari.engines.forecast.reading import discover, read_panel
from jazari.engines.forecast.settings import Settings

LIMITS = "limits on the default window: MAPE 3.10, CRPS 450, 77-83, 93-97, 15 CPU-s"
VARIANTS = ("lear", "similar", "boosted", "stacked", "ensemble")
PEERS = ("lightgbm", "mlforecast", "theta", "prophet")


def read(data: str) -> Panel:
    table = csv.read_csv(data)
    panel = read_panel(table, **discover(table), ahead=24).panel
    days = np.arange(panel.times[0].astype("datetime64[D]"), panel.times[-1].astype("datetime64[D]") + 3)
    return replace(panel, calendar=daily(days))


def show(name: str, quantiles: np.ndarray, came: np.ndarray, spent: float) -> None:
    error = came[..., None] - quantiles
    middle = np.abs(error[..., len(LEVELS) // 2])
    crps = 2 * np.maximum(LEVELS * error, (LEVELS - 1) * error)[..., 1:-1].mean()
    cover = [
        np.round(100 * ((error[..., low] >= 0) & (error[..., -1 - low] <= 0)).mean(axis=(0, 2)), 1).tolist()
        for low in (2, 0)
    ]
    figures = f"{middle.mean():.0f} / {100 * (middle / came).mean():.2f} / {crps:.0f}"
    print(f"{name:15} MAE / MAPE / CRPS {figures}; 80 %: {cover[0]}; 95 %: {cover[1]}; {spent:.1f} CPU-s", flush=True)


def peer(python: str, name: str, panel: Panel, at: np.ndarray, came: np.ndarray) -> None:
    with tempfile.TemporaryDirectory() as folder:
        given, back = Path(folder, "in.npz"), Path(folder, "out.npz")
        np.savez(given, values=panel.values, at=at, start=panel.times[0])
        script = Path(__file__).with_name("forecast_tetouan_peers.py")
        subprocess.run([python, script, given, back, name], check=True, capture_output=True)
        found = np.load(back)
        show(name, found["quantiles"], came, float(found["cpu"]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--window", default="2017-11-05:2017-12-30")
    parser.add_argument("--peers")
    parser.add_argument("--openstef")
    chosen = parser.parse_args()
    first, last = chosen.window.split(":")
    origins = np.arange(first, np.datetime64(last) + 1, dtype="datetime64[D]").astype("datetime64[s]")
    for variant in VARIANTS:
        began = time.process_time()
        panel = read(chosen.data)
        answer = backtest(panel, origins, Settings(24, variant=variant))
        show(variant, answer.quantiles, answer.actual, time.process_time() - began)
    at = np.searchsorted(panel.times, origins)
    whole = at[0] + 24 * np.arange(-BURN, len(at))
    before = np.stack([panel.values[:, each - 168 : each - 144] for each in whole])
    show("seasonal naive", conformal(before, np.stack([panel.values[:, each : each + 24] for each in whole])),
         answer.actual, 0.0)  # fmt: skip
    for name in PEERS if chosen.peers else ():
        peer(chosen.peers, name, panel, at, answer.actual)
    if chosen.openstef:
        peer(chosen.openstef, "openstef", panel, at, answer.actual)
    print(LIMITS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
