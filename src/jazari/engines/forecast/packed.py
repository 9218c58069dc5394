"""Packed series: one row a series, its readings in one list. Thousands are read and forecast group by group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from jazari.core.errors import DataError
from jazari.core.periods import Duration
from jazari.core.progress import Progress
from jazari.engines.forecast.backtest import forecast
from jazari.engines.forecast.calendar import daily
from jazari.engines.forecast.inspection import inspect, refuse_none
from jazari.engines.forecast.panel import Floats, Panel, Remark, Times
from jazari.engines.forecast.settings import Settings

_AT_ONCE = 50  # series whose arrays lie in memory together
_NEEDED = ("series", "start", "step", "values")


def is_packed(path: Path) -> bool:
    """Whether a Parquet file has one row a series: `series`, `start`, `step`, `values`."""
    return path.suffix == ".parquet" and set(_NEEDED) <= set(pq.read_schema(path).names)


@dataclass(frozen=True)
class Clock:
    """The clock that all series of a packed file are laid on: from the first start to the last end."""

    start: np.datetime64
    seconds: int
    length: int

    @property
    def times(self) -> Times:
        """(T,) the start of each step."""
        return np.asarray(self.start + np.timedelta64(self.seconds, "s") * np.arange(self.length))


@dataclass(frozen=True)
class Group:
    """Some rows of a packed file, all in one row group: series that are read and forecast together."""

    path: Path
    clock: Clock
    row_group: int
    first: int
    last: int

    def read(self, *, ahead: int | None, country: str = "MA") -> tuple[Panel | None, list[Remark]]:
        """The series that go on, None where none does, and what was found in them; of `ahead` None, all go on.

        Raises:
            DataError: what `inspect` raises.
        """
        file = pq.ParquetFile(self.path)
        table = file.read_row_group(self.row_group, columns=list(_NEEDED)).slice(self.first, self.last - self.first)
        lists = table.column("values").combine_chunks()
        lengths = np.diff(lists.offsets.to_numpy())
        starts = table.column("start").cast(pa.timestamp("s"), safe=False).to_numpy().astype("datetime64[s]")
        skipped = ((starts - self.clock.start) // np.timedelta64(self.clock.seconds, "s")).astype(np.int64)
        values = _laid(lists.flatten().to_numpy(zero_copy_only=False), lengths, skipped, self.clock.length)
        names, times = tuple(table.column("series").to_pylist()), self.clock.times
        keep = np.ones(len(names), dtype=bool)
        remarks: list[Remark] = []
        if ahead is not None:
            keep, remarks = inspect(values, names, times, ahead=ahead, unit="")
        if not keep.any():
            return None, remarks
        calendar = _calendar(str(times[0]), str(times[-1]), country)
        panel = Panel(times, values, names, max(86_400 // self.clock.seconds, 1), {}, "", calendar)
        return (panel if keep.all() else panel.of(np.flatnonzero(keep).tolist())), remarks


def groups_of(path: Path, size: int = 0) -> tuple[Group, ...]:
    """The groups of a packed file: its row groups, cut where they hold more than `size` series (0: never).

    Raises:
        DataError: JZ-380 not packed, or no row; JZ-382 several steps, or a start between two steps; JZ-383 a series
            twice; JZ-381 a start that is no time.
    """
    if not is_packed(path):
        raise DataError("JZ-380", "the file has no packed series", where=path.name, found="columns of another kind",
                        fix="give columns series, start, step and values (one list of readings a series).")  # fmt: skip
    file = pq.ParquetFile(path)
    counts = [file.metadata.row_group(at).num_rows for at in range(file.num_row_groups)]
    if not sum(counts):
        raise DataError("JZ-380", "nothing to read", where=path.name, found="0 rows", fix="give a row a series.")
    clock = _clock(file)
    return tuple(
        Group(path, clock, at, first, min(first + (size or count), count))
        for at, count in enumerate(counts)
        for first in range(0, count, size or max(count, 1))
    )


def _clock(file: pq.ParquetFile) -> Clock:
    heads = file.read(columns=["series", "start", "step"])
    steps = set(heads.column("step").to_pylist())
    names = heads.column("series")
    twice = heads.num_rows - len(set(names.to_pylist()))
    if twice or names.null_count:
        raise DataError("JZ-383", "each packed series has a name of its own", found=f"{twice} names twice, "
                        f"{names.null_count} empty", fix="give one row a series.")  # fmt: skip
    try:
        starts = heads.column("start").cast(pa.timestamp("s"), safe=False).to_numpy().astype("datetime64[s]")
    except pa.ArrowInvalid:
        starts = np.array(["NaT"], dtype="datetime64[s]")
    if np.isnat(starts).any():
        raise DataError("JZ-381", "a packed series starts at a time", where="column 'start'",
                        found=str(heads.schema.field("start").type),
                        fix="give timestamps, all in one time zone.")  # fmt: skip
    if len(steps) != 1 or None in steps:
        raise _clocks(f"{len(steps)} steps")
    seconds = round(Duration.parse(steps.pop()).days_at_least() * 86_400)
    first = starts.min()
    into = (starts - first).astype(np.int64)
    if seconds < 1 or (into % seconds).any():
        raise _clocks("starts between two steps")
    ends = into // seconds + np.concatenate(list(_lengths(file)))
    return Clock(first, seconds, int(ends.max()))


def _lengths(file: pq.ParquetFile) -> Iterator[npt.NDArray[np.int64]]:
    for at in range(file.num_row_groups):
        lists = file.read_row_group(at, columns=["values"]).column("values").combine_chunks()
        if lists.null_count:
            raise DataError("JZ-380", "a packed series has no list of readings", found=f"{lists.null_count} rows",
                            fix="give each series its list, with missing readings as null.")  # fmt: skip
        yield np.diff(lists.offsets.to_numpy()).astype(np.int64)


def _clocks(found: str) -> DataError:
    return DataError("JZ-382", "packed series stand on one clock", found=found,
                     fix="give all series one step, and starts that lie whole steps apart.")  # fmt: skip


def _laid(flat: Floats, lengths: npt.NDArray[np.int64], skipped: npt.NDArray[np.int64], length: int) -> Floats:
    """Readings on the common clock, NaN before a series begins and after it ends: (S, T)."""
    if (lengths == length).all() and not skipped.any():
        return flat.reshape(len(lengths), length)
    out = np.full((len(lengths), length), np.nan, dtype=flat.dtype)
    ends = np.cumsum(lengths)
    for row, (end, size, first) in enumerate(zip(ends, lengths, skipped, strict=True)):
        out[row, first : first + size] = flat[end - size : end]
    return out


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
        DataError: JZ-380 not packed, JZ-382 several clocks, JZ-389 no series at all is left.
    """
    remarks: list[Remark] = []
    count = 0
    writer: Any = None
    unfinished = out.with_name(out.name + ".part")
    stateless = replace(settings, keeps=False)
    try:
        for group in groups_of(path):
            panel, found = group.read(ahead=settings.ahead, country=country)
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
