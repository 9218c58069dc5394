"""Figures as functions of sums, so that one bootstrap serves them all and differences are paired."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from jazari.audit import scores
from jazari.audit.bootstrap import Part, Plan, basic, design_effect, percentile, replicate, sums_by_unit, wilson
from jazari.audit.scores import Flags, Floats, Whole, ratio

# Intervals of AUC and average precision see at most this many steps of score; the figures themselves see all.
_STEPS = 1 << 14
FEW = 20  # successes or failures below which Wilson's interval stands
_DIGITS = 12

Read = Callable[[str], Floats]


@dataclass(frozen=True)
class Listing:
    """A list.

    Attributes:
        listed: (n,) who is on it.
        room: (n,) the places of a person's area for each of its people.
        edge: The outcome's share among the people around the cut.
    """

    listed: Flags
    room: Floats
    edge: float


@dataclass
class Sheet:
    """The sums that figures need, and the figures that are made of them.

    Attributes:
        parts: The sums.
        places: Where the sums of each name lie.
        figures: For each figure, how it is made of sums (..., b).
        exact: Figures that are known more exactly from whole columns than from the sums.
    """

    parts: list[Part] = field(default_factory=list)
    places: dict[str, slice] = field(default_factory=dict)
    figures: dict[str, Callable[[Read], Floats]] = field(default_factory=dict)
    exact: dict[str, float] = field(default_factory=dict)

    def add(self, name: str, at: Whole, size: int, amount: Floats | None = None) -> None:
        """Ask for sums under a name."""
        start = sum(part.size for part in self.parts)
        self.places[name] = slice(start, start + size)
        self.parts.append(Part(at, size, amount))

    def ranking(self, name: str, score: Floats, outcome: Flags) -> None:
        """Add `auc` and `average_precision` of a score, under a prefix."""
        cut = scores.blocks(score, outcome)
        steps = len(cut.positives)
        of = cut.of
        if steps > _STEPS:
            first = np.cumsum(cut.positives + cut.negatives) - (cut.positives + cut.negatives)
            of = np.unique((first * _STEPS / len(score)).astype(np.int64), return_inverse=True)[1][cut.of]
            steps = int(of.max()) + 1
        self.add(f"{name}steps", of * 2 + outcome, steps * 2)
        for figure, measure in (("auc", scores.auc), ("average_precision", scores.average_precision)):
            self.exact[name + figure] = float(measure(cut.positives, cut.negatives))
            self.figures[name + figure] = _of_steps(f"{name}steps", measure)

    def squares(self, name: str, probability: Floats, outcome: Flags) -> None:
        """Add `brier` of a probability, under a prefix."""
        self.add(f"{name}squares", np.zeros(len(outcome), dtype=np.int64), 1, np.square(probability - outcome))
        self.add(f"{name}people", np.zeros(len(outcome), dtype=np.int64), 1)
        self.figures[f"{name}brier"] = lambda read: ratio(read(f"{name}squares")[0], read(f"{name}people")[0])

    def listing(self, name: str, chosen: Listing, outcome: Flags) -> None:
        """Add `precision` and `recall` of a list, under a prefix.

        Places are as short in every replicate as they are here: where a replicate draws more people who are listed
        than there are places, the last ones are not, and with them goes the outcome's share at the cut (`edge`). To
        first order this is listing anew in each replicate.
        """
        self.add(f"{name}listing", chosen.listed * 2 + outcome.astype(np.int64), 4)
        self.add(f"{name}room", np.zeros(len(outcome), dtype=np.int64), 1, chosen.room)

        def found(read: Read) -> tuple[Floats, Floats, Floats]:
            cell, room = read(f"{name}listing"), read(f"{name}room")[0]
            both = cell[3] - chosen.edge * (cell[2] + cell[3] - room)
            return both, room, cell[1] + cell[3]

        self.figures[f"{name}precision"] = lambda read: ratio(found(read)[0], found(read)[1])
        self.figures[f"{name}recall"] = lambda read: ratio(found(read)[0], found(read)[2])

    def calibration(self, bins: Whole, probability: Floats, outcome: Flags) -> None:
        """Add `ece`, the expected calibration error over bins."""
        size = int(bins.max()) + 1
        self.add("bins", bins, size)
        self.add("bins_predicted", bins, size, probability)
        self.add("bins_observed", np.where(outcome, bins, -1), size)
        self.figures["ece"] = lambda read: scores.calibration_error(
            read("bins_predicted"), read("bins_observed"), read("bins")
        )

    def read(self, totals: Floats) -> Read:
        """Look up sums by name among totals (sums, b)."""
        return lambda name: totals[self.places[name]]

    def measure(self, of: Plan, advance: Callable[[float], None]) -> Measured:
        """Measure every figure, and measure it again in every replicate."""
        ones = sums_by_unit(self.parts, of) @ np.ones((of.units, 1))
        values = {name: np.atleast_2d(make(self.read(ones)))[:, 0] for name, make in self.figures.items()}
        shift = {name: values[name] - known for name, known in self.exact.items()}
        values |= {name: np.array([known]) for name, known in self.exact.items()}

        def figures(totals: Floats) -> Floats:
            read = self.read(totals)
            return np.concatenate([np.atleast_2d(make(read)) for make in self.figures.values()])

        again = replicate(self.parts, of, figures, advance)
        ends = np.cumsum([len(value) for value in values.values()])
        by_name = dict(zip(values, np.split(again, ends[:-1]), strict=True))
        by_name |= {name: by_name[name] - np.nan_to_num(moved) for name, moved in shift.items()}
        return Measured(values, by_name, self.read(ones))


def _of_steps(name: str, measure: Callable[[Floats, Floats], Floats]) -> Callable[[Read], Floats]:
    return lambda read: measure(read(name)[1::2], read(name)[0::2])


@dataclass(frozen=True)
class Measured:
    """Figures and what they were in every replicate.

    Attributes:
        value: (k,) by name; most names stand for one figure, k = 1.
        again: (k, replicates) by name.
        sums: The sums (size, 1) that the figures were made of, by name.
    """

    value: dict[str, Floats]
    again: dict[str, Floats]
    sums: Read

    def figure(self, name: str, n: int) -> dict[str, Any] | None:
        """A figure as `{value, low, high, n}`, by the percentile interval; None where it was not measured."""
        if name not in self.value:
            return None
        low, high = percentile(self.value[name], self.again[name])
        return figure(self.value[name][0], low[0], high[0], n)

    def error(self, name: str, n: int) -> dict[str, Any] | None:
        """An absolute error as `{value, low, high, n}`, by the basic interval, never below 0."""
        if name not in self.value:
            return None
        low, high = basic(self.value[name], self.again[name], floor=0.0)
        return figure(self.value[name][0], low[0], high[0], n)

    def proportion(self, name: str, successes: int, trials: int) -> dict[str, Any] | None:
        """A proportion as `{value, low, high, n}`; Wilson's interval where successes or failures are few."""
        if name not in self.value:
            return None
        if min(successes, trials - successes) >= FEW:
            return self.figure(name, trials)
        effect = design_effect(self.value[name][0], self.again[name][0], trials)
        low, high = wilson(successes / effect, trials / effect)
        return figure(self.value[name][0], low, high, trials)

    def difference(self, ours: str, theirs: str, n: int) -> dict[str, Any] | None:
        """A paired difference as `{value, low, high, n}`: both figures see the same replicates."""
        if ours not in self.value or theirs not in self.value:
            return None
        value = self.value[ours] - self.value[theirs]
        low, high = percentile(value, self.again[ours] - self.again[theirs])
        return figure(value[0], low[0], high[0], n)


def figure(value: Any, low: Any, high: Any, n: int) -> dict[str, Any]:
    """A figure with its interval, as it stands in `evidence.json`: floats of twelve decimals, None where undefined."""
    return {"value": plain(value), "low": plain(low), "high": plain(high), "n": int(n)}


def plain(value: Any) -> float | None:
    """A float that JSON can carry: rounded to twelve decimals, None for NaN and infinities."""
    number = float(value)
    return round(number, _DIGITS) + 0.0 if np.isfinite(number) else None
