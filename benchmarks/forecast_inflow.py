"""Inflow of real rivers (camels_us_4basins): 30-day sums from two years of record, their coverage and CRPS.

    python benchmarks/forecast_inflow.py --data ../shared/data/camels_us_4basins

Every 15 days from the end of the second year, each basin forecasts from the 730 days before. CRPS is twice the mean
pinball loss over .05, .10 ... .95, of the sum over the basin's mean sum; beside it that of the sums of the same 30 days
of the two years before (two quantiles: the smaller and the larger).
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
from pyarrow import csv

from jazari.engines.forecast import inflow as flows

LEVELS = np.round(np.arange(0.05, 0.951, 0.05), 2)
RECORD, AHEAD, APART = 730, 30, 15


def loss(quantiles: np.ndarray, came: float) -> float:
    error = came - quantiles
    return float(np.mean(2 * np.maximum(LEVELS * error, (LEVELS - 1) * error)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    table = csv.read_csv(next(parser.parse_args().data.glob("*daily.csv.gz")))
    began = time.process_time()
    basins, flow = np.array(table["basin"].to_pylist()), table["q_mm"].to_numpy(zero_copy_only=False)
    dates = table["date"].to_numpy().astype("datetime64[D]")
    inside, wide, ours, before = [], [], [], []
    for basin in np.unique(basins):
        days, q = dates[basins == basin], flow[basins == basin].astype(float)
        usual = np.nanmean(q) * AHEAD
        for origin in range(RECORD, len(q) - AHEAD + 1, APART):
            came = q[origin : origin + AHEAD].sum()
            past = slice(origin - RECORD, origin)
            if not np.isfinite(came) or not np.isfinite(q[origin - 1]):
                continue
            season = flows.fit(days[past], q[past])
            drawn = flows.paths(season, days[origin : origin + AHEAD], q[origin - 1], count=500, seed=origin)
            low, high, far, further = np.quantile(drawn.sum(axis=1), [0.1, 0.9, 0.025, 0.975])
            inside.append(low <= came <= high)
            wide.append(far <= came <= further)
            ours.append(loss(np.quantile(drawn.sum(axis=1), LEVELS), came) / usual)
            years = [q[origin - 365 * back :][:AHEAD].sum() for back in (1, 2)]
            before.append(loss(np.quantile(years, LEVELS), came) / usual)
    print(
        f"{len(inside)} sums: 80 % covers {100 * np.mean(inside):.1f}, 95 % {100 * np.mean(wide):.1f}; CRPS over the "
        f"mean sum {np.mean(ours):.3f}, of the years before {np.nanmean(before):.3f}; "
        f"{time.process_time() - began:.1f} CPU-s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
