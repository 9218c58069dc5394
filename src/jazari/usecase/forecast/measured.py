"""Measured: the evidence on a table of forecasts, the same when a run writes it and when `jazari verify` asks again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jazari.audit.forecast import evidence, gap
from jazari.audit.forecast_blocks import tensor_of
from jazari.audit.forecast_reliability import reliability

FAN = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
_DRAWN = 4  # series whose next horizon is drawn on the card


def measured(table: pa.Table, groups: Mapping[str, Mapping[str, str]], *, seed: int) -> dict[str, Any]:
    """The figures of a table of forecasts.

    Args:
        table: `forecasts.parquet`: the origins of the audit, and the future one, whose truth is null.
        groups: Audited or territory column -> series -> value: whether one of them is served worse.
        seed: Of the bootstrap.

    Raises:
        DataError: JZ-395, no forecast has its truth.
    """
    found = evidence(table, seed=seed)
    found |= reliability(table, seed=seed)
    found["gaps"] = {name: gap(found["by_series"], one) for name, one in groups.items()}
    found["horizon"] = _horizon(table)
    found["ahead"] = ahead(table)
    return found


def _horizon(table: pa.Table) -> dict[str, Any]:
    """The error by how far ahead, over all series: (step of the horizon -> mean absolute error over the usual one)."""
    data = tensor_of(table)
    error = np.abs(data.actual - data.median)
    known = np.isfinite(error)
    usual = np.where(known, error, 0.0).sum(axis=(1, 2)) / np.maximum(known.sum(axis=(1, 2)), 1)
    ratio = np.where(known, error, 0.0) / np.where(usual > 0, usual, 1.0)[:, None, None]
    mean = ratio.sum(axis=(0, 1)) / np.maximum(known.sum(axis=(0, 1)), 1)
    return {str(step + 1): float(each) for step, each in enumerate(mean)}


def ahead(table: pa.Table) -> dict[str, Any]:
    """The next horizon of the first series, as it is drawn: `origin`, `times`, and quantiles by level a series.

    Empty where no forecast lies ahead of its truth.
    """
    last = pc.max(table["origin"]).as_py()
    rows = table.filter(pc.and_(pc.equal(table["origin"], last), pc.is_null(table["actual"])))
    if not rows.num_rows:
        return {}
    names = sorted(set(rows["series"].to_pylist()))[:_DRAWN]
    drawn: dict[str, dict[str, list[float]]] = {}
    times: list[str] = []
    for name in names:
        mine = rows.filter(pc.equal(rows["series"], name)).sort_by("time")
        times = [each.isoformat(sep=" ", timespec="minutes") for each in mine["time"].to_pylist()]
        drawn[name] = {
            f"{level:g}": mine[f"q{level:g}"].to_pylist() for level in FAN if f"q{level:g}" in mine.schema.names
        }
    return {"origin": last.isoformat(sep=" ", timespec="minutes"), "times": times, "series": drawn}
