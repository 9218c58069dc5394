"""Trees as an open document: boosted trees written as columns of numbers, and read back to the same forecasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_ROWS = 4096


@dataclass(frozen=True)
class Trees:
    """The sum of a start and of binary trees.

    Attributes:
        start: The forecast before any tree.
        roots: Index of the root of each tree.
        column: Column that a node asks; -1 in a leaf.
        limit: A row goes left if its value is at most the limit.
        left: Index of the left child; the right one is `right`.
        right: Index of the right child.
        value: What a leaf adds.
        empty_left: Whether a missing value goes left.
    """

    start: float
    roots: Whole
    column: Whole
    limit: Floats
    left: Whole
    right: Whole
    value: Floats
    empty_left: npt.NDArray[np.bool_]

    def predict(self, rows: npt.NDArray[np.float32]) -> Floats:
        """The sum for each row: (N,)."""
        chunks = [self._leaves(rows[start : start + _ROWS]) for start in range(0, len(rows), _ROWS)]
        return self.start + np.concatenate([np.zeros(0), *(self.value[each].sum(axis=1) for each in chunks)])

    def _leaves(self, rows: npt.NDArray[np.float32]) -> Whole:
        """The leaf in which each row ends in each tree: (N, trees). All trees go down one level at a time."""
        at = np.broadcast_to(self.roots, (len(rows), len(self.roots))).copy()
        every = np.arange(len(rows))[:, None]
        while True:
            asks = self.column[at]
            inner = asks >= 0
            if not inner.any():
                return at
            given = rows[every, np.maximum(asks, 0)]
            goes_left = np.where(np.isnan(given), self.empty_left[at], given <= self.limit[at])
            at = np.where(inner, np.where(goes_left, self.left[at], self.right[at]), at)

    def document(self) -> dict[str, Any]:
        """The trees as JSON: one list a column of nodes."""
        return {
            "start": self.start, "roots": self.roots.tolist(), "column": self.column.tolist(),
            "limit": self.limit.tolist(), "left": self.left.tolist(), "right": self.right.tolist(),
            "value": self.value.tolist(), "empty_left": self.empty_left.astype(int).tolist(),
        }  # fmt: skip

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> Trees:
        """Read the trees back."""
        return cls(
            start=float(document["start"]),
            roots=np.asarray(document["roots"], dtype=np.int64),
            column=np.asarray(document["column"], dtype=np.int64),
            limit=np.asarray(document["limit"], dtype=np.float64),
            left=np.asarray(document["left"], dtype=np.int64),
            right=np.asarray(document["right"], dtype=np.int64),
            value=np.asarray(document["value"], dtype=np.float64),
            empty_left=np.asarray(document["empty_left"], dtype=bool),
        )

    @classmethod
    def of_learner(cls, learner: Any) -> Trees:
        """Read the trees out of a fitted `HistGradientBoostingRegressor`."""
        nodes: Sequence[Any] = [tree.nodes for (tree,) in learner._predictors]  # noqa: SLF001  scikit-learn has no public reading
        shifts = np.concatenate([[0], np.cumsum([len(each) for each in nodes])])
        joined = np.concatenate(nodes)
        shift = np.repeat(shifts[:-1], [len(each) for each in nodes])
        leaf = joined["is_leaf"].astype(bool)
        return cls(
            start=float(np.ravel(learner._baseline_prediction)[0]),  # noqa: SLF001  as above
            roots=shifts[:-1].astype(np.int64),
            column=np.where(leaf, -1, joined["feature_idx"]).astype(np.int64),
            limit=np.where(leaf, 0.0, joined["num_threshold"]).astype(np.float64),
            left=np.where(leaf, 0, joined["left"] + shift).astype(np.int64),
            right=np.where(leaf, 0, joined["right"] + shift).astype(np.int64),
            value=np.where(leaf, joined["value"], 0.0).astype(np.float64),
            empty_left=joined["missing_go_to_left"].astype(bool),
        )
