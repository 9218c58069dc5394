"""`jazari card`: the card of a dossier again, with the waivers in force."""

from __future__ import annotations

from pathlib import Path

import click

from jazari.cli.output import command, emit


@command("card", example="jazari card dossier --out card.html --lang ar")
@click.argument("dossier", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The page, an HTML file.")
@click.option("--lang", default="fr", show_default=True, help="Language: ar, zgh, fr or en.")
def card(dossier: Path, out: Path, lang: str) -> None:
    """Write the card of DOSSIER as it stands today, with the waivers in force."""
    from jazari.data.files import write_beside
    from jazari.usecase.dossier import Dossier
    from jazari.usecase.reprint import reprint
    from jazari.usecase.waivers import effective_status

    opened = Dossier.open(dossier)
    page = reprint(opened, lang)
    with write_beside(out) as beside:
        beside.write_text(page, encoding="utf-8")
    emit({"out": str(out), "status": effective_status(opened)}, f"Card written: {out}")
