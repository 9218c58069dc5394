"""The list of sites: what to help where whole sites find as much as a list of persons."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jazari.schema.records import Rows
from jazari.schema.table import Table
from jazari.usecase.risk.held_out import table_of
from jazari.usecase.risk.predictions import site_rate


def sites(table: Table, listed: Rows, earlier: Rows) -> pa.Table:
    """The sites of the listed rows, the highest outcome rate of earlier periods first.

    Args:
        table: The declaration; it declares a site.
        listed: The rows of the period that is listed.
        earlier: The rows of earlier periods whose outcome is known.

    Returns:
        `site`, `territory` (null where none is declared or a site lies in several), `people`, `rate` (null for a site
        that is new), `rank` from 1 within the territory.
    """
    site, territory = table.of_role("site")[0].name, table.one("territory")
    names = [site, *([territory.name] if territory else [])]
    rows = table_of(listed, names)
    made: dict[str, Any] = {"site": rows[site].cast(pa.string()), "rate": site_rate(rows, table, earlier)}
    made["territory"] = rows[territory.name].cast(pa.string()) if territory else pa.nulls(rows.num_rows, pa.string())
    whole = pa.table(made).group_by("site", use_threads=False)
    found = whole.aggregate([("rate", "max"), ([], "count_all"), ("territory", "min"), ("territory", "max")])
    alone = pc.equal(found["territory_min"], found["territory_max"])
    area = pc.if_else(pc.fill_null(alone, fill_value=False), found["territory_min"], None)
    named = pa.table(
        {"site": found["site"], "territory": area, "people": found["count_all"], "rate": found["rate_max"]}
    )
    ordered = named.sort_by([("territory", "ascending"), ("rate", "descending"), ("site", "ascending")])
    areas = ordered["territory"].to_pylist()
    starts = np.array([index for index, one in enumerate(areas) if index == 0 or one != areas[index - 1]])
    first = starts[np.searchsorted(starts, np.arange(len(areas)), side="right") - 1] if len(areas) else starts
    return ordered.append_column("rank", pa.array((np.arange(len(areas)) - first + 1).astype(np.int32)))
