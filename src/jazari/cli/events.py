"""`jazari events`: keep a table of events, and make features of it as of a date."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jazari.cli.output import command as documented
from jazari.cli.output import emit, progress

if TYPE_CHECKING:
    from jazari.schema.events import Events

_STATE = click.Path(path_type=Path, file_okay=False)
_FILE = click.Path(path_type=Path, dir_okay=False)
_DATE = click.DateTime(["%Y-%m-%d"])
_FORMS = "csv, csv.gz, parquet, duckdb:///f.db#table, postgresql:///db#table."


@click.group("events")
def command() -> None:
    """Keep what happened day by day (absences, marks), and make features of it as of a date."""


@documented("init", example="jazari events init STATE --of education.attendance --register pupils.parquet")
@click.argument("folder", metavar="STATE", type=_STATE)
@click.option("--of", "declared", required=True, help="An installed table of events, or file.py, or file.py:name.")
@click.option("--register", required=True, help=f"The keys and their sites: {_FORMS}")
def init(folder: Path, declared: str, register: str) -> None:
    """Make an empty STATE for a table of events and a register of keys."""
    from jazari.data.events.register import read_table
    from jazari.data.events.state import create

    events = _find(declared)
    state = create(folder, events, read_table(register, events.key, events.site), where=register)
    keys = len(state.read_register())
    emit({"events": events.name, "keys": keys}, f"{events.name}: an empty state for {keys:,} keys in {folder}.")


@documented("add", example="jazari events add STATE --data 2025-03-04.parquet")
@click.argument("folder", metavar="STATE", type=_STATE)
@click.option("--data", required=True, multiple=True, help=f"What was recorded: {_FORMS} May be said again.")
@click.option("--aside-at-most", default=0.05, show_default=True, type=click.FloatRange(0, 1),
              help="Refuse a file of which more than this share of rows does not fit.")  # fmt: skip
def add(folder: Path, data: tuple[str, ...], aside_at_most: float) -> None:
    """Add what was recorded to STATE. A file that was added before changes nothing."""
    from jazari.data.events.adding import add as add_one

    with progress() as bar:
        added = [add_one(folder, one, aside_at_most=aside_at_most, progress=bar) for one in data]
    emit({"added": added}, lambda: "\n".join(_added(name, one) for name, one in zip(data, added, strict=True)))


@documented("enrol", example="jazari events enrol STATE --register pupils.parquet")
@click.argument("folder", metavar="STATE", type=_STATE)
@click.option("--register", required=True, help=f"The keys and their sites: {_FORMS}")
def enrol(folder: Path, register: str) -> None:
    """Bring the register of STATE up to date; rows that waited for their key are added."""
    from jazari.data.events.adding import enrol as join
    from jazari.data.events.register import read_table
    from jazari.data.events.state import open_state

    events = open_state(folder).events
    said = join(folder, read_table(register, events.key, events.site), where=register)
    emit(said, f"{said['keys']:,} keys, {said['new']:,} of them new; {said['readmitted']:,} rows readmitted.")


@documented("features", example="jazari events features STATE --as-of 2025-03-05 --out features.parquet")
@click.argument("folder", metavar="STATE", type=_STATE)
@click.option("--as-of", required=True, type=_DATE, help="The date; what was recorded later is not known.")
@click.option("--out", required=True, type=_FILE, help="The Parquet file to write.")
@click.option("--join", help=f"Write this table with the features beside: {_FORMS}")
def features(folder: Path, as_of: datetime.datetime, out: Path, join: str | None) -> None:
    """Write the features of every key as of a date."""
    from jazari.data.events.features import features as made_of
    from jazari.data.events.joining import write_features, write_joined

    with progress() as bar:
        made = made_of(folder, as_of.date(), progress=bar)
        bar.step("writing features")
        said = write_joined(made, join, out) if join else write_features(made, out)
    names = made.schema.names[1:]
    rest = f" {said['without']:,} rows have none." if said["without"] else ""
    emit({**said, "features": names}, f"{said['rows']:,} rows in {out}: {', '.join(names)}.{rest}")


@documented("check", example="jazari events check STATE --as-of 2025-03-05")
@click.argument("folder", metavar="STATE", type=_STATE)
@click.option("--as-of", required=True, type=_DATE, help="The date; what was recorded later is not known.")
@click.option("--strict", is_flag=True, help="Exit 5 where anything is found.")
def check(folder: Path, as_of: datetime.datetime, *, strict: bool) -> None:
    """Say which rows did not fit, and which sites stopped recording, week by week."""
    from jazari.core.errors import SafeguardError
    from jazari.core.languages import translate
    from jazari.data.events.checking import check as findings

    found = findings(folder, as_of.date())
    lines = []
    for one in found:
        lines.append(f"{one.safeguard:<18} {one.state:<7} {translate(one.sentence, 'en', **one.values)}")
        lines += [f"    {reason}: {count:,}" for reason, count in one.evidence.get("reasons", {}).items()]
        lines += [
            f"    {each['site']}: {each['weeks']} weeks from {each['first_monday']}, {each['recorded']} records where "
            f"{each['expected']:g} were to be expected"
            for each in one.evidence.get("worst", ())
        ]
    emit({"findings": [one.as_json() for one in found]}, "\n".join(lines))
    if strict and any(one.state == "broken" for one in found):
        sys.exit(SafeguardError.exit_code)


def _added(name: str, one: dict[str, Any]) -> str:
    if one["already"]:
        return f"{name}: added before, on {one['added_on']}; nothing changed."
    aside = "".join(f"\n  set aside, {reason}: {count:,}" for reason, count in one["aside"].items())
    return f"{name}: {one['kept']:,} of {one['rows']:,} rows added.{aside}"


def _find(text: str) -> Events:
    """The installed table of events of that name, or the one that a file declares."""
    from jazari.core import plugins
    from jazari.core.errors import DeclarationError
    from jazari.schema.events import Events

    path, _, name = text.rpartition(":") if ".py:" in text else (text, "", "")
    found = _in_file(path) if path.endswith(".py") else {text: plugins.load("jazari.events", text)}
    declared = [one for key, one in found.items() if isinstance(one, Events) and name in ("", key)]
    if len(declared) != 1:
        raise DeclarationError(
            "JZ-373", "there is not just one table of events here", where=text, found=f"{len(declared)} of them",
            fix="declare it as NAME = Events(...) and write file.py:NAME.",
        )  # fmt: skip
    return declared[0]


def _in_file(path: str) -> dict[str, Any]:
    import runpy

    from jazari.core.errors import DeclarationError, JazariError

    try:
        return runpy.run_path(path)
    except JazariError:
        raise
    except Exception as failure:  # noqa: BLE001  a file may raise anything
        raise DeclarationError(
            "JZ-373", "the file cannot be read as a declaration", where=path, found=type(failure).__name__,
            fix="it is Python that says NAME = Events(...), from jazari.schema.events.",
        ) from None  # fmt: skip


for one in (init, add, enrol, features, check):
    command.add_command(one)
