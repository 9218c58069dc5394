"""Inspection: gaps, flat lines, jumps of unit and negative loads, found and said before anything is fitted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jazari.core.errors import DataError
from jazari.engines.forecast.panel import Flags, Floats, Remark, Times

_MOSTLY_MISSING = 0.5  # of the steps between the first and the last reading
_SHORTEST = 3  # horizons that a series must hold
_FLAT_DAYS = 2.0  # the same reading for longer is a stuck meter, or nobody home
_UNIT = 1000.0  # kW and MW, Wh and kWh
_UNIT_NEAR = 4.0  # factor by which the load itself may have moved meanwhile
_FEWEST = 4  # windows of two days (or of 8 longer steps) in which a jump of unit can be told


def refuse_none(keep: Flags, remarks: Sequence[Remark]) -> None:
    """Refuse a table of which no series goes on.

    Raises:
        DataError: JZ-389.
    """
    if not keep.any():
        raise DataError(
            "JZ-389", "no series is left to forecast", found="; ".join(sorted({one.code for one in remarks})),
            fix="look at the remarks of each series: too short, constant, or empty.",
        )  # fmt: skip


def inspect(values: Floats, names: Sequence[str], times: Times, *, ahead: int, unit: str) -> tuple[Flags, list[Remark]]:
    """What is odd in each series: (S,) which go on, and the remarks.

    Raises:
        DataError: JZ-386, where a series jumps by a factor of a thousand and stays there.
    """
    full = np.isfinite(values)
    count = full.sum(axis=1)
    first = np.where(count > 0, full.argmax(axis=1), 0)
    span = values.shape[1] - first
    whole = bool(full.all())
    high = (values if whole else np.where(full, values, -np.inf)).max(axis=1)
    low = (values if whole else np.where(full, values, np.inf)).min(axis=1)
    spread = np.where(count > 0, high - low, 0.0)
    per_day = np.timedelta64(1, "D") / (times[1] - times[0])
    window = round(2 * per_day) if per_day > 1 else 8
    keep = np.ones(len(names), dtype=bool)
    remarks: list[Remark] = []
    jumped: list[str] = []
    stuck = _longest_run(values)
    suspect = _may_jump(values if whole else np.where(full, values, 0.0), window)
    for at, name in enumerate(names):
        here = [*_aside(name, int(count[at]), int(span[at]), float(spread[at]), ahead)]
        keep[at] = not here
        if keep[at]:
            here += _oddities(
                name, values[at], float(low[at]), int(span[at] - count[at]), float(stuck[at]), float(per_day)
            )
            if suspect[at] and _jumps(values[at], window):
                jumped.append(name)
        remarks += here
    if jumped:
        raise DataError(
            "JZ-386", "a series jumps by a thousand and stays there: units are mixed",
            where=f"series {', '.join(jumped[:3])}" + (f" and {len(jumped) - 3} more" if len(jumped) > 3 else ""),  # noqa: PLR2004
            found=f"declared unit '{unit or 'none'}'",
            fix="bring all readings to one unit (kW or MW) before reading them.",
        )  # fmt: skip
    return keep, remarks


def _aside(name: str, count: int, span: int, spread: float, ahead: int) -> list[Remark]:
    if not count:
        return [Remark("JZ-390", "The series holds no reading and is set aside.", series=name, aside=True)]
    if span < _SHORTEST * max(ahead, 1):
        values = {"steps": span, "needed": _SHORTEST * max(ahead, 1)}
        return [
            Remark(
                "JZ-391",
                "The series has {steps} steps; {needed} are needed. It is set aside.",
                values,
                name,
                aside=True,
            )
        ]
    if spread == 0:
        return [Remark("JZ-392", "The series never changes and is set aside.", series=name, aside=True)]
    if count < (1 - _MOSTLY_MISSING) * span:
        values = {"missing": span - count, "steps": span}
        return [
            Remark(
                "JZ-393", "{missing} of {steps} steps are missing. The series is set aside.", values, name, aside=True
            )
        ]
    return []


def _oddities(name: str, series: Floats, low: float, missing: int, stuck: float, per_day: float) -> list[Remark]:
    remarks = []
    if missing:
        text = "{missing} steps are missing. They are left out of the fit and of the score, never filled."
        remarks.append(Remark("JZ-385", text, {"missing": missing}, name))
    if per_day > 1 and stuck > _FLAT_DAYS * per_day:
        text = "The same reading stands for {steps} steps in a row: a stuck meter?"
        remarks.append(Remark("JZ-387", text, {"steps": int(stuck)}, name))
    if low < 0:
        below = int((series < 0).sum())
        text = "{steps} readings are negative: the series is taken as a net load."
        remarks.append(Remark("JZ-388", text, {"steps": below}, name))
    return remarks


def _longest_run(values: Floats) -> Floats:
    """The longest run of one and the same reading, a series: (S,)."""
    same = values[:, 1:] == values[:, :-1]
    best = np.ones(len(values))
    for at in np.flatnonzero(same.any(axis=1)):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], same[at].astype(np.int8), [0]])))
        best[at] += (edges[1::2] - edges[::2]).max()
    return best


def _may_jump(values: Floats, window: int) -> Flags:
    """Which series have a stretch whose highest reading is far below another's: (S,). Cheap, and misses none."""
    cut = values.shape[1] // window * window
    if cut == 0:
        return np.zeros(len(values), dtype=bool)
    windows = values[:, :cut].reshape(len(values), -1, window)
    highest = np.maximum(windows.max(axis=2), -windows.min(axis=2))
    return np.asarray(highest.max(axis=1) >= _UNIT / _UNIT_NEAR * np.maximum(highest.min(axis=1), 1e-300))


def _jumps(series: Floats, window: int) -> bool:
    """Whether the level moves by about a thousand between two stretches of the series, and stays there."""
    full = np.abs(series[np.isfinite(series)])
    if len(full) < _FEWEST * window:
        return False
    level = np.quantile(full[: len(full) // window * window].reshape(-1, window), 0.9, axis=1)
    if (level <= 0).any():
        return False
    high = np.log(level)
    at = int(np.argmax(np.abs(np.diff(high)))) + 1
    factor = np.exp(abs(np.median(high[:at]) - np.median(high[at:])))
    return bool(_UNIT / _UNIT_NEAR <= factor <= _UNIT * _UNIT_NEAR)
