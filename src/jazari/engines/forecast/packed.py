"""Packed series: one row a series, its readings in one list. Thousands are read and forecast group by group."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jazari.core.errors import DataError
from jazari.core.periods import Duration
from jazari.core.progress import Progress
from jazari.engines.forecast.backtest import Settings, forecast
from jazari.engines.forecast.calendar import daily
from jazari.engines.forecast.inspection import inspect
from jazari.engines.forecast.panel import Panel, Remark
from jazari.engines.forecast.reading import Reading

_AT_ONCE = 50  # series whose arrays lie in memory together
_NEEDED = ("series", "start", "step", "values")


def is_packed(path: Path) -> bool:
    """Whether a Parquet file has one row a series: `series`, `start`, `step`, `values`."""
    return path.suffix == ".parquet" and set(_NEEDED) <= set(pq.read_schema(path).names)


def read_packed(path: Path, *, ahead: int, country: str = "MA") -> Iterator[Reading]:
    """The series of a packed file, a row group at a time, each on one clock.

    Raises:
        DataError: JZ-380 not packed; JZ-382 series of a group on different clocks; what `inspect` raises.
    """
    if not is_packed(path):
        raise DataError("JZ-380", "the file has no packed series", where=path.name, found="columns of another kind",
                        fix="give columns series, start, step and values (one list of readings a series).")  # fmt: skip
    file = pq.ParquetFile(path)
    for group in range(file.num_row_groups):
        yield _group(file.read_row_group(group, columns=list(_NEEDED)), ahead, country)


def _group(table: pa.Table, ahead: int, country: str) -> Reading:
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
    values = flat.reshape(table.num_rows, length).astype(np.float64)
    names = tuple(table.column("series").to_pylist())
    days = np.arange(times[0].astype("datetime64[D]"), times[-1].astype("datetime64[D]") + 3)
    keep, remarks = inspect(values, names, times, ahead=ahead, unit="")
    panel = Panel(times, values, names, max(86_400 // seconds, 1), {}, "", daily(days, country))
    return Reading(panel if keep.all() else panel.of(np.flatnonzero(keep).tolist()), tuple(remarks), 1)


def forecast_packed(
    path: Path, out: Path, settings: Settings, *, country: str = "MA", progress: Progress | None = None
) -> tuple[int, list[Remark]]:
    """Forecast every series of a packed file into a table of forecasts, in bounded memory.

    A group in which no series is left is reported and passed over.

    Returns:
        How many series were forecast, and all remarks.
    """
    remarks: list[Remark] = []
    count = 0
    writer: Any = None
    unfinished = out.with_name(out.name + ".part")
    groups = read_packed(path, ahead=settings.ahead, country=country)
    try:
        for reading in groups:
            series = len(reading.panel.names)
            for first in range(0, series, _AT_ONCE):
                answer = forecast(
                    reading.panel.of(range(first, min(first + _AT_ONCE, series))), settings, progress=progress
                )
                table = answer.table()
                writer = writer or pq.ParquetWriter(unfinished, table.schema, compression="zstd")
                writer.write_table(table)
            remarks += reading.remarks
            count += series
    finally:
        if writer is not None:
            writer.close()
    unfinished.replace(out)
    return count, remarks
