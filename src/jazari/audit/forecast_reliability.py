"""Reliability of forecasts: what each level promised beside what came, each series' coverage with its interval."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from jazari.audit.forecast_blocks import Tensor, block_draws, known_mean, tensor_of

COVERAGE = (0.8, 0.95)


def reliability(table: pa.Table, *, seed: int = 0, draws: int = 500) -> dict[str, Any]:
    """How often the truth fell where the forecasts said.

    Args:
        table: Forecasts with their truth.
        seed: Of the bootstrap.
        draws: Of the bootstrap, by blocks of origins.

    Returns:
        `levels` (level -> share of readings at or under its quantile, over all series), `coverage_interval` (level ->
        series -> `{value, low, high, n}`) and `days` (day of origin -> error over the scale of each series, averaged).

    Raises:
        DataError: JZ-395.
    """
    data = tensor_of(table)
    known = np.isfinite(data.actual)
    total = max(int(known.sum()), 1)
    levels = {
        f"{level:g}": float(((data.actual <= data.quantile(level)) & known).sum() / total) for level in data.levels
    }
    intervals = {f"{level:g}": _intervals(data, level, seed=seed, draws=draws) for level in COVERAGE}
    return {"levels": levels, "coverage_interval": intervals, "days": _days(data)}


def _intervals(data: Tensor, level: float, *, seed: int, draws: int) -> dict[str, dict[str, Any]]:
    """The share of each series inside its central interval, with a 95 % interval by blocks of origins."""
    low, high = data.quantile(round((1 - level) / 2, 3)), data.quantile(round((1 + level) / 2, 3))
    known = np.isfinite(data.actual)
    inside = ((data.actual >= low) & (data.actual <= high) & known).sum(axis=2).astype(np.float64)
    count = known.sum(axis=2).astype(np.float64)
    times = block_draws(inside.shape[1], seed=seed, draws=draws)
    out: dict[str, dict[str, Any]] = {}
    for at, name in enumerate(data.names):
        steps = int(count[at].sum())
        share = float(inside[at].sum() / steps) if steps else None
        ends: list[float | None] = [None, None]
        if times is not None and steps:
            drawn = (times @ inside[at]) / np.maximum(times @ count[at], 1.0)
            ends = [float(each) for each in np.quantile(drawn, [0.025, 0.975])]
        out[name] = {"value": share, "low": ends[0], "high": ends[1], "n": steps}
    return out


def _days(data: Tensor) -> dict[str, float]:
    """Mean absolute error of the median by day of origin, each series over its own mean error: 1 is usual."""
    error = np.abs(data.actual - data.median)
    usual = known_mean(error, (1, 2))[:, None]
    ratio = known_mean(error, (2,)) / np.where(usual > 0, usual, np.nan)
    by_day = known_mean(ratio, (0,))
    named = zip(data.origins.astype("datetime64[s]"), by_day, strict=True)
    return {str(origin)[:16].replace("T00:00", ""): float(each) for origin, each in named if np.isfinite(each)}
