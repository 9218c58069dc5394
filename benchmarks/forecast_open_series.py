"""Four open series (taylor, elecdemand, usmelec, tourism): CRPS beside statsforecast's AutoETS, AutoTheta, MSTL.

    python benchmarks/forecast_open_series.py --data ../shared/data/rdatasets_selection [--peers PYTHON]

PYTHON is an interpreter of an environment with statsforecast; the peers are run by it, in the same run, on the same
origins and horizons, trained on the same readings. CRPS is twice the mean pinball loss over .05, .10 ... .95.
Limit: lower than the best peer on three of the four.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow.csv as pc

LEVELS = np.round(np.arange(0.05, 0.951, 0.05), 2)
# horizon, season, origins, distance between them: the last ones of each series
WINDOWS = {
    "taylor": (48, 48, 7, 48),
    "elecdemand": (48, 48, 14, 48),
    "usmelec": (12, 12, 6, 12),
    "tourism": (4, 4, 4, 4),
}


def series(folder: Path) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    def read(name: str) -> object:
        return pc.read_csv(next(folder.glob(f"*__{name}.csv.gz")))

    half = np.timedelta64(30, "m").astype("timedelta64[s]")
    taylor = np.asarray(read("taylor").column("x"), dtype=float)[None]
    demand = np.asarray(read("elecdemand").column("Demand"), dtype=float)[None]
    melec = np.asarray(read("usmelec").column("value"), dtype=float)[None]
    tour = read("tourism")
    keys = [
        f"{a}|{b}|{c}"
        for a, b, c in zip(*(tour.column(x).to_pylist() for x in ("Region", "State", "Purpose")), strict=True)
    ]
    names = sorted(set(keys))
    quarters = sorted(set(tour.column("Quarter").to_pylist()))
    trips = np.full((len(names), len(quarters)), np.nan)
    place = {key: at for at, key in enumerate(names)}
    when = {key: at for at, key in enumerate(quarters)}
    for key, quarter, value in zip(
        keys, tour.column("Quarter").to_pylist(), tour.column("Trips").to_pylist(), strict=True
    ):
        trips[place[key], when[quarter]] = value
    start = {"taylor": "2000-06-05", "elecdemand": "2014-01-01"}
    out = {
        name: (np.datetime64(start[name], "s") + half * np.arange(each.shape[1]), each)
        for name, each in (("taylor", taylor), ("elecdemand", demand))
    }
    out["usmelec"] = ((np.datetime64("1973-01") + np.arange(melec.shape[1])).astype("datetime64[s]"), melec)
    out["tourism"] = ((np.datetime64("1998-01") + 3 * np.arange(80)).astype("datetime64[s]"), trips)
    return out


def ours(name: str, times: np.ndarray, values: np.ndarray, at: np.ndarray) -> np.ndarray:
    from jazari.engines.forecast.backtest import backtest
    from jazari.engines.forecast.calendar import daily
    from jazari.engines.forecast.panel import Panel
    from jazari.engines.forecast.settings import Settings

    ahead, season = WINDOWS[name][:2]
    slow = name in {"usmelec", "tourism"}
    days = np.arange(times[0].astype("datetime64[D]"), times[-1].astype("datetime64[D]") + 3)
    calendar = {} if slow else daily(days, {"taylor": "GB", "elecdemand": "AU"}[name])
    panel = Panel(times, values, tuple(f"s{each}" for each in range(len(values))), season, {}, "", calendar)
    settings = Settings(ahead, levels=tuple(float(x) for x in LEVELS), variant="smooth" if slow else "ensemble")
    return backtest(panel, times[at], settings).quantiles


PEERS = """
import sys, time, numpy as np, pandas as pd
from statsforecast import StatsForecast
from statsforecast.models import AutoETS, AutoTheta, MSTL, AutoARIMA
z = np.load(sys.argv[1]); values, at = z["values"], z["at"]; ahead, season = int(z["ahead"]), int(z["season"])
lv = [10, 20, 30, 40, 50, 60, 70, 80, 90]
seasons = [season, season * 7] if season == 48 else season
models = [AutoETS(season_length=season), AutoTheta(season_length=season)]
models.append(MSTL(season_length=seasons, trend_forecaster=AutoETS(model="ZZN")))
out = {}
for model in models:
    began = time.process_time(); q = []
    for origin in at:
        keep = min(origin, 48 * 7 * 8) if season == 48 else origin
        names, steps = np.repeat(np.arange(len(values)), keep), np.tile(np.arange(keep), len(values))
        frame = pd.DataFrame({"unique_id": names, "ds": steps, "y": values[:, origin - keep : origin].ravel()})
        f = StatsForecast([model], freq=1, n_jobs=1).forecast(df=frame, h=ahead, level=lv)
        f = f.sort_values(["unique_id", "ds"])
        n = str(model); c = [f"{n}-lo-{l}" for l in lv[::-1]] + [n] + [f"{n}-hi-{l}" for l in lv]
        q.append(f[c].to_numpy().reshape(len(values), ahead, 19))
    out[str(model)] = np.stack(q); out["cpu_" + str(model)] = time.process_time() - began
np.savez(sys.argv[2], **out)
"""


def crps(q: np.ndarray, y: np.ndarray) -> float:
    error = y[..., None] - np.sort(q, axis=-1)
    return float(np.nanmean(2 * np.maximum(LEVELS * error, (LEVELS - 1) * error)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--peers")
    parser.add_argument("--only", default="")
    chosen = parser.parse_args()
    won = 0
    for name, (times, values) in series(chosen.data).items():
        if chosen.only and name not in chosen.only:
            continue
        ahead, season, origins, apart = WINDOWS[name]
        at = values.shape[1] - apart * np.arange(origins, 0, -1) - (ahead - apart)
        at -= at % season if season == 48 else 0
        came = np.stack([values[:, each : each + ahead] for each in at])
        began = time.process_time()
        mine = crps(ours(name, times, values, at), came)
        print(f"{name:11} ours {mine:.4g} ({time.process_time() - began:.1f} CPU-s)", end="", flush=True)
        if chosen.peers:
            with tempfile.TemporaryDirectory() as folder:
                given, back = Path(folder, "in.npz"), Path(folder, "out.npz")
                np.savez(given, values=values, at=at, ahead=ahead, season=season)
                subprocess.run([chosen.peers, "-c", PEERS, given, back], check=True, stderr=subprocess.DEVNULL)
                found = dict(np.load(back))
            peers = {key: crps(found[key], came) for key in found if not key.startswith("cpu_")}
            print(
                "".join(f"; {key} {each:.4g} ({found['cpu_' + key]:.0f} CPU-s)" for key, each in peers.items()), end=""
            )
            won += mine < min(peers.values())
        print(flush=True)
    print(f"lower than the best peer on {won} of 4 (limit: 3)" if chosen.peers else "")
    return 0


if __name__ == "__main__":
    sys.exit(main())
