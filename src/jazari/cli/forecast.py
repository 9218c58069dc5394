"""`jazari forecast`: forecast again with a dossier's model, updating its intervals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from jazari.cli.output import command, emit, progress


@command("forecast", example="jazari forecast dossier --data this_week.csv --out tomorrow.parquet --state state")
@click.argument("dossier", type=click.Path(path_type=Path))
@click.option(
    "--data", required=True, help="New readings: csv, csv.gz, parquet, duckdb:///f.db#table, postgresql:///db#t."
)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The forecasts, a Parquet file.")
@click.option(
    "--state", type=click.Path(path_type=Path), help="A folder to go on from, if it is there, and to go on in."
)
@click.option(
    "--ledger", type=click.Path(path_type=Path), help="Seal the forecast in this ledger before its truth is known."
)
def forecast(dossier: Path, data: str, out: Path, state: Path | None, ledger: Path | None) -> None:
    """Forecast again with the model of DOSSIER from new readings, and score the forecasts whose truth they bring."""
    from jazari.usecase.forecast.again import forecast_again

    if ledger is not None:
        from jazari.usecase.sealing import refuse_no_ledger

        refuse_no_ledger(ledger)
    with progress() as bar:
        found = forecast_again(dossier, data, out, state=state, ledger=ledger, progress=bar)
    emit(found, lambda: "\n".join(_words(found)))


def _words(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['series']} series forecast from {found['origin']}: {found['out']}"
    if found["status"] != "publishable":
        yield f"The dossier is {found['status']}: see what its safeguards found before anybody relies on this."
    if found["left_out"]:
        worst = max(found["left_out"], key=found["left_out"].__getitem__)
        yield (
            f"Left out, as their last reading is too old: {len(found['left_out'])} series, such as '{worst}' "
            f"({found['left_out'][worst]:,.0f} hours)"
        )
    silent = found["silent"]
    if silent:
        yield f"Without any reading, and forecast from those that are kept: {len(silent)} series, such as '{silent[0]}'"
    if found["unknown"]:
        yield f"Not forecast, as the dossier does not know them: {found['unknown']} series"
    if found["changed"]:
        yield f"Readings that were kept and came again with another value: {found['changed']:,}; the new ones stand"
    for one in found.get("scarcity", ()):
        yield f"  {one['series']:<28} under the declared level within {one['by']}: {one['probability']:.1%}"
    yield from _scores(found["scored"])


def _scores(scored: dict[str, Any] | None) -> Iterator[str]:
    if scored is None:
        yield "No forecast that was issued before has its truth yet."
        return
    yield f"Issued before, and true since: {scored['origins']['count']} forecasts"
    for name in ("mae", "mape", "crps"):
        if scored[name]["value"] is not None:
            yield f"  {name:<28} {scored[name]['value']:,.3f}"
    for level, shares in scored["coverage"].items():
        known = [share for share in shares.values() if share is not None]
        low, high = min(known), max(known)
        yield f"  inside the {float(level):.0%} band{'':<9} {low:.1%} to {high:.1%} by series"
