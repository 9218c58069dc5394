"""Charts of the evidence, drawn when a version is uploaded, never in a request: calibration, and gaps with intervals.

Like the curves of the model they hold numbers only, left to right, so that one serves four languages; what they show
stands beside them in words, in a table and in a CSV.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jazari.hub.register.curves import mark, short

_SIDE, _LEFT, _BOTTOM, _TOP = 320, 40, 26, 10
_WIDE, _MIDDLE = 144, 8
_TICKS, _STEPS = 5, (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)


def charts(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """The drawings of a version's evidence.

    Returns:
        `{"calibration": SVG or "", "gaps": {margin: {"recall": SVG, "precision": SVG}}}`; a gap that was not measured
        has no drawing.
    """
    groups = evidence.get("groups") or {}
    measured = {name: one.get("gaps") or {} for name, one in groups.items() if isinstance(one, Mapping)}
    shown = {
        name: {key: gaps[key] for key in ("recall", "precision") if _is_measured(gaps.get(key))}
        for name, gaps in measured.items()
    }
    every = [gap for gaps in shown.values() for gap in gaps.values()]
    ends = min((_end(gap, "low") for gap in every), default=0.0), max((_end(gap, "high") for gap in every), default=0.0)
    drawn = {
        name: {key: _gap(gap, min(0.0, ends[0]), ends[1]) for key, gap in gaps.items()} for name, gaps in shown.items()
    }
    return {"calibration": _calibration(evidence.get("curve") or []), "gaps": drawn}


def _is_measured(gap: Any) -> bool:
    return isinstance(gap, Mapping) and gap.get("value") is not None


def _end(measured: Mapping[str, Any], which: str) -> float:
    """An end of an interval; the value itself where there is none."""
    return float(measured["value"] if measured.get(which) is None else measured[which])


def _gap(gap: Mapping[str, Any], least: float, most: float) -> str:
    """One gap: its interval as a bar, its value as a dot, zero as a line; all gaps of a page have one scale."""

    def x(value: Any) -> float:
        return round(5 + (float(value) - least) / ((most - least) or 1.0) * (_WIDE - 10), 1)

    value, low, high = gap["value"], gap.get("low"), gap.get("high")
    bar = "" if low is None or high is None else _line("whisker", x(low), _MIDDLE, x(high), _MIDDLE)
    inside = _line("zero", x(0), 1, x(0), 15) + bar + f'<circle class="dot" cx="{x(value)}" cy="{_MIDDLE}" r="4"/>'
    return f'<svg class="gap" viewBox="0 0 {_WIDE} 16" aria-hidden="true">{inside}</svg>'


def _calibration(curve: Any) -> str:
    """What was predicted against what came true, and the line on which both agree."""
    points = [one for one in curve if one.get("predicted") is not None and _is_measured(one.get("observed"))]
    if not points:
        return ""
    most = max(0.001, *(max(float(one["predicted"]), _end(one["observed"], "high")) for one in points))
    wide, high = _SIDE - _LEFT - 20, _SIDE * 0.75 - _BOTTOM - _TOP

    def x(value: Any) -> float:
        return round(_LEFT + float(value) / most * wide, 1)

    def y(value: Any) -> float:
        return round(_TOP + high - float(value) / most * high, 1)

    step = next((one for one in _STEPS if most / one <= _TICKS), most / _TICKS)
    ticks = [step * place for place in range(int(most / step) + 1)]
    made = "".join(_line("grid", _LEFT, y(tick), _SIDE - 20, y(tick)) for tick in ticks)
    made += "".join(mark(_percent(tick), _LEFT - 6, y(tick) + 4, "end") for tick in ticks)
    made += "".join(mark(_percent(tick), x(tick), y(0) + 18) for tick in ticks[1:])
    made += _line("even", x(0), y(0), x(most), y(most))
    for one in points:
        at, said = x(one["predicted"]), one["observed"]
        if said.get("low") is not None and said.get("high") is not None:
            made += _line("whisker", at, y(said["low"]), at, y(said["high"]))
        made += f'<circle class="dot" cx="{at}" cy="{y(said["value"])}" r="4.5"/>'
    return f'<svg class="chart" viewBox="0 0 {_SIDE} {_SIDE * 3 // 4}" aria-hidden="true">{made}</svg>'


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'


def _percent(value: float) -> str:
    return f"{short(round(100 * value, 1))}\u202f%"
