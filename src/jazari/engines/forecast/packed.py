"""Packed series: one row a series, its readings in one list. Thousands are read and forecast group by group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jazari.core.errors import DataError
from jazari.core.periods import Duration
from jazari.core.progress import Progress
from jazari.engines.forecast.backtest import forecast
from jazari.engines.forecast.calendar import daily
from jazari.engines.forecast.inspection import inspect, refuse_none
from jazari.engines.forecast.panel import Floats, Panel, Remark
from jazari.engines.forecast.settings import Settings

_AT_ONCE = 50  # series whose arrays lie in memory together
_NEEDED = ("series", "start", "step", "values")


def is_packed(path: Path) -> bool:
    """Whether a Parquet file has one row a series: `series`, `start`, `step`, `values`."""
    return path.suffix == ".parquet" and set(_NEEDED) <= set(pq.read_schema(path).names)


def read_packed(path: Path, *, ahead: int, country: str = "MA") -> Iterator[tuple[Panel | None, list[Remark]]]:
    """The series of a packed file and what was found in them, a row group at a time; None where no series goes on.

    Raises:
        DataError: JZ-380 not packed; JZ-382 series of a group on different clocks; what `inspect` raises.
    """
    if not is_packed(path):
        raise DataError("JZ-380", "the file has no packed series", where=path.name, found="columns of another kind",
                        fix="give columns series, start, step and values (one list of readings a series).")  # fmt: skip
    file = pq.ParquetFile(path)
    for group in range(file.num_row_groups):
        yield _group(file.read_row_group(group, columns=list(_NEEDED)), ahead, country)


def _group(table: pa.Table, ahead: int, country: str) -> tuple[Panel | None, list[Remark]]:
    lists = table.column("values").combine_chunks()
    lengths = np.diff(lists.offsets.to_numpy())
    clocks = {*zip(table.column("start").to_pylist(), table.column("step").to_pylist(), lengths.tolist(), strict=True)}
    if len(clocks) != 1:
        raise DataError("JZ-382", "the series of a group stand on one clock", found=f"{len(clocks)} clocks",
                        fix="give a row group one start, step and length; pad with missing values.")  # fmt: skip
    start, step, length = clocks.pop()
    seconds = round(Duration.parse(step).days_at_least() * 86_400)
    times = np.datetime64(start, "s") + np.timedelta64(seconds, "s") * np.arange(length)
    flat = lists.flatten().to_numpy(zero_copy_only=False)
    values = flat.reshape(table.num_rows, length)
    names = tuple(table.column("series").to_pylist())
    keep, remarks = inspect(values, names, times, ahead=ahead, unit="")
    if not keep.any():
        return None, remarks
    calendar = _calendar(start.isoformat(), str(times[-1]), country)
    panel = Panel(times, values, names, max(86_400 // seconds, 1), {}, "", calendar)
    return (panel if keep.all() else panel.of(np.flatnonzero(keep).tolist())), remarks


@lru_cache(maxsize=4)
def _calendar(first: str, last: str, country: str) -> dict[str, Floats]:
    return daily(np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + 3), country)


def forecast_packed(
    path: Path, out: Path, settings: Settings, *, country: str = "MA", progress: Progress | None = None
) -> tuple[int, list[Remark]]:
    """Forecast every series of a packed file into a table of forecasts, in bounded memory.

    Returns:
        How many series were forecast, and all remarks.

    Raises:
        DataError: JZ-380 not packed, JZ-382 several clocks in a group, JZ-389 no series at all is left.
    """
    remarks: list[Remark] = []
    count = 0
    writer: Any = None
    unfinished = out.with_name(out.name + ".part")
    groups = read_packed(path, ahead=settings.ahead, country=country)
    stateless = replace(settings, keeps=False)
    try:
        for panel, found in groups:
            remarks += found
            if panel is None:
                continue
            series = len(panel.names)
            for first in range(0, series, _AT_ONCE):
                chosen = panel.of(range(first, min(first + _AT_ONCE, series)))
                chosen = replace(chosen, values=chosen.values.astype(np.float64))
                answer = forecast(chosen, stateless, progress=progress)
                table = answer.table()
                writer = writer or pq.ParquetWriter(unfinished, table.schema, compression="zstd")
                writer.write_table(table)
            count += series
    finally:
        if writer is not None:
            writer.close()
    refuse_none(np.array([count > 0]), remarks)
    unfinished.replace(out)
    return count, remarks
