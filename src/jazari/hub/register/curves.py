"""Curves: the tables of a glass model as drawings, made when a version is uploaded, never in a request.

A drawing holds numbers only, left to right, so that one serves four languages; its title, sentence, unit and table are
words of the page around it. Contributions are on the logit: to the score, never called a cause. Cells with fewer than
eleven people show no count.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from jazari.core.errors import PortalError
from jazari.hub.register.entry import texts

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 360, 220, 38, 26, 10
_SMALL = 11
_MOST_BARS = 60
_MOST_NUMBERS = 16
_APART = 40
_NOTHING = 1e-9
MOST_TERMS = 1000


@dataclass(frozen=True)
class Drawn:
    """One term of a model, ready to show.

    Attributes:
        columns: The columns it reads.
        facts: `kind`, `unit`, `rows`, `low`, `high`, `missing`, `weight`.
        drawing: The SVG.
    """

    columns: list[str]
    facts: dict[str, Any]
    drawing: str


def draw(model: Mapping[str, Any] | None, declaration: Mapping[str, Any]) -> list[Drawn]:
    """The terms of `model.json`, the most telling first.

    Raises:
        PortalError: JZ-815, the model is not one that can be drawn.
    """
    terms = (model or {}).get("terms", [])
    if isinstance(terms, list) and len(terms) > MOST_TERMS:
        raise PortalError(
            "JZ-815", "a document of the pack cannot be read", where="model.json", found=f"{len(terms)} tables",
            fix=f"publish a model of at most {MOST_TERMS} tables: nobody reads more.",
        )  # fmt: skip
    try:
        declared = {one.get("name"): one for one in declaration.get("table", {}).get("columns", [])}
        drawn = [_draw(term, declared) for term in terms]
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as wrong:
        raise PortalError(
            "JZ-815",
            "a document of the pack cannot be read",
            where="model.json",
            found=type(wrong).__name__,
            fix="make the pack again from the dossier as the run wrote it.",
        ) from wrong
    return sorted(drawn, key=lambda one: -one.facts["weight"])


def _draw(term: Mapping[str, Any], declared: Mapping[str, Any]) -> Drawn:
    columns = [str(name) for name in term["columns"]]
    labels = [_labels(axis) for axis in term["axes"]]
    if len(columns) == 1:
        values, counts = [float(one) for one in term["table"]], [int(one) for one in term["counts"]]
        places = [[one] for one in labels[0]]
        numbers = "edges" in term["axes"][0]
        drawing = _steps(term["axes"][0]["edges"], values) if numbers else _bars(values)
        kind = "number" if numbers else "category"
    else:
        values = [float(one) for row in term["table"] for one in row]
        counts = [int(one) for row in term["counts"] for one in row]
        places = [[first, second] for first in labels[0] for second in labels[1]]
        drawing, kind = _squares([[float(one) for one in row] for row in term["table"]]), "pair"
    rows: list[dict[str, Any]] = [
        {
            "at": " · ".join(", ".join(part) if isinstance(part, list) else _range(part) for part in place),
            "parts": place,
            "value": value,
            "count": count if count >= _SMALL else None,
        }
        for place, value, count in zip(places, values, counts, strict=True)
    ]
    people = sum(counts) or 1
    weight = sum(abs(value) * count for value, count in zip(values, counts, strict=True)) / people
    missing = term.get("missing") or {}
    if not math.isfinite(weight):
        raise ValueError("a contribution is not finite")
    return Drawn(
        columns,
        {
            "kind": kind,
            "labels": [texts(declared.get(one, {}).get("label") or one) for one in columns],
            "unit": str(declared.get(columns[0], {}).get("unit", "")),
            "rows": rows,
            "weight": weight,
            "low": min(rows, key=lambda one: one["value"]),
            "high": max(rows, key=lambda one: one["value"]),
            "missing": float(missing.get("contribution", 0.0)),
            "directions": [one for one in term.get("directions", []) if one],
        },
        drawing,
    )


def _labels(axis: Mapping[str, Any]) -> list[Any]:
    """Where each cell of an axis lies: `{"least", "below"}` of a number, or the categories that it joins."""
    if "edges" not in axis:
        return [[str(value) for value in cell] for cell in axis["categories"]]
    edges = [float(edge) for edge in axis["edges"]]
    if not edges:
        return [{}]
    inner = [{"least": low, "below": high} for low, high in pairwise(edges)]
    return [{"below": edges[0]}, *inner, {"least": edges[-1]}]


def _range(ends: Mapping[str, float]) -> str:
    """The same for a file that programs read."""
    if len(ends) > 1:
        return f"{ends['least']:g} – {ends['below']:g}"
    return f"< {ends['below']:g}" if "below" in ends else f"≥ {ends['least']:g}" if ends else "…"


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> _Scale:
        low, high = min(0.0, *values), max(0.0, *values)
        room = (high - low or 1.0) * 0.06
        return cls(low - room, high + room)

    def y(self, value: float) -> float:
        return round(_TOP + (self.high - value) / (self.high - self.low) * (_HEIGHT - _TOP - _BOTTOM), 1)

    def ticks(self) -> list[float]:
        step = 10.0 ** math.floor(math.log10(self.high - self.low))
        step = next(one for one in (step / 5, step / 2, step, step * 2, step * 5) if (self.high - self.low) / one <= 6)  # noqa: PLR2004  at most six lines
        first = int(self.low // step) + 1
        return [number * step for number in range(first, int(self.high // step) + 1)]


def _frame(scale: _Scale, inside: str) -> str:
    lines = "".join(
        _line("zero" if abs(tick) < _NOTHING else "grid", scale.y(tick))
        + mark(short(tick), _LEFT - 6, scale.y(tick) + 4, "end")
        for tick in scale.ticks()
    )
    return _drawing(lines + inside)


def _drawing(inside: str) -> str:
    return f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" aria-hidden="true">{inside}</svg>'


def _line(kind: str, y: float) -> str:
    return f'<line class="{kind}" x1="{_LEFT}" x2="{_WIDTH}" y1="{y}" y2="{y}"/>'


def mark(text: object, x: float, y: float, anchor: str = "middle") -> str:
    """A number beside an axis."""
    return f'<text class="tick" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'


def _box(value: float, x: float, y: float, wide: float, high: float, opacity: float = 1.0) -> str:
    """A rectangle in the colour of a contribution's sign."""
    kind, seen = ("bar" if value >= 0 else "bar less"), (f' fill-opacity="{opacity:.2f}"' if opacity < 1 else "")
    return f'<rect class="{kind}"{seen} x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}"/>'


def short(value: float) -> str:
    """A number of an axis: three digits, a real minus."""
    return "0" if abs(value) < _NOTHING else f"{value:.3g}".replace("-", "\u2212")


def _steps(edges: Sequence[float], values: Sequence[float]) -> str:
    """A number's contributions as steps; the outer cells are open and drawn a little beyond the last edge."""
    if len(edges) + 1 != len(values):
        raise ValueError("edges and cells do not fit")
    known = [float(edge) for edge in edges] or [0.0]
    span = (known[-1] - known[0]) or abs(known[0]) or 1.0
    ends = [known[0] - 0.06 * span, *(float(edge) for edge in edges), known[-1] + 0.06 * span]
    scale = _Scale.of(values)

    def x(value: float) -> float:
        return round(_LEFT + (value - ends[0]) / (ends[-1] - ends[0]) * (_WIDTH - _LEFT), 1)

    path = f"M{x(ends[0])} {scale.y(values[0])}" + "".join(
        f"V{scale.y(value)}H{x(end)}" for value, end in zip(values, ends[1:], strict=True)
    )
    marks, free = "", float(-_LEFT)
    for edge in known:
        at = min(max(x(edge), _LEFT + 12.0), _WIDTH - 16.0)
        if at - _APART / 2 >= free:
            marks, free = marks + mark(short(edge), at, _HEIGHT - 8), at + _APART / 2
    return _frame(scale, f'<path class="curve" d="{path}"/>{marks}')


def _bars(values: Sequence[float]) -> str:
    """A category's contributions as bars, numbered as in the table below them."""
    shown = list(values)[:_MOST_BARS]
    scale, wide = _Scale.of(shown), (_WIDTH - _LEFT) / len(shown)
    bars = ""
    for place, value in enumerate(shown):
        top, low = sorted((scale.y(value), scale.y(0.0)))
        left = _LEFT + place * wide
        bars += _box(value, left + wide * 0.15, top, wide * 0.7, max(low - top, 1))
        bars += mark(place + 1, left + wide / 2, _HEIGHT - 8) if len(shown) <= _MOST_NUMBERS else ""
    return _frame(scale, bars)


def _squares(table: Sequence[Sequence[float]]) -> str:
    """A pair's contributions as squares, the stronger the fuller."""
    most = max((abs(one) for row in table for one in row), default=0.0) or 1.0
    wide, high = (_WIDTH - _LEFT) / len(table[0]), (_HEIGHT - _TOP - _BOTTOM) / len(table)
    return _drawing(
        "".join(
            _box(value, _LEFT + column * wide, _TOP + row * high, wide, high, abs(value) / most)
            for row, values in enumerate(table)
            for column, value in enumerate(values)
            if abs(value) > _NOTHING
        )
    )
