"""Held-out answers: every row of the evidence is scored by a model that never saw it, nor anything later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from jazari.core import plugins
from jazari.engines.risk.calibration import calibrate
from jazari.engines.risk.protocol import RiskEngine, RiskModel
from jazari.schema.records import Rows, TableRows
from jazari.usecase.ability import Task
from jazari.usecase.risk.split import Known, Split, fold_of

Array = np.ndarray[Any, Any]
ENGINES = "jazari.engines.risk"
_STEP = 1_000_003  # a prime: rows taken at this stride are spread over the table, the same ones every time


@dataclass(frozen=True)
class HeldOut:
    """What the evidence is measured on.

    Attributes:
        model: The model that is published, calibrated.
        rows: The held-out rows: all their columns but the inputs that only the engine reads.
        probability: Of the model, shape (n,).
        challenger: Of the black box, shape (n,), or None.
        fold: The fold of every row, shape (n,), or None with periods.
    """

    model: RiskModel
    rows: pa.Table
    probability: Array
    challenger: Array | None
    fold: Array | None


def table_of(rows: Rows, columns: Sequence[str] | None = None) -> pa.Table:
    """Rows as one table in memory."""
    batches = list(rows.batches(columns))
    names = list(columns) if columns is not None else list(rows.names)
    return pa.Table.from_batches(batches) if batches else pa.table({name: [] for name in names})


def sigmoid(logit: Array) -> Array:
    """Logits as probabilities."""
    return np.exp(-np.logaddexp(0, -logit))


def logits(model: RiskModel, rows: Rows, inputs: Sequence[str]) -> Array:
    """The logits of all rows, batch by batch, shape (n,)."""
    parts = [model.logit(batch) for batch in rows.batches(inputs)]
    return np.concatenate(parts) if parts else np.zeros(0)


class Study:
    """One task's fitting: the same engine, inputs and seed for every fold."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.outcome = task.question.of
        self.inputs = task.case.table.inputs
        self.names = [one.name for one in self.inputs]

    def fit(self, variant: str, rows: Rows, told: Mapping[str, Any] | None = None) -> RiskModel:
        """Fit an engine on rows whose outcome is known; `told` is said to it besides the tuning of the question."""
        engine: RiskEngine = plugins.load(ENGINES, variant)
        settings = {**self.task.question.tuning, **(told or {})} if variant == self.task.question.variant else {}
        return engine.fit(
            rows, self.inputs, self.outcome, seed=self.task.seed, settings=settings, progress=self.task.progress
        )

    def calibrated(self, model: RiskModel, rows: Rows) -> RiskModel:
        """The model with its logit made affine on rows it was not fitted on."""
        happened = table_of(rows, [self.outcome])[self.outcome].to_numpy(zero_copy_only=False).astype(bool)
        intercept, slope = calibrate(logits(model, rows, self.names), happened)
        return model.affine(intercept, slope)

    def by_period(self, split: Split) -> HeldOut:
        """Fit on the early periods, calibrate on the last but one, hold the last out; no refit."""
        snapshot = self.task.snapshot
        fit, later, test = (
            Known(snapshot.where(periods=list(periods)), self.outcome)
            for periods in (split.fit, (split.calibrate,), (split.test,))
        )
        self.task.progress.step("Fitting")
        model = self.calibrated(self.fit(self.task.question.variant, fit), later)
        challenger = None
        if self.task.question.challenger:
            self.task.progress.step("Fitting the challenger")
            black_box = self.fit(self.task.question.challenger, _thinned(fit, self.task.question.challenger_rows))
            challenger = sigmoid(logits(self.calibrated(black_box, later), test, self.names))
        rows, probability = table_of(test, self._looked_at(test)), sigmoid(logits(model, test, self.names))
        return HeldOut(model, rows, probability, challenger, None)

    def _looked_at(self, rows: Rows) -> list[str]:
        """The columns that evidence is made of; the others are never in memory all at once."""
        case = self.task.case
        also = {self.task.question.against, case.help.of}
        return [name for name in rows.names if name not in self.names or name in also]

    def by_fold(self, split: Split) -> HeldOut:
        """Hold every row out once; calibrate inside each fold's own rows; fit the published model on all rows."""
        rows = table_of(Known(self.task.snapshot, self.outcome))
        happened = rows[self.outcome].to_numpy(zero_copy_only=False).astype(bool)
        site = self.task.case.table.one("site")
        sites = rows[site.name].to_numpy(zero_copy_only=False) if site else None
        fold = fold_of(split, happened, sites)
        probability, challenger, raw = (np.zeros(len(fold)) for _ in range(3))
        self.task.progress.step("Fitting by fold", total=split.folds)
        for number in range(split.folds):
            out = fold == number
            inside, outside = TableRows(rows.filter(pa.array(~out))), TableRows(rows.filter(pa.array(out)))
            model = self.fit(self.task.question.variant, inside)
            raw[out] = logits(model, outside, self.names)
            intercept, slope = self._calibration_inside(inside, split, model)
            probability[out] = sigmoid(intercept + slope * raw[out])
            if self.task.question.challenger:
                black_box = self.fit(self.task.question.challenger, inside)
                challenger[out] = sigmoid(logits(black_box, outside, self.names))
            self.task.progress.advance()
        final = self.fit(self.task.question.variant, TableRows(rows)).affine(*calibrate(raw, happened))
        return HeldOut(final, rows, probability, challenger if self.task.question.challenger else None, fold)

    def _calibration_inside(self, rows: TableRows, split: Split, model: RiskModel) -> tuple[float, float]:
        """Calibrate on folds inside a fold's own rows: what is held out outside stays unseen.

        Where the fold's own model admitted no pair, these fits do not look for pairs either: the search is nine tenths
        of a fit on few rows.
        """
        terms = model.document().get("terms", ())
        told = {"pairs": 0} if terms and all(len(term["columns"]) == 1 for term in terms) else None
        happened = rows.table[self.outcome].to_numpy(zero_copy_only=False).astype(bool)
        site = self.task.case.table.one("site")
        sites = rows.table[site.name].to_numpy(zero_copy_only=False) if site else None
        fold = fold_of(split, happened, sites)
        raw = np.zeros(len(fold))
        for number in range(split.folds):
            out = fold == number
            inner = self.fit(self.task.question.variant, TableRows(rows.table.filter(pa.array(~out))), told)
            raw[out] = logits(inner, TableRows(rows.table.filter(pa.array(out))), self.names)
        return calibrate(raw, happened)


def _thinned(rows: Known, most: int) -> Rows:
    """At most so many rows, spread over the table, the same ones every time."""
    count = rows.count()
    if count <= most:
        return rows
    kept = np.zeros(count, dtype=bool)
    kept[(np.arange(most, dtype=np.int64) * _STEP) % count] = True
    batches, start = [], 0
    for batch in rows.batches():
        batches.append(batch.filter(pa.array(kept[start : start + batch.num_rows])))
        start += batch.num_rows
    return TableRows(pa.Table.from_batches(batches))
