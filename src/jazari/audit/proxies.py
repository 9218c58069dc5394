"""The proxy test: how well the engine's inputs tell the audited columns that it never sees.

Leaving sex out of a model does not help if distance and absences together say who is a girl. A boosted model is fitted
on a sample to tell each audited column from the inputs alone, and measured on rows it was not fitted on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jazari.audit import bootstrap
from jazari.audit.figures import Sheet, figure, plain
from jazari.audit.sampling import sample
from jazari.audit.scores import Floats, Whole, auc
from jazari.core.errors import DataError
from jazari.schema.columns import Column
from jazari.schema.records import Rows

ROWS = 10_000
FOLDS = 3
_FEWEST = 50  # people of a value that is told apart
_MOST = 12  # values that are told apart, the most frequent ones
_STRONGEST = 3
_CATEGORIES = 200  # a category of more values is read as an order
METHOD = "histogram gradient boosting on the inputs alone, cross-fitted; one value against the rest"


def proxies(rows: Rows, inputs: Sequence[Column], audited: Sequence[Column], seed: int) -> dict[str, Any]:
    """Measure how well the inputs tell each audited column.

    Args:
        rows: The rows that the engine was fitted on, with the inputs and the audited columns.
        inputs: What the engine reads.
        audited: What it must not read.
        seed: Which rows are sampled, how they are folded and how intervals are drawn.

    Returns:
        The `proxies` of `docs/reference/evidence-json.md`; a column with fewer than two values of 50 people is null.

    Raises:
        DataError: JZ-513, a column named is not in the rows.
    """
    names = [one.name for one in (*inputs, *audited)]
    absent = [name for name in names if name not in rows.names]
    if absent:
        raise DataError(
            "JZ-513", f"column '{absent[0]}' is not in the rows", where="proxy test", found=", ".join(rows.names),
            fix="name only columns of the table, inputs and audited ones.",
        )  # fmt: skip
    drawn = sample(rows, names, ROWS, seed)
    features = np.column_stack([_numbers(drawn[one.name], one) for one in inputs])
    whole = features if len(features) else np.zeros((0, len(inputs)))
    return {
        "method": METHOD,
        "rows": drawn.num_rows,
        "folds": FOLDS,
        "seed": seed,
        "columns": {one.name: _column(whole, inputs, drawn[one.name], seed) for one in audited},
    }


def _numbers(column: pa.ChunkedArray, declared: Column) -> Floats:
    """A column as floats, NaN where missing; a category by the number of its value."""
    if declared.kind in ("category", "text"):
        codes = pc.dictionary_encode(column.cast(pa.string())).combine_chunks()
        order = np.argsort(np.argsort(np.array(codes.dictionary.to_pylist(), dtype=str)))
        places = pa.array(order).take(codes.indices).cast(pa.float64())
        return np.asarray(places.to_numpy(zero_copy_only=False), dtype=np.float64)
    return np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)


@dataclass(frozen=True)
class _Target:
    """An audited column to be told: its values, and for each kept row which one it has (the last: any other)."""

    names: list[str]
    kept: npt.NDArray[np.bool_]
    codes: Whole


def _target(column: pa.ChunkedArray) -> _Target | None:
    text = np.array([value if value is None else str(value) for value in column.to_pylist()], dtype=object)
    known = np.array([value is not None for value in text], dtype=bool)
    values, sizes = np.unique(text[known].astype(str), return_counts=True)
    names = [str(values[at]) for at in np.argsort(-sizes, kind="stable")[:_MOST] if sizes[at] >= _FEWEST]
    place = {name: at for at, name in enumerate(names)}
    codes = np.array([place.get(str(value), len(names)) for value in text], dtype=np.int64)
    if np.sum(known & (codes == len(names))) < _FEWEST:
        known &= codes < len(names)
    return _Target(names, known, codes[known]) if len(np.unique(codes[known])) > 1 else None


def _column(features: Floats, inputs: Sequence[Column], column: pa.ChunkedArray, seed: int) -> dict[str, Any] | None:
    target = _target(column)
    if target is None:
        return None
    read = features[target.kept]
    told = _cross_fitted(read, inputs, target.codes, seed)
    sheet = Sheet()
    for at, name in enumerate(target.names):
        sheet.ranking(f"{name}.", told[:, at], target.codes == at)
    rows = len(target.codes)
    seen = sheet.measure(bootstrap.plan("person", np.arange(rows), seed, 399), lambda _: None)
    aucs = [f"{name}.auc" for name in target.names]
    weight = np.bincount(target.codes)[: len(aucs)] / np.bincount(target.codes)[: len(aucs)].sum()
    value = np.sum([w * seen.value[one] for w, one in zip(weight, aucs, strict=True)], axis=0)
    again = np.sum([w * seen.again[one] for w, one in zip(weight, aucs, strict=True)], axis=0)
    low, high = bootstrap.percentile(value, again)
    return {
        "auc": figure(value[0], low[0], high[0], rows),
        "values": {name: seen.figure(f"{name}.auc", rows) for name in target.names},
        "strongest": _strongest(read, inputs, target, weight),
    }


def _cross_fitted(features: Floats, inputs: Sequence[Column], codes: Whole, seed: int) -> Floats:
    """(rows, values) how likely each row has each value, by a model that did not see the row."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import StratifiedKFold
    from threadpoolctl import threadpool_limits

    told = np.zeros((len(codes), int(codes.max()) + 1))
    category = [
        one.kind == "category" and np.nanmax(features[:, at], initial=0) < _CATEGORIES for at, one in enumerate(inputs)
    ]
    for fitted, held in StratifiedKFold(FOLDS, shuffle=True, random_state=seed % 2**32).split(features, codes):
        model = HistGradientBoostingClassifier(
            max_iter=40, max_leaf_nodes=15, categorical_features=category, early_stopping=False, random_state=0
        )
        # on a busy machine threads wait for each other a hundred times longer than one needs alone
        with threadpool_limits(1):
            told[held] = model.fit(features[fitted], codes[fitted]).predict_proba(features[held])
    return told


def _strongest(features: Floats, inputs: Sequence[Column], target: _Target, weight: Floats) -> list[dict[str, Any]]:
    """The single inputs that tell most, by the AUC of their plain order, whichever way it runs; missing is lowest."""
    found = []
    for at, one in enumerate(inputs):
        values = np.nan_to_num(features[:, at], nan=-np.inf, neginf=-np.inf)
        steps = np.unique(values, return_inverse=True)[1]
        count = np.zeros((int(steps.max()) + 1, int(target.codes.max()) + 1))
        np.add.at(count, (steps, target.codes), 1.0)
        alone = auc(count, count.sum(axis=1, keepdims=True) - count)[: len(weight)]
        found.append((float((np.maximum(alone, 1 - alone) * weight).sum()), one.name))
    found.sort(key=lambda pair: (-pair[0], pair[1]))
    return [{"input": name, "auc": plain(value)} for value, name in found[:_STRONGEST]]
