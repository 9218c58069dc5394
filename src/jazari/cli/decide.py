"""`jazari decide`: seal what named persons decided on the people of a list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from jazari.cli.output import command, emit

_ONE = ("key", "outcome", "action", "reasons", "officer")


@command(
    "decide",
    example="jazari decide dossier --ledger registre --decisions decisions.csv\n"
    "jazari decide dossier --ledger registre --key 1000023 --outcome tutoring --action followed \\\n"
    '    --reasons "met the family: the road was closed for a month" --officer "school head 7"',
)
@click.argument("dossier", type=click.Path(path_type=Path))
@click.option("--ledger", required=True, type=click.Path(path_type=Path), help="Where the decisions are sealed.")
@click.option("--decisions", help="A csv or parquet: key, outcome, action, reasons, officer [opened_at, decided_at].")
@click.option("--key", help="One decision: whom it is about, as in list.parquet.")
@click.option("--outcome", help="What was decided, in a word or a few.")
@click.option("--action", help="followed, modified or overrode: what the officer did with what the list proposed.")
@click.option("--reasons", help="Why, in the officer's words.")
@click.option("--officer", help="Who decided; never a national identity number.")
@click.option("--opened-at", help="When the officer opened the case (ISO 8601).")
@click.option("--decided-at", help="When they decided; now otherwise.")
@click.option("--corrects", help="The number of the decision that this one replaces.")
def decide(dossier: Path, ledger: Path, decisions: str | None, **one: str | None) -> None:
    """Seal the decisions that named persons took on people whom DOSSIER lists."""
    import datetime

    from jazari.usecase.decide import decide as seal
    from jazari.usecase.decide import read
    from jazari.usecase.dossier import Dossier

    now = datetime.datetime.now(tz=datetime.UTC)
    _refuse_both_or_neither(decisions, one)
    batch = read(decisions, now) if decisions is not None else [_single(one, now)]
    done = seal(Dossier.open(dossier), ledger, batch, now=now)
    emit(done.as_json(), lambda: _words(done))


def _refuse_both_or_neither(decisions: str | None, one: dict[str, str | None]) -> None:
    from jazari.core.errors import DeclarationError

    said = [name for name, value in one.items() if value is not None]
    missing = [name for name in _ONE if not one[name]]
    if bool(said) == (decisions is not None) or (said and missing):
        raise DeclarationError(
            "JZ-689", "decisions come from a file, or one is said in full by options", where="the command line",
            found="both" if said and decisions else f"options missing: {', '.join(missing)}",
            fix="write --decisions F, or --key K --outcome O --action followed --reasons R --officer NAME.",
        )  # fmt: skip


def _single(one: dict[str, str | None], now: Any) -> Any:
    from jazari.usecase.decisions.decision import Decision, moment

    words = {name: (value or "").strip() for name, value in one.items()}
    opened, decided = (moment(words.pop(name), now) for name in ("opened_at", "decided_at"))
    return Decision(**words, opened_at=opened, decided_at=decided)


def _words(done: Any) -> str:
    from jazari.core.languages import translate

    lines = [f"{len(done.numbers)} decisions sealed; each has its number (--json gives them all)"]
    lines += [f"  {number}" for number in list(done.numbers.values())[:10]]
    lines += ["  ..."] if len(done.numbers) > len(lines) else []
    looked = [translate(one.sentence, "en", **one.values) for one in done.review if one.state != "holds"]
    return "\n".join([*lines, *(f"Review: {sentence}" for sentence in looked)])
