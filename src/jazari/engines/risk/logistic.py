"""The logistic engine: one coefficient a number and a category, as statistics has known it since 1958."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from jazari.core.errors import EngineError
from jazari.core.progress import Progress
from jazari.engines.risk.calibration import checked
from jazari.engines.risk.design import Design, gather
from jazari.engines.risk.protocol import Floats, Table
from jazari.engines.risk.settings import settled
from jazari.engines.risk.threads import one_thread
from jazari.schema.columns import Column
from jazari.schema.records import Rows

FORMAT = "jazari.logistic"
VERSION = 1


@dataclass(frozen=True)
class Settings:
    """What a use case may override.

    Attributes:
        strength: The inverse strength of the ridge (scikit-learn's `C`).
        sample: The most rows to fit on; a random draw of them where there are more.
    """

    strength: float = 1.0
    sample: int = 1_000_000


_BOUNDS = {"strength": (1e-6, 1e6), "sample": (1_000, 10_000_000)}


@dataclass(frozen=True)
class Linear:
    """A logistic regression: `intercept + design @ coefficients`.

    Attributes:
        intercept: On the logit.
        coefficients: float64 (width of the design,).
        design: How rows become numbers.
        about: What the fit says about itself.
    """

    intercept: float
    coefficients: tuple[float, ...]
    design: Design
    about: Mapping[str, Any]

    def logit(self, batch: Table) -> Floats:
        """The logit: float64 (n,)."""
        return np.asarray(self.design.standard(batch) @ np.array(self.coefficients) + self.intercept, dtype=np.float64)

    def affine(self, intercept: float, slope: float) -> Linear:
        """The model of `intercept + slope * logit`."""
        checked(intercept, slope)
        coefficients = tuple(slope * one for one in self.coefficients)
        return replace(self, intercept=intercept + slope * self.intercept, coefficients=coefficients)

    def document(self) -> dict[str, Any]:
        """The model as an open document."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "link": "logit",
            "intercept": self.intercept,
            "coefficients": list(self.coefficients),
            "design": self.design.document(),
            "about": dict(self.about),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Linear:
        """The model of a document.

        Raises:
            EngineError: JZ-404, it is no logistic model of this version, or a broken one.
        """
        try:
            written = (document["format"], document["version"])
            design = Design.from_document(document["design"])
            coefficients = tuple(float(one) for one in document["coefficients"])
            model = cls(float(document["intercept"]), coefficients, design, dict(document.get("about", {})))
        except (KeyError, TypeError, ValueError, AttributeError) as wrong:
            raise _broken(f"{type(wrong).__name__}: {wrong}"[:200]) from wrong
        if written != (FORMAT, VERSION) or len(coefficients) != design.width:
            raise _broken(f"{written}, {len(coefficients)} coefficients for {design.width} numbers")
        return model


def _broken(found: str) -> EngineError:
    return EngineError(
        "JZ-404", "this document is not a logistic model that holds together", found=found,
        fix="use the model.json of a dossier as it was written.",
    )  # fmt: skip


@dataclass(frozen=True)
class Logistic:
    """Fits a `Linear` with scikit-learn: one-hot categories, standardised numbers, a flag where a number is missing."""

    name: str = "logistic"
    publishable: bool = True

    def from_document(self, document: Mapping[str, Any]) -> Linear:
        """The model of a `model.json`. See `Linear.from_document`."""
        return Linear.from_document(document)

    def fit(
        self,
        rows: Rows,
        inputs: Sequence[Column],
        outcome: str,
        *,
        seed: int,
        settings: Mapping[str, Any],
        progress: Progress,
    ) -> Linear:
        """Learn the coefficients. See `RiskEngine.fit`."""
        from sklearn.linear_model import LogisticRegression

        chosen = settled(Settings, settings, _BOUNDS)
        with one_thread():
            progress.step("reading")
            table, truth = gather(rows, inputs, outcome, most=chosen.sample, seed=seed)
            design, dropped = Design.of(table, inputs)
            progress.step("fitting")
            model = LogisticRegression(C=chosen.strength, solver="newton-cholesky", max_iter=100)
            model.fit(design.standard(table), truth)
        about = {
            "rows": len(truth),
            "outcomes": int(truth.sum()),
            "seed": seed,
            "settings": asdict(chosen),
            "dropped": dropped,
        }
        return Linear(float(model.intercept_[0]), tuple(float(one) for one in model.coef_[0]), design, about)


ENGINE = Logistic()
