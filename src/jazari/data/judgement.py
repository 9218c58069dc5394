"""What the counts of a table mean: errors and warnings, by column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from jazari.core.errors import DataError
from jazari.data import problems
from jazari.data.calendar import start_of
from jazari.data.conversion import Conversion
from jazari.data.dialect import clean
from jazari.data.leaks import leaking
from jazari.data.measures import Measure, Measures, duplicates, first_rows, has_bad_date, is_bad, is_outside
from jazari.data.plan import Plan
from jazari.data.relation import Source
from jazari.schema.columns import Column
from jazari.schema.table import Table

Problems = dict[str, list[DataError]]
_HALF = 0.5
_LOOKED_AT = 100_000
_VALUE = re.compile(r"[+-]?\d[\d.,: /+-]*$")


def holds_values(source: Source, table: Table) -> bool:
    """Whether the first line of a csv is a line of values: no declared header in it, and numbers or doubles."""
    if not source.is_text or any(source.position(one.header) is not None for one in table.columns):
        return False
    numbers = sum(bool(_VALUE.match(one)) for one in source.headers)
    return 3 * numbers >= len(source.headers) or bool(source.doubled)


def headers(source: Source, table: Table, wanted: Sequence[Column], *, need_outcome: bool) -> Problems:
    """The problems of headers, by column."""
    found: Problems = {}
    for one in wanted:
        if source.position(one.header) is None:
            if one.role != "outcome" or need_outcome:
                found.setdefault(one.name, []).append(problems.missing_column(source, table, one, one.header))
        elif clean(one.header) in source.doubled:
            found.setdefault(one.name, []).append(problems.doubled(table, one))
        if one.recorded and source.position(one.recorded) is None:
            found.setdefault(one.name, []).append(problems.missing_column(source, table, one, one.recorded))
    return found


def errors(source: Source, table: Table, found: Plan, measures: Measures, *, need_outcome: bool) -> Problems:
    """What is wrong with the values, by column."""
    wrong: dict[str, str] = {}
    for one in found.conversions:
        wrong |= {f"{kind} {one.column.name}": sql for kind, sql in _conditions(one, measures).items()}
    lines = {name: problems.place(source, row) for name, row in first_rows(source, found.conversions, wrong).items()}
    told: Problems = {}
    for one in found.conversions:
        problems_here = _of_values(table, one, measures.columns[one.column.name], lines, measures.rows)
        problems_here += _of_role(
            source, table, found, one, measures.columns[one.column.name], need_outcome=need_outcome
        )
        if problems_here:
            told[one.column.name] = problems_here
    return told


def warnings(table: Table, found: Plan, measures: Measures) -> Problems:
    """What deserves a look, by column."""
    told: Problems = {}
    for one in found.conversions:
        column, counted = one.column, measures.columns[one.column.name]
        here = told.setdefault(column.name, [])
        missing = 1 - counted.known / measures.rows
        if column.role in {"column", "audited"} and (counted.one_value or not counted.known):
            here.append(problems.constant(table, column))
        elif column.role in {"column", "audited"} and missing > _HALF:
            here.append(problems.mostly_missing(table, column, missing))
        if column.role in {"site", "territory"} and missing:
            here.append(problems.no_place(table, column, measures.rows - counted.known))
        if counted.late:
            here.append(problems.late(table, column, counted.late / counted.known))
        if counted.undated:
            here.append(problems.undated(table, column, counted.undated / counted.known))
    return told


def leaks(source: Source, table: Table, found: Plan, rows: int) -> Problems:
    """The columns that know the outcome, on at most 100,000 rows taken at even steps."""
    inputs = [one.column.name for one in found.conversions if one.column.role == "column"]
    outcome = table.one("outcome")
    if outcome is None:
        return {}
    step = max(1, -(-rows // _LOOKED_AT))
    with source.reading():
        sample = source.select(found.sql([*inputs, outcome.name], every=step)).to_arrow_table()
    return {
        name: [problems.leak(table, table.column(name), auc)] for name, auc in leaking(sample, inputs, outcome.name)
    }


def says_nothing(found: Plan, measures: Measures) -> bool:
    """Whether every input column is constant or empty."""
    inputs = [measures.columns[one.column.name] for one in found.conversions if one.column.role == "column"]
    return bool(inputs) and all(one.one_value or not one.known for one in inputs)


def _conditions(one: Conversion, measures: Measures) -> dict[str, str]:
    """What to look for to find the first row of a problem."""
    counted = measures.columns[one.column.name]
    wanted = {}
    if counted.bad:
        wanted["bad"] = is_bad(one)
    if counted.outside:
        wanted["outside"] = is_outside(one)
    if counted.bad_dates:
        wanted["date"] = has_bad_date(one)
    if one.column.role == "key" and counted.known < measures.rows:
        wanted["key"] = f"({one.value}) IS NULL"
    return wanted


def _of_values(table: Table, one: Conversion, counted: Measure, lines: Mapping[str, str], rows: int) -> list[DataError]:
    column, told = one.column, []
    if counted.bad:
        told.append(problems.wrong_type(table, column, counted.bad, lines[f"bad {column.name}"]))
    if counted.commas and counted.points:
        told.append(problems.mixed_decimals(table, column, counted.commas, counted.points))
    if counted.outside:
        problem = problems.out_of_bounds if one.arrow == "double" else problems.not_among
        told.append(problem(table, column, counted.outside, lines[f"outside {column.name}"]))
    if counted.bad_dates:
        told.append(problems.bad_dates(table, column, counted.bad_dates, lines[f"date {column.name}"]))
    if column.role == "key" and counted.known < rows:
        told.append(problems.no_key(table, column, rows - counted.known, lines[f"key {column.name}"]))
    return told


def _of_role(
    source: Source, table: Table, found: Plan, one: Conversion, counted: Measure, *, need_outcome: bool
) -> list[DataError]:
    column = one.column
    if column.role == "key":
        keys, rows = duplicates(source, one, found.of_role("period"))
        return [problems.duplicated(table, column, keys, rows)] if keys else []
    if column.role == "period":
        bad = [count for label, count in found.periods.items() if start_of(label) is None]
        return [problems.bad_periods(table, column, len(bad), sum(bad))] if bad else []
    if column.role == "outcome" and need_outcome and not counted.bad and counted.yes in {0, counted.known}:
        return [problems.one_class(table, column, counted.yes, counted.known)]
    return []
