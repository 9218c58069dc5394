"""`jazari score`: list another table with a dossier's model."""

from __future__ import annotations

from pathlib import Path

import click

from jazari.cli.output import command, emit, progress


@command("score", example="jazari score dossier --data new_year.parquet --out list.parquet")
@click.argument("dossier", type=click.Path(path_type=Path))
@click.option("--data", required=True, help="csv, csv.gz, parquet, duckdb:///f.db#table, postgresql:///db#table.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The list, a Parquet file.")
def score(dossier: Path, data: str, out: Path) -> None:
    """List the last period of another table with the model of DOSSIER, reasons included."""
    from jazari.usecase.score import score as listed

    with progress() as bar:
        summary = listed(dossier, data, out, progress=bar)
    emit(summary, f"{summary['rows']:,} rows listed, {summary['selected']:,} selected: {summary['out']}")
