"""`jazari new`: draft a declaration from a table."""

from __future__ import annotations

from pathlib import Path

import click

from jazari.cli.output import command, emit


@command("new", example="jazari new health.no_show --data appointments.csv")
@click.argument("name")
@click.option("--data", required=True, help="csv, csv.gz, parquet, duckdb:///f.db#table, postgresql:///db#table.")
@click.option("--out", type=click.Path(path_type=Path), help="The file; NAME.py in this folder unless said.")
def new(name: str, data: str, out: Path | None) -> None:
    """Draft the declaration NAME from a table; it marks what only a person can say."""
    from jazari.usecase.draft import draft

    made = draft(name, data, out)
    questions = [f"  - {question}" for question in made.questions]
    words = [f"Draft written: {made.path}", "", "Only a person can say:", *questions, "", "Then:"]
    words += [
        f"  jazari check {made.reference} --data {data}",
        f"  jazari run {made.reference} --data {data} --out dossier",
    ]
    emit({"path": str(made.path), "case": made.reference, "unsaid": made.questions}, "\n".join(words))
