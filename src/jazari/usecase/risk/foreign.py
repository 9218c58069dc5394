"""Foreign predictions of a risk: read as they come, joined with the table, measured like our own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jazari.audit.places import rank
from jazari.core.errors import DataError, did_you_mean
from jazari.data.plan import key_name
from jazari.data.snapshot import Snapshot, take
from jazari.schema.columns import Column, column
from jazari.schema.records import Answer, Leaf, Rows
from jazari.schema.table import Table
from jazari.usecase.ability import Foreign
from jazari.usecase.risk import listing
from jazari.usecase.risk.held_out import table_of
from jazari.usecase.risk.predictions import area_name, simple_rule, site_rate

SAID = {"probability": "probability", "score": "score", "listed": "listed", "decision": "listed", "selected": "listed"}
REASON = tuple(f"reason_{index}" for index in range(1, listing.REASONS + 1))
_ROLES = ("key", "period", "site", "territory", "outcome")
_UNKNOWN = (
    "When the model was fitted, and on what, is not known.",
    "The seed of the model is not known.",
    "How the predictions were held out is not known: they may be of people the model had seen.",
)
_NO_REASONS = "The reasons of each prediction are not known."


def foreign(task: Foreign) -> tuple[Answer, pa.Table, Snapshot]:
    """The answer without its evidence, the predictions to measure, and the snapshot of what was read.

    Raises:
        DataError: JZ-371 no column says a prediction, JZ-372 keys that the data do not hold; others of the data room.
    """
    table = _table_of(task)
    read = take(task.source, table, scratch=task.scratch / "predictions", progress=task.progress, need_outcome=False)
    with read:
        rows = _joined(task, table, table_of(read))
        seen = _predictions(task, rows)
        leaves, model = _lists(task, rows, seen)
    unknown = [*_UNKNOWN, *([] if model else [_NO_REASONS])]
    return Answer(model, {}, leaves, {"engine": "risk", "variant": "foreign"}, unknown), seen, read


def _table_of(task: Foreign) -> Table:
    """What the predictions' own table holds, under the declaration's names."""
    headers, declared = task.source.headers, task.case.table
    found: list[Column] = []
    for one in declared.columns:
        wanted = one.role in (*_ROLES, "audited") or one.name == task.question.against
        header = next((word for word in (one.header, one.name, one.role) if word in headers), "")
        if wanted and header and (one.role in (*_ROLES, "audited") or header != one.role):
            found.append(replace(one, source=header, recorded="", known_at=""))
    if declared.one("key") is None and "key" in headers:
        found.append(Column("key", "key", kind="text"))
    said = next((word for word in SAID if word in headers), "")
    if not said:
        raise DataError(
            "JZ-371", "no column says a prediction", where="the predictions", found=f"{len(headers)} columns",
            fix=f"{did_you_mean('probability', headers)}Name a column probability, score or listed.",
        )  # fmt: skip
    found.append(column(SAID[said], source=said, kind="flag" if SAID[said] == "listed" else "number"))
    found += [column(name, kind="category") for name in REASON if name in headers]
    return Table(declared.name, *found, row=declared.row)


def _joined(task: Foreign, table: Table, rows: pa.Table) -> pa.Table:
    """The predictions with what the data bring; every prediction must have its row."""
    key, data = key_name(table), task.data
    if key != key_name(task.case.table):
        rows = rows.rename_columns([key_name(task.case.table) if name == key else name for name in rows.column_names])
        key = key_name(task.case.table)
    if data is None:
        return rows
    period = task.case.table.one("period")
    by = [key, *([period.name] if period and period.name in rows.column_names else [])]
    brought = [name for name in data.names if name not in rows.column_names or name in by]
    others = table_of(data, brought)
    rows, others = (_plain(one, by) for one in (rows, others))
    if not period or period.name in by:
        joined = rows.join(others, by, join_type="inner")
    else:  # the predictions say no period: they are of the last one
        last = others.filter(pc.equal(others[period.name], data.periods[-1]))
        joined = rows.join(last, by, join_type="inner")
    if joined.num_rows != rows.num_rows:
        raise DataError(
            "JZ-372", "some predictions are of nobody in the data", where="the predictions",
            found=f"{rows.num_rows - joined.num_rows} of {rows.num_rows} keys are not in the data",
            fix="bring the table the predictions were made on; keys are compared as they stand, period by period.",
        )  # fmt: skip
    return joined


def _plain(rows: pa.Table, keys: Sequence[str]) -> pa.Table:
    """Dictionaries decoded and keys as text: what a join can compare."""
    columns = {}
    for name in rows.column_names:
        values = rows[name]
        is_words = name in keys or pa.types.is_dictionary(values.type)
        columns[name] = values.cast(pa.string()) if is_words else values
    return pa.table(columns)


def _predictions(task: Foreign, rows: pa.Table) -> pa.Table:
    """The predictions in the columns of `predictions.parquet`."""
    table, count, names = task.case.table, rows.num_rows, set(rows.column_names)

    def text(role: Any, kind: str = "") -> Any:
        one = table.one(role)
        if one is None or one.name not in names:
            return pa.nulls(count, pa.string())
        words = rows[one.name].cast(pa.string()).combine_chunks()
        return task.pseudonyms.of(kind, words) if kind else words

    def real(name: str) -> Any:
        return rows[name].cast(pa.float64()) if name in names else pa.nulls(count, pa.float64())

    key = rows[key_name(table)].cast(pa.string()).combine_chunks()
    made: dict[str, Any] = {
        "pseudonym": task.pseudonyms.of(listing.PERSON, key), "site": text("site", listing.SITE),
        "territory": text("territory", listing.TERRITORY), "period": text("period"),
        "fold": pa.nulls(count, pa.int32()), "probability": real("probability"), "outcome": _outcome(task, rows),
        "baseline": simple_rule(rows, table, task.question.against) if task.question.against in names else real(""),
        "challenger": pa.nulls(count, pa.float64()), "site_rate": _rates(task, rows),
    }  # fmt: skip
    if "score" in names:
        made["score"] = real("score")
    audited = {one.name: rows[one.name].cast(pa.string()) for one in table.audited if one.name in names}
    made["selected"] = _selected(task, rows, made | audited)
    return pa.table({**made, **audited}).sort_by([("pseudonym", "ascending"), ("period", "ascending")])


def _outcome(task: Foreign, rows: pa.Table) -> Any:
    name = task.question.of
    if name not in rows.column_names:
        raise DataError(
            "JZ-371", "the outcome is neither in the predictions nor in the data", where=f"column '{name}'",
            found=f"{rows.num_columns} columns",
            fix="add the outcome to the predictions, or bring the table: --data F.",
        )  # fmt: skip
    return rows[name]


def _selected(task: Foreign, rows: pa.Table, made: dict[str, Any]) -> Any:
    """Who is listed: as the predictions say, else by their score at the places there are."""
    if "listed" in rows.column_names:
        return pc.fill_null(pc.equal(rows["listed"], 1.0), fill_value=False)
    score = made["score"] if "score" in made else made["probability"]
    area = made[area_name(task.case.table, task.case.help)] if task.case.help.of else None
    _, selected = rank(
        score.to_numpy(), area.combine_chunks() if isinstance(area, pa.ChunkedArray) else area, task.case.help,
        made["pseudonym"],
    )  # fmt: skip
    return selected


def _rates(task: Foreign, rows: pa.Table) -> Any:
    """The sites' rates in the periods before those of the predictions, where the data hold any."""
    period, data = task.case.table.one("period"), task.data
    earlier: Rows | None = None
    if data is not None and period is not None and period.name in rows.column_names:
        first = pc.min(rows[period.name].cast(pa.string())).as_py()
        before = [one for one in data.periods if one < first]
        earlier = data.where(periods=before) if before else None
    site = task.case.table.one("site")
    has_site = site is not None and site.name in rows.column_names
    return site_rate(rows, task.case.table, earlier if has_site else None)


def _lists(task: Foreign, rows: pa.Table, seen: pa.Table) -> tuple[list[Leaf], dict[str, Any] | None]:
    """The keys and the list, with reasons where the predictions bring them."""
    table, count = task.case.table, rows.num_rows
    key = rows[key_name(table)]
    pseudonym = task.pseudonyms.of(listing.PERSON, key.cast(pa.string()).combine_chunks())
    selected = dict(zip(seen["pseudonym"].to_pylist(), seen["selected"].to_pylist(), strict=True))
    terms, reasons = _reasons(rows)
    made: dict[str, Any] = {"key": key}
    for role in ("site", "territory"):
        one = table.one(role)
        has = one is not None and one.name in rows.column_names
        made[role] = rows[one.name].cast(pa.string()) if one and has else pa.nulls(count, pa.string())
    probability = rows["probability"] if "probability" in rows.column_names else pa.nulls(count, pa.float32())
    made |= {"logit": pa.nulls(count, pa.float32()), "probability": probability.cast(pa.float32())} | reasons
    made |= {f"contribution_{index}": pa.nulls(count, pa.float32()) for index in range(1, listing.REASONS + 1)}
    chosen = [selected[one] for one in pseudonym.to_pylist()]
    order = np.argsort(np.argsort(~np.array(chosen), kind="stable"), kind="stable").astype(np.int32) + 1
    made |= {"rest": pa.nulls(count, pa.float32()), "rank": order, "selected": pa.array(chosen)}
    keys = pa.table({"key": key, "pseudonym": pseudonym}).sort_by("pseudonym")
    leaves = [
        listing.parquet_leaf("predictions.parquet", seen, "auditor"),
        listing.parquet_leaf("keys.parquet", keys, "private"),
        listing.parquet_leaf("list.parquet", pa.table(made), "private"),
    ]  # fmt: skip
    model = (
        {"format": "jazari.foreign", "version": 1, "terms": [{"columns": [one]} for one in terms]} if terms else None
    )
    return leaves, model


def _reasons(rows: pa.Table) -> tuple[list[str], dict[str, Any]]:
    """The distinct reasons as terms, and each row's reasons as indices into them."""
    words = {name: rows[name].cast(pa.string()) for name in REASON if name in rows.column_names}
    terms = sorted({one for column_ in words.values() for one in pc.unique(column_).to_pylist() if one})
    most = 254
    if not terms or len(terms) > most:  # free text that never repeats is no reason that can be counted
        return [], {name: pa.nulls(rows.num_rows, pa.uint8()) for name in REASON}
    known = pa.array(terms, pa.string())
    index = {name: pc.index_in(words[name], value_set=known).cast(pa.uint8()) for name in words}
    return terms, {name: index.get(name, pa.nulls(rows.num_rows, pa.uint8())) for name in REASON}
