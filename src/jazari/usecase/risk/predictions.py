"""Predictions: the held-out rows as an auditor sees them. Everything in the evidence is recomputed from this table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jazari.audit.places import rank
from jazari.data.pseudonym import Pseudonyms
from jazari.schema.help import Places
from jazari.schema.records import Rows
from jazari.schema.table import Table
from jazari.usecase.risk.held_out import Array, HeldOut
from jazari.usecase.risk.listing import PERSON, SITE, TERRITORY


def predictions(
    table: Table, held_out: HeldOut, *, help_: Places, against: str, pseudonyms: Pseudonyms, earlier: Rows | None
) -> pa.Table:
    """The table `predictions.parquet`, ordered by pseudonym so that its order tells nothing.

    Args:
        table: The declaration.
        held_out: Who was held out, and what was predicted.
        help_: The places, for `selected`.
        against: The column of the simple rule.
        pseudonyms: How people and places are named to auditors.
        earlier: The rows of earlier periods, for the sites' rates; None where there are none.
    """
    rows = held_out.rows
    count = rows.num_rows
    key = table.one("key")
    made: dict[str, Any] = {
        "pseudonym": pseudonyms.of(PERSON, rows[key.name if key else "key"].combine_chunks()),
        "site": _pseudonymous(rows, table, "site", SITE, pseudonyms),
        "territory": _pseudonymous(rows, table, "territory", TERRITORY, pseudonyms),
        "period": _text(rows, table.one("period")),
        "fold": pa.nulls(count, pa.int32()) if held_out.fold is None else pa.array(held_out.fold.astype(np.int32)),
        "probability": held_out.probability,
        "outcome": rows[table.of_role("outcome")[0].name],
        "baseline": simple_rule(rows, table, against),
        "challenger": pa.nulls(count, pa.float64()) if held_out.challenger is None else held_out.challenger,
        "site_rate": site_rate(rows, table, earlier),
    }
    audited = {one.name: rows[one.name].cast(pa.string()) for one in table.audited}
    area = (made | audited)[area_name(table, help_)] if help_.of else None
    _, made["selected"] = rank(held_out.probability, _flat(area), help_, made["pseudonym"])
    whole = pa.table({**made, **audited})
    return whole.sort_by([("pseudonym", "ascending"), ("period", "ascending")])


def area_name(table: Table, help_: Places) -> str:
    """The column of the predictions that cuts the areas: `site`, `territory` or an audited column's name."""
    column = table.column(help_.of)
    return column.role if column.role in ("site", "territory") else column.name


def _flat(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _text(rows: pa.Table, column: Any) -> Any:
    return rows[column.name].cast(pa.string()) if column else pa.nulls(rows.num_rows, pa.string())


def _pseudonymous(rows: pa.Table, table: Table, role: Any, kind: str, pseudonyms: Pseudonyms) -> pa.Array:
    column = table.one(role)
    if column is None:
        return pa.nulls(rows.num_rows, pa.string())
    codes = rows[column.name].cast(pa.string()).combine_chunks().dictionary_encode()
    return pseudonyms.of(kind, codes.dictionary).take(codes.indices)


def simple_rule(rows: pa.Table, table: Table, against: str) -> pa.ChunkedArray:
    """The value of the rule's column, turned so that a higher one is more at risk; missing ones are ranked last."""
    values = rows[against].cast(pa.float64())
    return pc.negate(values) if table.column(against).direction == "down" else values


def site_rate(rows: pa.Table, table: Table, earlier: Rows | None) -> Any:
    """The outcome rate of each row's site in earlier periods, null for a site that is new."""
    column, outcome = table.one("site"), table.of_role("outcome")[0].name
    if column is None or earlier is None:
        return pa.nulls(rows.num_rows, pa.float64())
    sums: dict[str, Array] = {}
    for batch in earlier.batches([column.name, outcome]):
        part = pa.table({"site": batch[column.name].cast(pa.string()), "out": pc.cast(batch[outcome], pa.int64())})
        for one in part.group_by("site").aggregate([("out", "sum"), ("out", "count")]).to_pylist():
            added = np.array([one["out_sum"] or 0, one["out_count"]], dtype=np.float64)
            sums[one["site"]] = sums.get(one["site"], np.zeros(2)) + added
    names = pa.array(list(sums), pa.string())
    rates = pa.array([float(total[0] / total[1]) if total[1] else None for total in sums.values()], pa.float64())
    found = pc.index_in(rows[column.name].cast(pa.string()), value_set=names)
    return rates.take(found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found)
