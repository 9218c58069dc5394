"""`jazari bin`: keep a table pre-binned for nightly scoring."""

from __future__ import annotations

from pathlib import Path

import click

from jazari.cli.output import command, emit, progress


@command("bin", example="jazari bin dossier --data pupils.parquet --out pupils.arrow")
@click.argument("dossier", type=click.Path(path_type=Path))
@click.option("--data", required=True, help="csv, csv.gz, parquet, duckdb:///f.db#table, postgresql:///db#table.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The binned table, an Arrow file.")
def bin_(dossier: Path, data: str, out: Path) -> None:
    """Keep the last period of a table as the cells that the model of DOSSIER reads, for `jazari score`."""
    from jazari.usecase.score import keep_binned

    with progress() as bar:
        summary = keep_binned(dossier, data, out, progress=bar)
    emit(summary, f"{summary['rows']:,} rows binned, {summary['columns']} columns: {summary['out']}")
