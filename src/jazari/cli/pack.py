"""`jazari pack`: what an audience may see of a dossier, as one archive."""

from __future__ import annotations

from pathlib import Path

import click

from jazari.cli.output import command, emit


@command("pack", example="jazari pack dossier --for public --out dropout.zip")
@click.argument("dossier", type=click.Path(path_type=Path))
@click.option("--for", "audience", type=click.Choice(["public", "auditor"]), required=True, help="Who will read it.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The archive.")
def pack(dossier: Path, audience: str, out: Path) -> None:
    """Pack what an audience may see of DOSSIER; the same dossier gives the same bytes."""
    from jazari.usecase.pack import pack as packed

    names = packed(dossier, audience, out)
    emit({"out": str(out), "files": names}, f"{out}: {len(names)} files for {audience}")
