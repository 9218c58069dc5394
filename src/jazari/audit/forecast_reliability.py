"""Reliability of forecasts: what each level promised beside what came, each series' coverage with its interval."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from jazari.audit.forecast_blocks import block_draws
from jazari.audit.forecast_sums import COVERAGE, Sums, audited, sums_of


def reliability(table: pa.Table | Sums, *, seed: int = 0, draws: int = 500) -> dict[str, Any]:
    """How often the truth fell where the forecasts said.

    Args:
        table: Forecasts with their truth, or their sums.
        seed: Of the bootstrap.
        draws: Of the bootstrap, by blocks of origins.

    Returns:
        `levels` (level -> share of readings at or under its quantile, over all series), `coverage_interval` (level ->
        series -> `{value, low, high, n}`) and `days` (day of origin -> error over the scale of each series, averaged).

    Raises:
        DataError: JZ-395.
    """
    sums = audited(table if isinstance(table, Sums) else sums_of(table))
    total = max(float(sums.known.sum()), 1.0)
    levels = {level: below / total for level, below in sums.below.items()}
    intervals = {f"{level:g}": _intervals(sums, level, seed=seed, draws=draws) for level in COVERAGE}
    return {"levels": levels, "coverage_interval": intervals, "days": _days(sums)}


def _intervals(sums: Sums, level: float, *, seed: int, draws: int) -> dict[str, dict[str, Any]]:
    """The share of each series inside its central interval, with a 95 % interval by blocks of origins."""
    inside, count = sums.totals[f"inside {level:g}"], sums.known
    times = block_draws(inside.shape[1], seed=seed, draws=draws)
    shares, steps = sums.mean(f"inside {level:g}"), count.sum(axis=1).astype(int)
    out: dict[str, dict[str, Any]] = {}
    for at, name in enumerate(sums.names):
        ends: list[float | None] = [None, None]
        if times is not None and steps[at]:
            drawn = (times @ inside[at]) / np.maximum(times @ count[at], 1.0)
            ends = [float(each) for each in np.quantile(drawn, [0.025, 0.975])]
        share = float(shares[at]) if steps[at] else None
        out[name] = {"value": share, "low": ends[0], "high": ends[1], "n": int(steps[at])}
    return out


def _days(sums: Sums) -> dict[str, float]:
    """Mean absolute error of the median by day of origin, each series over its own mean error: 1 is usual."""
    usual = sums.mean("mae")[:, None]
    known = (sums.known > 0) & (usual > 0)
    ratio = np.where(known, sums.totals["mae"] / np.maximum(sums.known, 1) / np.where(usual > 0, usual, 1.0), 0.0)
    count = known.sum(axis=0)
    by_day = np.where(count > 0, ratio.sum(axis=0) / np.maximum(count, 1), np.nan)
    named = zip(sums.origins.astype("datetime64[s]"), by_day, strict=True)
    return {str(origin)[:16].replace("T00:00", ""): float(each) for origin, each in named if np.isfinite(each)}
