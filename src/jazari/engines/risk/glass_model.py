"""The glass model: a sum of tables, one a column and a few a pair of columns.

logit = intercept + sum over terms of table[cell of the row]. A contribution is what a term adds to the logit: exact,
not estimated, and never called a cause.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from jazari.engines.risk.axes import Axis, Categories, values_of
from jazari.engines.risk.calibration import checked
from jazari.engines.risk.expression import with_logit
from jazari.engines.risk.glass_document import from_document, to_document
from jazari.engines.risk.kernel import Scorer
from jazari.engines.risk.protocol import Codes, Floats, Reasons, Table
from jazari.engines.risk.terms import Term


@dataclass(frozen=True)
class AdditiveTables:
    """The model itself: an intercept and at most 255 terms.

    Attributes:
        intercept: On the logit, calibrated: the logit of a row all of whose contributions are 0.
        terms: In the order that reasons count them.
        about: What the fit says about itself: rows, seed, settings, notes. JSON.
    """

    intercept: float
    terms: tuple[Term, ...]
    about: Mapping[str, Any] = field(default_factory=dict)

    def codes(self, batch: Table) -> dict[tuple[str, Axis], Codes]:
        """The codes of a batch on every axis of the model."""
        axes = dict.fromkeys(
            (name, axis) for term in self.terms for name, axis in zip(term.columns, term.axes, strict=True)
        )
        kinds = dict.fromkeys((name, isinstance(axis, Categories)) for name, axis in axes)
        values = {(name, category): values_of(batch, name, category=category) for name, category in kinds}
        return {(name, axis): axis.codes(values[name, isinstance(axis, Categories)]) for name, axis in axes}

    def logit(self, batch: Table) -> Floats:
        """The logit: float64 (n,)."""
        codes = self.codes(batch)
        total = np.full(batch.num_rows, self.intercept)
        for term in self.terms:
            total += term.table.ravel()[term.cells(codes)]
        return total

    def reasons(self, batch: Table, top: int = 4) -> Reasons:
        """The logit of each row and its `top` largest contributions, whichever their sign, ties in the terms' order."""
        return self.scorer.reasons(batch, top)

    @cached_property
    def scorer(self) -> Scorer:
        """The model, ready to score many rows."""
        return Scorer(self.intercept, self.terms)

    def expression(self, table: Any, name: str = "logit") -> Any:
        """An `ibis.Table` with the logit as one more column, computed where the data live."""
        return with_logit(self.intercept, self.terms, table, name)

    def affine(self, intercept: float, slope: float) -> AdditiveTables:
        """The model of `intercept + slope * logit`, folded into the tables: contributions stay exact."""
        checked(intercept, slope)
        terms = tuple(replace(term, table=term.table * slope) for term in self.terms)
        return replace(self, intercept=intercept + slope * self.intercept, terms=terms)

    def document(self) -> dict[str, Any]:
        """The model as `model.json`."""
        return to_document(self.intercept, self.terms, self.about)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> AdditiveTables:
        """The model of a `model.json`.

        Raises:
            EngineError: JZ-404, it is no glass model or a broken one; JZ-405, of a version that is not known here.
        """
        return cls(*from_document(document))
