"""`jazari show`: a declaration as a card."""

from __future__ import annotations

import click

from jazari.cli.output import command, emit


@command("show", example="jazari show education.dropout --lang fr\njazari show my_case.py:dropout")
@click.argument("case")
@click.option("--lang", default="en", show_default=True, help="Language: ar, zgh, fr or en.")
def show(case: str, lang: str) -> None:
    """Show the declaration of CASE as a card."""
    from jazari.core.languages import known
    from jazari.usecase.find import find
    from jazari.usecase.show import shown

    found, language = find(case), known(lang)
    emit(
        found.document() | {"fingerprint": found.fingerprint, "unsaid": found.unsaid()}, lambda: shown(found, language)
    )
