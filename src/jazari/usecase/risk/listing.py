"""The list: one row a scored key, with its reasons, its rank within its area, and whether it is selected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jazari.audit.places import rank
from jazari.data.conform import stream
from jazari.data.pseudonym import Pseudonyms
from jazari.data.relation import Source
from jazari.engines.risk.protocol import RiskModel
from jazari.schema.columns import Role
from jazari.schema.help import Places
from jazari.schema.records import Leaf
from jazari.schema.table import Table
from jazari.usecase.risk.held_out import Array, sigmoid

REASONS = 4
PERSON, SITE, TERRITORY = "person", "site", "territory"
_LISTED: tuple[Role, ...] = ("site", "territory", "audited", "column")


def scored(model: RiskModel, table: Table, help_: Places, batches: Iterator[pa.RecordBatch]) -> pa.Table:
    """Rows scored with their reasons, not yet ranked: key, site, territory, area, logit and what adds up to it."""
    parts = [_scored(model, table, help_, batch) for batch in batches]
    return pa.concat_tables(parts).unify_dictionaries() if parts else pa.table({})


def last_period(table: Table, source: Source) -> Iterator[pa.RecordBatch]:
    """The rows of the last period of a table, batch by batch; all rows where there are no periods."""
    names = [key_name(table), *(one.name for role in _LISTED for one in table.of_role(role))]
    period = table.one("period")
    if period is None:
        yield from stream(source, table, names)
        return
    last = max(pc.max(batch[period.name].cast(pa.string())).as_py() for batch in stream(source, table, [period.name]))
    for batch in stream(source, table, [*names, period.name]):
        kept = batch.filter(pc.equal(batch[period.name].cast(pa.string()), last))
        if kept.num_rows:
            yield kept


def _scored(model: RiskModel, table: Table, help_: Places, batch: pa.RecordBatch) -> pa.Table:
    logit, columns = _reasons(model, batch)
    known = {"key": batch[key_name(table)]}
    roles: tuple[Role, ...] = ("site", "territory")
    for role in roles:
        column = table.one(role)
        known[role] = (batch[column.name] if column else pa.nulls(batch.num_rows, pa.string())).dictionary_encode()
    if help_.of:
        known["area"] = batch[help_.of].dictionary_encode()
    return pa.table({**known, "exact": logit, **columns})


def key_name(table: Table) -> str:
    """The column of the key: the declared one, or `key`, the row number."""
    column = table.one("key")
    return column.name if column else "key"


def _reasons(model: RiskModel, batch: pa.RecordBatch) -> tuple[Array, dict[str, Any]]:
    """The logit in float64 and the columns of the reasons; a model that gives none leaves them null."""
    give = getattr(model, "reasons", None)
    if give is None:
        logit = model.logit(batch)
        empty = {f"reason_{i}": pa.nulls(len(logit), pa.uint8()) for i in range(1, REASONS + 1)}
        empty |= {f"contribution_{i}": pa.nulls(len(logit), pa.float32()) for i in range(1, REASONS + 1)}
        return logit, {**empty, "rest": pa.nulls(len(logit), pa.float32())}
    reasons = give(batch, top=REASONS)
    columns = {f"reason_{i + 1}": reasons.reason[:, i] for i in range(REASONS)}
    columns |= {f"contribution_{i + 1}": reasons.contribution[:, i] for i in range(REASONS)}
    return reasons.logit, {**columns, "rest": reasons.rest}


def ranked(rows: pa.Table, help_: Places, pseudonyms: Pseudonyms) -> pa.Table:
    """The list in its schema: `list.parquet` of a dossier and what `jazari score` writes."""
    exact = rows["exact"].to_numpy()
    area = rows["area"].combine_chunks() if help_.of else None
    order, selected = rank(exact, area, help_, _ties(rows["key"], exact, pseudonyms))
    made = {
        "key": rows["key"],
        "site": rows["site"].cast(pa.string()),
        "territory": rows["territory"].cast(pa.string()),
    }
    made |= {"logit": exact.astype(np.float32), "probability": sigmoid(exact).astype(np.float32)}
    for stem, kind in (("reason", pa.uint8()), ("contribution", pa.float32())):
        made |= {f"{stem}_{i}": rows[f"{stem}_{i}"].cast(kind) for i in range(1, REASONS + 1)}
    made |= {"rest": rows["rest"].cast(pa.float32()), "rank": order.astype(np.int32), "selected": selected}
    return pa.table(made)


def _ties(keys: pa.ChunkedArray, score: Array, pseudonyms: Pseudonyms) -> pa.Array:
    """What breaks ties: the pseudonym, made only for rows whose score is not theirs alone."""
    _, inverse, count = np.unique(score, return_inverse=True, return_counts=True)
    shared = np.flatnonzero(count[inverse] > 1)
    tie = np.full(len(score), "", dtype=object)
    if len(shared):
        tie[shared] = pseudonyms.of(PERSON, keys.take(pa.array(shared)).combine_chunks()).to_numpy(zero_copy_only=False)
    return pa.array(tie, pa.string())


def parquet_leaf(name: str, table: pa.Table, audience: Any) -> Leaf:
    """A table as a Parquet file of a dossier; the same table gives the same bytes."""
    return Leaf(name, audience, lambda path: write_parquet(table, path))


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write a table as Parquet, zstd, in row groups of a quarter million."""
    pq.write_table(table, path, compression="zstd", row_group_size=262_144, store_schema=False)


def inputs_of(listed: pa.Table, rows: pa.Table, inputs: Sequence[str], key: str) -> pa.Table:
    """The input values of the selected keys, in the order of the list."""
    kept = rows.filter(listed["selected"])
    return pa.table({"key": kept[key], **{name: kept[name] for name in inputs}})
