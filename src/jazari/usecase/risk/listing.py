"""The list: one row a scored key, with its reasons, its rank within its area, and whether it is selected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jazari.audit.places import rank
from jazari.data.plan import key_name as key_name  # noqa: PLC0414  said here for those who list
from jazari.data.pseudonym import Pseudonyms
from jazari.engines.risk.protocol import RiskModel
from jazari.schema.columns import Role
from jazari.schema.help import Places
from jazari.schema.records import Leaf, Rows
from jazari.schema.table import Table
from jazari.usecase.risk.held_out import Array

REASONS = 4
PERSON, SITE, TERRITORY = "person", "site", "territory"
_WORDS = pa.dictionary(pa.int32(), pa.string())
_SEARCHED = ["key", "site", "territory", "logit", "probability", "rank", "selected"]
_REPEATING = [
    "site",
    "territory",
    *(f"{stem}_{place}" for stem in ("reason", "contribution") for place in range(1, REASONS + 1)),
]


def scored(model: RiskModel, table: Table, help_: Places, batches: Iterable[pa.RecordBatch]) -> pa.Table:
    """Rows scored with their reasons, not yet ranked: key, site, territory, area, logit and what adds up to it."""
    parts = [_scored(model, table, help_, batch) for batch in batches]
    return pa.concat_tables(parts).unify_dictionaries() if parts else pa.table({})


def _scored(model: RiskModel, table: Table, help_: Places, batch: pa.RecordBatch) -> pa.Table:
    logit, columns = _reasons(model, batch)
    return pa.table({**named(table, help_, batch), "exact": logit, **columns})


def named(table: Table, help_: Places, batch: pa.RecordBatch) -> dict[str, Any]:
    """Who a row is: its key, its site, its territory and the area in which places are given out."""
    known = {"key": batch[key_name(table)]}
    roles: tuple[Role, ...] = ("site", "territory")
    for role in roles:
        column = table.one(role)
        known[role] = _words(batch[column.name] if column else pa.nulls(batch.num_rows, pa.string()))
    if help_.of:
        known["area"] = _words(batch[help_.of])
    return known


def _words(values: Any) -> Any:
    if pa.types.is_dictionary(values.type):
        return values if values.type == _WORDS else values.cast(_WORDS)
    return values.cast(pa.string()).dictionary_encode()


def _reasons(model: RiskModel, batch: pa.RecordBatch) -> tuple[Array, dict[str, Any]]:
    """The logit in float64 and the columns of the reasons; a model that gives none leaves them null."""
    give = getattr(model, "reasons", None)
    if give is not None:
        reasons = give(batch, top=REASONS)
        return reasons.logit, columns_of(reasons)
    logit = model.logit(batch)
    empty = {f"reason_{i}": pa.nulls(len(logit), pa.uint8()) for i in range(1, REASONS + 1)}
    empty |= {f"contribution_{i}": pa.nulls(len(logit), pa.float32()) for i in range(1, REASONS + 1)}
    return logit, {**empty, "rest": pa.nulls(len(logit), pa.float32())}


def columns_of(reasons: Any) -> dict[str, Any]:
    """The reasons of rows as the columns of a list."""
    columns = {f"reason_{i + 1}": reasons.reason[:, i] for i in range(REASONS)}
    columns |= {f"contribution_{i + 1}": reasons.contribution[:, i] for i in range(REASONS)}
    return {**columns, "rest": reasons.rest}


def ranked(rows: pa.Table, help_: Places, pseudonyms: Pseudonyms) -> pa.Table:
    """The list in its schema: `list.parquet` of a dossier and what `jazari score` writes."""
    exact = rows["exact"].to_numpy()
    area = rows["area"].combine_chunks() if help_.of else None
    tie = np.full(len(exact), "", dtype=object)
    alike = shared(exact)
    tie[alike] = pseudonyms.of(PERSON, rows["key"].take(pa.array(alike)).combine_chunks()).to_numpy(
        zero_copy_only=False
    )
    order, selected = rank(exact, area, help_, pa.array(tie, pa.string()))
    listed = in_schema(rows, order, selected)
    for place, name in enumerate(listed.column_names):
        if pa.types.is_dictionary(listed[name].type):
            listed = listed.set_column(place, name, listed[name].cast(pa.string()))
    return listed


def shared(score: Array) -> Array:
    """The places of the scores that are not theirs alone: only these need a pseudonym to break ties."""
    climbing = np.sort(score)
    twice = climbing[1:][climbing[1:] == climbing[:-1]]
    if not len(twice):
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero(twice[np.searchsorted(twice, score).clip(max=len(twice) - 1)] == score)


def in_schema(rows: pa.Table, order: Array | None = None, selected: Array | None = None) -> pa.Table:
    """Scored rows as a list: with their ranks, or without."""
    exact = rows["exact"].to_numpy()
    made = {name: rows[name] for name in ("key", "site", "territory")}
    made |= {"logit": exact.astype(np.float32), "probability": (1 / (1 + np.exp(-exact))).astype(np.float32)}
    for stem, kind in (("reason", pa.uint8()), ("contribution", pa.float32())):
        made |= {f"{stem}_{i}": rows[f"{stem}_{i}"].cast(kind) for i in range(1, REASONS + 1)}
    made["rest"] = rows["rest"].cast(pa.float32())
    if order is not None:
        made |= {"rank": order.astype(np.int32), "selected": selected}
    return pa.table(made)


def parquet_leaf(name: str, table: pa.Table, audience: Any) -> Leaf:
    """A table as a Parquet file of a dossier; the same table gives the same bytes."""
    return Leaf(name, audience, lambda path: write_parquet(table, path))


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write a table as Parquet, zstd, in row groups of a quarter million."""
    pq.write_table(table, path, compression="zstd", row_group_size=262_144, store_schema=False)


def list_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """A writer of a list too long for memory: dictionaries where values repeat, statistics where somebody searches."""
    whole = {"key": "DELTA_BINARY_PACKED"} if pa.types.is_integer(schema.field("key").type) else None
    return pq.ParquetWriter(
        path, schema, compression="zstd", store_schema=False, use_dictionary=_REPEATING, column_encoding=whole,
        write_statistics=_SEARCHED,
    )  # fmt: skip


def inputs_of(listed: pa.Table, rows: Rows, inputs: Sequence[str], key: str) -> pa.Table:
    """The input values of the selected keys, in the order of the list; only theirs are ever in memory."""
    selected, first, kept = listed["selected"].combine_chunks(), 0, []
    for batch in rows.batches([key, *inputs]):
        kept.append(batch.filter(selected.slice(first, batch.num_rows)))
        first += batch.num_rows
    return pa.Table.from_batches(kept).rename_columns(["key", *inputs])
