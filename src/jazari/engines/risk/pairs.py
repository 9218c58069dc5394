"""Pairs: which two columns say more together than apart, and admission of each on held-out gain only.

A score test on the residuals of the main effects ranks all pairs (as FAST does in Y. Lou, R. Caruana, J. Gehrke and
G. Hooker, "Accurate intelligible models with pairwise interactions", KDD 2013). The best are then fitted one by one
on top of what is there, and judged on rows that their fit has not seen: a pair enters only if it lowers the held-out
deviance beyond chance, with Bonferroni's correction for all the pairs that were looked at.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from jazari.engines.risk import additive
from jazari.engines.risk.additive import Data
from jazari.engines.risk.axes import Axis, Categories, Numbers
from jazari.engines.risk.blocks import main_block, pair_block, pair_codes
from jazari.engines.risk.protocol import Codes, Floats
from jazari.engines.risk.reading import Coded
from jazari.engines.risk.smoothing import Block, Fit, step
from jazari.engines.risk.sums import chance

_CHANCE = 0.05
_MOST_CATEGORIES = 15
_RANKED_ON = 150_000
_TUNINGS = 8
_FOLDS = 5


@dataclass(frozen=True)
class Coarse:
    """A column as pairs read it: fewer cells, each a union of cells of its own axis."""

    axis: Axis
    lookup: Codes

    def codes(self, codes: Codes) -> Codes:
        """The codes on the coarse axis, from those on the column's own."""
        return self.lookup[codes]


def coarsen(axis: Axis, counts: NDArray[np.int64], cells: int) -> Coarse:
    """At most `cells` cells of about as many people for a number; the most frequent values for a category.

    Args:
        axis: The column's own axis.
        counts: int64 (size,), people by cell.
        cells: The most cells.
    """
    if isinstance(axis, Categories):
        kept = min(axis.size, _MOST_CATEGORIES)
        lookup = np.arange(axis.size + 2)
        lookup[kept + 1 :] = kept + 1
        return Coarse(Categories(axis.cells[:kept]), lookup.astype(np.uint8))
    middle = (np.cumsum(counts) - counts / 2) / max(int(counts.sum()), 1)
    wanted = np.minimum((middle * cells).astype(int), cells - 1)
    if axis.size <= cells:
        wanted = np.arange(axis.size)
    groups = np.unique(wanted, return_inverse=True)[1]
    edges = tuple(edge for edge, left, right in zip(axis.edges, groups, groups[1:], strict=False) if left != right)
    return Coarse(Numbers(edges), np.concatenate([[0], groups + 1, [groups.max() + 2]]).astype(np.uint8))


@dataclass
class _Split:
    """One way to part the rows: which are held out (0 or 1), and what is known of all of them so far."""

    held: NDArray[np.intp]
    logit: Floats


@dataclass
class _Candidate:
    """A pair under trial, and its held-out gain when it was last judged."""

    pair: tuple[int, int]
    block: Block
    codes: Codes
    gain: float = 0.0
    error: float = 0.0


def admit(
    rows: Coded,
    coarse: Sequence[Coarse],
    order: NDArray[np.intp],
    mains: Fit | None,
    *,
    most: int,
    tried: int,
    advance: Callable[[], None],
) -> list[tuple[int, int]]:
    """The pairs that earn their place, best first.

    Args:
        rows: The rows of the fit.
        coarse: Every column as pairs read it.
        order: intp (n,), the rows in random order; some of the rows, where all are too many.
        mains: The fit of the columns alone on rows of the first half of `order`; the second half is held out. Without
            it, where rows are few, five folds take their turns.
        most: The most pairs to admit.
        tried: The number of pairs, best by the score test, that are fitted and judged.
        advance: Called once a step.
    """
    data = Data(rows.codes, rows.outcome).of(order)
    place = np.arange(len(order))
    splits = []
    if mains is not None:
        splits.append(_Split((place >= len(order) // 2).astype(np.intp), mains.logit(data.codes)))
    else:
        blocks = [main_block(axis, column.direction) for axis, column in zip(rows.axes, rows.columns, strict=True)]
        for fold in range(_FOLDS):
            held = place % _FOLDS == fold
            splits.append(_Split(held.astype(np.intp), additive.fit(blocks, data.of(~held)).logit(data.codes)))
            advance()
    small = [one.codes(code) for one, code in zip(coarse, data.codes, strict=True)]
    ranked = _ranked(small, [one.axis.size for one in coarse], data.outcome, splits)
    waiting = [_candidate(pair, coarse, small) for pair in ranked[:tried]]
    beyond_chance = float(-scipy.special.ndtri(_CHANCE / max(len(ranked), 1)))
    return _admit_greedily(waiting, data.outcome, splits, most, beyond_chance, advance)


def _candidate(pair: tuple[int, int], coarse: Sequence[Coarse], small: Sequence[Codes]) -> _Candidate:
    i, j = pair
    axes = (coarse[i].axis, coarse[j].axis)
    sizes = (axes[0].size, axes[1].size)
    codes = pair_codes((small[i], small[j]), sizes)
    people = np.bincount(codes, minlength=sizes[0] * sizes[1])[: sizes[0] * sizes[1]]
    # judged without directions, so on what only both columns say: a directed table also holds what one says alone
    return _Candidate(pair, pair_block(axes, (None, None), people), codes)


def _admit_greedily(
    waiting: list[_Candidate],
    outcome: Floats,
    splits: Sequence[_Split],
    most: int,
    beyond: float,
    advance: Callable[[], None],
) -> list[tuple[int, int]]:
    """Admit the pair of largest held-out gain, add its fit to what is known, judge the others again, and so on.

    A gain shrinks as others are admitted, nearly always: a candidate is judged again only when it leads.
    """
    admitted: list[tuple[int, int]] = []
    for one in waiting:
        _judge(one, outcome, splits)
        advance()
    while waiting and len(admitted) < most:
        waiting.sort(key=lambda one: (-one.gain, one.pair))
        best = waiting[0]
        fits = _judge(best, outcome, splits)
        if best.gain <= beyond * best.error:
            waiting.remove(best)
        elif len(waiting) == 1 or best.gain >= waiting[1].gain:
            for split, fit in zip(splits, fits, strict=True):
                split.logit += fit.logit([best.codes])
            admitted.append(best.pair)
            waiting.remove(best)
            advance()
    return admitted


def _judge(one: _Candidate, outcome: Floats, splits: Sequence[_Split]) -> list[Fit]:
    """Fit a candidate on each training part, and measure on the held-out part what the logit would gain.

    Both by one Newton step on sums by cell: with residuals r and weights w, a contribution b gains b r - b^2 w / 2
    of log-likelihood (the quadratic of a score test), with a variance of b^2 w.
    """
    fits = []
    one.gain, variance = 0.0, 0.0
    for split in splits:
        residual, weight = _by_part(one.codes, one.block.size, outcome, split)
        hessian = np.zeros((one.block.size + 1, one.block.size + 1))
        hessian[0, 0] = weight[0].sum()
        hessian[0, 1:] = hessian[1:, 0] = weight[0]
        hessian[1:, 1:] = np.diag(weight[0])
        gradient = np.append(residual[0].sum(), residual[0])
        fit = step([one.block], Fit.start([one.block]), hessian, gradient, _TUNINGS)
        (table,) = fit.tables
        fit.tables = [table + fit.intercept]
        fit.intercept = 0.0
        fits.append(fit)
        one.gain += float(fit.tables[0] @ residual[1] - fit.tables[0] ** 2 @ weight[1] / 2)
        variance += float(fit.tables[0] ** 2 @ weight[1])
    one.error = variance**0.5
    return fits


def _by_part(codes: Codes, size: int, outcome: Floats, split: _Split) -> tuple[Floats, Floats]:
    """The residuals and weights by cell, of the training rows and of the held-out ones: float64 (2, size) each."""
    likely = chance(split.logit)
    cell = codes + split.held * (size + 1)
    residual = np.bincount(cell, outcome - likely, 2 * (size + 1)).reshape(2, -1)[:, :size]
    weight = np.bincount(cell, likely * (1 - likely), 2 * (size + 1)).reshape(2, -1)[:, :size]
    return residual.astype(np.float64), weight.astype(np.float64)


def _ranked(
    codes: Sequence[Codes], sizes: Sequence[int], outcome: Floats, splits: Sequence[_Split]
) -> list[tuple[int, int]]:
    """All pairs of columns, the most promising first, by a score test of their cells on training rows."""
    split = splits[0]
    train = np.flatnonzero(split.held == 0)[:_RANKED_ON]
    likely = chance(split.logit[train])
    residual, weight = outcome[train] - likely, likely * (1 - likely)
    wide = [code[train].astype(np.intp) for code in codes]
    scores = []
    for i, j in itertools.combinations(range(len(codes)), 2):
        shape = (sizes[i] + 2, sizes[j] + 2)
        cell = wide[i] * shape[1] + wide[j]
        inside = (slice(1, -1), slice(1, -1))
        excess = np.bincount(cell, residual, shape[0] * shape[1]).reshape(shape)[inside]
        heavy = np.bincount(cell, weight, shape[0] * shape[1]).reshape(shape)[inside]
        freedom = float((heavy / (heavy + 1)).sum())
        score = (float((excess**2 / (heavy + 1)).sum()) - freedom) / max(2 * freedom, 1e-9) ** 0.5
        scores.append((-score, i, j))
    return [(i, j) for _, i, j in sorted(scores)]
