"""Columns: where the series of a table stand. The declared headers first, then what the table itself shows."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jazari.core.errors import DataError, did_you_mean
from jazari.engines.forecast.clock import is_time
from jazari.engines.forecast.panel import Remark
from jazari.schema.table import Table
from jazari.usecase.forecast.question import Forecast

_UNITS = ("unit", "units", "unite", "unité", "unités", "uom", "الوحدة")


@dataclass(frozen=True)
class Columns:
    """Where series stand in a table.

    Attributes:
        time: The header of the times.
        series: The header that names the series of a long table; empty for a wide one.
        values: The headers of the readings; one of them where the table is long.
        known: The headers that are known ahead.
        remarks: What was left out, said.
    """

    time: str
    series: str
    values: tuple[str, ...]
    known: tuple[str, ...]
    remarks: tuple[Remark, ...] = ()

    def described(self) -> dict[str, Any]:
        """As it stands in a dossier."""
        return {"time": self.time, "series": self.series, "values": list(self.values), "known": list(self.known)}


def columns_of(rows: pa.Table, table: Table, question: Forecast) -> Columns:
    """Where the series that a question asks about stand.

    Raises:
        DataError: JZ-243, no column can be told to hold them; JZ-381, no times; JZ-386, units by the row.
    """
    _refuse_units(rows)
    beside = {one.header for one in (*table.of_role("known_ahead"), *table.of_role("territory"), *table.audited)}
    known = tuple(one.header for one in table.of_role("known_ahead") if one.header in rows.column_names)
    time = _time(rows, table)
    left = [name for name in rows.column_names if name not in beside and name != time]
    if question.columns:
        return Columns(time, "", _named(question, rows), known)
    series = _series(rows, table, time, left)
    rest = [name for name in left if name != series]
    values = _values(rows, table, question, rest, is_long=bool(series))
    return Columns(time, series, values, known, tuple(_left_out(rows, rest, values)))


def _time(rows: pa.Table, table: Table) -> str:
    declared = table.one("time")
    if declared is not None and declared.header in rows.column_names:
        return declared.header
    found: str | None = next((name for name in rows.column_names if is_time(rows.column(name))), None)
    if found is None:
        headers = ", ".join(rows.column_names[:20])
        wanted = declared.header if declared is not None else "time"
        raise DataError(
            "JZ-381", "no column of times was found", found=headers,
            fix=f"{did_you_mean(wanted, rows.column_names)}Head the column of times '{wanted}', and print them as "
            "2017-01-01 00:00.",
        )  # fmt: skip
    return found


def _series(rows: pa.Table, table: Table, time: str, left: Sequence[str]) -> str:
    """The header that names the series: the declared one, else the only column of text beside times that repeat."""
    declared = table.one("series")
    if declared is None:
        return ""
    if declared.header in left:
        return declared.header
    texts = [name for name in left if not _is_number(rows, name) and not _is_like(name, declared.like)]
    texts = [name for name in texts if not is_time(rows.column(name))]
    if not texts or pc.count_distinct(rows.column(time)).as_py() == rows.num_rows:
        return ""
    if len(texts) > 1:
        raise DataError(
            "JZ-243", "several columns could name the series", found=", ".join(texts[:10]),
            fix=f"head the one that names them '{declared.header}'.",
        )  # fmt: skip
    return texts[0]


def _values(rows: pa.Table, table: Table, question: Forecast, rest: Sequence[str], *, is_long: bool) -> tuple[str, ...]:
    """The headers of the readings, among those that are left."""
    value, declared = table.column(question.of), table.one("series")
    if value.header in rest:
        return (value.header,)
    words = declared.like if declared is not None else ()
    like = [name for name in rest if _is_like(name, words)]
    numbers = [name for name in rest if _is_number(rows, name)]
    is_told = is_long or _are_numbered(numbers) or (len(numbers) == 1 and not words)
    found = like or (numbers if is_told else [])
    if not found or (is_long and len(found) > 1):
        fix = (
            f"head the one that holds them '{value.header}'." if is_long or declared is None
            else f"name them: --set columns={','.join(numbers[:3]) or 'NORTH,SOUTH'}; or head each with a word of "
            f"{', '.join(words[:4]) or 'the declaration, series(like=...)'}."
        )  # fmt: skip
        raise DataError(
            "JZ-243", f"the table holds no series of '{question.of}' that can be told from the rest",
            found=", ".join(rows.column_names[:20]), fix=f"{did_you_mean(value.header, rest)}{fix}",
        )  # fmt: skip
    return tuple(found)


def _named(question: Forecast, rows: pa.Table) -> tuple[str, ...]:
    """The headers that `--set columns=...` names."""
    named = tuple(one.strip() for one in question.columns.split(",") if one.strip())
    missing = [one for one in named if one not in rows.column_names]
    if missing or not named or len(set(named)) < len(named):
        raise DataError(
            "JZ-243", "a column that was named is not in the table", where=f"--set columns={question.columns[:60]}",
            found=", ".join(rows.column_names[:20]),
            fix=f"{did_you_mean(missing[0] if missing else '', rows.column_names)}Name each header once.",
        )  # fmt: skip
    return named


def _left_out(rows: pa.Table, rest: Sequence[str], values: Sequence[str]) -> list[Remark]:
    """A remark on the numbers that were not read, so that no series is lost in silence."""
    out = [name for name in rest if name not in values and _is_number(rows, name)]
    if not out or len(values) == 1:
        return []
    text = "Columns that were not read: {columns}. Name what is to be forecast with --set columns=..."
    return [Remark("JZ-399", text, {"columns": ", ".join(out[:10])})]


def _refuse_units(rows: pa.Table) -> None:
    for name in rows.column_names:
        if name.strip().lower() in _UNITS and not _is_number(rows, name):
            units = pc.unique(rows.column(name).cast(pa.string())).drop_null().to_pylist()
            if len(units) > 1:
                raise DataError(
                    "JZ-386", "readings of several units stand in one table", where=f"column '{name}'",
                    found=", ".join(sorted(units)[:5]), fix="bring all readings to one unit before they are read.",
                )  # fmt: skip


def _is_like(header: str, words: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(header.lower(), f"*{word.lower()}*") for word in words)


def _are_numbered(headers: Sequence[str]) -> bool:
    """Whether headers differ in their numbers alone: Zone 1, Zone 2, Zone 3."""
    return bool(headers) and len({re.sub(r"\d+", "", one) for one in headers}) == 1 and len(headers) > 1


def _is_number(rows: pa.Table, name: str) -> bool:
    kind = rows.schema.field(name).type
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))
