"""Reading series for a question: which columns they stand in, their panels, what was odd, who they serve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jazari.core.canonical import file_digest
from jazari.core.errors import DataError
from jazari.data.relation import Source
from jazari.data.series import fingerprint, read_series
from jazari.engines.forecast.calendar import daily
from jazari.engines.forecast.packed import groups_of, is_packed
from jazari.engines.forecast.panel import Panel, Remark
from jazari.engines.forecast.reading import read_panel
from jazari.schema.table import Table
from jazari.usecase.forecast.columns import columns_of
from jazari.usecase.forecast.question import Forecast
from jazari.usecase.forecast.series import Held, Packed, Series, cut
from jazari.usecase.forecast.sums import parts_of, with_sums


def read(source: Source, table: Table, question: Forecast, *, is_new: bool = False) -> Series:
    """Read the series that a question asks about.

    Args:
        source: The rows.
        table: What is declared of them.
        question: Step, horizon, column.
        is_new: Whether these are new readings of a dossier's series: none is left out, however short or constant.

    Raises:
        DataError: 3xx of the data room, JZ-380 to JZ-389 of the engine's reading; JZ-243, no series in the table.
    """
    if source.origin == "parquet" and len(source.files) == 1 and is_packed(source.files[0]):
        return _packed(source.files[0], table, question, is_new=is_new)
    rows = read_series(source, texts=_texts(source, table))
    columns = columns_of(rows, table, question)
    time = table.one("time")
    reading = read_panel(
        rows, time=columns.time, values=columns.values, series=columns.series, step=question.every,
        known=columns.known, zone=time.zone if time else "", unit=table.column(question.of).unit,
        ahead=None if is_new else question.steps,
    )  # fmt: skip
    panel = _called(reading.panel, question, wide=not columns.series, alone=table.one("series") is None)
    groups = _groups(rows, table, columns.series)
    sums = {} if is_new else parts_of(question.hierarchy, table.hierarchy, panel.names, groups)
    return Series(
        parts=cut(with_calendar(panel, question), question, sums),
        remarks=(*columns.remarks, *reading.remarks),
        groups=groups,
        columns=columns.described(),
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


def _texts(source: Source, table: Table) -> list[str]:
    columns = [*table.of_role("series"), *table.of_role("territory"), *table.audited]
    return [one.header for one in columns if one.header in source.headers]


def _called(panel: Panel, question: Forecast, *, wide: bool, alone: bool) -> Panel:
    """A single series of a wide table is called by the word of the declaration."""
    return replace(panel, names=(question.of,)) if wide and alone and len(panel.names) == 1 else panel


def _groups(rows: pa.Table, table: Table, series: str) -> dict[str, dict[str, str]]:
    """Who each series serves, by the audited and territory columns of a long table (JZ-467)."""
    found: dict[str, dict[str, str]] = {}
    for one in (*table.of_role("territory"), *table.audited):
        if series and one.header in rows.column_names and one.header != series:
            pairs = rows.select([series, one.header]).group_by([series, one.header], use_threads=False).aggregate([])
            pairs = pairs.filter(pc.is_valid(pairs[one.header]))
            names, values = (pairs[header].cast(pa.string()).to_pylist() for header in (series, one.header))
            found[one.name] = _one_each(one.name, one.among, names, values)
    return found


def _one_each(column: str, among: tuple[str, ...], names: list[str], values: list[str]) -> dict[str, str]:
    """The value of each series: one, and among those that are declared (JZ-467)."""
    strange = sorted({one for one in values if among and one not in among})
    if strange:
        raise DataError(
            "JZ-467", f"column '{column}' holds a value that is not declared", found=", ".join(strange[:5]),
            fix=f"use {', '.join(among)}, or declare the value.",
        )  # fmt: skip
    if len(set(names)) < len(names):
        raise DataError(
            "JZ-467", f"column '{column}' says several things of one series",
            found=f"{len(names) - len(set(names))} series too many",
            fix="say of each series one and the same value in all of its rows.",
        )  # fmt: skip
    return dict(zip(names, values, strict=True))


def _packed(path: Path, table: Table, question: Forecast, *, is_new: bool) -> Series:
    """Series packed one a row, in groups of which each lies in memory by itself."""
    ahead = None if is_new else question.steps
    parts = tuple(Packed(one, ahead, question.country) for one in groups_of(path, question.group))
    if parts[0].group.clock.seconds != question.seconds:
        raise DataError(
            "JZ-382", f"the times do not stand on the declared step {question.every}", where=path.name,
            found=f"a step of {parts[0].group.clock.seconds} s", fix="declare the step that the series have.",
        )  # fmt: skip
    here = [one for one in (*table.of_role("territory"), *table.audited) if one.header in pq.read_schema(path).names]
    beside = pq.read_table(path, columns=["series", *(one.header for one in here)])
    groups = {}
    for one in here:
        known = beside.filter(pc.is_valid(beside[one.header]))
        names, values = known["series"].to_pylist(), known[one.header].cast(pa.string()).to_pylist()
        groups[one.name] = _one_each(one.name, one.among, names, values)
    columns = {"time": "start", "series": "series", "values": ["values"], "known": []}
    found = Series(parts, (), groups, columns, 1, beside.num_rows, file_digest(path))
    sums = {} if is_new else parts_of(question.hierarchy, table.hierarchy, beside["series"].to_pylist(), groups)
    return _together(found, sums) if sums else found


def _together(packed: Series, sums: Mapping[str, tuple[str, ...]]) -> Series:
    """Packed series that add up, in memory together; parts that were set aside are left out of their sums."""
    remarks = tuple(Remark(**one) for one in packed.described()["remarks"])
    panel = packed.whole()
    there = {whole: tuple(one for one in each if one in panel.names or one in sums) for whole, each in sums.items()}
    return replace(packed, parts=(Held(with_sums(panel, there), there),), remarks=remarks)
