"""Sums: all that the figures of forecasts need, added up over each horizon, so that thousands of series fit in memory.

A series and origin is a cell; what is kept of it are totals and counts. Sums of other series are put beside
(`together`), and every figure follows from them: the same whether a table was read whole or series by series.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import pyarrow as pa

from jazari.audit.forecast_blocks import Floats, Tensor, Times, tensors_of
from jazari.core.errors import DataError

COVERAGE = (0.8, 0.95)
CRPS_LEVELS = tuple(round(0.05 * each, 2) for each in range(1, 20))
_SMALL = 0.02  # a reading under this share of the usual one makes a percentage mean nothing


@dataclass(frozen=True)
class Sums:
    """Forecasts beside their truth, added up.

    Attributes:
        names: S series.
        origins: (O,).
        times: (O, H).
        scale: (S,) of the MASE.
        is_near_zero: (S,) whether a percentage of the series means nothing.
        totals: Measure -> (S, O): `mae`, `mape`, `crps`, `baseline`, and by level `inside 0.8`, `width 0.8`.
        known: (S, O) how many readings each total is of; that of the baseline in `known_baseline`.
        cells: `truth` and by level `inside 0.8` -> (O, H), over all series.
        below: Level -> how many readings came at or under its quantile.
        peak: Error of size, how many sized, steps off, how many horizons without a gap.
        steps: (2, H): error over the series' usual one, and how many.
    """

    names: tuple[str, ...]
    origins: Times
    times: Times
    scale: Floats
    is_near_zero: Floats
    totals: Mapping[str, Floats]
    known: Floats
    known_baseline: Floats
    cells: Mapping[str, Floats]
    below: Mapping[str, float]
    peak: Floats
    steps: Floats

    def mean(self, name: str) -> Floats:
        """The mean of a measure in each series, NaN where nothing is known: (S,)."""
        counts = self.known_baseline if name == "baseline" else self.known
        total, count = self.totals[name].sum(axis=1), counts.sum(axis=1)
        return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))


def sums_of(table: pa.Table) -> Sums:
    """The sums of a table of forecasts.

    Raises:
        DataError: JZ-395, the table is none of forecasts.
    """
    return together([added_up(each) for each in tensors_of(table)])


def together(parts: Sequence[Sums]) -> Sums:
    """Sums of several series beside each other, sorted by name.

    Raises:
        DataError: JZ-395, a series stands twice, or their origins differ.
    """
    first = parts[0]
    names = [name for each in parts for name in each.names]
    alike = all(each.times.shape == first.times.shape and (each.times == first.times).all() for each in parts)
    if len(set(names)) < len(names) or not alike:
        raise DataError("JZ-395", "the forecasts of all series are issued at the same origins, each series once",
                        found=f"{len(names)} series, {len(set(names))} names; "
                              + ("the same origins" if alike else "origins that differ"),
                        fix="give one row a series, origin and time.")  # fmt: skip
    order = np.array(sorted(range(len(names)), key=names.__getitem__))

    def beside(name: str) -> Floats:
        return np.asarray(np.concatenate([getattr(each, name) for each in parts])[order])

    return Sums(
        names=tuple(names[at] for at in order),
        origins=first.origins,
        times=first.times,
        totals={name: np.concatenate([each.totals[name] for each in parts])[order] for name in first.totals},
        cells={name: _added(each.cells[name] for each in parts) for name in first.cells},
        below={level: sum(each.below[level] for each in parts) for level in first.below},
        peak=_added(each.peak for each in parts),
        steps=_added(each.steps for each in parts),
        **{name: beside(name) for name in ("scale", "is_near_zero", "known", "known_baseline")},
    )


def audited(sums: Sums) -> Sums:
    """The origins of which some truth is known.

    Raises:
        DataError: JZ-395, there is none.
    """
    known = sums.known.sum(axis=0) > 0
    if not known.any():
        raise DataError("JZ-395", "no truth stands beside the forecasts", found=f"{len(sums.origins)} origins",
                        fix="score forecasts when their truth has come.")  # fmt: skip
    by_series = {one.name: getattr(sums, one.name)[:, known] for one in fields(sums) if one.name.startswith("known")}
    return replace(
        sums, origins=sums.origins[known], times=sums.times[known], **by_series,
        totals={name: each[:, known] for name, each in sums.totals.items()},
        cells={name: each[known] for name, each in sums.cells.items()},
    )  # fmt: skip


def added_up(data: Tensor) -> Sums:
    """What the figures need of some series."""
    truth = np.isfinite(data.actual)
    error = np.abs(data.actual - data.median)
    size = np.abs(data.actual)
    usual = _ratio(np.where(truth, size, 0.0).sum(axis=(1, 2)), truth.sum(axis=(1, 2)))
    near_zero = np.asarray((data.actual <= _SMALL * usual[:, None, None]).any(axis=(1, 2)))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(near_zero[:, None, None], 0.0, 100 * error / size)
    simple = np.abs(data.actual - data.baseline)
    inside = {f"inside {level:g}": _inside(data, level) for level in COVERAGE}
    losses = {"mae": error, "mape": share, "crps": pinball(data, CRPS_LEVELS), "baseline": simple, **inside}
    widths = {f"width {level:g}": width(data, level).sum(axis=2) for level in COVERAGE}
    return Sums(
        names=data.names,
        origins=data.origins,
        times=data.times,
        scale=data.scale,
        is_near_zero=near_zero.astype(np.float64),
        totals={name: np.where(np.isfinite(each), each, 0.0).sum(axis=2) for name, each in losses.items()} | widths,
        known=truth.sum(axis=2).astype(np.float64),
        known_baseline=np.isfinite(simple).sum(axis=2).astype(np.float64),
        cells={"truth": truth.sum(axis=0).astype(np.float64)}
        | {name: np.where(truth, each, 0.0).sum(axis=0) for name, each in inside.items()},
        below={f"{level:g}": float(((data.actual <= data.quantile(level)) & truth).sum()) for level in data.levels},
        peak=_peak(data),
        steps=_steps(error, truth),
    )


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


def width(data: Tensor, level: float) -> Floats:
    """The width of the central band: (S, O, H)."""
    low, high = _ends(level)
    return np.asarray(data.quantile(high) - data.quantile(low))


def _inside(data: Tensor, level: float) -> Floats:
    """1 where the truth lies in the central interval, 0 outside, NaN unknown: (S, O, H)."""
    low, high = _ends(level)
    inside = (data.actual >= data.quantile(low)) & (data.actual <= data.quantile(high))
    return np.where(np.isfinite(data.actual), inside.astype(np.float64), np.nan)


def _ends(level: float) -> tuple[float, float]:
    return round((1 - level) / 2, 3), round((1 + level) / 2, 3)


def _peak(data: Tensor) -> Floats:
    """How the highest reading of each horizon was met; horizons with a missing reading are left out: (4,)."""
    full = np.isfinite(data.actual).all(axis=2)
    if not full.any():
        return np.zeros(4)
    actual, median = data.actual[full], data.median[full]
    top = actual.max(axis=1)
    sized = np.abs(top) > 0
    size = np.abs(median.max(axis=1) - top)[sized] / np.abs(top)[sized]
    steps = np.abs(actual.argmax(axis=1) - median.argmax(axis=1))
    return np.array([size.sum(), sized.sum(), steps.sum(), full.sum()], dtype=np.float64)


def _steps(error: Floats, truth: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Floats:
    known = np.where(truth, error, 0.0)
    usual = _ratio(known.sum(axis=(1, 2)), truth.sum(axis=(1, 2)))
    ratio = known / np.where(usual > 0, usual, 1.0)[:, None, None]
    return np.stack([ratio.sum(axis=(0, 1)), truth.sum(axis=(0, 1)).astype(np.float64)])


def _ratio(total: Floats, count: Floats) -> Floats:
    return np.asarray(total / np.maximum(count, 1))


def _added(each: Iterable[Floats]) -> Floats:
    return np.asarray(np.sum(np.stack(list(each)), axis=0))
