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
_FEWEST = 2  # readings a thousand times off: one may be a meter that was off for most of its step
_BETWEEN = (12.0, 100.0)  # times the usual reading, where none lies if units are mixed and many do if loads just differ
_HEAVY = 0.1  # readings in between, for each that is a thousand times off, that show it is no mix of units
_SHOWN = 5


def refuse_none(keep: Flags, remarks: Sequence[Remark]) -> None:
    """Refuse a table of which no series goes on.

    Raises:
        DataError: JZ-389.
    """
    if not keep.any():
        aside = [one for one in remarks if one.aside]
        shown = "; ".join(f"{one.series}: {one.sentence.format(**one.values)}" for one in aside[:_SHOWN])
        more = f"; and {len(aside) - _SHOWN} more" if len(aside) > _SHOWN else ""
        raise DataError(
            "JZ-389", "no series is left to forecast", found=f"{shown}{more}" or "no series",
            fix="bring readings that change, over three horizons at least.",
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
    keep = np.ones(len(names), dtype=bool)
    remarks: list[Remark] = []
    jumped: list[str] = []
    stuck = _longest_run(values)
    suspect = _may_mix(values)
    for at, name in enumerate(names):
        here = [*_aside(name, int(count[at]), int(span[at]), float(spread[at]), ahead)]
        keep[at] = not here
        if keep[at]:
            here += _oddities(
                name, values[at], float(low[at]), int(span[at] - count[at]), float(stuck[at]), float(per_day)
            )
            here += _late_start(name, int(first[at]), times)
            if suspect[at] and mixes_units(values[at]):
                jumped.append(name)
        remarks += here
    refuse_mixed(jumped, unit)
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


def _may_mix(values: Floats) -> Flags:
    """Which series hold readings far below or above their mean: (S,). Cheap, and misses none."""
    size = np.abs(values)
    holes = np.isnan(size)
    if holes.any():
        size[holes] = 0.0
    count = np.maximum(size.shape[1] - holes.sum(axis=1, keepdims=True), 1)
    usual = size.sum(axis=1, keepdims=True) / count
    with np.errstate(invalid="ignore"):
        low = ((size > 0) & (size < usual / _BETWEEN[1])).any(axis=1)
        high = (size > _BETWEEN[0] * usual).any(axis=1)
    return np.asarray(low | high)


def mixes_units(series: Floats) -> bool:
    """Whether readings of one sign are a thousand times smaller or larger than usual, and none lies in between."""
    known = series[np.isfinite(series)]
    size = np.abs(known[known > 0] if (known > 0).sum() >= (known < 0).sum() else known[known < 0])
    if len(size) <= _FEWEST:
        return False
    ratio = size / np.median(size)
    for each in (ratio, 1 / ratio):
        off = int(((each >= _UNIT / _UNIT_NEAR) & (each <= _UNIT * _UNIT_NEAR)).sum())
        between = int(((each >= _BETWEEN[0]) & (each <= _BETWEEN[1])).sum())
        if off >= _FEWEST and between <= _HEAVY * off:
            return True
    return False


def refuse_mixed(names: Sequence[str], unit: str) -> None:
    """Refuse series whose readings are in two units.

    Raises:
        DataError: JZ-386, where there is one.
    """
    if names:
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        raise DataError(
            "JZ-386", "some readings are a thousand times larger or smaller than the others: units are mixed",
            where=f"series {', '.join(names[:_SHOWN])}{more}", found=f"declared unit '{unit or 'none'}'",
            fix="bring all readings to one unit (kW or MW) before reading them.",
        )  # fmt: skip


def _late_start(name: str, first: int, times: Times) -> list[Remark]:
    if not first:
        return []
    text = "The series begins on {day}, {missing} steps after the first one."
    return [Remark("JZ-385", text, {"missing": first, "day": str(times[first])[:10]}, name)]
