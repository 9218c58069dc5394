"""Reading series: a long or wide table becomes a panel, and what is odd in it is said before anything is fitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jazari.core.errors import DataError, did_you_mean
from jazari.core.periods import Duration
from jazari.engines.forecast.clock import Grid, Moments, grid_of, is_time, months_of, read_times
from jazari.engines.forecast.inspection import inspect, refuse_none
from jazari.engines.forecast.panel import Flags, Floats, Panel, Remark

_DAY = 86_400
_HALF = 0.5  # of the readings of a step, below which it is taken as missing


@dataclass(frozen=True)
class Reading:
    """A panel, and what was found while reading it.

    Attributes:
        panel: The series that can be forecast.
        remarks: What was found, in the order of the series; a series that was set aside has a remark that says so.
        averaged: How many readings stood in one step of the panel (6 for ten-minute readings a declared hour).
    """

    panel: Panel
    remarks: tuple[Remark, ...]
    averaged: int


def read_panel(
    table: pa.Table,
    *,
    time: str,
    values: Sequence[str],
    series: str = "",
    step: str = "PT1H",
    known: Sequence[str] = (),
    zone: str = "",
    unit: str = "",
    ahead: int | None = 0,
) -> Reading:
    """Read series from a table.

    Args:
        table: Long (one row a series and time: `series` names the column) or wide (one column a series).
        time: The column of times: timestamps, dates, or text (ISO 8601, or day and month first where one alone fits).
        values: The columns that hold the series; one of them where the table is long.
        series: The column that names the series of a long table.
        step: The declared step, ISO 8601; finer readings are averaged to it.
        known: Columns known ahead; rows whose values are all empty carry them into the future.
        zone: The time zone in which the times are printed. Empty: one fixed offset all year.
        unit: The unit of the values, as printed.
        ahead: The horizon in steps: a series shorter than three of them is set aside. None: no series is, however
            short, constant or empty; these are new readings of series that are known.

    Raises:
        DataError: JZ-380 no such column or nothing to read, JZ-381 times that cannot be read, JZ-382 irregular steps,
            JZ-383 duplicated times, JZ-384 a clock change read twice, JZ-386 a jump of unit, JZ-389 no series left.
    """
    _refuse_absent(table, time, values, (*known, *([series] if series else [])))
    moments = read_times(table.column(time), time)
    labels, codes = _labels(table, series)
    grid, averaged = grid_of(moments.times, codes, step=step, zone=zone)
    at, seconds = grid.place(moments.times), _seconds(step)
    names = tuple(labels) if series else tuple(values)
    shape = (len(labels), len(grid.times))
    laid = [_spread(table, one, codes, at, shape) for one in (values[:1] if series else values)]
    cells, thin = _whole_enough(
        np.concatenate([each for each, _ in laid]), np.concatenate([count for _, count in laid])
    )
    beside = {one: _beside(_spread(table, one, codes, at, shape)[0]) for one in known}
    end = _last(cells)
    cells, times = cells[:, :end], grid.times[:end]
    found = [*_clock_remarks(moments, grid), *_thin_remarks(names, thin[:, :end], averaged)]
    keep = np.ones(len(names), dtype=bool)
    if ahead is not None:
        keep, odd = inspect(cells, names, times, ahead=ahead, unit=unit)
        found += odd
        refuse_none(keep, found)
    cycle = max(_DAY // seconds, 1) if seconds < _DAY else _slow_cycle(step)
    panel = Panel(times, cells, names, cycle, beside, unit)
    return Reading(panel if keep.all() else panel.of(np.flatnonzero(keep).tolist()), tuple(found), averaged)


def _whole_enough(cells: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Averages over fewer than half of the readings that a step of the series usually has are missing instead.

    Returns:
        The averages, and how many readings too few each step had: 0 where it had all, or none.
    """
    usual = _usual_counts(counts)[:, None]
    too_few = np.where(counts > 0, np.maximum(usual - counts, 0), 0)
    return np.where(counts * 2 < usual, np.nan, cells), too_few / np.maximum(usual, 1)


def _usual_counts(counts: Floats) -> Floats:
    """How many readings most steps of a series have: (S,)."""
    most = int(counts.max(initial=0))
    if most <= 1:
        return np.ones(len(counts))
    times = np.stack([(counts == each).sum(axis=1) for each in range(1, most + 1)], axis=1)
    return np.asarray(times.argmax(axis=1) + 1.0)


def _thin_remarks(names: Sequence[str], thin: Floats, averaged: int) -> list[Remark]:
    text = (
        "{some} steps were averaged over fewer readings than the usual {usual}; {gaps} more had fewer than half and "
        "count as missing."
    )
    some, gaps = ((thin > 0) & (thin <= _HALF)).sum(axis=1), (thin > _HALF).sum(axis=1)
    return [
        Remark("JZ-468", text, {"some": int(some[at]), "gaps": int(gaps[at]), "usual": averaged}, names[at])
        for at in np.flatnonzero(some + gaps).tolist()
    ]


def _clock_remarks(moments: Moments, grid: Grid) -> list[Remark]:
    """What is said of the clock: offsets that changed, readings that are printed later than their step begins."""
    found = []
    if len(moments.offsets) > 1:
        text = "Times are printed at {count} offsets from UTC; all were brought to the usual one, {hours:+g} hours."
        found.append(Remark("JZ-469", text, {"count": len(moments.offsets), "hours": moments.offsets[0] / 60}))
    late = grid.late(moments.times)
    if late:
        text = (
            "Readings are printed {minutes:g} minutes after their steps begin; forecasts are at the steps' beginning."
        )
        found.append(Remark("JZ-470", text, {"minutes": late / 60}))
    return found


def _refuse_absent(table: pa.Table, time: str, values: Sequence[str], others: Sequence[str]) -> None:
    for name in (time, *values, *others):
        if name not in table.column_names:
            raise DataError(
                "JZ-380", f"the table has no column '{name}'", found=", ".join(table.column_names[:20]),
                fix=f"{did_you_mean(name, table.column_names)}Name the columns as they stand in the file.",
            )  # fmt: skip
    if not table.num_rows or not values:
        raise DataError("JZ-380", "nothing to read", found=f"{table.num_rows} rows, {len(values)} columns of values",
                        fix="give a table with rows, and name at least one column of values.")  # fmt: skip


def discover(
    table: pa.Table, like: Sequence[str] = ("power", "load", "demand", "consumption", "energy", "mw", "kw")
) -> dict[str, object]:
    """Guess which columns are the time, the series' name and the values: arguments for `read_panel`.

    A column is a value if its header holds one of the words of `like`; where none does, every number is. The table is
    long if it has one column of text beside the time and its times repeat.
    """
    time = next((name for name in table.column_names if is_time(table.column(name))), None)
    if time is None:
        raise DataError(
            "JZ-381", "no column of times was found", found=", ".join(table.column_names[:20]),
            fix="name the column that holds the times, printed as 2017-01-01 00:00.",
        )  # fmt: skip
    rest = [name for name in table.column_names if name != time]
    numbers = [name for name in rest if _is_number(table.schema.field(name).type)]
    texts = [name for name in rest if name not in numbers]
    wanted = [name for name in numbers if any(word in name.lower() for word in like)] or numbers
    repeated = pc.count_distinct(table.column(time)).as_py() < table.num_rows
    is_long = bool(texts) and repeated
    return {"time": time, "values": wanted[:1] if is_long else wanted, "series": texts[0] if is_long else ""}


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _labels(table: pa.Table, series: str) -> tuple[list[str], npt.NDArray[np.int64]]:
    if not series:
        return ["all"], np.zeros(table.num_rows, dtype=np.int64)
    encoded = pc.dictionary_encode(table.column(series).cast(pa.string())).combine_chunks()
    if encoded.null_count:
        raise DataError("JZ-380", f"column '{series}' names no series in some rows", found=f"{encoded.null_count} rows",
                        fix="name the series in every row.")  # fmt: skip
    words = encoded.dictionary.to_pylist()
    order = np.argsort(words, kind="stable")
    rank = np.empty(len(words), dtype=np.int64)
    rank[order] = np.arange(len(words))
    return [words[each] for each in order], rank[encoded.indices.to_numpy()]


def _spread(
    table: pa.Table, name: str, codes: npt.NDArray[np.int64], at: npt.NDArray[np.int64], shape: tuple[int, int]
) -> tuple[Floats, Floats]:
    """Readings averaged into (series, step), NaN where a step has none, and their count; empty ones do not count."""
    try:
        given = table.column(name).cast(pa.float64()).combine_chunks().to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        raise DataError("JZ-380", f"column '{name}' holds text where numbers are read",
                        found="a value that is no number",
                        fix="leave missing values empty, and write decimals with a point.") from None  # fmt: skip
    full: Flags = np.isfinite(given)
    cell = codes[full] * shape[1] + at[full]
    size = shape[0] * shape[1]
    count = np.bincount(cell, minlength=size)
    total = np.bincount(cell, weights=given[full], minlength=size)
    with np.errstate(invalid="ignore"):
        return np.where(count > 0, total / count, np.nan).reshape(shape), count.astype(np.float64).reshape(shape)


def _beside(cells: Floats) -> Floats:
    return cells[0] if len(cells) == 1 else cells


def _last(cells: Floats) -> int:
    filled = np.flatnonzero(np.isfinite(cells).any(axis=0))
    return int(filled[-1]) + 1 if len(filled) else cells.shape[1]


def _seconds(step: str) -> int:
    return round(Duration.parse(step).days_at_least() * _DAY)


def _slow_cycle(step: str) -> int:
    months = months_of(step)
    if months:
        return max(12 // months, 1)
    days = round(Duration.parse(step).days_at_least())
    return 7 if days == 1 else max(round(365.25 / days), 1)
