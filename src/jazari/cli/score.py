"""`jazari score`: list another table with a dossier's model."""

from __future__ import annotations

from pathlib import Path

import click

from jazari.cli.output import command, emit, progress


@command("score", example="jazari score dossier --data new_year.parquet --out list.parquet")
@click.argument("dossier", type=click.Path(path_type=Path))
@click.option(
    "--data",
    required=True,
    help="csv, csv.gz, parquet, duckdb:///f.db#table, postgresql:///db#table, or what `jazari bin` wrote.",
)
@click.option(
    "--out", required=True, help="The list, a Parquet file; with --in-database a table: duckdb:///f.db#scores."
)
@click.option(
    "--in-database", is_flag=True, help="Score where the data live: --out names a table of the same database."
)
def score(dossier: Path, data: str, out: str, *, in_database: bool) -> None:
    """List the last period of another table with the model of DOSSIER, reasons included."""
    from jazari.usecase.score import score as listed
    from jazari.usecase.score import score_in_database

    with progress() as bar:
        if in_database:
            summary = score_in_database(dossier, data, out, progress=bar)
        else:
            summary = listed(dossier, data, out, progress=bar)
    selected = f", {summary['selected']:,} selected" if "selected" in summary else ""
    emit(summary, f"{summary['rows']:,} rows {'listed' if selected else 'scored'}{selected}: {summary['out']}")
