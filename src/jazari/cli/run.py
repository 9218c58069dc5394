"""`jazari run`: run a use case on a table and write its dossier."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from jazari.cli.output import command, emit, progress, say


@command("run", example="jazari run education.dropout --data kingdom --out dossier")
@click.argument("case")
@click.option("--data", required=True, help="csv, csv.gz, parquet, duckdb:///f.db#table, postgresql:///db#table.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The dossier's folder, made by this run.")
@click.option("--score", help="Another table whose last period is listed instead.")
@click.option("--seed", default=0, show_default=True, help="The same seed and data give the same dossier.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Override a declared setting.")
@click.option("--ledger", type=click.Path(path_type=Path), help="Seal in this ledger that the run was made.")
@click.option("--strict", is_flag=True, help="Leave with exit code 5 when the dossier is blocked.")
def run(
    case: str, data: str, out: Path, score: str | None, seed: int, settings: tuple[str, ...], ledger: Path | None, *,
    strict: bool,
) -> None:  # fmt: skip
    """Run CASE on a table: fit, measure on rows held out, list, and write the dossier."""
    from jazari.core.errors import SafeguardError
    from jazari.usecase.overview import overview
    from jazari.usecase.run import run as answer

    if ledger is not None:
        from jazari.usecase.sealing import refuse_no_ledger

        refuse_no_ledger(ledger)
    with progress() as bar:
        dossier = answer(case, data, out, score=score, seed=seed, settings=_pairs(settings), progress=bar, note=say)
    if ledger is not None:
        from jazari.usecase.sealing import seal_run

        seal_run(dossier, ledger)
    document = {"out": str(out), "status": dossier.status, "evidence": dossier.evidence, "digest": dossier.digest}
    emit(document, lambda: overview(dossier))
    if strict and dossier.status == "blocked":
        sys.exit(SafeguardError.exit_code)


def _pairs(settings: tuple[str, ...]) -> dict[str, str]:
    from jazari.core.errors import DeclarationError

    pairs = {}
    for text in settings:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise DeclarationError(
                "JZ-224", "a setting is written KEY=VALUE", where="--set", found=text[:60], fix="write --set pairs=0."
            )
        pairs[name.strip()] = value.strip()
    return pairs
