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
from numpy.typing import NDArray
from scipy.special import ndtri

from jazari.engines.risk import additive
from jazari.engines.risk.axes import Axis, Categories, Numbers
from jazari.engines.risk.blocks import main_block, pair_block, pair_codes
from jazari.engines.risk.protocol import Codes, Floats
from jazari.engines.risk.reading import Coded

_CHANCE = 0.05
_MOST_CATEGORIES = 15
_FEW_ROWS = 50_000
_MOST_ROWS = 250_000
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
class _Candidate:
    pair: tuple[int, int]
    block: additive.Block
    codes: Codes
    gain: float = 0.0
    sure: bool = False


@dataclass
class _HeldOut:
    """Rows to judge on: train and held-out masks a fold, and the logit known so far by each fold's fit."""

    outcome: Floats
    splits: Sequence[tuple[NDArray[np.bool_], NDArray[np.bool_]]]
    offsets: list[Floats]
    beyond_chance: float


def admit(
    rows: Coded, coarse: Sequence[Coarse], *, most: int, tried: int, seed: int, advance: Callable[[], None]
) -> list[tuple[int, int]]:
    """The pairs that earn their place, best first.

    Args:
        rows: The rows of the fit.
        coarse: Every column as pairs read it.
        most: The most pairs to admit.
        tried: The number of pairs, best by the score test, that are fitted.
        seed: Which rows are held out.
        advance: Called once a step.
    """
    order = np.random.default_rng(seed).permutation(len(rows.outcome))[:_MOST_ROWS]
    codes = [code[order] for code in rows.codes]
    outcome = rows.outcome[order]
    folds = np.arange(len(order)) % _FOLDS
    splits = [(folds != fold, folds == fold) for fold in range(_FOLDS if len(order) < _FEW_ROWS else 1)]
    blocks = [main_block(axis, column.direction) for axis, column in zip(rows.axes, rows.columns, strict=True)]
    offsets = []
    for train, _ in splits:
        mains = additive.fit(blocks, [code[train] for code in codes], outcome[train], None)
        offsets.append(mains.logit(codes))
        advance()
    small = [one.codes(code) for one, code in zip(coarse, codes, strict=True)]
    ranked = rank(small, [one.axis.size for one in coarse], outcome, np.mean(offsets, axis=0))
    waiting = [_candidate(pair, rows, coarse, small) for pair in ranked[:tried]]
    held_out = _HeldOut(outcome, splits, offsets, float(-ndtri(_CHANCE / max(len(ranked), 1))))
    return _admit_greedily(waiting, held_out, most, advance)


def _admit_greedily(
    waiting: list[_Candidate], rows: _HeldOut, most: int, advance: Callable[[], None]
) -> list[tuple[int, int]]:
    """Admit the pair of largest held-out gain, add its fit to what is known, judge the others again, and so on.

    A gain shrinks as others are admitted, nearly always: a candidate is judged again only when it leads.
    """
    admitted: list[tuple[int, int]] = []
    for one in waiting:
        _judge(one, rows)
        advance()
    while len(admitted) < most and any(one.sure for one in waiting):
        waiting.sort(key=lambda one: (-one.gain if one.sure else np.inf, one.pair))
        best = waiting[0]
        fits = _judge(best, rows)
        if not best.sure or (len(waiting) > 1 and waiting[1].sure and best.gain < waiting[1].gain):
            continue
        rows.offsets = [offset + fit for offset, fit in zip(rows.offsets, fits, strict=True)]
        admitted.append(best.pair)
        waiting.remove(best)
        advance()
    return admitted


def _candidate(pair: tuple[int, int], rows: Coded, coarse: Sequence[Coarse], small: Sequence[Codes]) -> _Candidate:
    i, j = pair
    axes = (coarse[i].axis, coarse[j].axis)
    block = pair_block(axes, (rows.columns[i].direction, rows.columns[j].direction))
    return _Candidate(pair, block, pair_codes((small[i], small[j]), (axes[0].size, axes[1].size)))


def _judge(one: _Candidate, rows: _HeldOut) -> list[Floats]:
    """Fit a candidate on each training part and measure its gain on the held-out parts; returns the fits' logits."""
    gains, fits = [], []
    for (train, held), offset in zip(rows.splits, rows.offsets, strict=True):
        fitted = additive.fit([one.block], [one.codes[train]], rows.outcome[train], None, offset[train])
        added = fitted.logit([one.codes])
        fits.append(added)
        gains.append(_loss(offset[held], rows.outcome[held]) - _loss(offset[held] + added[held], rows.outcome[held]))
    gain = np.concatenate(gains)
    one.gain = float(gain.sum())
    one.sure = one.gain > rows.beyond_chance * float(gain.std()) * len(gain) ** 0.5
    return fits


def _loss(logit: Floats, outcome: Floats) -> Floats:
    loss: Floats = np.logaddexp(0, logit) - outcome * logit
    return loss


def rank(codes: Sequence[Codes], sizes: Sequence[int], outcome: Floats, logit: Floats) -> list[tuple[int, int]]:
    """All pairs of columns, the most promising first, by a score test of their cells on the residuals of `logit`."""
    chance = 1 / (1 + np.exp(-logit))
    residual, weight = outcome - chance, chance * (1 - chance)
    wide = [code.astype(np.intp) for code in codes]
    scores = []
    for i, j in itertools.combinations(range(len(codes)), 2):
        shape = (sizes[i] + 2, sizes[j] + 2)
        cell = wide[i] * shape[1] + wide[j]
        inside = (slice(1, -1), slice(1, -1))
        excess = np.bincount(cell, residual, shape[0] * shape[1]).reshape(shape)[inside]
        heavy = np.bincount(cell, weight, shape[0] * shape[1]).reshape(shape)[inside]
        expected = heavy / (heavy + 1)
        freedom = float(expected.sum())
        score = (float((excess**2 / (heavy + 1)).sum()) - freedom) / max(2 * freedom, 1e-9) ** 0.5
        scores.append((-score, i, j))
    return [(i, j) for _, i, j in sorted(scores)]
