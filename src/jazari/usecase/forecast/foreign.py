"""Forecasts that somebody else made, measured like our own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from jazari.core.errors import DataError
from jazari.data.series import fingerprint, read_series
from jazari.engines.forecast.clock import parse_times
from jazari.schema.records import Answer
from jazari.usecase.ability import Foreign
from jazari.usecase.forecast.measured import measured
from jazari.usecase.forecast.sheets import sheets
from jazari.usecase.forecast.tables import parquet_leaf
from jazari.usecase.taking import Plain

_NEEDED = ("series", "origin", "time", "q0.025", "q0.1", "q0.5", "q0.9", "q0.975", "actual")
_OPTIONAL = ("baseline", "mase_scale")
_AT_MOST_SAME = 0.5
_UNKNOWN = ("How these forecasts were made is not known, nor that they saw nothing of what came after their origins.",)


def foreign(task: Foreign) -> tuple[Answer, Any]:
    """The evidence on a table with the columns of `forecasts.parquet`; `baseline` and `mase_scale` may be left out.

    Raises:
        DataError: JZ-465, a column is missing; JZ-381, times that cannot be read; JZ-395.
    """
    rows = read_series(task.source, texts=("series", "origin", "time"))
    missing = [name for name in _NEEDED if name not in rows.column_names]
    if missing:
        raise DataError(
            "JZ-465", "these are no forecasts that can be audited", where="the predictions",
            found=f"missing: {', '.join(missing)}",
            fix="give one row a series, origin and time, quantiles q0.025, q0.05 ... q0.975, and the truth: actual.",
        )  # fmt: skip
    levels = sorted((name for name in rows.column_names if name.startswith("q0")), key=lambda one: float(one[1:]))
    columns: dict[str, Any] = {"series": rows["series"].cast(pa.string())}
    columns |= {name: pa.array(parse_times(rows[name], name)) for name in ("origin", "time")}
    columns |= {name: rows[name].cast(pa.float64()) for name in (*levels, "actual")}
    nothing = pa.nulls(rows.num_rows, pa.float64())
    columns |= {name: rows[name].cast(pa.float64()) if name in rows.column_names else nothing for name in _OPTIONAL}
    table = pa.table(columns)
    _refuse_crossing(table, levels)
    _refuse_the_truth(table)
    found = measured(table, {}, seed=task.seed)
    leaves = [parquet_leaf("forecasts.parquet", table, "auditor"), *sheets(found)]
    settings = {"engine": task.question.ability, "variant": "foreign"}
    return Answer(None, found, leaves, settings, _UNKNOWN), Plain(rows.num_rows, fingerprint(rows))


def _refuse_crossing(table: pa.Table, levels: list[str]) -> None:
    values = np.column_stack([table[name].to_numpy(zero_copy_only=False) for name in levels])
    crossing = int((np.diff(values, axis=1) < 0).any(axis=1).sum())
    if crossing:
        raise DataError(
            "JZ-395", "quantiles of a row cross", where="the predictions",
            found=f"{crossing} of {table.num_rows} rows in which a higher level has a lower value",
            fix="put the quantiles of each row in rising order before they are handed in.",
        )  # fmt: skip


def _refuse_the_truth(table: pa.Table) -> None:
    """A reading is never forecast to its last digit; zeros may be: a night without sun."""
    actual, median = (table[name].to_numpy(zero_copy_only=False) for name in ("actual", "q0.5"))
    told = np.isfinite(actual) & (actual != 0)
    same = int((median[told] == actual[told]).sum())
    if same > _AT_MOST_SAME * told.sum():
        raise DataError(
            "JZ-395", "most medians are the truth itself", where="the predictions",
            found=f"{same} of {int(told.sum())} medians that equal what came true to the last digit",
            fix="hand in the forecasts as they were issued, before the truth was known.",
        )  # fmt: skip
