"""`jazari check`: does this table fit the declaration?"""

from __future__ import annotations

import sys

import click

from jazari.cli.output import command, emit


@command("check", example="jazari check education.student_dropout --data students.csv")
@click.argument("case")
@click.option("--data", required=True, help="csv, csv.gz, parquet, duckdb:///f.db#table, postgresql:///db#table.")
def check(case: str, data: str) -> None:
    """Check whether a table fits the declaration of CASE, column by column, and how to mend it."""
    from jazari.core.errors import DataError
    from jazari.data.conform import check as conforms
    from jazari.data.source import open_source
    from jazari.usecase.find import find

    report = conforms(open_source(data), find(case).table)
    emit(report.as_json(), lambda: str(report))
    if report.errors:
        sys.exit(DataError.exit_code)
