"""The boosted engine: a black-box challenger. It shows what a glass model leaves unsaid; it is never published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from jazari.core.errors import EngineError
from jazari.core.progress import Progress
from jazari.engines.risk.axes import Axis, codes_of, values_of
from jazari.engines.risk.calibration import checked
from jazari.engines.risk.design import Design, Word, gather
from jazari.engines.risk.protocol import Floats, Table
from jazari.engines.risk.settings import settled
from jazari.engines.risk.threads import one_thread
from jazari.schema.columns import Column
from jazari.schema.records import Rows


@dataclass(frozen=True)
class Settings:
    """What a use case may override; scikit-learn's words, and the most rows to fit on."""

    max_iter: int = 300
    learning_rate: float = 0.06
    max_leaf_nodes: int = 31
    min_samples_leaf: int = 40
    l2_regularization: float = 5.0
    sample: int = 1_000_000


_BOUNDS = {
    "max_iter": (1, 5_000), "learning_rate": (1e-4, 1.0), "max_leaf_nodes": (2, 1_000),
    "min_samples_leaf": (1, 100_000), "l2_regularization": (0, 1e6), "sample": (1_000, 10_000_000),
}  # fmt: skip


@dataclass(frozen=True)
class Trees:
    """Fitted trees, in memory only.

    Attributes:
        trees: A fitted `HistGradientBoostingClassifier`.
        columns: The columns that it reads and, for categories, how they are coded.
        intercept: Of the calibration.
        slope: Of the calibration.
        about: What the fit says about itself.
    """

    trees: Any
    columns: Mapping[str, Axis | None]
    intercept: float
    slope: float
    about: Mapping[str, Any]

    def logit(self, batch: Table) -> Floats:
        """The logit: float64 (n,)."""
        with one_thread():
            raw = self.trees.decision_function(_matrix(batch, self.columns))
        return np.asarray(self.intercept + self.slope * raw, dtype=np.float64)

    def affine(self, intercept: float, slope: float) -> Trees:
        """The model of `intercept + slope * logit`."""
        checked(intercept, slope)
        return replace(self, intercept=intercept + slope * self.intercept, slope=slope * self.slope)

    def document(self) -> dict[str, Any]:
        """What the model is. The trees themselves are not in it: nobody can check them, so nobody may publish them."""
        return {
            "format": "jazari.boosted",
            "version": 1,
            "link": "logit",
            "columns": list(self.columns),
            "calibration": {"intercept": self.intercept, "slope": self.slope},
            "about": dict(self.about),
        }


@dataclass(frozen=True)
class Boosted:
    """Fits scikit-learn's histogram gradient boosting."""

    name: str = "boosted"
    publishable: bool = False

    def from_document(self, document: Mapping[str, Any]) -> Trees:
        """Refused: the document of a challenger says what it was, and holds no trees.

        Raises:
            EngineError: JZ-404.
        """
        raise EngineError(
            "JZ-404", "a challenger cannot be read back", found=str(document.get("format", "no format"))[:40],
            fix="fit it again; only the models that may be published are kept.",
        )  # fmt: skip

    def fit(
        self,
        rows: Rows,
        inputs: Sequence[Column],
        outcome: str,
        *,
        seed: int,
        settings: Mapping[str, Any],
        progress: Progress,
    ) -> Trees:
        """Grow the trees; early stopping on a tenth of the rows. See `RiskEngine.fit`."""
        from sklearn.ensemble import HistGradientBoostingClassifier

        chosen = settled(Settings, settings, _BOUNDS)
        options = asdict(chosen)
        most = options.pop("sample")
        with one_thread():
            progress.step("reading")
            table, truth = gather(rows, inputs, outcome, most=most, seed=seed)
            design, dropped = Design.of(table, inputs)
            columns = {part.name: part.axis if isinstance(part, Word) else None for part in design.parts}
            progress.step("fitting")
            nominal = [axis is not None for axis in columns.values()]
            trees = HistGradientBoostingClassifier(
                **options, categorical_features=nominal, early_stopping=True, validation_fraction=0.1, random_state=seed
            )
            trees.fit(_matrix(table, columns), truth)
        about = {
            "rows": len(truth), "outcomes": int(truth.sum()), "seed": seed, "settings": asdict(chosen),
            "dropped": dropped, "trees": int(trees.n_iter_),
        }  # fmt: skip
        return Trees(trees, columns, 0.0, 1.0, about)


def _matrix(batch: Table, columns: Mapping[str, Axis | None]) -> Floats:
    """float64 (n, columns): numbers as they are, categories as codes, NaN where missing or unseen."""
    parts: list[Floats] = []
    for name, axis in columns.items():
        if axis is None:
            parts.append(values_of(batch, name, category=False))
        else:
            codes = codes_of(batch, name, axis).astype(np.float64)
            parts.append(np.where((codes == 0) | (codes > axis.size), np.nan, codes - 1))
    return np.column_stack(parts)


ENGINE = Boosted()
