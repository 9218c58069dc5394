"""The arithmetic of the glass model: a penalised additive logistic regression over cells.

Each column is a block of cells, each cell a coefficient. Neighbouring cells of a number are held together by a
penalty on their differences (P. Eilers and B. Marx, "Flexible smoothing with B-splines and penalties", Statistical
Science 11, 1996), cells of a category by a ridge. How strongly, is learnt from the data themselves by the generalised
Fellner-Schall method (S. Wood and M. Fasiolo, "A generalized Fellner-Schall method for smoothing parameter
optimization", Biometrics 73, 2017), which maximises the Laplace approximation of the marginal likelihood. The sums
that the fit needs are cross-tabulations of codes (S. Wood, Z. Li, G. Shaddick and N. Augustin, "Generalized additive
models for gigadata", JASA 112, 2017), so they are additive over batches and over poles. Directions are penalties on
falls alone (K. Bollaerts, P. Eilers and I. van Mechelen, "Simple and multiple P-splines regression with shape
constraints", British Journal of Mathematical and Statistical Psychology 59, 2006).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve, lapack

from jazari.engines.risk.protocol import Codes, Floats

_CHUNK = 65_536
_ROUNDS = 25
_TUNINGS = 3
_ENOUGH = 1e-3
_STRENGTHS = (1e-3, 1e8)
_FORBIDDEN = 1e7
"""How strongly a fall against a declared direction is penalised: on the logit, it leaves falls of about 1e-5."""


@dataclass(frozen=True)
class Block:
    """The cells of one term.

    Attributes:
        size: The number of coefficients; codes at or above it contribute nothing.
        ridge: float64 (size,), a fixed small penalty that makes every coefficient identifiable.
        penalties: float64 (size, size) each, whose strengths are learnt.
        rises: intp (m, 2), pairs of cells of which the second may not lie below the first.
    """

    size: int
    ridge: Floats
    penalties: tuple[Floats, ...]
    rises: NDArray[np.intp] = field(default_factory=lambda: np.empty((0, 2), dtype=np.intp))


@dataclass
class Fit:
    """A fit, and where it stands.

    Attributes:
        intercept: On the logit.
        tables: float64 (size,), one a block.
        strengths: One a penalty, block by block.
    """

    intercept: float
    tables: list[Floats]
    strengths: list[Floats]

    @classmethod
    def start(cls, blocks: Sequence[Block], outcome: Floats | None) -> Fit:
        """Nothing known but the base rate, and not even that where an offset holds it."""
        rate = 0.5 if outcome is None else (outcome.sum() + 0.5) / (len(outcome) + 1)
        return cls(
            float(np.log(rate / (1 - rate))),
            [np.zeros(block.size) for block in blocks],
            [np.full(len(block.penalties), 10.0) for block in blocks],
        )

    def logit(self, codes: Sequence[Codes], offset: Floats | float = 0.0) -> Floats:
        """float64 (n,) from the codes of every block, uint8 (n,) each, and what is already known of each row."""
        total = np.full(len(codes[0]), self.intercept) + offset
        for table, code in zip(self.tables, codes, strict=True):
            total += np.append(table, 0.0)[np.minimum(code, len(table))]
        return total


@dataclass(frozen=True)
class Data:
    """Rows as the fit reads them: codes uint8 (n,) a block, outcome and offset float64 (n,)."""

    codes: Sequence[Codes]
    outcome: Floats
    offset: Floats


def fit(
    blocks: Sequence[Block],
    codes: Sequence[Codes],
    outcome: Floats,
    sample: NDArray[np.intp] | None,
    offset: Floats | None = None,
    advance: Callable[[], None] = lambda: None,
) -> Fit:
    """Fit all blocks together: first on a sample of rows, then on all of them.

    The curvature is taken from the sample and scaled up; the gradient of the last rounds is that of all rows, so the
    solution is that of all rows.

    Args:
        blocks: One a term.
        codes: uint8 (n,) a block.
        outcome: float64 (n,) of 0 and 1.
        sample: intp (s,), the rows of the first rounds and of the curvature; None for all of them.
        offset: float64 (n,), a logit that is known already and stays as it is.
        advance: Called once a round.
    """
    known = np.zeros(len(outcome)) if offset is None else offset
    state = Fit.start(blocks, outcome if offset is None else None)
    some = slice(None) if sample is None else sample
    few = Data([code[some] for code in codes], outcome[some], known[some])
    state, hessian = _climb(blocks, state, few, len(outcome) / len(few.outcome), advance)
    if sample is not None:
        state = _settle(blocks, state, Data(codes, outcome, known), hessian, advance)
    return state


def _climb(
    blocks: Sequence[Block], state: Fit, rows: Data, scale: float, advance: Callable[[], None]
) -> tuple[Fit, Floats]:
    """Newton rounds on the sample, each followed by a few of Fellner and Schall; ends with the last curvature."""
    hessian = np.empty((0, 0))
    for _ in range(_ROUNDS):
        chance = _chance(state.logit(rows.codes, rows.offset))
        hessian = curvature(blocks, rows.codes, chance * (1 - chance)) * scale
        gradient = slopes(blocks, rows.codes, rows.outcome - chance) * scale
        before = state
        state = _step(blocks, state, hessian, gradient)
        advance()
        if _moved(before, state) < _ENOUGH:
            break
    return state, hessian


def _settle(blocks: Sequence[Block], state: Fit, rows: Data, hessian: Floats, advance: Callable[[], None]) -> Fit:
    """Rounds with the gradient of all rows and the curvature of the sample."""
    for _ in range(_ROUNDS):
        gradient = slopes(blocks, rows.codes, rows.outcome - _chance(state.logit(rows.codes, rows.offset)))
        before = state
        state = _step(blocks, state, hessian, gradient)
        advance()
        if _moved(before, state) < _ENOUGH:
            break
    return state


def _chance(logit: Floats) -> Floats:
    return 1 / (1 + np.exp(-logit))


def _moved(before: Fit, after: Fit) -> float:
    """The largest move of a coefficient, the shift between intercept and tables apart."""
    return max(
        (
            float(np.abs((new - new.mean()) - (old - old.mean())).max())
            for old, new in zip(before.tables, after.tables, strict=True)
        ),
        default=0.0,
    )


def slopes(blocks: Sequence[Block], codes: Sequence[Codes], residual: Floats) -> Floats:
    """X'r: the sum of the residuals by cell, the intercept first. float64 (1 + cells,). Additive over rows."""
    parts = [np.array([residual.sum()])]
    for block, code in zip(blocks, codes, strict=True):
        parts.append(np.bincount(code, weights=residual, minlength=block.size)[: block.size])
    return np.concatenate(parts)


def curvature(blocks: Sequence[Block], codes: Sequence[Codes], weight: Floats) -> Floats:
    """X'WX by cross-tabulation of the codes: float64 (1 + cells, 1 + cells). Additive over rows."""
    starts = np.cumsum([1] + [block.size for block in blocks])
    whole = np.zeros((starts[-1], starts[-1]))
    whole[0, 0] = weight.sum()
    for first in range(0, len(weight), _CHUNK):
        rows = slice(first, first + _CHUNK)
        _tabulate(whole, starts, blocks, [code[rows] for code in codes], weight[rows])
    upper = np.triu(whole)
    full: Floats = upper + np.triu(upper, 1).T
    return full


def _tabulate(
    whole: Floats, starts: NDArray[np.int64], blocks: Sequence[Block], codes: Sequence[Codes], weight: Floats
) -> None:
    wide = [np.minimum(code, block.size).astype(np.intp) for block, code in zip(blocks, codes, strict=True)]
    for i, block in enumerate(blocks):
        here = slice(starts[i], starts[i + 1])
        single = np.bincount(wide[i], weights=weight, minlength=block.size + 1)[:-1]
        whole[0, here] += single
        whole[here, here] += np.diag(single)
        for j in range(i + 1, len(blocks)):
            other = blocks[j].size
            table = np.bincount(
                wide[i] * (other + 1) + wide[j], weights=weight, minlength=(block.size + 1) * (other + 1)
            )
            whole[here, starts[j] : starts[j + 1]] += table.reshape(block.size + 1, other + 1)[:-1, :-1]


def _step(blocks: Sequence[Block], state: Fit, hessian: Floats, gradient: Floats) -> Fit:
    """The minimum of the penalised quadratic model, the strengths of the penalties learnt on it."""
    beta = np.concatenate([[state.intercept], *state.tables])
    target = hessian @ beta + gradient
    strengths = [one.copy() for one in state.strengths]
    starts = np.cumsum([1] + [block.size for block in blocks])
    for tuning in range(_TUNINGS + 1):
        penalty = _penalty(blocks, strengths)
        beta, factor = _solve(hessian, penalty, target, blocks, starts)
        if tuning < _TUNINGS:
            _tune(blocks, strengths, beta, factor, starts)
    tables = [beta[starts[i] : starts[i + 1]] for i in range(len(blocks))]
    return Fit(float(beta[0]), tables, strengths)


def _penalty(blocks: Sequence[Block], strengths: Sequence[Floats]) -> list[Floats]:
    return [
        np.diag(block.ridge)
        + sum((s * p for s, p in zip(strength, block.penalties, strict=True)), np.zeros((block.size, block.size)))
        for block, strength in zip(blocks, strengths, strict=True)
    ]


def _solve(
    hessian: Floats, penalty: Sequence[Floats], target: Floats, blocks: Sequence[Block], starts: NDArray[np.int64]
) -> tuple[Floats, tuple[Floats, bool]]:
    """Solve (H + S) beta = target; where a direction is broken, again with its falls forbidden."""
    whole = hessian.copy()
    for i, one in enumerate(penalty):
        whole[starts[i] : starts[i + 1], starts[i] : starts[i + 1]] += one
    whole[0, 0] += 1e-9
    factor = cho_factor(whole, lower=True, check_finite=False)
    beta: Floats = cho_solve(factor, target, check_finite=False)
    held: frozenset[tuple[int, int]] = frozenset()
    for _ in range(_ROUNDS):
        falls = frozenset(
            (int(starts[i] + low), int(starts[i] + high))
            for i, block in enumerate(blocks)
            for low, high in block.rises
            if beta[starts[i] + high] < beta[starts[i] + low]
        )
        if falls == held:
            break
        held = falls
        barred = whole.copy()
        for low, high in falls:
            barred[[low, high], [low, high]] += _FORBIDDEN
            barred[[low, high], [high, low]] -= _FORBIDDEN
        factor = cho_factor(barred, lower=True, check_finite=False)
        beta = cho_solve(factor, target, check_finite=False)
    return beta, factor


def _tune(
    blocks: Sequence[Block],
    strengths: list[Floats],
    beta: Floats,
    factor: tuple[Floats, bool],
    starts: NDArray[np.int64],
) -> None:
    """One round of Fellner and Schall: strength *= (tr(S^- S_i) - tr(V S_i)) / (beta' S_i beta)."""
    inverse, _ = lapack.dpotri(factor[0], lower=1)
    for i, block in enumerate(blocks):
        if not block.penalties:
            continue
        here = slice(starts[i], starts[i + 1])
        lower = np.tril(inverse[here, here])
        spread = lower + np.tril(lower, -1).T
        prior = np.linalg.inv(_penalty([block], [strengths[i]])[0])
        for k, one in enumerate(block.penalties):
            freedom = float(np.sum((prior - spread) * one))
            rough = float(beta[here] @ one @ beta[here])
            change = min(max(max(freedom, 1e-12) / max(rough, 1e-12), 0.05), 20.0)
            strengths[i][k] = min(max(strengths[i][k] * change, _STRENGTHS[0]), _STRENGTHS[1])
