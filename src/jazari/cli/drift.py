"""`jazari drift`: has the world moved since a dossier was made?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from jazari.cli.output import command, emit, progress


@command("drift", example="jazari drift dossier --data this_year.parquet")
@click.argument("dossier", type=click.Path(path_type=Path))
@click.option("--data", required=True, help="csv, csv.gz, parquet, duckdb:///f.db#table, postgresql:///db#table.")
def drift(dossier: Path, data: str) -> None:
    """Say whether the world has moved since DOSSIER was made: its columns, and its figures on new outcomes."""
    from jazari.usecase.drift import drift as compared

    with progress() as bar:
        found = compared(dossier, data, progress=bar)
    emit(found, lambda: _words(found))


def _words(found: dict[str, Any]) -> str:
    from jazari.core.languages import translate

    finding = found["finding"]
    said = translate(finding["sentence"], "en", **finding["values"])
    lines = [f"Verdict: {found['verdict']}. {said}", ""]
    parts = (
        ("Columns (stability index)", "columns", "psi"), ("Figures (change)", "figures", "change"),
        ("Gaps (change)", "gaps", "change"),
    )  # fmt: skip
    for heading, part, figure in parts:
        rows = sorted(found[part].items(), key=lambda item: -abs(item[1][figure]["value"] or 0))
        if rows:
            lines += [heading, *(_line(name, one[figure], one["state"]) for name, one in rows), ""]
    return "\n".join(lines)


def _line(name: str, figure: dict[str, Any], state: str) -> str:
    shown = ("n/a" if figure[end] is None else f"{figure[end]:.4f}" for end in ("value", "low", "high"))
    value, low, high = shown
    return f"  {state:<7} {name:<32} {value} ({low} to {high})"
