"""Profile: what the environment says of this hub. The production profile refuses to start insecure."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from jazari.core.errors import PortalError, did_you_mean

PREFIX = "JAZARI_HUB_"
LOOPBACK = ("127.0.0.1", "::1", "[::1]", "localhost")
_KNOWN = ("PROFILE", "DATA", "SECRET", "HOSTS", "TLS", "OUTBOX", "EYES", "PROXIES", "BACKUP_PASSPHRASE")
_SECRET_LENGTH = 50
_SECRET_LETTERS = 5
_MORE = "docs/how-to/run-a-hub.md lists what a hub reads from its environment."


@dataclass(frozen=True)
class Profile:
    """One hub's settings.

    Attributes:
        demo: A hub for plain 127.0.0.1 with printed accounts; never reachable from another machine.
        data: The folder of the hub: store, packs, outbox. Mode 0700.
        secret: What sessions and keyed fingerprints are signed with; at least 50 characters.
        hosts: The names that the hub answers to.
        database: Django's description of the store.
        outbox: Where messages leave: `file`, or URLs by channel, separated by spaces.
        eyes: How many people stand behind a publication: the publisher and `eyes - 1` approvers.
        proxies: The addresses whose word about the client's address and scheme is believed.
    """

    demo: bool
    data: Path
    secret: str
    hosts: tuple[str, ...]
    database: Mapping[str, Any]
    outbox: str
    eyes: int
    proxies: tuple[str, ...]


def read(environment: Mapping[str, str] = os.environ) -> Profile:
    """Read the profile from the environment.

    Raises:
        PortalError: JZ-800 a variable that nobody reads, JZ-801 the secret, JZ-802 the names, JZ-803 transport in
            clear, JZ-805 the store, JZ-806 the folder, JZ-807 the number of eyes.
    """
    said = {name.removeprefix(PREFIX): value for name, value in environment.items() if name.startswith(PREFIX)}
    _refuse_strangers(said)
    demo = said.get("PROFILE", "production") == "demo"
    data = folder(Path(said.get("DATA", "hub-data")))
    return Profile(
        demo=demo,
        data=data,
        secret=_demo_secret(data) if demo else _secret(said.get("SECRET", "")),
        hosts=LOOPBACK if demo else _hosts(said),
        database=database(environment.get("DATABASE_URL", ""), data),
        outbox=said.get("OUTBOX", "file"),
        eyes=_eyes(said.get("EYES", "2")),
        proxies=tuple(said.get("PROXIES", "127.0.0.1").replace(",", " ").split()),
    )


def _refuse_strangers(said: Mapping[str, str]) -> None:
    strangers = sorted(set(said) - set(_KNOWN))
    wrong = said.get("PROFILE", "production") not in ("demo", "production")
    if strangers or wrong:
        raise PortalError(
            "JZ-800",
            "the hub does not know a variable of its environment" if strangers else "there is no such profile",
            where="the environment",
            found=", ".join(PREFIX + name for name in strangers) or said["PROFILE"],
            fix=(did_you_mean(strangers[0], _KNOWN) if strangers else "write demo or production. ") + _MORE,
        )


def _secret(value: str) -> str:
    if len(value) < _SECRET_LENGTH or len(set(value)) < _SECRET_LETTERS:
        raise PortalError(
            "JZ-801",
            "a hub in production needs a secret of its own",
            where=f"{PREFIX}SECRET",
            found=f"{len(value)} characters, {len(set(value))} of them different",
            fix="make one with `python -c 'import secrets; print(secrets.token_urlsafe(64))'`, keep it "
            "out of the store's backups, and give it by the environment.",
        )
    return value


def _demo_secret(data: Path) -> str:
    path = data / "demo-secret"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64), encoding="ascii")
    return path.read_text(encoding="ascii")


def _hosts(said: Mapping[str, str]) -> tuple[str, ...]:
    hosts = tuple(said.get("HOSTS", "").replace(",", " ").split())
    if not hosts or any("*" in one for one in hosts):
        raise PortalError(
            "JZ-802",
            "a hub in production says which names it answers to",
            where=f"{PREFIX}HOSTS",
            found=" ".join(hosts) or "nothing",
            fix="write the names that people type: `hub.example.ma`. No star.",
        )
    if said.get("TLS") != "proxy":
        raise PortalError(
            "JZ-803",
            "a hub in production is never spoken to in clear",
            where=f"{PREFIX}TLS",
            found=said.get("TLS", "nothing"),
            fix=f"put it behind a proxy that ends TLS and sets X-Forwarded-Proto, then set {PREFIX}TLS=proxy. {_MORE}",
        )
    return hosts


def _eyes(value: str) -> int:
    if value not in ("2", "3", "4"):
        raise PortalError(
            "JZ-807",
            "two to four people stand behind a publication",
            where=f"{PREFIX}EYES",
            found=value[:20],
            fix="2 is the publisher and one approver.",
        )
    return int(value)


def folder(data: Path) -> Path:
    """The hub's folder, made if it is not there, closed to others.

    Raises:
        PortalError: JZ-806.
    """
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        data.chmod(0o700)
        probe = data / ".probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as wrong:
        raise PortalError(
            "JZ-806",
            "the hub cannot write in its folder",
            where=str(data),
            found=wrong.strerror or type(wrong).__name__,
            fix="name a folder that the hub's own user owns: `--data DIR`.",
        ) from wrong
    return data.resolve()


def _has_port(parts: SplitResult) -> bool:
    """Whether the port of an address, if it says one, is a number."""
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


def database(url: str, data: Path) -> dict[str, Any]:
    """Django's description of the store: SQLite in the hub's folder, or what `DATABASE_URL` says.

    Raises:
        PortalError: JZ-805.
    """
    parts = urlsplit(url)
    if not url or parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": parts.path.removeprefix("/") or str(data / "hub.sqlite3"),
            "OPTIONS": {
                "timeout": 10,
                "transaction_mode": "IMMEDIATE",  # two writers wait for each other instead of failing on upgrade
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            },
        }
    if parts.scheme in ("postgres", "postgresql") and parts.path.strip("/") and _has_port(parts):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.strip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": dict(parse_qsl(parts.query)),
        }
    raise PortalError(
        "JZ-805",
        "the hub keeps its store in SQLite or PostgreSQL",
        where="DATABASE_URL",
        found=parts.scheme or "no scheme",
        fix="write postgresql://user@host:5432/name, the password by PGPASSFILE or in the URL.",
    )
