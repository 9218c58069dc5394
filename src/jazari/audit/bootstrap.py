"""Intervals: the bootstrap, by site where there are sites, else by person; Wilson's where people are few.

Every figure of the audit is a function of sums over people. A replicate draws as many sites as there are, with
replacement, and a site that is drawn twice counts twice; so the sums of all replicates are one sparse product, sums by
site times how often each site was drawn, and a million people cost seconds.

Sources: Efron and Tibshirani 1993, An Introduction to the Bootstrap, 13; Davison and Hinkley 1997, Bootstrap Methods,
3.8 (whole clusters) and 5.2 (basic and percentile intervals); Wilson 1927, JASA 22.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse, special

from jazari.audit.scores import Floats, Whole

LEVEL = 0.95
Z = 1.959963984540054  # the normal quantile of a two-sided 95 % interval
_CELLS = 4_000_000  # sums held at once
# (B + 1) x .025 is a whole number, so that an interval ends at replicates and not between them
_REPLICATES = ((50_000, 999), (2_000_000, 399))
_FEWEST = 199


@dataclass(frozen=True)
class Plan:
    """What is drawn, and how often.

    Attributes:
        unit: `site` or `person`: what is drawn as a whole.
        units: How many there are.
        of: (n,) the unit of each person.
        replicates: How many samples are drawn.
        seed: Where the draws start.
    """

    unit: str
    units: int
    of: Whole
    replicates: int
    seed: int

    def as_json(self) -> dict[str, Any]:
        """The plan as it stands in `evidence.json`."""
        return {
            "method": "bias-corrected percentile", "level": LEVEL, "unit": self.unit, "units": self.units,
            "replicates": self.replicates, "seed": self.seed,
        }  # fmt: skip


def plan(unit: str, of: Whole, seed: int, replicates: int | None = None) -> Plan:
    """Say what is drawn and how often: fewer samples where people are many and intervals narrow.

    Args:
        unit: `site` or `person`.
        of: (n,) the unit of each person, numbered from 0 without gaps.
        seed: Where the draws start.
        replicates: How many samples; by the number of people where it is left out.
    """
    often = next((times for limit, times in _REPLICATES if len(of) <= limit), _FEWEST)
    return Plan(unit, int(of.max()) + 1 if len(of) else 0, of, replicates or often, seed)


def draws(of: Plan) -> Iterator[Floats]:
    """How often each unit was drawn, (units,) a replicate.

    The numbers are the raw output of PCG64, whose stream numpy keeps for good (NEP 19), so that `jazari verify`
    finds the same intervals under another version.
    """
    source = np.random.PCG64(of.seed)
    for _ in range(of.replicates):
        uniform = (source.random_raw(of.units) >> np.uint64(11)) * 2.0**-53
        chosen = np.minimum((uniform * of.units).astype(np.int64), of.units - 1)
        yield np.bincount(chosen, minlength=of.units).astype(np.float64)


@dataclass(frozen=True)
class Part:
    """Sums that a figure needs: each person adds `amount` to the sum number `at`.

    Attributes:
        at: (n,) which sum a person adds to; below 0, none.
        size: How many sums there are.
        amount: (n,) what is added; 1 where it is left out.
    """

    at: Whole
    size: int
    amount: Floats | None = None


def sums_by_unit(parts: list[Part], of: Plan) -> sparse.csc_matrix:
    """The sums of every unit, (sums, units), the parts one under another."""
    stacked = []
    for part in parts:
        counted = part.at >= 0
        amount = np.ones(len(part.at)) if part.amount is None else part.amount
        stacked.append(
            sparse.coo_matrix(
                (amount[counted], (part.at[counted], of.of[counted])), shape=(part.size, of.units)
            ).tocsc()
        )
    return sparse.vstack(stacked, format="csc")


def replicate(
    parts: list[Part], of: Plan, figures: Callable[[Floats], Floats], advance: Callable[[float], None]
) -> Floats:
    """The figures of every replicate.

    Args:
        parts: The sums that the figures need.
        of: What is drawn.
        figures: From sums (sums, b) to figures (figures, b).
        advance: Told how many replicates were done.

    Returns:
        (figures, replicates).
    """
    by_unit = sums_by_unit(parts, of)
    width = max(1, _CELLS // max(by_unit.shape))
    results, waiting = [], []
    for number, counts in enumerate(draws(of), start=1):
        waiting.append(counts)
        if len(waiting) == width or number == of.replicates:
            results.append(figures(by_unit @ np.stack(waiting, axis=1)))
            advance(len(waiting))
            waiting = []
    return np.concatenate(results, axis=1)


def percentile(value: Floats | None, again: Floats) -> tuple[Floats, Floats]:
    """The bias-corrected percentile interval (Efron 1987, JASA 82), undefined replicates left out.

    Args:
        value: (...) the figures; None for no correction: the plain percentile interval.
        again: (..., replicates) the figures in every replicate.
    """
    ranked = np.sort(again, axis=-1)  # NaN last
    known = (~np.isnan(again)).sum(axis=-1)
    middle = np.zeros(known.shape)
    if value is not None:
        some = np.maximum(known, 1)
        below = ((again < value[..., None]).sum(axis=-1) + (again <= value[..., None]).sum(axis=-1)) / (2 * some)
        middle = special.ndtri(np.clip(below, 1 / (some + 1), some / (some + 1)))
    ends = [_at(ranked, known, special.ndtr(2 * middle + sign * Z)) for sign in (-1, 1)]
    return ends[0], ends[1]


def _at(ranked: Floats, known: Whole, level: Floats) -> Floats:
    """The quantiles of ranked replicates, the k-th of m standing at k / (m + 1)."""
    place = np.clip(level * (known + 1) - 1, 0, np.maximum(known - 1, 0))
    first = np.floor(place).astype(np.int64)[..., None]
    second = np.minimum(first + 1, np.maximum(known - 1, 0)[..., None])
    low, high = (np.take_along_axis(ranked, at, axis=-1)[..., 0] for at in (first, second))
    return np.asarray(low + (high - low) * (place - first[..., 0]))


def basic(value: Floats, again: Floats, floor: float = -np.inf) -> tuple[Floats, Floats]:
    """The basic interval, for figures that chance makes larger (absolute errors): the percentile one turned round."""
    low, high = percentile(None, again)
    return np.maximum(2 * value - high, floor), np.maximum(2 * value - low, floor)


def wilson(successes: Any, trials: Any) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Wilson's score interval of a proportion; (0, 1) where there were no trials."""
    some = np.asarray(trials) > 0
    n = np.where(some, trials, 1.0)
    rate, slack = np.asarray(successes) / n, Z * Z / n
    middle = (rate + slack / 2) / (1 + slack)
    half = Z * np.sqrt(rate * (1 - rate) / n + slack / (4 * n)) / (1 + slack)
    return np.where(some, np.maximum(middle - half, 0.0), 0.0), np.where(some, np.minimum(middle + half, 1.0), 1.0)


def design_effect(rate: float, again: Floats, trials: int) -> float:
    """How many times wider sites make the variance of a proportion than independent people would; at least 1.

    Source: Kish 1965, Survey Sampling, 8.2.
    """
    alone = rate * (1 - rate) / max(trials, 1)
    return max(1.0, float(np.nanvar(again)) / alone) if alone > 0 else 1.0
