"""Measures of forecasts, recomputed from their table alone: error, CRPS, coverage, skill, sharpness.

The table has `series`, `origin`, `time`, `q0.025` ... `q0.975`, `actual`, `baseline`, `mase_scale`, as the dossier's
`forecasts.parquet`. Rows whose truth is unknown are left out, and counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from jazari.audit.forecast_blocks import Floats, Tensor, interval, known_mean, tensor_of

_CRPS_LEVELS = tuple(round(0.05 * each, 2) for each in range(1, 20))
COVERAGE = (0.8, 0.95)
_SMALL = 0.02  # a reading under this share of the usual one makes a percentage mean nothing


def evidence(
    table: pa.Table, *, territory: Mapping[str, str] | None = None, seed: int = 0, draws: int = 500
) -> dict[str, Any]:
    """The figures of a backtest, as they stand in `evidence.json`.

    Args:
        table: Forecasts with their truth.
        territory: Series name -> territory: who is served worse is said by territory too.
        seed: Of the bootstrap.
        draws: Of the bootstrap: whole blocks of seven origins are drawn, as neighbouring days are alike.

    Returns:
        `mae`, `mape`, `mase`, `crps` (each `{value, low, high, n}`; a percentage that means nothing has `value` None
        and says `why`), `coverage` (level -> series -> share), `coverage_by` (hour, day type), `by_series`, `baseline`,
        `skill`, `sharpness`, `peak`, `gap`, `origins`, `no_future`.

    Raises:
        DataError: JZ-395, the table is none of forecasts, or has no truth.
    """
    data = tensor_of(table)
    parts = {name: each for name, each in _errors(data).items() if each is not None}
    found: dict[str, Any] = {}
    for name in ("mae", "mape", "mase", "crps"):
        if name in parts:
            low, high = interval(parts[name], seed=seed, draws=draws)
            found[name] = {
                "value": _overall(parts[name]),
                "low": low,
                "high": high,
                "n": int(np.isfinite(parts[name]).sum()),
            }
        else:
            found[name] = {"value": None, "low": None, "high": None, "n": 0, "why": _WHY[name]}
    base = _baseline(data)
    found["coverage"] = {
        f"{level:g}": dict(zip(data.names, _shares(_inside(data, level)), strict=True)) for level in COVERAGE
    }
    found["coverage_by"] = {f"{level:g}": _by(data, _inside(data, level)) for level in COVERAGE}
    found["by_series"] = _by_series(data, parts, base)
    found["baseline"] = {name: _overall(each) for name, each in base.items()}
    found["skill"] = _skill(found)
    found["sharpness"] = {f"{level:g}": _overall(_width(data, level)) for level in COVERAGE}
    found["peak"] = peak(data)
    found["gap"] = gap(found["by_series"], territory or {})
    found["origins"] = {"count": len(data.origins), "first": str(data.origins[0]), "last": str(data.origins[-1])}
    found["no_future"] = no_future(data)
    return found


def _skill(found: Mapping[str, Any]) -> dict[str, float]:
    """How much of the baseline's loss is gone: 1 is all of it, 0 none."""
    return {
        name: 1 - found[name]["value"] / found["baseline"][name]
        for name in ("mae", "crps")
        if found["baseline"].get(name) and found[name]["value"] is not None
    }


_WHY = {
    "mape": "readings near zero or negative: a percentage of them means nothing",
    "mase": "the scale of the baseline is unknown",
}


def _errors(data: Tensor) -> dict[str, Floats | None]:
    """Losses (S, O, H) by measure; None where the measure means nothing on these series."""
    error = np.abs(data.actual - data.median)
    scale = data.scale[:, None, None]
    usual = known_mean(np.abs(data.actual), (1, 2))[:, None, None]
    is_percent = not bool((data.actual <= _SMALL * usual).any())
    return {
        "mae": error,
        "mape": 100 * error / np.abs(data.actual) if is_percent else None,
        "mase": error / scale if (np.isfinite(data.scale) & (data.scale > 0)).all() else None,
        "crps": pinball(data, _CRPS_LEVELS),
    }


def pinball(data: Tensor, levels: tuple[float, ...]) -> Floats:
    """Twice the mean pinball loss over levels: (S, O, H). Over many levels it tends to the CRPS.

    Source: T. Gneiting, R. Ranjan, Journal of Business & Economic Statistics 29 (2011) 411-422.
    """
    chosen = [level for level in levels if level in data.levels]
    total = np.zeros_like(data.actual)
    for level in chosen:
        error = data.actual - data.quantile(level)
        total += 2 * np.maximum(level * error, (level - 1) * error)
    return np.asarray(total / len(chosen))


def _baseline(data: Tensor) -> dict[str, Floats]:
    error = np.abs(data.actual - data.baseline)
    return {"mae": error, "crps": error}  # the CRPS of a single value is its absolute error


def _inside(data: Tensor, level: float) -> Floats:
    """1 where the truth lies in the central interval, 0 outside, NaN unknown: (S, O, H)."""
    low, high = data.quantile(round((1 - level) / 2, 3)), data.quantile(round((1 + level) / 2, 3))
    inside = (data.actual >= low) & (data.actual <= high)
    return np.where(np.isfinite(data.actual), inside.astype(np.float64), np.nan)


def _width(data: Tensor, level: float) -> Floats:
    return np.asarray(data.quantile(round((1 + level) / 2, 3)) - data.quantile(round((1 - level) / 2, 3)))


def _shares(each: Floats) -> list[float | None]:
    return [float(share) if np.isfinite(share) else None for share in known_mean(each, (1, 2))]


def _overall(each: Floats) -> float | None:
    """The mean over series of each series' mean; a series without truth counts for nothing."""
    with np.errstate(invalid="ignore"):
        known = np.isfinite(each)
        count = known.sum(axis=(1, 2))
        means = np.where(known, each, 0.0).sum(axis=(1, 2))[count > 0] / count[count > 0]
    return float(means.mean()) if len(means) else None


def _by(data: Tensor, inside: Floats) -> dict[str, dict[str, float]]:
    """Coverage by hour of the day and by type of day, over all series."""
    hour = (data.times - data.times.astype("datetime64[D]")) // np.timedelta64(1, "h")
    weekday = (data.times.astype("datetime64[D]").astype(np.int64) + 3) % 7
    kind = np.select([weekday == 6, weekday == 5], ["sunday", "saturday"], "weekday")  # noqa: PLR2004  days of the week
    mean = known_mean(inside, (0,))
    out: dict[str, dict[str, float]] = {"hour": {}, "day": {}}
    for name, labels in (("hour", hour.astype(int)), ("day", kind)):
        for label in np.unique(labels):
            cells = mean[labels == label]
            if np.isfinite(cells).any():
                out[name][str(label)] = float(np.nanmean(cells))
    return out


def _by_series(data: Tensor, parts: Mapping[str, Floats], base: Mapping[str, Floats]) -> dict[str, dict[str, float]]:
    out: dict[str, dict[str, float]] = {name: {} for name in data.names}
    for measure, each in (*parts.items(), ("baseline_mae", base["mae"])):
        for at, name in enumerate(data.names):
            known = each[at][np.isfinite(each[at])]
            if len(known):
                out[name][measure] = float(known.mean())
    return out


def peak(data: Tensor) -> dict[str, float | None]:
    """How the highest reading of each horizon was met: mean relative error of its size, and how many steps it was off.

    Horizons with a missing reading are left out.
    """
    full = np.isfinite(data.actual).all(axis=2)
    if not full.any():
        return {"size": None, "steps": None, "n": 0}
    actual, median = data.actual[full], data.median[full]
    top = actual.max(axis=1)
    is_sized = np.abs(top) > 0
    size = np.abs(median.max(axis=1) - top)[is_sized] / np.abs(top)[is_sized]
    steps = np.abs(actual.argmax(axis=1) - median.argmax(axis=1))
    return {"size": float(size.mean()), "steps": float(steps.mean()), "n": int(full.sum())}


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


def no_future(data: Tensor) -> dict[str, Any]:
    """Whether every time that is forecast lies at or after the origin of its forecast."""
    early = int((data.times < data.origins[:, None]).sum())
    return {"holds": early == 0, "early": early}
