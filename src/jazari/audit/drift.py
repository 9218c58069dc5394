"""Drift: has the world moved since the model was made? Column by column, and in what its list finds.

The population stability index of a column compares its cells then and now. Chance alone makes it about
(cells - 1)(1/n + 1/m), so it comes with an interval that takes this away, and small samples raise no alarm.

Sources: Siddiqi 2006, Credit Risk Scorecards, 11 (0.1 and 0.25); Yurdakul 2018, Statistical Properties of the
Population Stability Index; Zou and Donner 2008, Psychological Methods 13 (intervals of a difference).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jazari.audit.bootstrap import basic
from jazari.audit.figures import figure
from jazari.audit.sampling import decoded, sample
from jazari.audit.scores import Floats
from jazari.core.errors import DataError
from jazari.schema.columns import Column
from jazari.schema.records import Rows

SCHEMA = "jazari.drift/1"
WATCH, MOVED = 0.1, 0.25
MATERIAL = 0.01  # a change of a figure that matters, once its interval leaves 0
_CELLS = 10
_SEEN = 100_000  # rows from which the cells of a number are cut
_REPLICATES = 999
# figure -> the direction in which it becomes worse
_WORSE = {
    "auc": -1, "average_precision": -1, "brier": 1, "ece": 1, "precision_at_places": -1, "recall_at_places": -1,
}  # fmt: skip


def cells(
    rows: Rows, columns: Sequence[Column], *, like: Mapping[str, Any] | None = None, seed: int = 0
) -> dict[str, dict[str, Any]]:
    """Count people in the cells of each column.

    Args:
        rows: The rows.
        columns: The columns to count. Numbers are cut at the tenths of a sample, categories by value.
        like: Cells that were counted before, to be counted again here; left out, cells are cut from these rows.
        seed: Which rows the tenths are taken from.

    Returns:
        By column `{"edges": [...], "counts": [...]}` or `{"values": [...], "counts": [...]}`. The last count is of
        missing values; before it, for categories, stands that of any other value.

    Raises:
        DataError: JZ-514, a column is not in the rows, or not among the cells counted before.
    """
    for one in columns:
        if one.name not in rows.names or (like is not None and one.name not in like):
            where = "the new table" if one.name not in rows.names else "the reference"
            raise DataError(
                "JZ-514", f"column '{one.name}' is not in {where}", where="drift", found=", ".join(rows.names),
                fix="bring the table in the columns of the declaration.",
            )  # fmt: skip
    names = [one.name for one in columns]
    cut = like if like is not None else _cut(sample(rows, names, _SEEN, seed), columns)
    result = {name: {key: cut[name][key] for key in ("edges", "values") if key in cut[name]} for name in names}
    counts = {name: np.zeros(_size(cut[name]), dtype=np.int64) for name in names}
    for batch in rows.batches(names):
        for name in names:
            counts[name] += np.bincount(_places(batch.column(name), cut[name]), minlength=len(counts[name]))
    return {name: {**result[name], "counts": counts[name].tolist()} for name in names}


def _cut(seen: pa.Table, columns: Sequence[Column]) -> dict[str, dict[str, Any]]:
    result: dict[str, dict[str, Any]] = {}
    for one in columns:
        known = seen[one.name].drop_null()
        if one.kind in ("number", "flag"):
            values = known.cast(pa.float64()).to_numpy()
            tenths = np.quantile(values, np.arange(1, _CELLS) / _CELLS, method="lower") if len(values) else []
            result[one.name] = {"edges": np.unique(tenths).tolist()}
        else:
            result[one.name] = {"values": sorted(pc.unique(known.cast(pa.string())).to_pylist())}
    return result


def _size(cut: Mapping[str, Any]) -> int:
    return len(cut["edges"]) + 2 if "edges" in cut else len(cut["values"]) + 2


def _places(column: pa.Array, cut: Mapping[str, Any]) -> Any:
    """The cell of each value; an edge belongs to the cell below it."""
    missing = _size(cut) - 1
    if "edges" in cut:
        values = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
        return np.where(np.isnan(values), missing, np.searchsorted(cut["edges"], values, side="left"))
    text = decoded(column).cast(pa.string())
    known = pc.index_in(text, value_set=pa.array(cut["values"], pa.string())).fill_null(missing - 1)
    return np.where(text.is_null().to_numpy(zero_copy_only=False), missing, known.to_numpy(zero_copy_only=False))


def drift(
    reference: Mapping[str, Any],
    new: Mapping[str, Any],
    *,
    then: Mapping[str, Any] | None = None,
    now: Mapping[str, Any] | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Say whether the world has moved.

    Args:
        reference: The cells that the model was made on (`cells`).
        new: The same cells, counted today.
        then: The evidence of the dossier.
        now: The evidence on new outcomes, where they are known.
        seed: Where the draws of the intervals start.

    Returns:
        `{"schema", "columns": {name: {"psi": figure, "state"}}, "figures": {name: {"then", "now", "change": figure,
        "state"}}, "gaps": {"sex recall": {...}}, "moved": [names], "watch": [names], "verdict"}`. A state or verdict
        is `stable`, `watch` or `moved`: a column by the lower end of its index (0.1, 0.25), a figure or gap where its
        interval says that it became worse (`watch`), by 0.01 or more (`moved`).

    Raises:
        DataError: JZ-514, the cells differ.
    """
    columns = {name: _column(name, reference, new, seed + at) for at, name in enumerate(sorted(reference))}
    both = then is not None and now is not None
    figures = dict(_figures(then or {}, now or {})) if both else {}
    gaps = dict(_gaps(then or {}, now or {})) if both else {}
    states = {**columns, **figures, **gaps}
    moved = sorted(name for name, one in states.items() if one["state"] == "moved")
    watch = sorted(name for name, one in states.items() if one["state"] == "watch")
    verdict = "moved" if moved else "watch" if watch else "stable"
    return {
        "schema": SCHEMA, "columns": columns, "figures": figures, "gaps": gaps, "moved": moved, "watch": watch,
        "verdict": verdict,
    }  # fmt: skip


def stability(before: Floats, after: Floats) -> Floats:
    """The population stability index of cell counts (..., cells); half a person is added to each cell."""
    one = (before + 0.5) / (before + 0.5).sum(axis=-1, keepdims=True)
    other = (after + 0.5) / (after + 0.5).sum(axis=-1, keepdims=True)
    return np.asarray(((other - one) * np.log(other / one)).sum(axis=-1))


def _column(name: str, reference: Mapping[str, Any], new: Mapping[str, Any], seed: int) -> dict[str, Any]:
    before = np.array(reference[name]["counts"], dtype=np.float64)
    after = np.array(new.get(name, {}).get("counts", ()), dtype=np.float64)
    if len(before) != len(after) or not before.sum() or not after.sum():
        raise DataError(
            "JZ-514", f"the cells of column '{name}' cannot be compared", where="drift",
            found=f"{len(before)} cells of {int(before.sum())} people, then {len(after)} of {int(after.sum())}",
            fix="count both tables over the same cells: cells(rows, columns, like=reference).",
        )  # fmt: skip
    source = np.random.default_rng(seed)
    drawn = [source.multinomial(int(one.sum()), one / one.sum(), _REPLICATES).astype(float) for one in (before, after)]
    value = stability(before, after)
    low, high = basic(value[None], stability(*drawn)[None], floor=0.0)
    state = "moved" if low[0] > MOVED else "watch" if low[0] > WATCH else "stable"
    return {"psi": figure(value, low[0], max(high[0], float(value)), int(after.sum())), "state": state}


def _figures(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, worse in _WORSE.items():
        if _known(then.get(name)) and _known(now.get(name)):
            yield name, _change(then[name], now[name], worse)


def _gaps(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for margin in sorted(set(then.get("groups", {})) & set(now.get("groups", {}))):
        before, after = then["groups"][margin]["gaps"], now["groups"][margin]["gaps"]
        for name in before:
            if _known(before[name]) and _known(after[name]):
                yield f"{margin} {name}", _change(before[name], after[name], 1)


def _known(one: Mapping[str, Any] | None) -> bool:
    return one is not None and one.get("value") is not None


def _change(then: Mapping[str, Any], now: Mapping[str, Any], worse: int) -> dict[str, Any]:
    """The change of a figure; its interval is made of the two intervals, which come from different people."""
    change = now["value"] - then["value"]
    low = change - float(np.hypot(now["value"] - now["low"], then["high"] - then["value"]))
    high = change + float(np.hypot(now["high"] - now["value"], then["value"] - then["low"]))
    certain = low > 0 if worse > 0 else high < 0
    state = ("moved" if abs(change) >= MATERIAL else "watch") if certain else "stable"
    return {"then": then["value"], "now": now["value"], "change": figure(change, low, high, now["n"]), "state": state}
