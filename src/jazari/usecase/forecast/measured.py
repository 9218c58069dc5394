"""Measured: the evidence on forecasts, the same when a run writes them and when `jazari verify` asks again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jazari.audit.forecast import evidence, gap
from jazari.audit.forecast_reliability import reliability
from jazari.audit.forecast_sums import Sums, sums_of, together

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
    return figures(sums_of(table), fan_rows(table), groups, seed=seed)


def measured_file(path: Path, groups: Mapping[str, Mapping[str, str]], *, seed: int) -> dict[str, Any]:
    """The figures of a `forecasts.parquet`, some series at a time.

    Raises:
        DataError: JZ-395.
    """
    sums: list[Sums] = []
    fans: list[pa.Table] = []
    for table in series_of(path):
        sums.append(sums_of(table))
        fans.append(fan_rows(table))
    return figures(together(sums), pa.concat_tables(fans), groups, seed=seed)


def series_of(path: Path) -> Iterator[pa.Table]:
    """The rows of a Parquet file of forecasts, some whole series at a time, as they stand together in it."""
    file = pq.ParquetFile(path)
    begun: pa.Table | None = None
    for group in range(file.num_row_groups):
        rows = file.read_row_group(group)
        rows = rows if begun is None else pa.concat_tables([begun, rows])
        if not rows.num_rows:
            continue
        is_last = pc.equal(rows["series"], rows["series"][-1])
        cut = pc.index(is_last, value=True).as_py()
        if cut:
            yield rows.slice(0, cut)
        begun = rows.slice(cut)
    if begun is not None:
        yield begun


def figures(sums: Sums, fans: pa.Table, groups: Mapping[str, Mapping[str, str]], *, seed: int) -> dict[str, Any]:
    """The figures that follow from the sums of forecasts; `fans` holds what is ahead of the first series.

    Raises:
        DataError: JZ-395, no forecast has its truth.
    """
    found = evidence(sums, seed=seed)
    found |= reliability(sums, seed=seed)
    found["gaps"] = {name: gap(found["by_series"], one) for name, one in groups.items()}
    found["ahead"] = ahead_of(fans)
    return found


def fan_rows(table: pa.Table) -> pa.Table:
    """The rows of the next horizon, of the first series by name: what is drawn."""
    rows = table.filter(pc.is_null(table["actual"]))
    last = pc.max(rows["origin"])
    rows = rows.filter(pc.equal(rows["origin"], last)) if rows.num_rows else rows
    return rows.filter(pc.is_in(rows["series"], pa.array(_first(rows), pa.string())))


def _first(rows: pa.Table) -> Sequence[str]:
    return sorted(pc.unique(rows["series"]).to_pylist())[:_DRAWN]


def ahead_of(rows: pa.Table) -> dict[str, Any]:
    """The next horizon of the first series, as it is drawn: `origin`, `times`, and quantiles by level a series.

    Empty where no forecast lies ahead of its truth.
    """
    if not rows.num_rows:
        return {}
    last = pc.max(rows["origin"]).as_py()
    drawn: dict[str, dict[str, list[float]]] = {}
    times: list[str] = []
    for name in _first(rows):
        mine = rows.filter(pc.equal(rows["series"], name)).sort_by("time")
        times = [each.isoformat(sep=" ", timespec="minutes") for each in mine["time"].to_pylist()]
        drawn[name] = {
            f"{level:g}": mine[f"q{level:g}"].to_pylist() for level in FAN if f"q{level:g}" in mine.schema.names
        }
    return {"origin": last.isoformat(sep=" ", timespec="minutes"), "times": times, "series": drawn}
