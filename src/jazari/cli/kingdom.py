"""`jazari kingdom`: synthetic data with known truth, to try everything on."""

from __future__ import annotations

from pathlib import Path

import click

from jazari.cli.output import command, emit, progress


@command("kingdom", example="jazari kingdom education --pupils 100000 --out kingdom")
@click.argument("sector")
@click.option("--pupils", default=100_000, show_default=True, help="Pupils enrolled in each school year.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The folder, made by this command.")
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same kingdom.")
@click.option("--unfair", is_flag=True, help="Plant an unfairness that the safeguards must find.")
def kingdom(sector: str, pupils: int, out: Path, seed: int, *, unfair: bool) -> None:
    """Make the synthetic data of SECTOR, with the truth beside in OUT/truth."""
    from jazari.core import plugins

    make = plugins.load("jazari.kingdoms", sector)
    with progress() as bar:
        summary = make(out, pupils=pupils, seed=seed, unfair=unfair, progress=bar)
    emit(summary, lambda: "\n".join(f"{name.replace('_', ' '):<24} {value}" for name, value in summary.items()))
