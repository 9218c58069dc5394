"""`jazari cases`: the use cases installed, by sector."""

from __future__ import annotations

import click

from jazari.cli.output import command, emit


@command("cases", example="jazari cases --lang ar")
@click.option("--lang", default="en", show_default=True, help="Language of the titles: ar, zgh, fr or en.")
def cases(lang: str) -> None:
    """List the use cases installed, by sector."""
    from jazari.core.languages import translate
    from jazari.usecase.find import cases as installed

    rows = [
        {
            "name": one.name, "sector": one.sector, "title": translate(one.title or one.name, lang),
            "purpose": translate(one.purpose, lang),
        }
        for one in installed().values()
    ]  # fmt: skip
    lines: list[str] = []
    for sector in sorted({row["sector"] for row in rows}):
        lines.append(sector or "(no sector)")
        lines += [f"  {row['name']:<32} {row['title']}" for row in rows if row["sector"] == sector]
    emit({"cases": rows}, "\n".join(lines) or "No use case is installed.")
