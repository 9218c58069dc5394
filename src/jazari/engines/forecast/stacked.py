"""`stacked`: what `lear` misses, learnt by boosted trees on its left-out errors.

Left-out errors are what the regression would have missed on days it had not seen, so the trees learn from honest
misses and not from the fit. Source: D. Wolpert, Stacked generalization, Neural Networks 5 (1992) 241-259.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from jazari.engines.forecast.blocks import Blocks
from jazari.engines.forecast.boosted import ROWS, grow
from jazari.engines.forecast.hours import Rows, hour_rows
from jazari.engines.forecast.lear import Lear
from jazari.engines.forecast.panel import Floats
from jazari.engines.forecast.trees import Trees

_EVERY = 14  # days between fits of the trees; the regression is refreshed each day
_ROUNDS = 110


class Stacked:
    """Ridge on days, then trees on its left-out errors by hour."""

    every = 1

    def __init__(self, blocks: Blocks, *, seed: int = 0) -> None:
        self.blocks = blocks
        self._lear = Lear(blocks)
        self._seed = seed
        self._trees: Trees | None = None
        self._grown = -_EVERY
        self._is_given = False

    def restore(self, document: Mapping[str, Any]) -> None:
        """Take the trees of a document, and fit no others."""
        self._trees, self._is_given = Trees.of_document(document["trees"]), True

    def fit(self, end: int) -> None:
        """Learn from the days whose horizon was over when block `end` began."""
        self._lear.fit(end)
        if self._is_given or end - self._grown < _EVERY:
            return
        blocks, missed = self.blocks, self._lear.left_out(end)
        room = max(ROWS // (blocks.shape[0] * blocks.horizon), 1)
        missed = missed[:, -room:]
        last = end - blocks.span + 1
        first = last - missed.shape[1]
        fitted = blocks.truth(first, last) - blocks.base(first, last) - missed
        target = (missed * blocks.gain[:, None, None]).ravel()
        full = np.isfinite(target)
        self._trees = grow(self._rows(first, last, fitted)[full], target[full], seed=self._seed, rounds=_ROUNDS)
        self._grown = end

    def predict(self, first: int, last: int) -> Floats:
        """Deviations from the profile for forecasts issued at days first .. last - 1: (S, last - first, horizon)."""
        fitted = self._lear.predict(first, last)
        if self._trees is None:
            return fitted
        more = self._trees.predict(self._rows(first, last, fitted)).reshape(fitted.shape)
        return np.asarray(fitted + more / self.blocks.gain[:, None, None])

    def document(self) -> dict[str, Any]:
        """The model as an open document: the trees, and the coefficients as they last stood."""
        return {
            "kind": "stacked",
            "trees": self._trees.document() if self._trees else None,
            "lear": self._lear.document(),
        }

    def _rows(self, first: int, last: int, fitted: Floats) -> Rows:
        rows = hour_rows(self.blocks, first, last)
        scaled = np.nan_to_num(fitted * self.blocks.gain[:, None, None]).astype(np.float32)
        return np.concatenate([rows, scaled[..., None]], axis=3).reshape(-1, rows.shape[-1] + 1)
