"""Groups: each figure of each group with its interval, the gaps between them, and what must stay hidden."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from jazari.audit.bootstrap import basic, design_effect, percentile, wilson
from jazari.audit.cuts import FIGURES, Cut, Margin, counts
from jazari.audit.figures import FEW, Measured, figure
from jazari.audit.gaps import gap
from jazari.audit.scores import Floats, Whole
from jazari.audit.suppression import LEVELS, Hidden, Line, hide

SUPPRESSED = {"suppressed": True}
TIMES = " × "
_RATES = tuple(FIGURES)[:6]  # proportions; the other three are means of probabilities
_FEWEST_GROUPS = 2


def document(cut: Cut, seen: Measured) -> dict[str, Any]:
    """The `groups` of `evidence.json`: one entry an audited column and one a pair of them."""
    people = [counts(cut, margin, seen.sums("cells")) for margin in cut.margins]
    sizes = [len(one) for one in people]
    hidden = hide(np.concatenate([people[0][:0], *people[1:]]), lines(cut))
    starts = np.cumsum(sizes)[:-1]
    value = np.split(seen.value["groups"].reshape(-1, len(FIGURES)), starts)
    again = np.split(seen.again["groups"].reshape(sum(sizes), len(FIGURES), -1), starts)
    whole, once, trials = value[0][0], again[0][0], _trials(people[0])[0]
    effect = np.array([design_effect(whole[at], once[at], trials[at]) for at in range(len(_RATES))])
    result = {}
    for at, away in enumerate(np.split(hidden, starts[1:] - sizes[0], axis=1) if sizes[1:] else (), start=1):
        table = _Table(cut.margins[at], people[at], away, value[at], again[at], effect)
        result[TIMES.join(cut.margins[at].columns)] = table.as_json()
    return result


def lines(cut: Cut) -> list[Line]:
    """Which groups add up to which; groups are numbered over the margins that cut, one margin after another."""
    number: dict[Any, int] = {}
    for margin in cut.margins[1:]:
        number |= {(margin.columns, group): len(number) + at for at, group in enumerate(margin.values)}
    return [line for margin in cut.margins[1:] for line in _lines(margin, number)]


def _lines(margin: Margin, number: dict[Any, int]) -> Iterator[Line]:
    """The lines of one margin: along a column to everybody, along a pair to the groups of each of its columns."""
    here = [number[margin.columns, group] for group in margin.values]
    if len(margin.columns) == 1:
        yield Line(None, tuple(here))
        return
    for at, column in enumerate(margin.columns):
        parts: dict[int, list[int]] = {}
        for one, group in zip(here, margin.values, strict=True):
            parts.setdefault(number[(column,), (group[at],)], []).append(one)
        yield from (Line(total, tuple(some)) for total, some in parts.items())


def _trials(people: Whole) -> Floats:
    """(groups, figures) the denominators, in the order of `FIGURES`."""
    neither, missed, alarm, found = people.T
    n, positives = people.sum(axis=1), missed + found
    return np.stack([n, n, positives, alarm + found, alarm + neither, positives, n, n, n], axis=1).astype(np.float64)


class _Table:
    """One margin, on its way to JSON."""

    def __init__(
        self,
        margin: Margin,
        people: Whole,
        hidden: Hidden,
        value: Floats,
        again: Floats,
        effect: Floats,
    ) -> None:
        self.margin, self.people, self.hidden = margin, people, dict(zip(LEVELS, hidden, strict=True))
        self.value, self.again, self.trials = value, again, _trials(people)
        self.low, self.high = self._intervals(effect)

    def _intervals(self, effect: Floats) -> tuple[Floats, Floats]:
        """(groups, figures) the ends: percentile, but basic for the error and Wilson where people are few."""
        low, high = (np.array(end) for end in percentile(self.value, self.again))
        low[:, -1], high[:, -1] = basic(self.value[:, -1], self.again[:, -1], floor=0.0)
        rates = len(_RATES)
        trials = self.trials[:, :rates]
        successes = np.nan_to_num(self.value[:, :rates]) * trials
        few = np.minimum(successes, trials - successes) < FEW
        by_score = wilson(successes / effect, trials / effect)
        low[:, :rates] = np.where(few, by_score[0], low[:, :rates])
        high[:, :rates] = np.where(few, by_score[1], high[:, :rates])
        return low, high

    def as_json(self) -> dict[str, Any]:
        return {
            "columns": list(self.margin.columns),
            "groups": [self._group(at) for at in range(len(self.people))],
            "gaps": {name: self._gap(at, name) for at, name in enumerate(FIGURES)},
        }

    def _named(self, at: int) -> dict[str, str | None]:
        return dict(zip(self.margin.columns, self.margin.values[at], strict=True))

    def _group(self, at: int) -> dict[str, Any]:
        if self.hidden["n"][at]:
            return {"values": self._named(at)} | SUPPRESSED
        missed, alarm, found = self.people[at, 1:]
        numbers = {"n": self.people[at].sum(), "positives": missed + found, "listed": alarm + found}
        return {
            "values": self._named(at),
            **{name: SUPPRESSED if self.hidden[name][at] else int(number) for name, number in numbers.items()},
            **{name: self._figure(at, place, name) for place, name in enumerate(FIGURES)},
        }

    def _figure(self, at: int, place: int, name: str) -> dict[str, Any] | None:
        if self.hidden[FIGURES[name]][at]:
            return SUPPRESSED
        value = self.value[at, place]
        if np.isnan(value):
            return figure(value, value, value, int(self.trials[at, place])) if name in _RATES else None
        return figure(value, self.low[at, place], self.high[at, place], int(self.trials[at, place]))

    def _gap(self, place: int, name: str) -> dict[str, Any] | None:
        shown = np.flatnonzero(~self.hidden[FIGURES[name]] & ~np.isnan(self.value[:, place]))
        if len(shown) < _FEWEST_GROUPS:
            return None
        value, trials = self.value[shown, place], self.trials[shown, place]
        ends = wilson(value * trials, trials) if name in _RATES else (value, value)
        size, low, high = gap(value, self.again[shown, place], ends)
        return figure(size, low, min(high, 1.0), int(trials.sum())) | {
            "groups": len(shown),
            "largest": self._named(int(shown[value.argmax()])),
            "smallest": self._named(int(shown[value.argmin()])),
        }
