"""Charts: small SVG drawings, written out when a card is made, readable without colour and without a script."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

_WIDTH, _HEIGHT = 320, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 10, 10, 26


def steps(
    low: float, high: float, edges: Sequence[float], values: Sequence[float], *, label: str, marks: Sequence[str]
) -> str:
    """A step curve: what each cell of a number adds to the score.

    Args:
        low: The left end of the axis.
        high: The right end.
        edges: The inner edges between cells, ascending, one fewer than the values.
        values: The contribution of each cell.
        label: What a screen reader says.
        marks: The words under the left end and the right end.
    """
    scale = _Scale(low, high, *_around(values))
    bounds = [low, *[min(max(edge, low), high) for edge in edges], high]
    points = []
    for left, right, value in zip(bounds, bounds[1:], values, strict=False):
        points += [(scale.x(left), scale.y(value)), (scale.x(right), scale.y(value))]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    body = f'<polyline points="{line}" fill="none" stroke="#0b5563" stroke-width="2"/>'
    return _svg(label, scale.frame(marks) + body)


def bars(values: Sequence[float], names: Sequence[str], *, label: str) -> str:
    """Bars up and down from zero: what each value of a category adds to the score."""
    scale = _Scale(0, max(len(values), 1), *_around(values))
    width = (scale.x(1) - scale.x(0)) * 0.7
    parts = []
    for index, value in enumerate(values):
        top, bottom = sorted((scale.y(value), scale.y(0)))
        left = scale.x(index) + width * 0.2
        parts.append(
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{bottom - top:.1f}" fill="#0b5563"/>'
        )
        if len(names) <= 8:  # noqa: PLR2004  more words than that would run into each other
            word = escape(names[index][:8])
            parts.append(f'<text x="{left + width / 2:.1f}" y="{_HEIGHT - 8}" text-anchor="middle">{word}</text>')
    return _svg(label, scale.frame(()) + "".join(parts))


def reliability(points: Sequence[tuple[float, float, float, float]], *, label: str, marks: Sequence[str]) -> str:
    """The calibration curve: predicted against observed share with its interval, and the diagonal.

    Args:
        points: (predicted, observed, low, high), ascending.
        label: What a screen reader says.
        marks: The words at the two ends of the axis.
    """
    top = max((max(one[0], one[3]) for one in points), default=1.0) * 1.05 or 1.0
    scale = _Scale(0, top, 0, top)
    ends = f'x1="{scale.x(0):.1f}" y1="{scale.y(0):.1f}" x2="{scale.x(top):.1f}" y2="{scale.y(top):.1f}"'
    parts = [f'<line {ends} stroke="#888" stroke-dasharray="4 3"/>']
    for predicted, observed, low, high in points:
        x = scale.x(predicted)
        parts.append(
            f'<line x1="{x:.1f}" y1="{scale.y(low):.1f}" x2="{x:.1f}" y2="{scale.y(high):.1f}" stroke="#0b5563"/>'
        )
        parts.append(f'<circle cx="{x:.1f}" cy="{scale.y(observed):.1f}" r="3" fill="#0b5563"/>')
    return _svg(label, scale.frame(marks, zero=False, number=f"{top:.2f}") + "".join(parts))


def ranges(rows: Sequence[tuple[str, float, float, float]], *, label: str) -> str:
    """One line a group: a share with its interval between 0 and 1."""
    height = 24 * len(rows) + 24
    parts = []
    for index, (name, value, low, high) in enumerate(rows):
        y = 18 + 24 * index
        x, left, right = (110 + 190 * min(max(one, 0.0), 1.0) for one in (value, low, high))
        parts.append(f'<text x="104" y="{y + 4}" text-anchor="end">{escape(name[:14])}</text>')
        parts.append(f'<line x1="{left:.1f}" y1="{y}" x2="{right:.1f}" y2="{y}" stroke="#0b5563" stroke-width="2"/>')
        parts.append(f'<circle cx="{x:.1f}" cy="{y}" r="4" fill="#0b5563"/>')
    base = height - 14
    parts.append(f'<line x1="110" y1="{base}" x2="300" y2="{base}" stroke="#888"/>')
    parts += [
        f'<text x="{x}" y="{height - 2}" text-anchor="middle">{word}</text>' for x, word in ((110, "0"), (300, "1"))
    ]
    return _svg(label, "".join(parts), height)


class _Scale:
    """From values to the places of a drawing."""

    def __init__(self, low: float, high: float, bottom: float, top: float) -> None:
        self._x = (low, (high - low) or 1.0)
        self._y = (bottom, (top - bottom) or 1.0)

    def x(self, value: float) -> float:
        """From left to right."""
        return _LEFT + (value - self._x[0]) / self._x[1] * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        """From bottom to top."""
        return _HEIGHT - _BOTTOM - (value - self._y[0]) / self._y[1] * (_HEIGHT - _TOP - _BOTTOM)

    def frame(self, marks: Sequence[str], *, zero: bool = True, number: str = "") -> str:
        """The axes: the line of zero, the ends in words."""
        bottom, top = self._y[0], self._y[0] + self._y[1]
        rule = self.y(0) if zero else self.y(bottom)
        parts = [f'<line x1="{_LEFT}" y1="{rule:.1f}" x2="{_WIDTH - _RIGHT}" y2="{rule:.1f}" stroke="#888"/>']
        for value, word in ((top, number or f"{top:+.1f}"), (bottom, "0" if number else f"{bottom:+.1f}")):
            parts.append(f'<text x="{_LEFT - 4}" y="{self.y(value) + 4:.1f}" text-anchor="end">{escape(word)}</text>')
        places: tuple[tuple[int, str], ...] = ((_LEFT, "start"), (_WIDTH - _RIGHT, "end"))
        for (x, anchor), word in zip(places, marks, strict=False):
            parts.append(f'<text x="{x}" y="{_HEIGHT - 8}" text-anchor="{anchor}">{escape(word)}</text>')
        return "".join(parts)


def _around(values: Sequence[float]) -> tuple[float, float]:
    low, high = min([0.0, *values]), max([0.0, *values])
    room = max((high - low) * 0.08, 0.05)
    return low - room, high + room


def _svg(label: str, body: str, height: Any = _HEIGHT) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(label, quote=True)}" direction="ltr" '
        f'font-size="11" fill="#222">{body}</svg>'
    )
