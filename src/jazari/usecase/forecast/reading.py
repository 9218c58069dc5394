"""Reading series for a question: which columns they stand in, their panels, what was odd, who they serve."""

from __future__ import annotations

import datetime
import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jazari.core.canonical import file_digest
from jazari.core.errors import DataError
from jazari.data.relation import Source
from jazari.data.series import fingerprint, read_series
from jazari.engines.forecast.calendar import daily
from jazari.engines.forecast.packed import is_packed, read_packed
from jazari.engines.forecast.panel import Panel, Remark
from jazari.engines.forecast.reading import discover, read_panel
from jazari.schema.table import Table
from jazari.usecase.forecast.question import Forecast


@dataclass(frozen=True)
class Series:
    """The series of a source, laid on their clock.

    Attributes:
        panels: Series that stand together; one panel but where thousands are packed.
        remarks: What was found before anything was fitted.
        groups: Audited or territory column -> series -> value: who is served.
        columns: Where they were read from: `time`, `series` (empty for a wide table), `values`, `known`.
        averaged: How many readings stood in one step.
        rows: How many rows the source has.
        fingerprint: The SHA-256 of the data.
    """

    panels: tuple[Panel, ...]
    remarks: tuple[Remark, ...]
    groups: Mapping[str, Mapping[str, str]]
    columns: Mapping[str, Any]
    averaged: int
    rows: int
    fingerprint: str
    periods: Sequence[str] = ()
    recorded_late: Mapping[str, float] = field(default_factory=dict)

    def count(self) -> int:
        """How many rows were read."""
        return self.rows

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing lies on disk."""

    def described(self) -> dict[str, Any]:
        """What a card says of the reading: columns, step, averages, remarks, the age of each series."""
        return {
            "columns": dict(self.columns),
            "averaged": self.averaged,
            "rows": self.rows,
            "series": sum(len(panel.names) for panel in self.panels),
            "first": str(min(panel.times[0] for panel in self.panels)),
            "last": str(max(panel.times[-1] for panel in self.panels)),
            "remarks": [one.as_json() for one in self.remarks],
            "groups": {name: dict(one) for name, one in self.groups.items()},
        }


def read(source: Source, table: Table, question: Forecast, *, least: int = 0) -> Series:
    """Read the series that a question asks about.

    Args:
        source: The rows.
        table: What is declared of them.
        question: Step, horizon, column.
        least: A series shorter than three of these steps is set aside; the horizon unless said.

    Raises:
        DataError: 3xx of the data room, JZ-380 to JZ-389 of the engine's reading; JZ-243, no series in the table.
    """
    if source.origin == "parquet" and len(source.files) == 1 and is_packed(source.files[0]):
        return _packed(source.files[0], table, question)
    names = table.one("series")
    rows = read_series(source, texts=_texts(source, table))
    columns = _columns(rows, table, question)
    zone = _one(table, "time").zone
    unit = table.column(question.of).unit
    reading = read_panel(
        rows, time=columns["time"], values=columns["values"], series=columns["series"], step=question.every,
        known=columns["known"], zone=zone, unit=unit, ahead=least or question.steps,
    )  # fmt: skip
    panel = _called(reading.panel, question, wide=not columns["series"], alone=names is None)
    return Series(
        panels=(with_calendar(panel, question),),
        remarks=reading.remarks,
        groups=_groups(rows, table, columns["series"]),
        columns=columns,
        averaged=reading.averaged,
        rows=rows.num_rows,
        fingerprint=fingerprint(rows),
    )


def with_calendar(panel: Panel, question: Forecast) -> Panel:
    """The panel with the calendar of its days and of those ahead, where its steps are shorter than a day."""
    if not panel.is_daily_cycle:
        return panel
    first, last = panel.times[0].astype("datetime64[D]"), panel.times[-1].astype("datetime64[D]")
    ahead = -(-question.steps // panel.cycle)
    return replace(panel, calendar=daily(np.arange(first, last + 3 + ahead), question.country))


def _one(table: Table, role: Any) -> Any:
    return table.one(role)


def _texts(source: Source, table: Table) -> list[str]:
    columns = [*table.of_role("series"), *table.of_role("territory"), *table.audited]
    return [one.header for one in columns if one.header in source.headers]


def _columns(rows: pa.Table, table: Table, question: Forecast) -> dict[str, Any]:
    """Where the series stand: the declared headers first, then what the table itself shows."""
    headers = rows.column_names
    time, names, value = _one(table, "time"), table.one("series"), table.column(question.of)
    beside = {one.header for one in (*table.of_role("known_ahead"), *table.of_role("territory"), *table.audited)}
    known = [one.header for one in table.of_role("known_ahead") if one.header in headers]
    left = rows.drop_columns([one for one in headers if one in beside])
    found = (
        discover(left, like=names.like if names and names.like else ()) if _is_unsaid(headers, table, question) else {}
    )
    at = time.header if time.header in headers else str(found["time"])
    if names and names.header in headers:
        values = [value.header] if value.header in headers else _numbers(left, [at, names.header])[:1]
        return {"time": at, "series": names.header, "values": values, "known": known}
    if value.header in headers:
        return {"time": at, "series": "", "values": [value.header], "known": known}
    series, values = str(found["series"]), [str(one) for one in found["values"]]  # type: ignore[attr-defined]
    if names and names.like and not any(_is_like(one, names.like) for one in values):
        raise DataError(
            "JZ-243", f"the table holds no series of '{question.of}'", found=", ".join(headers[:20]),
            fix=f"name the column in the declaration: source=..., or a word of its headers: like={names.like!r}.",
        )  # fmt: skip
    return {"time": at, "series": series, "values": values, "known": known}


def _is_unsaid(headers: Sequence[str], table: Table, question: Forecast) -> bool:
    """Whether the table lacks a header that the declaration names, so that the table itself is asked."""
    return _one(table, "time").header not in headers or table.column(question.of).header not in headers


def _is_like(header: str, words: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(header.lower(), f"*{word.lower()}*") for word in words)


def _numbers(rows: pa.Table, but: Sequence[str]) -> list[str]:
    return [one.name for one in rows.schema if pa.types.is_floating(one.type) and one.name not in but]


def _called(panel: Panel, question: Forecast, *, wide: bool, alone: bool) -> Panel:
    """A single series of a wide table is called by the word of the declaration."""
    return replace(panel, names=(question.of,)) if wide and alone and len(panel.names) == 1 else panel


def _groups(rows: pa.Table, table: Table, series: str) -> dict[str, dict[str, str]]:
    """Who each series serves, by the audited and territory columns of a long table."""
    found: dict[str, dict[str, str]] = {}
    for one in (*table.of_role("territory"), *table.audited):
        if series and one.header in rows.column_names and one.header != series:
            pairs = rows.select([series, one.header]).group_by([series, one.header], use_threads=False).aggregate([])
            pairs = pairs.filter(pc.is_valid(pairs[one.header]))
            names, values = (pairs[header].cast(pa.string()).to_pylist() for header in (series, one.header))
            found[one.name] = dict(zip(names, values, strict=True))
    return found


def _packed(path: Path, table: Table, question: Forecast) -> Series:
    """Series packed one a row, in groups of which each stands on one clock."""
    panels, remarks = [], []
    for panel, found in read_packed(path, ahead=question.steps, country=question.country):
        remarks += found
        if panel is not None:
            panels.append(panel)
    if not panels:
        raise DataError(
            "JZ-243", "no series is left to forecast", where=path.name, found=f"{len(remarks)} remarks",
            fix="look at the remarks of each series: too short, constant, or empty.",
        )  # fmt: skip
    here = [one for one in (*table.of_role("territory"), *table.audited) if one.header in pq.read_schema(path).names]
    beside = pq.read_table(path, columns=["series", *(one.header for one in here)])
    groups = {
        one.name: dict(zip(beside["series"].to_pylist(), beside[one.header].cast(pa.string()).to_pylist(), strict=True))
        for one in here
    }
    columns = {"time": "start", "series": "series", "values": ["values"], "known": []}
    rows = pq.ParquetFile(path).metadata.num_rows
    return Series(tuple(panels), tuple(remarks), groups, columns, 1, rows, file_digest(path))


def last_full_day(panel: Panel, question: Forecast) -> datetime.date:
    """The last day all of whose steps lie in the panel."""
    steps = panel.times[-1] + panel.step
    end = steps - np.timedelta64(question.seconds_of_issue, "s")
    return (end.astype("datetime64[D]") - 1).astype(datetime.date)  # type: ignore[no-any-return]
