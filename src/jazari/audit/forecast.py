"""Measures of forecasts, recomputed from their table alone: error, CRPS, coverage, skill, sharpness.

The table has `series`, `origin`, `time`, `q0.025` ... `q0.975`, `actual`, `baseline`, `mase_scale`, as the dossier's
`forecasts.parquet`. Rows whose truth is unknown are left out, and counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from jazari.audit.forecast_blocks import Floats, interval
from jazari.audit.forecast_sums import COVERAGE, CRPS_LEVELS, Sums, audited, sums_of

_MEASURES = ("mae", "mape", "mase", "crps")
_WHY = {
    "mape": "readings near zero or negative: a percentage of them means nothing",
    "mase": "the scale of the baseline is unknown",
}


def evidence(
    table: pa.Table | Sums, *, territory: Mapping[str, str] | None = None, seed: int = 0, draws: int = 500
) -> dict[str, Any]:
    """The figures of a backtest, as they stand in `evidence.json`.

    Args:
        table: Forecasts with their truth, or their sums.
        territory: Series name -> territory: who is served worse is said by territory too.
        seed: Of the bootstrap.
        draws: Of the bootstrap: whole blocks of seven origins are drawn, as neighbouring days are alike.

    Returns:
        `mae`, `mape`, `mase`, `crps` (each `{value, low, high, n}`; a percentage that means nothing has `value` None
        and says `why`), `coverage` (level -> series -> share), `coverage_by` (hour, day type), `by_series`, `baseline`,
        `skill`, `sharpness`, `peak`, `horizon`, `gap`, `origins`, `no_future`.

    Raises:
        DataError: JZ-395, the table is none of forecasts, or has no truth.
    """
    sums = audited(table if isinstance(table, Sums) else sums_of(table))
    totals = _losses(sums)
    found: dict[str, Any] = {}
    for name in _MEASURES:
        if name in totals:
            low, high = interval(totals[name], sums.known, seed=seed, draws=draws)
            value = _overall(totals[name], sums.known)
            found[name] = {"value": value, "low": low, "high": high, "n": int(sums.known.sum())}
        else:
            found[name] = {"value": None, "low": None, "high": None, "n": 0, "why": _WHY[name]}
    levels = sum(f"{level:g}" in sums.below for level in CRPS_LEVELS)
    if levels < len(CRPS_LEVELS):
        found["crps"]["levels"] = levels  # of fewer levels, it compares with itself alone
    found["coverage"] = {f"{level:g}": _shares(sums, level) for level in COVERAGE}
    found["coverage_by"] = {f"{level:g}": _by(sums, level) for level in COVERAGE}
    found["by_series"] = _by_series(sums, totals)
    simple = _overall(sums.totals["baseline"], sums.known_baseline)
    found["baseline"] = {"mae": simple, "crps": simple}  # the CRPS of a single value is its absolute error
    found["skill"] = _skill(found)
    whole = np.full(sums.known.shape, float(sums.times.shape[1]))
    found["sharpness"] = {f"{level:g}": _overall(sums.totals[f"width {level:g}"], whole) for level in COVERAGE}
    found["peak"] = _peak(sums)
    found["horizon"] = {str(step + 1): float(total / max(count, 1)) for step, (total, count) in enumerate(sums.steps.T)}
    found["gap"] = gap(found["by_series"], territory or {})
    found["origins"] = {"count": len(sums.origins), "first": str(sums.origins[0]), "last": str(sums.origins[-1])}
    early = int((sums.times < sums.origins[:, None]).sum()) * len(sums.names)
    found["no_future"] = {"holds": early == 0, "early": early}
    return found


def _losses(sums: Sums) -> dict[str, Floats]:
    """Losses (S, O) by measure, added up over each horizon; without those that mean nothing on these series."""
    totals = {"mae": sums.totals["mae"], "crps": sums.totals["crps"]}
    if not sums.is_near_zero.any():
        totals["mape"] = sums.totals["mape"]
    if (np.isfinite(sums.scale) & (sums.scale > 0)).all():
        totals["mase"] = sums.totals["mae"] / sums.scale[:, None]
    return totals


def _overall(totals: Floats, counts: Floats) -> float | None:
    """The mean over series of each series' mean; a series without truth counts for nothing."""
    total, count = totals.sum(axis=1), counts.sum(axis=1)
    means = total[count > 0] / count[count > 0]
    return float(means.mean()) if len(means) else None


def _skill(found: Mapping[str, Any]) -> dict[str, float]:
    """How much of the baseline's loss is gone: 1 is all of it, 0 none."""
    return {
        name: 1 - found[name]["value"] / found["baseline"][name]
        for name in ("mae", "crps")
        if found["baseline"].get(name) and found[name]["value"] is not None
    }


def _shares(sums: Sums, level: float) -> dict[str, float | None]:
    shares = sums.mean(f"inside {level:g}")
    return {name: float(each) if np.isfinite(each) else None for name, each in zip(sums.names, shares, strict=True)}


def _by(sums: Sums, level: float) -> dict[str, dict[str, float]]:
    """Coverage by hour of the day and by type of day, over all series."""
    hour = (sums.times - sums.times.astype("datetime64[D]")) // np.timedelta64(1, "h")
    weekday = (sums.times.astype("datetime64[D]").astype(np.int64) + 3) % 7
    kind = np.select([weekday == 6, weekday == 5], ["sunday", "saturday"], "weekday")  # noqa: PLR2004  days of the week
    truth = sums.cells["truth"]
    mean = np.where(truth > 0, sums.cells[f"inside {level:g}"] / np.maximum(truth, 1), np.nan)
    out: dict[str, dict[str, float]] = {"hour": {}, "day": {}}
    for name, labels in (("hour", hour.astype(int)), ("day", kind)):
        for label in np.unique(labels):
            cells = mean[labels == label]
            if np.isfinite(cells).any():
                out[name][str(label)] = float(np.nanmean(cells))
    return out


def _by_series(sums: Sums, totals: Mapping[str, Floats]) -> dict[str, dict[str, float]]:
    measures = {"baseline_mae": sums.mean("baseline")}
    count = np.maximum(sums.known.sum(axis=1), 1)
    blank = np.where(sums.known.sum(axis=1) > 0, 0.0, np.nan)
    means = {name: totals[name].sum(axis=1) / count + blank for name in totals} | measures
    return {
        series: {name: float(each[at]) for name, each in means.items() if np.isfinite(each[at])}
        for at, series in enumerate(sums.names)
    }


def _peak(sums: Sums) -> dict[str, float | int | None]:
    """How the highest reading of each horizon was met: mean relative error of its size, and how many steps it was off.

    Horizons with a missing reading are left out.
    """
    size, sized, steps, count = sums.peak.tolist()
    if not count:
        return {"size": None, "steps": None, "n": 0}
    return {"size": size / sized if sized else None, "steps": steps / count, "n": int(count)}


def gap(by_series: Mapping[str, Mapping[str, float]], territory: Mapping[str, str]) -> dict[str, Any]:
    """Mean scaled error by territory, and how many times the worst served is the best served.

    The scaled error (MASE, or the skill ratio where the scale is unknown) is compared, as feeders have unlike sizes.
    """
    grouped: dict[str, list[float]] = {}
    for name, each in by_series.items():
        ratio = each.get("mase", each["mae"] / each["baseline_mae"] if each.get("baseline_mae") else None)
        if name in territory and ratio is not None:
            grouped.setdefault(territory[name], []).append(ratio)
    means = {place: float(np.mean(each)) for place, each in sorted(grouped.items())}
    if len(means) < 2:  # noqa: PLR2004  a gap lies between two
        return {"by_territory": means}
    worst, best = max(means, key=means.__getitem__), min(means, key=means.__getitem__)
    return {
        "by_territory": means, "worst": worst, "best": best,
        "ratio": means[worst] / means[best] if means[best] else None,
        "series": {place: len(each) for place, each in sorted(grouped.items())},
    }  # fmt: skip
