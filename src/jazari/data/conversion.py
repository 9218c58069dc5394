"""How each column of a source becomes what its declaration says: SQL expressions, one set a column.

First each cell is cleaned (`cells`: t0, t1, ... from c0, c1, ...), then its value is made from the cleaned cell, so
that no cell is cleaned twice. A value that cannot be read is null in `value` and not null in `present`: the difference
of the two counts is the number of bad values.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from jazari.data.relation import RELATION, Source, literal
from jazari.schema.columns import Column
from jazari.schema.table import Table

YES = ("1", "true", "t", "yes", "y", "oui", "o", "vrai", "نعم", "ⵢⴰⵀ")
NO = ("0", "false", "f", "no", "n", "non", "faux", "لا", "ⵓⵀⵓ")
ABSENT = ("NA", "N/A", "NaN", "nan", "NULL", "null", "None")
ROW = "row_number() OVER ()"

_INTEGERS = {
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "UHUGEINT",
}
_REALS = {"FLOAT", "DOUBLE"}
_BLANKS = "' \t\r\n\u00a0\ufeff'"
_WITH_COMMA = (
    "^[+-]?(\\d+|\\d{1,3}([ \u00a0\u202f]\\d{3})+)(,\\d*)?$"  # 1 234,5: decimal comma, blanks between thousands
)
_KEEPS = 9e15  # whole numbers up to here are exact in a double


@dataclass(frozen=True)
class Conversion:
    """One column of the conformed table.

    Attributes:
        column: Its declaration.
        value: SQL of the typed value; null where it is missing or cannot be read.
        present: SQL that is null where the value is missing; empty where every present value can be read.
        recorded: SQL of the date of recording; empty where none is declared.
        recorded_present: SQL that is null where there is no date of recording.
        arrow: The Arrow type, by name: `double`, `string`, `bool` or `int64`.
        cells: The cleaned cells that these expressions read, by name.
        plain: SQL of the number as it stands, where the source holds numbers: the value, but for NaN and infinity.
    """

    column: Column
    value: str
    present: str = ""
    recorded: str = ""
    recorded_present: str = ""
    arrow: str = "double"
    cells: Mapping[str, str] = field(default_factory=dict)
    plain: str = ""


def cleaned(conversions: Iterable[Conversion], *, numbered: bool = False) -> str:
    """The FROM clause that all expressions read: the cleaned cells; `n`, the row from 1, where it is asked for."""
    cells: dict[str, str] = {}
    for one in conversions:
        cells |= one.cells
    cells |= {"n": ROW} if numbered else {} if cells else {"n": "1"}
    return f"(SELECT {', '.join(f'{sql} AS {name}' for name, sql in cells.items())} FROM {RELATION})"


def conversions(source: Source, table: Table, names: Sequence[str] | None = None) -> list[Conversion]:
    """The conversions of the declared columns that the source has, in the order of the declaration."""
    wanted = [one for one in table.columns if names is None or one.name in names]
    found = [(one, source.position(one.header)) for one in wanted]
    return [_conversion(source, one, position) for one, position in found if position is not None]


def on_time(conversion: Conversion, limits: Mapping[str, datetime.date], period: str) -> str:
    """SQL of the value as it was known on the prediction date: null where it was recorded later.

    Args:
        conversion: The column.
        limits: The prediction date by period.
        period: SQL of the period; empty where there is none.
    """
    late = is_late(conversion, limits, period)
    return f"CASE WHEN {late} THEN NULL ELSE {conversion.value} END" if late else conversion.value


def is_late(conversion: Conversion, limits: Mapping[str, datetime.date], period: str) -> str:
    """SQL that is true where a value was recorded after the prediction date; empty where that cannot be."""
    if not conversion.recorded or not limits:
        return ""
    days = sorted(set(limits.values()))
    if len(days) == 1:
        return f"({conversion.recorded}) > DATE '{days[0]}'"
    cases = " ".join(f"WHEN {literal(label)} THEN DATE '{day}'" for label, day in sorted(limits.items()))
    return f"({conversion.recorded}) > (CASE {period} {cases} END)"


def _conversion(source: Source, column: Column, position: int) -> Conversion:
    name, kind = f"t{position}", source.types[position]
    cells = {name: _cell(f"c{position}", kind, column.among, is_csv=source.is_text)}
    value, present, arrow = _value(column, name, kind, is_csv=source.is_text)
    recorded = recorded_present = ""
    at = source.position(column.recorded) if column.recorded else None
    if at is not None:
        cells[f"d{at}"] = _cell(f"c{at}", source.types[at], (), is_csv=source.is_text)
        recorded, recorded_present = _date(f"d{at}", source.types[at]), f"d{at}"
    numeric = kind in _INTEGERS | _REALS or kind == "BOOLEAN" or kind.startswith("DECIMAL")
    plain = f"CAST({name} AS DOUBLE)" if column.kind == "number" and numeric and not recorded else ""
    return Conversion(column, value, present, recorded, recorded_present, arrow, cells, plain)


def _cell(name: str, kind: str, among: Sequence[str], *, is_csv: bool) -> str:
    """A text without the blanks around it; null where it is empty, and in a csv where it says that nothing is there."""
    if kind != "VARCHAR":
        return name
    trimmed = f"trim({name}, {_BLANKS})"
    absent = ("", *(one for one in ABSENT if one not in among)) if is_csv else ("",)
    # never IN: DuckDB makes a join of a long list, and a join does not keep the rows in their order
    return f"CASE {trimmed} {_cases(absent, 'NULL')} ELSE {trimmed} END"


def _value(column: Column, name: str, kind: str, *, is_csv: bool) -> tuple[str, str, str]:
    if column.role == "outcome" and column.positive:
        text = _text(column, name, kind, is_csv=is_csv)
        words = _cases([one.casefold() for one in column.positive], "true")
        return f"CASE WHEN {text} IS NOT NULL THEN CASE lower({text}) {words} ELSE false END END", "", "bool"
    if column.kind == "flag":
        text = f"lower({_text(column, name, kind, is_csv=is_csv)})"
        yes = "true" if column.role == "outcome" else "1.0::DOUBLE"
        no = "false" if column.role == "outcome" else "0.0::DOUBLE"
        flag = f"CASE {text} {_cases(YES, yes)} {_cases(NO, no)} END"
        return flag, text, "bool" if column.role == "outcome" else "double"
    if column.kind == "number":
        return (*_number(name, kind), "double")
    if column.role == "key" and kind in _INTEGERS - {"HUGEINT", "UHUGEINT", "UBIGINT"}:
        return f"CAST({name} AS BIGINT)", "", "int64"
    text = _text(column, name, kind, is_csv=is_csv)
    return (f"replace({text}, '/', '-')" if column.role == "period" else text), "", "string"


def _number(name: str, kind: str) -> tuple[str, str]:
    if kind in _INTEGERS or kind == "BOOLEAN" or kind.startswith("DECIMAL"):
        return f"CAST({name} AS DOUBLE)", ""
    if kind in _REALS:
        return f"CASE WHEN isfinite({name}) THEN CAST({name} AS DOUBLE) END", f"nullif({name}, 'nan')"
    if kind != "VARCHAR":
        return "CAST(NULL AS DOUBLE)", f"CASE WHEN {name} IS NOT NULL THEN 1 END"
    plain = f"translate({name}, ', \u00a0\u202f', '.')"
    comma = f"CASE WHEN regexp_matches({name}, '{_WITH_COMMA}') THEN TRY_CAST({plain} AS DOUBLE) END"
    number = f"coalesce(TRY_CAST({name} AS DOUBLE), {comma})"
    return f"nullif(nullif(nullif({number}, 'inf'), '-inf'), 'nan')", name


def _text(column: Column, name: str, kind: str, *, is_csv: bool) -> str:
    if kind == "BOOLEAN":
        digits = set(column.among or column.positive) & {"0", "1"}
        return f"CAST(CAST({name} AS INTEGER) AS VARCHAR)" if digits else f"CAST({name} AS VARCHAR)"
    if kind in _REALS or kind.startswith("DECIMAL"):
        real = name if kind in _REALS else f"CAST({name} AS DOUBLE)"
        return (
            f"CASE WHEN NOT isnan({real}) THEN CASE WHEN abs({real}) < {_KEEPS} AND {real} = trunc({real}) "
            f"THEN CAST(CAST({real} AS BIGINT) AS VARCHAR) ELSE CAST({real} AS VARCHAR) END END"
        )
    if column.role == "period" and kind.startswith("TIMESTAMP"):
        return f"CAST(CAST({name} AS DATE) AS VARCHAR)"
    if kind != "VARCHAR":
        return f"CAST({name} AS VARCHAR)"
    dotted = any(one.endswith(".0") for one in column.among)
    if not is_csv or dotted or column.role in {"key", "territory", "site"}:
        return name
    return f"regexp_replace({name}, '^(-?\\d+)\\.0+$', '\\1')"


def _date(name: str, kind: str) -> str:
    if kind == "DATE" or kind.startswith("TIMESTAMP"):
        return f"CAST({name} AS DATE)"
    if kind != "VARCHAR":
        return "CAST(NULL AS DATE)"
    day_first = f"regexp_replace({name}, '^(\\d{{1,2}})[/.-](\\d{{1,2}})[/.-](\\d{{4}})', '\\3-\\2-\\1')"
    return f"coalesce(TRY_CAST({name} AS DATE), TRY_CAST({day_first} AS DATE))"


def _cases(words: Sequence[str], value: str) -> str:
    return " ".join(f"WHEN {literal(one)} THEN {value}" for one in words)
