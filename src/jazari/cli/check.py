"""`jazari check`: does this table fit the declaration?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jazari.cli.output import command, emit

if TYPE_CHECKING:
    from jazari.data.report import Report


@command("check", example="jazari check education.student_dropout --data students.csv")
@click.argument("case")
@click.option("--data", required=True, help="csv, csv.gz, parquet, duckdb:///f.db#table, postgresql:///db#table.")
def check(case: str, data: str) -> None:
    """Check whether a table fits the declaration of CASE, column by column, and how to mend it."""
    from jazari.core.errors import DataError
    from jazari.data.conform import check as conforms
    from jazari.data.source import open_source
    from jazari.usecase.find import find
    from jazari.usecase.taking import reads_for_itself

    declared = find(case)
    if reads_for_itself(declared.engine):
        emit(*_described(declared, data))
        return
    with open_source(data) as source:
        report = conforms(source, declared.table)
    unsaid = declared.unsaid()
    words = "".join(f"\n  - {question}" for question in unsaid)
    draft = f"\n\nThis is a draft. Only a person can say:{words}" if unsaid else ""
    emit({**report.as_json(), "unsaid": unsaid}, lambda: _words(report) + draft)
    if report.errors:
        sys.exit(DataError.exit_code)


def _described(declared: Any, data: str) -> tuple[dict[str, Any], str]:
    """What an ability that reads for itself found in a table, before anything is fitted."""
    from jazari.core.languages import translate
    from jazari.core.progress import Silent
    from jazari.data.source import open_source
    from jazari.usecase.ability import ability
    from jazari.usecase.taking import taken

    with open_source(data) as source:
        answering = ability(declared.engine)
        read = taken(answering, source, declared.table, declared.engine, scratch=Path(), progress=Silent())
    found: dict[str, Any] = read.described()
    lines = [f"{data}: {found['rows']:,} rows, {found['series']:,} series, {found['first']} to {found['last']}", ""]
    lines += [f"  {name:<8} {value}" for name, value in found["columns"].items() if value]
    for one in found["remarks"]:
        lines.append(f"  {one['code']} {one['series']}: {translate(one['sentence'], 'en', **one['values'])}")
    return found, "\n".join([*lines, "", "The table can be read."])


def _words(report: Report) -> str:
    """The report as a table, then each problem with its fix."""
    lines = [f"{report.data}: {report.rows:,} rows", ""]
    if report.periods:
        lines += ["Periods: " + ", ".join(f"{name} ({count:,})" for name, count in report.periods.items()), ""]
    wide = max((len(one.name) for one in report.columns), default=0)
    for one in report.columns:
        state = (
            f"{len(one.errors)} wrong" if one.errors else f"{len(one.warnings)} to look at" if one.warnings else "ok"
        )
        late = f", {one.recorded_late:.1%} recorded late" if one.recorded_late else ""
        missing = "" if one.missing is None else f"{one.missing:.1%} missing{late}"
        lines.append(f"  {one.name:<{wide}}  {one.role:<9} {one.kind:<9} {state:<12} {missing}")
    for heading, problems in (("Wrong", report.errors), ("To look at", report.warnings)):
        if problems:
            lines += ["", f"{heading}:", *(f"{problem}" for problem in problems)]
    lines += ["", "The table fits." if report.fits else "The table does not fit: mend what is wrong and check again."]
    return "\n".join(lines)
