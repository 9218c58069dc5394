"""Drawings of forecasts: fans of quantiles, promised against observed levels, a calendar of errors. SVG, no script."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from html import escape

from jazari.core.numbers import number

_WIDTH, _HEIGHT = 320, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 8, 10, 24
_BANDS = (("0.025", "0.975", 0.18), ("0.1", "0.9", 0.28), ("0.25", "0.75", 0.4))
_INK = "#0b5563"
_CELL, _GAP = 15, 3
_MONDAY_FIRST = 7


def fan(quantiles: Mapping[str, Sequence[float]], *, label: str, marks: Sequence[str], language: str) -> str:
    """Bands of 95, 80 and 50 % around the median.

    Args:
        quantiles: Level -> value a step.
        label: What a screen reader says.
        marks: The words under the first and the last step.
        language: In which the numbers of the axis are written.
    """
    whole = [one for values in quantiles.values() for one in values]
    low, high = min(whole), max(whole)
    room = (high - low or abs(high) or 1.0) * 0.05
    low, high = low - room, high + room
    steps = len(quantiles["0.5"])

    def place(step: int, value: float) -> str:
        x = _LEFT + step / max(steps - 1, 1) * (_WIDTH - _LEFT - _RIGHT)
        return f"{x:.1f},{_HEIGHT - _BOTTOM - (value - low) / (high - low) * (_HEIGHT - _TOP - _BOTTOM):.1f}"

    parts = []
    for under, over, shade in _BANDS:
        if under in quantiles and over in quantiles:
            there = [place(step, value) for step, value in enumerate(quantiles[over])]
            back = [place(step, value) for step, value in reversed(list(enumerate(quantiles[under])))]
            parts.append(f'<polygon points="{" ".join(there + back)}" fill="{_INK}" fill-opacity="{shade}"/>')
    line = " ".join(place(step, value) for step, value in enumerate(quantiles["0.5"]))
    parts.append(f'<polyline points="{line}" fill="none" stroke="{_INK}" stroke-width="2"/>')
    digits = 0 if max(abs(low), abs(high)) >= 100 else 2  # noqa: PLR2004  three figures are enough on an axis
    ends = ((high, _TOP + 8), (low, _HEIGHT - _BOTTOM))
    parts += [_text(_LEFT - 4, y, number(value, language, digits), "end") for value, y in ends]
    return _svg(label, _base() + "".join(parts) + _marks(marks))


def levels(shares: Mapping[str, float], *, label: str, marks: Sequence[str]) -> str:
    """What each level promised (across) against the share of readings that came under it (up), with the diagonal."""
    side = _HEIGHT - _TOP - _BOTTOM

    def place(x: float, y: float) -> tuple[float, float]:
        return _LEFT + x * (_WIDTH - _LEFT - _RIGHT), _HEIGHT - _BOTTOM - y * side

    (x1, y1), (x2, y2) = place(0, 0), place(1, 1)
    parts = [f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#888" stroke-dasharray="4 3"/>']
    for level, share in shares.items():
        x, y = place(float(level), share)
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{_INK}"/>')
    parts += [_text(_LEFT - 4, y2 + 8, "1", "end"), _text(_LEFT - 4, y1, "0", "end")]
    return _svg(label, _base() + "".join(parts) + _marks(marks))


def calendar(days: Mapping[str, float], *, label: str) -> str:
    """One square a day, weeks across and Monday on top: the darker, the larger the error over the usual one."""
    dated = {datetime.date.fromisoformat(day[:10]): value for day, value in days.items()}
    first = min(dated) - datetime.timedelta(days=min(dated).weekday())
    size = _CELL + _GAP
    weeks = (max(dated) - first).days // _MONDAY_FIRST + 1
    parts = []
    for day, value in sorted(dated.items()):
        week, weekday = divmod((day - first).days, _MONDAY_FIRST)
        shade = min(max(value / 2.5, 0.06), 1.0)
        parts.append(
            f'<rect x="{_LEFT + week * size}" y="{_TOP + weekday * size}" width="{_CELL}" height="{_CELL}" '
            f'fill="{_INK}" fill-opacity="{shade:.2f}"><title>{day}: {value:.2f}</title></rect>'
        )
        if day.day == 1 or day == min(dated):
            parts.append(_text(_LEFT + week * size, _TOP + 7 * size + 10, day.isoformat()[:7], "start"))
    return _svg(label, "".join(parts), _TOP + 7 * size + 16, max(_WIDTH, _LEFT + weeks * size))


def _base() -> str:
    y = _HEIGHT - _BOTTOM
    return f'<line x1="{_LEFT}" y1="{y}" x2="{_WIDTH - _RIGHT}" y2="{y}" stroke="#888"/>'


def _marks(marks: Sequence[str]) -> str:
    places = ((_LEFT, "start"), (_WIDTH - _RIGHT, "end"))
    return "".join(_text(x, _HEIGHT - 8, word, anchor) for (x, anchor), word in zip(places, marks, strict=False))


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _svg(label: str, body: str, height: int = _HEIGHT, width: int = _WIDTH) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label, quote=True)}" direction="ltr" '
        f'font-size="11" fill="#222">{body}</svg>'
    )
