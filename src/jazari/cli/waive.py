"""`jazari waive`: waive a broken safeguard, signed and dated, beside the dossier."""

from __future__ import annotations

from pathlib import Path

import click

from jazari.cli.output import command, emit


@command(
    "waive",
    example='jazari waive dossier --safeguard beats_baseline --by "R. Alami, director" --until 2027-03-31 \\\n'
    '    --reason "A pilot of one term in two communes, reported in March"',
)
@click.argument("dossier", type=click.Path(path_type=Path))
@click.option("--safeguard", required=True, help="The broken safeguard, by its name.")
@click.option("--reason", required=True, help="Why, in a sentence: it is public.")
@click.option("--by", required=True, help="Who signs, by name and function.")
@click.option("--until", required=True, metavar="DATE", help="The last day, at most a year away.")
@click.option("--ledger", type=click.Path(path_type=Path), help="Seal the waiver in this ledger too.")
def waive(dossier: Path, safeguard: str, reason: str, by: str, until: str, ledger: Path | None) -> None:
    """Waive a broken safeguard of DOSSIER until a date. Some safeguards cannot be waived."""
    from jazari.usecase.dossier import Dossier
    from jazari.usecase.waivers import effective_status
    from jazari.usecase.waivers import waive as sign

    opened = Dossier.open(dossier)
    waiver = sign(opened, safeguard=safeguard, reason=reason, by=by, until=until)
    if ledger is not None:
        from jazari.usecase.sealing import seal_waiver

        seal_waiver(opened, waiver, ledger)
    status = effective_status(opened)
    emit({**waiver, "effective_status": status}, f"{safeguard} waived until {until}. Effective status: {status}.")
