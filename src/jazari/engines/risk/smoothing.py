"""Smoothing: one step of the penalised fit, which also learns how strong each penalty should be.

Neighbouring cells of a number are held together by penalties on their differences (P. Eilers and B. Marx, "Flexible
smoothing with B-splines and penalties", Statistical Science 11, 1996), cells of a category by a ridge. The strengths
follow the generalised Fellner-Schall method (S. Wood and M. Fasiolo, Biometrics 73, 2017), which maximises the Laplace
approximation of the marginal likelihood. Directions are penalties on falls alone (K. Bollaerts, P. Eilers and
I. van Mechelen, British Journal of Mathematical and Statistical Psychology 59, 2006).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy  # its parts are loaded when a fit asks for them: a scorer never does
from numpy.typing import NDArray

from jazari.engines.risk.protocol import Codes, Floats

_PASSES = 10
_STRENGTHS = (0.3, 1e3)
"""Bounds of a strength: without the upper one, small data smooth weak effects away altogether (ADR 0011)."""
_FORBIDDEN = 1e7
"""How strongly a fall against a declared direction is penalised: on the logit, it leaves falls of about 1e-5."""


_FLAT = -1e-9
_HASTE = 1.5
"""Fellner and Schall approach from one side: longer steps reach the same strengths in fewer rounds."""

Falls = frozenset[tuple[int, int]]
"""Pairs of coefficients, by their place among all, of which the second would lie below the first."""


@dataclass(frozen=True)
class Block:
    """The cells of one term.

    Attributes:
        size: The number of coefficients; codes at or above it contribute nothing.
        fixed: float64 (size, size), a penalty whose strength is given: it makes every coefficient identifiable.
        penalties: float64 (size, size) each, whose strengths are learnt.
        rises: intp (m, 2), pairs of cells of which the second may not lie below the first.
    """

    size: int
    fixed: Floats
    penalties: tuple[Floats, ...]
    rises: NDArray[np.intp] = field(default_factory=lambda: np.empty((0, 2), dtype=np.intp))


@dataclass
class Fit:
    """A fit, and where it stands.

    Attributes:
        intercept: On the logit.
        tables: float64 (size,), one a block.
        strengths: One a penalty, block by block.
        held: The falls that are forbidden.
    """

    intercept: float
    tables: list[Floats]
    strengths: list[Floats]
    held: Falls = frozenset()

    @classmethod
    def start(cls, blocks: Sequence[Block], outcome: Floats | None = None) -> Fit:
        """Nothing known but the base rate, or not even that."""
        rate = 0.5 if outcome is None else (outcome.sum() + 0.5) / (len(outcome) + 1)
        return cls(
            float(np.log(rate / (1 - rate))),
            [np.zeros(block.size) for block in blocks],
            [np.full(len(block.penalties), 10.0) for block in blocks],
        )

    def towards(self, aim: Fit, share: float) -> Fit:
        """The fit that lies a share of the way to another; the other itself where the share is 1."""
        if share == 1:
            return aim
        tables = [(1 - share) * here + share * there for here, there in zip(self.tables, aim.tables, strict=True)]
        return Fit((1 - share) * self.intercept + share * aim.intercept, tables, aim.strengths, aim.held)

    def beside(self, others: Sequence[Block]) -> Fit:
        """The fit with other blocks after its own, of which nothing is known."""
        blank = Fit.start(others)
        return Fit(self.intercept, self.tables + blank.tables, self.strengths + blank.strengths, self.held)

    def logit(self, codes: Sequence[Codes]) -> Floats:
        """float64 (n,) from the codes of every block, uint8 (n,) each; a code equal to its size adds nothing."""
        total = np.full(len(codes[0]), self.intercept)
        for table, code in zip(self.tables, codes, strict=True):
            total += np.append(table, 0.0)[code]
        return total


def step(blocks: Sequence[Block], state: Fit, hessian: Floats, gradient: Floats, tunings: int = 6) -> Fit:
    """The minimum of the penalised quadratic model, the strengths of the penalties learnt on it.

    Args:
        blocks: One a term.
        state: Where `gradient` and `hessian` were taken.
        hessian: X'WX, float64 (1 + cells, 1 + cells).
        gradient: X'r, float64 (1 + cells,).
        tunings: How often the strengths are tuned.
    """
    beta = np.concatenate([[state.intercept], *state.tables])
    target = hessian @ beta + gradient
    strengths = [one.copy() for one in state.strengths]
    starts = np.cumsum([1] + [block.size for block in blocks])
    held = state.held
    for tuning in range(tunings + 1):
        penalty = _penalty(blocks, strengths)
        beta, factor, held = _solve(hessian, penalty, target, blocks, starts, held)
        if tuning < tunings:
            _tune(blocks, strengths, beta, factor, starts)
    tables = [beta[starts[i] : starts[i + 1]] for i in range(len(blocks))]
    return Fit(float(beta[0]), tables, strengths, held)


def _penalty(blocks: Sequence[Block], strengths: Sequence[Floats]) -> list[Floats]:
    return [
        sum((times * one for times, one in zip(strength, block.penalties, strict=True)), start=block.fixed)
        for block, strength in zip(blocks, strengths, strict=True)
    ]


def _solve(
    hessian: Floats,
    penalty: Sequence[Floats],
    target: Floats,
    blocks: Sequence[Block],
    starts: NDArray[np.int64],
    held: Falls,
) -> tuple[Floats, tuple[Floats, bool], Falls]:
    """Solve (H + S) beta = target, again and again until exactly the falls that would happen are forbidden."""
    whole = hessian.copy()
    for i, one in enumerate(penalty):
        whole[starts[i] : starts[i + 1], starts[i] : starts[i + 1]] += one
    whole[0, 0] += 1e-9
    for _ in range(_PASSES):
        barred = whole.copy()
        for low, high in held:
            barred[[low, high], [low, high]] += _FORBIDDEN
            barred[[low, high], [high, low]] -= _FORBIDDEN
        factor = scipy.linalg.cho_factor(barred, lower=True, check_finite=False)
        beta: Floats = scipy.linalg.cho_solve(factor, target, check_finite=False)
        before, held = held, _falls(blocks, beta, starts)
        if held == before:
            break
    return beta, factor, held


def _falls(blocks: Sequence[Block], beta: Floats, starts: NDArray[np.int64]) -> Falls:
    """The neighbours that stand against their direction."""
    return frozenset(
        (int(starts[i] + low), int(starts[i] + high))
        for i, block in enumerate(blocks)
        for low, high in block.rises
        if beta[starts[i] + high] - beta[starts[i] + low] < _FLAT
    )


def _tune(
    blocks: Sequence[Block],
    strengths: list[Floats],
    beta: Floats,
    factor: tuple[Floats, bool],
    starts: NDArray[np.int64],
) -> None:
    """One round of Fellner and Schall: strength *= (tr(S^- S_i) - tr(V S_i)) / (beta' S_i beta)."""
    inverse, _ = scipy.linalg.lapack.dpotri(factor[0], lower=1)
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
            change = min(max((max(freedom, 1e-12) / max(rough, 1e-12)) ** _HASTE, 0.05), 20.0)
            strengths[i][k] = min(max(strengths[i][k] * change, _STRENGTHS[0]), _STRENGTHS[1])
