"""`boosted`: one gradient-boosted learner for all series, on deviations from each series' recent profile.

scikit-learn's histogram trees: they need no system library. Absolute loss, so that days of outage do not pull.

Source: G. Ke et al., LightGBM, NeurIPS 2017 (histogram trees); P. Montero-Manso, R. J. Hyndman, International Journal
of Forecasting 37 (2021) 1632-1653 (why one model for all series).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from jazari.engines.forecast.blocks import Blocks
from jazari.engines.forecast.hours import Rows, hour_rows
from jazari.engines.forecast.panel import Floats
from jazari.engines.forecast.trees import Trees

_LONGEST = 728
ROWS = 60_000  # rows learnt from; where there are more, whole days are drawn
_ROUNDS = 160
_SETTINGS = {
    "loss": "absolute_error", "learning_rate": 0.1, "max_leaf_nodes": 15, "min_samples_leaf": 20,
    "l2_regularization": 1.0, "max_features": 0.3, "early_stopping": False,
}  # fmt: skip


def grow(rows: Rows, target: Floats, *, seed: int, rounds: int) -> Trees:
    """Boosted trees fitted to rows (N, F) and targets (N,)."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    with threadpool_limits(1):  # here again: a library that is loaded only now knows nothing of an earlier limit
        learner = HistGradientBoostingRegressor(**_SETTINGS, max_iter=rounds, random_state=seed).fit(rows, target)
    return Trees.of_learner(learner)


class Boosted:
    """Boosted trees on hours, shared by all series."""

    every = 14

    def __init__(self, blocks: Blocks, *, seed: int = 0) -> None:
        self.blocks = blocks
        self._seed = seed
        self._trees: Trees | None = None
        self._is_given = False

    def fit(self, end: int) -> None:
        """Learn from the days whose horizon was over when block `end` began; a given model stays as it is."""
        if self._is_given:
            return
        rows, target = self._drawn(max(self.blocks.warm, end - _LONGEST), end - self.blocks.span + 1)
        self._trees = grow(rows, target, seed=self._seed, rounds=_ROUNDS)

    def restore(self, document: Mapping[str, Any]) -> None:
        """Take the trees of a document, and fit no others."""
        self._trees, self._is_given = Trees.of_document(document["trees"]), True

    def predict(self, first: int, last: int) -> Floats:
        """Deviations from the profile for forecasts issued at days first .. last - 1: (S, last - first, horizon)."""
        rows = hour_rows(self.blocks, first, last)
        flat = rows.reshape(-1, rows.shape[-1])
        total = self._trees.predict(flat) if self._trees else np.zeros(len(flat))
        return np.asarray(total.reshape(rows.shape[:-1]) / self.blocks.gain[:, None, None])

    def document(self) -> dict[str, Any]:
        """The model as an open document: its trees, one list a column of nodes."""
        return {"kind": "boosted", "trees": self._trees.document() if self._trees else None}

    def _drawn(self, first: int, last: int) -> tuple[Rows, Floats]:
        blocks = self.blocks
        series, horizon = blocks.shape[0], blocks.horizon
        room = max(ROWS // (series * horizon), 1)
        draw = np.random.default_rng(self._seed)
        if room >= last - first:
            spans = [(first, last)]
        else:
            days = np.sort(draw.choice(np.arange(first, last), size=room, replace=False))
            spans = [(int(day), int(day) + 1) for day in days]
        rows = np.concatenate([hour_rows(blocks, *each) for each in spans], axis=1)
        deviation = [(blocks.truth(*each) - blocks.base(*each)) * blocks.gain[:, None, None] for each in spans]
        target = np.concatenate(deviation, axis=1).ravel()
        flat = rows.reshape(-1, rows.shape[-1])
        full = np.flatnonzero(np.isfinite(target))
        if len(full) > ROWS:
            full = np.sort(draw.choice(full, size=ROWS, replace=False))
        return flat[full], target[full]
