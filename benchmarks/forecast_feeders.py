"""10,000 feeders x 2 years hourly: fit and 24 h x 7 quantiles of every feeder. Limit: 25 CPU-seconds, 1 GB.

    python benchmarks/forecast_feeders.py [--series 10000]

The kingdom is written first and is not counted; reading it is. CPU-seconds and peak memory are of a process of its own.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from jazari.sectors.energy.kingdom import make

RUN = """
import resource, sys, time
from pathlib import Path
from jazari.engines.forecast.settings import Settings
from jazari.engines.forecast.packed import forecast_packed
settings = Settings(24, levels=(0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975), variant="lear")
count, remarks = forecast_packed(Path(sys.argv[1]), Path(sys.argv[2]), settings)
use = resource.getrusage(resource.RUSAGE_SELF)
print(f"{count} feeders, {len(remarks)} remarks", end=", ")
print(f"{use.ru_utime + use.ru_stime:.1f} CPU-s (limit 25), {use.ru_maxrss / 1e6:.2f} GB (limit 1)")
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=10_000)
    parser.add_argument("--kingdom", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = chosen.kingdom or Path(scratch)
        if not (folder / "feeders.parquet").exists():
            make(folder, series=chosen.series, seed=1)
        given, out = folder / "feeders.parquet", Path(scratch, "forecasts.parquet")
        subprocess.run([sys.executable, "-c", RUN, given, out], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
