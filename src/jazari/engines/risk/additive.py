"""The fit of the glass model: a penalised additive logistic regression over cells, by Newton's method.

Each column is a block of cells, each cell a coefficient: the tables that are published are what is fitted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jazari.engines.risk.protocol import Codes, Floats
from jazari.engines.risk.smoothing import Block, Fit, step
from jazari.engines.risk.sums import chance, curvature, slopes

_ROUNDS = 25
_ENOUGH = 2e-3
_LONGEST = 4.0
"""The most that one round may move the logit of any row: beyond, the curvature says nothing any more."""
_SLOW = 0.5
"""A round that moves more than this share of the one before needs a curvature of its own."""


@dataclass(frozen=True)
class Data:
    """Rows as the fit reads them: codes uint8 (n,) a block, outcome float64 (n,) of 0 and 1."""

    codes: Sequence[Codes]
    outcome: Floats

    def of(self, some: NDArray[np.intp] | NDArray[np.bool_]) -> Data:
        """Some of the rows."""
        return Data([code[some] for code in self.codes], self.outcome[some])


def fit(
    blocks: Sequence[Block], rows: Data, start: Fit | None = None, advance: Callable[[], None] = lambda: None
) -> Fit:
    """Fit all blocks together, until the logits of the rows stand still.

    Args:
        blocks: One a term.
        rows: The rows.
        start: A fit that is near the solution already, that of a sample of the rows: the curvature is then taken
            once, and a few gradients are enough. Without it every round takes its own.
        advance: Called once a round.
    """
    state = start or Fit.start(blocks, rows.outcome)
    sizes = [block.size for block in blocks]
    logit = state.logit(rows.codes)
    curved: Floats | None = None
    last = np.inf
    for _ in range(_ROUNDS):
        likely = chance(logit)
        gradient = slopes(sizes, rows.codes, rows.outcome - likely)
        if curved is None or start is None:
            curved = curvature(sizes, rows.codes, likely * (1 - likely))
        aim = step(blocks, state, curved, gradient)
        change = aim.logit(rows.codes) - logit
        share = min(1.0, _LONGEST / max(float(np.abs(change).max()), _LONGEST))
        state = state.towards(aim, share)
        logit += share * change
        moved = share * float(np.sqrt(np.mean(change**2)))
        advance()
        if moved < _ENOUGH:
            break
        if moved > last * _SLOW:
            curved = None
        last = moved
    return state
