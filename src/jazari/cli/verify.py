"""`jazari verify`: check every fingerprint of a dossier and recompute its evidence."""

from __future__ import annotations

from pathlib import Path

import click

from jazari.cli.output import command, emit, progress


@command("verify", example="jazari verify dossier\njazari verify dropout.zip")
@click.argument("dossier", type=click.Path(path_type=Path))
def verify(dossier: Path) -> None:
    """Check every fingerprint of DOSSIER, a folder or an archive, and recompute the evidence from the predictions.

    Leaves with exit code 4 when anything differs.
    """
    from jazari.usecase.verify import verify as verified

    with progress() as bar:
        result = verified(dossier, progress=bar)
    lines = [f"{dossier}: {len(result.files)} files are the ones that the run wrote."]
    if result.recomputed:
        lines.append("The evidence follows from the predictions, to 1e-9.")
    if result.absent:
        lines.append(f"Not here, because of their audience: {', '.join(result.absent)}.")
    emit(result.as_json(), "\n".join(lines + result.notes))
