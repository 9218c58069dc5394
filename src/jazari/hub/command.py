"""`jazari hub`: serve the portal, do what is due, back up and restore."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path

import click

_DATA = click.option(
    "--data", type=click.Path(path_type=Path), envvar="JAZARI_HUB_DATA", help="The hub's folder: store, packs, outbox."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")


def _profile(*, demo: bool = False) -> str:
    return "demo" if demo else os.environ.get("JAZARI_HUB_PROFILE", "production")


def _folder(data: Path | None) -> str:
    return str(data or "hub-data")


def _tell(document: Mapping[str, object], text: str, *, as_json: bool) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=2) if as_json else text)


@click.group("hub", epilog="\b\nExample:\n  jazari hub serve --demo")
def command() -> None:
    """Serve the register, decisions, notices and objections; back them up."""


@command.command(epilog="\b\nExample:\n  jazari hub serve --demo --port 8000 --data ./hub")
@click.option("--demo", is_flag=True, help="A demonstration on this machine, with printed accounts.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@click.option(
    "--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes, of 8 threads each."
)
@click.option("--empty", is_flag=True, help="A demonstration without its made-up kingdom.")
@_DATA
@_JSON
def serve(*, demo: bool, host: str, port: int, workers: int, empty: bool, data: Path | None, as_json: bool) -> None:
    """Bring the store up to date, make the first accounts, and serve."""
    from jazari.hub import server

    if _profile(demo=demo) == "demo":
        server.refuse_exposed_demo(host)
    server.refuse_taken(host, port)
    profile = server.start_django(_profile(demo=demo), _folder(data))
    accounts = server.prepare(profile)
    server.repair()
    address = f"http://{host}:{port}/"
    lines = [f"Jazari's hub: {address}"]
    lines += [f"  {name:<16} {password}" for name, password in accounts]
    first = profile.data / "first-administrator"
    if not profile.demo and first.exists():
        lines.append(f"The first administrator's password lies in {first}; it has to be changed at once.")
    if profile.demo:
        from jazari.hub.demo import tour

        lines += ["  No second factor is asked for until you set one up under My work.", tour(profile)]
    shown = {"address": address, "accounts": [{"username": name, "password": word} for name, word in accounts]}
    _tell(shown, "\n".join(lines).rstrip(), as_json=as_json)
    if profile.demo and not empty:
        server.fill_beside(profile, address)
    server.serve(profile, host, port, workers)


@command.command(epilog="\b\nExample:\n  jazari hub fill demo/dossier demo/load --data demo/hub")
@click.argument("dossiers", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Where it is served later."
)
@_DATA
@_JSON
def fill(*, dossiers: tuple[Path, ...], port: int, data: Path | None, as_json: bool) -> None:
    """Fill a demonstration with DOSSIERS: publish them, decide, object, ask. Without any: a small made-up kingdom."""
    from jazari.hub import server

    profile = server.start_django("demo", _folder(data))
    logging.getLogger("jazari").setLevel(logging.WARNING)
    server.prepare(profile)
    from jazari.hub import demo

    said: list[str] = []
    demo.fill(profile, f"http://127.0.0.1:{port}/", said.append if as_json else click.echo, dossiers)
    told = demo.tour(profile)
    _tell({"done": said, "tour": told.splitlines()}, told.rstrip(), as_json=as_json)


@command.command(
    epilog="\b\nExample:\n  jazari hub tick --data ./hub     (a systemd timer calls it every five minutes)"
)
@click.option("--demo", is_flag=True, help="The folder is that of a demonstration.")
@_DATA
@_JSON
def tick(*, demo: bool, data: Path | None, as_json: bool) -> None:
    """Do what is due: send messages, end sessions and tallies that are over."""
    from jazari.hub import server

    server.refuse_no_hub(_folder(data))
    profile = server.start_django(_profile(demo=demo), _folder(data))
    server.prepare(profile)
    from jazari.hub.due import do_what_is_due

    done = do_what_is_due()
    _tell(done, "\n".join(f"{name}: {count}" for name, count in done.items()), as_json=as_json)


@command.command("import", epilog="\b\nExample:\n  jazari hub import demo/dossier --data ./hub")
@click.argument("dossier", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--demo", is_flag=True, help="The folder is that of a demonstration.")
@_DATA
@_JSON
def bring_in(*, dossier: Path, demo: bool, data: Path | None, as_json: bool) -> None:
    """Import a DOSSIER with its private files, for officers to work with. Its version is published first."""
    from jazari.hub import server

    server.refuse_no_hub(_folder(data))
    profile = server.start_django(_profile(demo=demo), _folder(data))
    server.prepare(profile)
    from jazari.hub.decisions.private import bring_in as take

    version, cases = take(dossier)
    done = {"system": version.system.slug, "version": version.number, "cases": cases}
    _tell(done, f"{cases} cases of {version.system.slug}, version {version.number}, wait for officers", as_json=as_json)


@command.command(epilog="\b\nExample:\n  jazari hub reset administrator --data ./hub")
@click.argument("username")
@click.option("--demo", is_flag=True, help="The folder is that of a demonstration.")
@_DATA
@_JSON
def reset(*, username: str, demo: bool, data: Path | None, as_json: bool) -> None:
    """Let somebody begin again who lost the second factor, where no other administrator can: a new first password."""
    from jazari.hub import server

    server.refuse_no_hub(_folder(data))
    profile = server.start_django(_profile(demo=demo), _folder(data))
    server.prepare(profile)
    path = server.reset(profile, username)
    _tell({"password_file": str(path)}, f"The new first password lies in {path}; change it at once.", as_json=as_json)


@command.command(epilog="\b\nExample:\n  jazari hub backup --data ./hub --out hub-2026-11-22.tar.gz")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The archive to write, mode 0600.")
@click.option("--demo", is_flag=True, help="The folder is that of a demonstration.")
@_DATA
@_JSON
def backup(*, out: Path, demo: bool, data: Path | None, as_json: bool) -> None:
    """Write store, ledger, packs and private files into one archive, while the hub serves.

    The ledger's keys are in it, closed with the passphrase of JAZARI_HUB_BACKUP_PASSPHRASE; without one they stay out.
    """
    from jazari.hub import server

    server.refuse_no_hub(_folder(data))
    profile = server.start_django(_profile(demo=demo), _folder(data))
    server.prepare(profile)
    from jazari.hub.backup import backup as write
    from jazari.hub.key_safe import PASSPHRASE

    done = write(profile, out, os.environ.get(PASSPHRASE))
    lines = [f"{done['rows']} rows, {done['files']} files and a log of {done['entries']} entries in {out}"]
    if done["entries"] and not done["keys"]:
        lines.append(
            f"WITHOUT the ledger's keys: keep {profile.data / 'ledger' / 'keys'} apart, or set {PASSPHRASE}. A log "
            "restored without them verifies and takes no new decision."
        )
    _tell({**done, "out": str(out)}, "\n".join(lines), as_json=as_json)


@command.command(epilog="\b\nExample:\n  jazari hub restore hub-2026-11-22.tar.gz --data ./new-hub")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--keys", type=click.Path(exists=True, file_okay=False, path_type=Path), help="The ledger's keys, if kept apart."
)
@click.option("--demo", is_flag=True, help="The folder is that of a demonstration.")
@_DATA
@_JSON
def restore(*, source: Path, keys: Path | None, demo: bool, data: Path | None, as_json: bool) -> None:
    """Restore a backup into an empty hub: all of it or nothing, its ledger verified."""
    from jazari.hub import server

    profile = server.start_django(_profile(demo=demo), _folder(data))
    from jazari.hub.key_safe import PASSPHRASE
    from jazari.hub.restore import restore as read

    done = read(profile, source, os.environ.get(PASSPHRASE), keys)
    lines = [f"{done['rows']} rows and {done['files']} files restored; a log of {done['entries']} entries verified"]
    lines.append(
        f"{done['decisions']} decisions; in the store and not in the log: {done['not_in_log']}, in the log and not in "
        f"the store: {done['not_in_store']}"
    )
    if done["entries"] and not done["keys"]:
        lines.append("WITHOUT the ledger's keys: put them into `ledger/keys`, or nobody is decided on here.")
    if not done["same_secret"]:
        lines.append("ANOTHER secret than the backup's hub had: secrets on paper open nothing until printed again.")
    _tell(dict(done), "\n".join(lines), as_json=as_json)
