"""`jazari kingdom`: synthetic data with known truth, to try everything on."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from jazari.cli.output import command, emit, progress


@command("kingdom", example="jazari kingdom education --pupils 100000 --out kingdom")
@click.argument("sector")
@click.option("--pupils", type=int, help="education: pupils enrolled in each school year (100,000 unless said).")
@click.option("--series", type=int, help="feeders, reservoirs: how many.")
@click.option("--days", type=int, help="attendance: school days (60 unless said, 170 at most).")
@click.option("--register", help="attendance: the pupils, such as a year of the kingdom of education.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The folder, made by this command.")
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same kingdom.")
@click.option("--unfair", is_flag=True, help="Plant an unfairness that the safeguards must find.")
def kingdom(
    sector: str, pupils: int | None, series: int | None, days: int | None, register: str | None, out: Path, seed: int,
    *, unfair: bool,
) -> None:  # fmt: skip
    """Make the synthetic data of SECTOR, with the truth beside in OUT/truth."""
    from jazari.core import plugins

    make = plugins.load("jazari.kingdoms", sector)
    said = {"pupils": pupils, "series": series, "days": days, "register": register, "unfair": unfair or None}
    with progress() as bar:
        summary = make(out, seed=seed, progress=bar, **_understood(make, sector, said))
    emit(summary, lambda: "\n".join(_lines(summary)))


def _understood(make: Callable[..., Any], sector: str, said: dict[str, Any]) -> dict[str, Any]:
    """The options that were given, all of which the kingdom must know; what was not given keeps its default."""
    from jazari.core.errors import DeclarationError

    known = inspect.signature(make).parameters
    given = {name: value for name, value in said.items() if value is not None}
    strangers = sorted(set(given) - set(known))
    if strangers:
        raise DeclarationError(
            "JZ-200", f"the kingdom '{sector}' has no option --{strangers[0]}", where="jazari kingdom",
            found=strangers[0],
            fix=f"its options: {', '.join(f'--{name}' for name in known if name != 'progress')}.",
        )  # fmt: skip
    defaults = {"pupils": 100_000, "series": 1000, "days": 60, "register": None, "unfair": False}
    return {name: given.get(name, defaults[name]) for name in said if name in known}


def _lines(summary: dict[str, Any], indent: str = "") -> Iterator[str]:
    """A summary as lines; what lies inside is indented."""
    for name, value in summary.items():
        if isinstance(value, dict):
            yield f"{indent}{name}"
            yield from _lines(value, indent + "  ")
        else:
            shown = f"{value:.4f}" if isinstance(value, float) else f"{value:,}" if type(value) is int else value
            yield f"{indent}{name.replace('_', ' '):<24} {shown}"
