"""Series and windows that no choice was made on: CRPS and coverage, beside statsforecast's AutoETS, AutoTheta and MSTL.

    python benchmarks/forecast_untouched.py --data ../shared/data [--peers PYTHON] [--only NAME,NAME]

Day-ahead windows of whole days go through `ensemble`; days, weeks, quarters and years through `smooth`. The list was
written down before anything in it was computed; docs/reference/benchmarks-forecasts.md records its first run.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from forecast_open_series import PEERS, crps
from pyarrow import csv

from jazari.engines.forecast.answer import Forecasts
from jazari.engines.forecast.backtest import backtest
from jazari.engines.forecast.calendar import daily
from jazari.engines.forecast.panel import Panel
from jazari.engines.forecast.reading import discover, read_panel
from jazari.engines.forecast.settings import Settings

WEATHER = ("radiation", "windspeed_100m", "temp", "clouds", "day_ahead_electricity_price")
# name -> steps ahead, season, origins (the last ones of the series), distance between them, steps that peers learn from
SLOW = {
    "germany load, wind, solar by day": (7, 7, 12, 30, 1461),
    "us gasoline by week": (13, 52, 8, 13, 1400),
    "australian takings by quarter": (4, 4, 4, 4, 80),
    "uk gas by quarter": (4, 4, 6, 4, 120),
    "nile by year": (5, 1, 8, 5, 100),
    "lake huron by year": (5, 1, 8, 5, 100),
}


def nights(first: str, last: str) -> np.ndarray:
    return np.arange(first, np.datetime64(last) + 1, dtype="datetime64[D]").astype("datetime64[s]")


def ahead_of_days(panel: Panel, origins: np.ndarray, country: str, ahead: int) -> Forecasts:
    days = np.arange(panel.times[0].astype("datetime64[D]"), panel.times[-1].astype("datetime64[D]") + 3)
    return backtest(replace(panel, calendar=daily(days, country)), origins, Settings(ahead))


def by_hour(data: Path) -> Iterator[tuple[str, Callable[[], Forecasts]]]:
    table = csv.read_csv(data / "tetuan_power_2017/tetuan_power_2017.csv.gz")
    zones = read_panel(table, **discover(table), ahead=24).panel
    for first, last in (("2017-02-18", "2017-04-14"), ("2017-06-10", "2017-06-30")):
        yield f"tetouan {first} to {last}", lambda a=first, b=last: ahead_of_days(zones, nights(a, b), "MA", 24)
    parts = [csv.read_csv(data / f"openstef_307/307-{name}-data.csv.gz") for name in ("train", "test")]
    net = pa.concat_tables([parts[0].slice(0, parts[0].num_rows - 1), parts[1]])
    net = net.rename_columns(["time", *net.column_names[1:]])
    for known in ((), WEATHER):
        panel = read_panel(net, time="time", values=("load",), step="PT15M", known=known, ahead=96).panel
        name = f"net load 307, October 2020, {'with' if known else 'no'} weather"
        yield name, lambda p=panel: ahead_of_days(p, nights("2020-10-01", "2020-10-31"), "NL", 96)


def slow(data: Path) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    def read(name: str) -> pa.Table:
        return csv.read_csv(next(data.glob(f"*/{name}")))

    germany = read("opsd_germany_daily.csv")
    loads = [germany[name].to_numpy(zero_copy_only=False) for name in ("Consumption", "Wind", "Solar")]
    quarters = read("fpp3__aus_accommodation.csv.gz")
    states = sorted(set(quarters["State"].to_pylist()))
    takings = np.array(quarters["Takings"].to_pylist()).reshape(len(states), -1)
    found = {
        "germany load, wind, solar by day": np.array(loads)[:, -2191:],  # 2012 on: all three are there
        "us gasoline by week": read("fpp3__us_gasoline.csv.gz")["Barrels"].to_numpy()[None],
        "australian takings by quarter": takings,
        "uk gas by quarter": read("datasets__UKgas.csv.gz")["value"].to_numpy()[None],
        "nile by year": read("datasets__Nile.csv.gz")["value"].to_numpy()[None].astype(float),
        "lake huron by year": read("datasets__LakeHuron.csv.gz")["value"].to_numpy()[None],
    }
    apart = {"day": 1, "week": 7}
    out = {}
    for name, values in found.items():
        unit, steps = name.rsplit(" ", 1)[1], np.arange(values.shape[1])
        if unit in apart:
            times = np.datetime64("2012-01-01", "s") + np.timedelta64(86_400 * apart[unit], "s") * steps
        else:
            times = (np.datetime64("1900-01") + (3 if unit == "quarter" else 12) * steps).astype("datetime64[s]")
        out[name] = times, values
    return out


def said(name: str, answer: Forecasts, began: float) -> str:
    quantiles, came = answer.quantiles, answer.actual
    error = came[..., None] - quantiles
    loss = float(np.nanmean(2 * np.maximum(answer.levels * error, (answer.levels - 1) * error)[..., 1:-1]))
    middle = quantiles[..., len(answer.levels) // 2]
    share = float(100 * np.nanmean(np.abs(came - middle) / np.abs(came)))
    known = np.isfinite(came)
    axes = (0, 2)
    count = known.sum(axis=axes)
    cover = [
        (100 * (((came >= quantiles[..., low]) & (came <= quantiles[..., -1 - low])) & known).sum(axis=axes) / count)
        for low in (2, 0)
    ]
    shown = ["/".join(f"{each:.1f}" for each in part[:8]) for part in cover]
    naive = float(np.nanmean(np.abs(came - answer.baseline)))
    spent = time.process_time() - began
    mae = float(np.nanmean(np.abs(came - middle)))
    return (
        f"{name}: CRPS {loss:.4g}, MAE {mae:.4g} (season before {naive:.4g}), MAPE {share:.2f} %, "
        f"80 %: {shown[0]}, 95 %: {shown[1]}, {spent:.1f} CPU-s"
    )


def peers(python: str, values: np.ndarray, at: np.ndarray, plan: tuple[int, ...]) -> str:
    ahead, season, _, _, keep = plan
    text = PEERS.replace("keep = min(origin, 48 * 7 * 8) if season == 48 else origin", f"keep = min(origin, {keep})")
    if season > 24:  # AutoETS takes no season that long
        text = text.replace("models = [AutoETS(season_length=season), ", "models = [")
    if season == 1:  # MSTL needs one
        text = text.replace("models.append(MSTL", "0 and models.append(MSTL")
    rows, steps = np.nonzero(np.isfinite(values))
    filled = np.stack(
        [
            np.interp(np.arange(values.shape[1]), steps[rows == each], row[steps[rows == each]])
            for each, row in enumerate(values)
        ]
    )  # peers take no gaps: theirs are filled by lines
    with tempfile.TemporaryDirectory() as folder:
        given, back = Path(folder, "in.npz"), Path(folder, "out.npz")
        np.savez(given, values=filled, at=at, ahead=ahead, season=season)
        subprocess.run([python, "-c", text, given, back], check=True, stderr=subprocess.DEVNULL)
        found = dict(np.load(back))
    came = np.stack([values[:, each : each + ahead] for each in at])
    scores = {key: crps(found[key], came) for key in found if not key.startswith("cpu_")}
    return "; ".join(f"{key} {each:.4g} ({found['cpu_' + key]:.0f} CPU-s)" for key, each in scores.items())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--peers")
    parser.add_argument("--only", default="")
    chosen = parser.parse_args()
    wanted = [each for each in chosen.only.split(",") if each]

    def is_wanted(name: str) -> bool:
        return not wanted or any(each in name for each in wanted)

    for name, run in by_hour(chosen.data):
        if is_wanted(name):
            began = time.process_time()
            print(said(name, run(), began), flush=True)
    for name, (times, values) in slow(chosen.data).items():
        if not is_wanted(name):
            continue
        ahead, season, origins, apart, _ = SLOW[name]
        at = values.shape[1] - ahead - apart * np.arange(origins - 1, -1, -1)
        began = time.process_time()
        panel = Panel(times, values, tuple(f"s{each}" for each in range(len(values))), season)
        answer = backtest(panel, times[at], Settings(ahead, variant="smooth"))
        print(said(name, answer, began), flush=True)
        if chosen.peers:
            print("    " + peers(chosen.peers, values, at, SLOW[name]), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
