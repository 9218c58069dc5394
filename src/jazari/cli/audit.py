"""`jazari audit`: a dossier from anybody's predictions."""

from __future__ import annotations

from pathlib import Path

import click

from jazari.cli.output import command, emit, progress, say


@command("audit", example="jazari audit education.dropout --predictions vendor.csv --data pupils.parquet --out dossier")
@click.argument("case")
@click.option("--predictions", required=True, help="A table: key, probability (or score, or listed), outcome, period.")
@click.option("--data", help="The table of the use case: groups, sites and the simple rule come from it.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The dossier's folder, made by this audit.")
@click.option("--seed", default=0, show_default=True, help="Where the draws of the intervals start.")
def audit(case: str, predictions: str, data: str | None, out: Path, seed: int) -> None:
    """Audit predictions that Jazari did not make, for the purpose that CASE declares, and write their dossier."""
    from jazari.usecase.audit import audit as audited
    from jazari.usecase.overview import overview

    with progress() as bar:
        dossier = audited(case, predictions, out, data=data, seed=seed, progress=bar, note=say)
    document = {"out": str(out), "status": dossier.status, "evidence": dossier.evidence, "digest": dossier.digest}
    emit(document, lambda: overview(dossier))
