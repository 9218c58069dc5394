"""The counts behind a report: extremes where they suffice, counts for the rest, rows only where something is wrong."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jazari.data.conversion import Conversion, cleaned, is_late
from jazari.data.relation import Source, literal


@dataclass(frozen=True)
class Measure:
    """What was counted of one column.

    Attributes:
        known: Rows with a typed value.
        bad: Rows with a value that could not be read.
        outside: Rows with a number out of bounds or a category that is not declared.
        one_value: Whether all known values are the same.
        yes: Rows on which an outcome came true.
        late: Values recorded after the prediction date.
        undated: Values with no date of recording.
        bad_dates: Dates of recording that could not be read.
        commas: Numbers written with a comma; `points`, with a point.
        is_plain: Whether it can be read as it stands: numbers in the source, all finite and within bounds.
    """

    known: int
    bad: int = 0
    outside: int = 0
    one_value: bool = False
    yes: int = 0
    late: int = 0
    undated: int = 0
    bad_dates: int = 0
    commas: int = 0
    points: int = 0
    is_plain: bool = False


@dataclass(frozen=True)
class Measures:
    """What was counted: the rows, and each column by its declared name."""

    rows: int
    columns: Mapping[str, Measure]


def measure(
    source: Source, conversions: Sequence[Conversion], limits: Mapping[str, datetime.date], period: str
) -> Measures:
    """Count everything: plain numbers by their extremes alone, and what these do not clear with every count."""
    rows, quick = _by_extremes(source, [one for one in conversions if one.plain])
    rest = [one for one in conversions if one.column.name not in quick]
    counted = _in_full(source, rest, limits, period) if rest else {}
    return Measures(rows, quick | counted)


def _by_extremes(source: Source, conversions: Sequence[Conversion]) -> tuple[int, dict[str, Measure]]:
    """The rows, and the plain numbers whose extremes are finite and within bounds."""
    asked = [f"{what}({one.plain})" for one in conversions for what in ("count", "min", "max")]
    rows, *told = source.rows(f"SELECT {', '.join(['count(*)', *asked])} FROM {cleaned(conversions)}")[0]
    clear = {}
    for one, known, low, high in zip(conversions, told[::3], told[1::3], told[2::3], strict=True):
        least, most = one.column.within or (-math.inf, math.inf)
        if not known or (math.isfinite(low) and math.isfinite(high) and least <= low and high <= most):
            clear[one.column.name] = Measure(known, one_value=low == high, is_plain=True)
    return int(rows), clear


def _in_full(
    source: Source, conversions: Sequence[Conversion], limits: Mapping[str, datetime.date], period: str
) -> dict[str, Measure]:
    inner: list[str] = []
    outer: list[str] = []
    asked: list[tuple[str, str]] = []
    for index, one in enumerate(conversions):
        parts = _parts(one, limits, period)
        inner += [f"{sql} AS {letter}{index}" for letter, sql in parts.items()]
        for kind, sql in _counts(one, parts).items():
            outer.append(sql.replace("#", str(index)))
            asked.append((one.column.name, kind))
    rows = cleaned(conversions)
    row = source.rows(f"SELECT {', '.join(outer)} FROM (SELECT {', '.join(inner)} FROM {rows})")[0]
    counts: dict[str, dict[str, int]] = {one.column.name: {} for one in conversions}
    for (name, kind), value in zip(asked, row, strict=True):
        counts[name][kind] = value
    return {name: _measure(one) for name, one in counts.items()}


def period_counts(source: Source, period: Conversion | None) -> dict[str, int]:
    """Rows by period, the empty text for rows without one; nothing where no period is declared."""
    if period is None:
        return {}
    rows = source.rows(f"SELECT {period.value} AS period, count(*) FROM {cleaned([period])} GROUP BY 1")
    return {name or "": int(count) for name, count in rows}


def first_rows(source: Source, conversions: Sequence[Conversion], wrong: Mapping[str, str]) -> dict[str, int]:
    """The first row, from 1, on which each condition on these conversions holds."""
    if not wrong:
        return {}
    firsts = ", ".join(f"min(n) FILTER ({sql})" for sql in wrong.values())
    row = source.rows(f"SELECT {firsts} FROM {cleaned(conversions, numbered=True)}")[0]
    return {name: int(first or 0) for name, first in zip(wrong, row, strict=True)}


def duplicates(source: Source, key: Conversion, period: Conversion | None) -> tuple[int, int]:
    """The keys that stand more than once in a period, and their rows."""
    by = [key] if period is None else [key, period]
    rows = source.rows(
        f"SELECT count(*), coalesce(sum(times), 0) FROM (SELECT count(*) AS times FROM {cleaned(by)} "
        f"WHERE {key.value} IS NOT NULL GROUP BY {', '.join(one.value for one in by)} HAVING count(*) > 1)"
    )[0]
    return int(rows[0]), int(rows[1])


def is_bad(one: Conversion) -> str:
    """SQL that is true where a value is there and could not be read."""
    return f"({one.present}) IS NOT NULL AND ({one.value}) IS NULL" if one.present else "false"


def is_outside(one: Conversion) -> str:
    """SQL that is true where a value is out of bounds, or not among the declared ones."""
    if one.column.within is not None and one.arrow == "double":
        low, high = one.column.within
        return f"({one.value}) NOT BETWEEN {low!r} AND {high!r}"
    if one.column.among and one.arrow == "string":
        return f"({one.value}) NOT IN ({', '.join(literal(word) for word in one.column.among)})"
    return ""


def has_bad_date(one: Conversion) -> str:
    """SQL that is true where a date of recording is there and could not be read."""
    return f"({one.recorded_present}) IS NOT NULL AND ({one.recorded}) IS NULL" if one.recorded else "false"


def _parts(one: Conversion, limits: Mapping[str, datetime.date], period: str) -> dict[str, str]:
    """The expressions of a column that are computed once a row, by letter."""
    parts = {"v": one.value}
    if one.present:
        parts["p"] = one.present
    if one.recorded:
        parts |= {"d": one.recorded, "e": one.recorded_present}
        late = is_late(one, limits, period)
        parts |= {"l": late} if late else {}
    return parts


def _counts(one: Conversion, parts: Mapping[str, str]) -> dict[str, str]:
    """The aggregates of a column, with # for its number."""
    counts = {"known": "count(v#)"}
    if one.column.role not in {"key", "period"}:
        counts |= {"low": "min(v#)", "high": "max(v#)"}
    if "p" in parts:
        counts["present"] = "count(p#)"
        if one.arrow == "double" and one.column.kind == "number" and parts["p"] == next(iter(one.cells)):
            counts |= {"commas": "count(*) FILTER (p# LIKE '%,%')", "points": "count(*) FILTER (p# LIKE '%.%')"}
    if one.column.role == "outcome":
        counts["yes"] = "count(*) FILTER (v#)"
    outside = is_outside(one)
    if outside:
        counts["outside"] = f"count(*) FILTER ({outside.replace(f'({one.value})', 'v#')})"
    if "d" in parts:
        counts |= {"dated": "count(d#)", "date_present": "count(e#)", "undated": "count(v#) FILTER (e# IS NULL)"}
    if "l" in parts:
        counts["late"] = "count(v#) FILTER (l#)"
    return counts


def _measure(counts: Mapping[str, int]) -> Measure:
    known = int(counts["known"])
    return Measure(
        known=known,
        bad=int(counts.get("present", known)) - known,
        outside=int(counts.get("outside", 0)),
        one_value="low" in counts and counts["low"] == counts["high"],
        yes=int(counts.get("yes", 0)),
        late=int(counts.get("late", 0)),
        undated=int(counts.get("undated", 0)),
        bad_dates=int(counts.get("date_present", 0)) - int(counts.get("dated", 0)),
        commas=int(counts.get("commas", 0)),
        points=int(counts.get("points", 0)),
    )
