"""Day-ahead loads of three zones (Tétouan 2017): MAPE, CRPS, coverage and cost of 56 midnights, every variant of ours.

    python benchmarks/forecast_tetouan.py --data ../shared/data/tetuan_power_2017/tetuan_power_2017.csv.gz
        [--window 2017-11-05:2017-12-30]

Limits on the default window: MAPE 3.10, CRPS 450, coverage 77-83 and 93-97 in every zone, 15 CPU-seconds. Features and
settings were scored on 2017-07-01 to 2017-11-04; the default window was looked at on the way, as
docs/reference/benchmarks-forecasts.md says. Peers: seasonal naive is run here; the others stand in peers.md.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace

import numpy as np
from pyarrow import csv

from jazari.audit.forecast import evidence
from jazari.engines.forecast.backtest import backtest
from jazari.engines.forecast.calendar import daily
from jazari.engines.forecast.reading import discover, read_panel
from jazari.engines.forecast.settings import Settings


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--window", default="2017-11-05:2017-12-30")
    chosen = parser.parse_args()
    first, last = chosen.window.split(":")
    origins = np.arange(first, np.datetime64(last) + 1, dtype="datetime64[D]").astype("datetime64[s]")
    for variant in ("naive", "lear", "similar", "boosted", "stacked", "ensemble"):
        began = time.process_time()
        table = csv.read_csv(chosen.data)
        panel = read_panel(table, **discover(table), ahead=24).panel
        days = np.arange(panel.times[0].astype("datetime64[D]"), panel.times[-1].astype("datetime64[D]") + 3)
        answer = backtest(replace(panel, calendar=daily(days)), origins, Settings(24, variant=variant))
        spent = time.process_time() - began
        found = evidence(answer.table())
        cover = {
            level: [f"{100 * each:.1f}" for each in found["coverage"][level].values()] for level in ("0.8", "0.95")
        }
        figures = " / ".join(f"{found[name]['value']:.2f}" for name in ("mae", "mape", "crps"))
        print(
            f"{variant:9} MAE / MAPE / CRPS {figures}; 80 %: {cover['0.8']}; 95 %: {cover['0.95']}; {spent:.1f} CPU-s"
        )
    print(f"seasonal naive (a week before): MAE {found['baseline']['mae']:.0f}")
    print("limits on the default window: MAPE 3.10, CRPS 450, 77-83, 93-97, 15 CPU-s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
