"""Serving: migrations, the first accounts, then gunicorn in this process.

Gunicorn with threads: pure Python, already what the extra brings, one master that restarts a worker that dies. The
store does the waiting, so threads are enough (ADR 0082).
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import hmac
import os
import secrets
import socket
import subprocess  # nosec B404  starts this package's own module
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from jazari.core.errors import PortalError
from jazari.hub.profile import LOOPBACK, Profile

# Made-up names, as names read in any language; what an account is for stands in its own name.
DEMO = (
    ("demo-admin", "Nadia Benali", ("administrator",)),
    ("demo-publisher", "Youssef Amrani", ("publisher",)),
    ("demo-approver", "Khadija Idrissi", ("approver",)),
    ("demo-officer", "Rachid Ouahbi", ("officer",)),
    ("demo-reviewer", "Fatima Tazi", ("reviewer",)),
    ("demo-programme", "Omar Chraibi", ("programme_officer",)),
)


def start_django(profile: str, data: str) -> Profile:
    """Set Django up for a profile; what the environment says already stays.

    Raises:
        PortalError: JZ-800 to JZ-807.
    """
    os.environ["JAZARI_HUB_PROFILE"] = profile
    os.environ["JAZARI_HUB_DATA"] = data
    os.environ["DJANGO_SETTINGS_MODULE"] = "jazari.hub.settings"
    import django
    from django.conf import settings

    django.setup()
    found: Profile = settings.PROFILE
    return found


def refuse_no_hub(data: str) -> None:
    """Refuse a folder in which no hub lies, before anything is made there.

    Raises:
        PortalError: JZ-826.
    """
    if not (Path(data) / "hub.sqlite3").exists() and not (os.environ.get("DATABASE_URL") and Path(data).is_dir()):
        raise PortalError(
            "JZ-826",
            "there is no hub in this folder",
            where=data,
            found="no store",
            fix="name the folder of a hub that was served before: `--data DIR`.",
        )


def prepare(profile: Profile) -> list[tuple[str, str]]:
    """Bring the store up to date and make the first accounts; the demonstration's accounts with their passwords.

    Raises:
        PortalError: JZ-805 the store does not answer, JZ-804 a demonstration's store in production.
    """
    is_new = profile.demo and not (profile.data / "hub.sqlite3").exists()
    with ThreadPoolExecutor() as pool:  # Argon2 is slow on purpose: its threads run while the store is made
        hashes = _hash(profile, [username for username, _, _ in DEMO], pool) if is_new else {}
        _migrate()
        if profile.demo:
            return _demo_accounts(profile, pool, hashes)
    _refuse_demo_accounts()
    _first_administrator(profile)
    return []


def _migrate() -> None:
    from django.core.management import call_command
    from django.db.utils import DatabaseError, InterfaceError

    try:
        call_command("migrate", verbosity=0, interactive=False)
    except (DatabaseError, InterfaceError) as wrong:
        raise PortalError(
            "JZ-805",
            "the store does not answer",
            where="DATABASE_URL",
            found=type(wrong).__name__,
            fix="start the database, or mend its address; `sqlite` needs none: leave DATABASE_URL out.",
        ) from wrong


def _hash(profile: Profile, usernames: Iterable[str], pool: Executor) -> dict[str, Future[str]]:
    from django.contrib.auth.hashers import make_password

    return {one: pool.submit(make_password, _demo_password(profile, one)) for one in usernames}


def _demo_accounts(profile: Profile, pool: Executor, hashes: Mapping[str, Future[str]]) -> list[tuple[str, str]]:
    from jazari.hub.accounts.models import Appointment, User

    known = set(User.objects.filter(username__in=[one for one, _, _ in DEMO]).values_list("username", flat=True))
    missing = [one for one in DEMO if one[0] not in known]
    made = {**_hash(profile, [username for username, _, _ in missing if username not in hashes], pool), **hashes}
    for username, name, roles in missing:
        user = User.objects.create(username=username, password=made[username].result(), name=name, is_demo=True)
        Appointment.objects.bulk_create(Appointment(user=user, role=role) for role in roles)
    return [(username, _demo_password(profile, username)) for username, _, _ in DEMO]


def _demo_password(profile: Profile, username: str) -> str:
    mac = hmac.new(profile.secret.encode(), username.encode(), hashlib.sha256).hexdigest()
    return "-".join(mac[start : start + 4] for start in (0, 4, 8, 12))


def _refuse_demo_accounts() -> None:
    from jazari.hub.accounts.models import User

    known = User.objects.filter(is_demo=True, is_active=True).count()
    if known:
        raise PortalError(
            "JZ-804",
            "a demonstration never becomes production",
            where="the store",
            found=f"{known} demonstration accounts",
            fix="start production with a folder and a store of its own: --data DIR, DATABASE_URL.",
        )


def _first_administrator(profile: Profile) -> None:
    """Make the first administrator; the password lies in a file that only the hub's user reads, never in a log."""
    from jazari.hub.accounts.models import Appointment, User

    path = profile.data / "first-administrator"
    if User.objects.exists():
        if path.exists() and not User.objects.filter(username="administrator", must_change=True).exists():
            path.unlink()
        return
    password = secrets.token_urlsafe(18)
    path.touch(mode=0o600)
    path.write_text(f"administrator\n{password}\n", encoding="ascii")
    user = User.objects.make("administrator", password, name="Administrator", must_change=True)
    Appointment.objects.create(user=user, role="administrator")


def repair() -> None:
    """Finish what a crash left between log and store."""
    from jazari.hub.decisions import sealing
    from jazari.hub.objections import closing  # noqa: F401  registers, with what it imports, how each act is kept

    sealing.repair()


def reset(profile: Profile, username: str) -> Path:
    """Let somebody begin again; the file with the new first password, which only the hub's user reads.

    Raises:
        PortalError: JZ-823, there is no such account.
    """
    from jazari.hub.accounts.models import User
    from jazari.hub.accounts.people import begin_again

    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise PortalError(
            "JZ-823",
            "there is no account of this name",
            where="the hub's accounts",
            found="no such user name in force",
            fix="type the user name as the page *People and appointments* shows it.",
        )
    path = profile.data / "first-password"
    path.touch(mode=0o600)
    path.write_text(f"{user.username}\n{begin_again(user)}\n", encoding="utf-8")
    return path


def fill_beside(profile: Profile, address: str) -> None:
    """Fill an empty demonstration in a process of its own while the hub serves; its steps go to standard error."""
    from jazari.hub.register.models import System

    if System.objects.exists():
        return
    command = [sys.executable, "-m", "jazari.hub.demo", str(profile.data), address]
    filling = subprocess.Popen(command, stdout=sys.stderr, stdin=subprocess.DEVNULL)  # nosec B603  # noqa: S603  our own module
    owner = os.getpid()
    atexit.register(lambda: filling.terminate() if os.getpid() == owner else None)  # not when a worker ends


def refuse_exposed_demo(host: str) -> None:
    """Refuse to show a demonstration to another machine.

    Raises:
        PortalError: JZ-804.
    """
    if host not in LOOPBACK:
        raise PortalError(
            "JZ-804",
            "a demonstration is served to this machine only",
            where="--host",
            found=host,
            fix="leave --host out, or serve without --demo behind a proxy that ends TLS.",
        )


def refuse_taken(host: str, port: int) -> None:
    """Refuse a port that somebody else serves.

    Raises:
        PortalError: JZ-808.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with contextlib.closing(socket.socket(family)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as wrong:
            raise PortalError(
                "JZ-808",
                "the hub cannot listen there",
                where=f"{host}:{port}",
                found=wrong.strerror or type(wrong).__name__,
                fix="stop the other program, or choose another port: `--port 8001`; with make: `make demo PORT=8001`.",
            ) from wrong


def serve(profile: Profile, host: str, port: int, workers: int) -> None:
    """Serve until stopped."""
    from django.core.wsgi import get_wsgi_application
    from django.db import connections
    from gunicorn.app.base import BaseApplication

    class Hub(BaseApplication):
        """Gunicorn with the hub's own settings; it reads no file and no argument."""

        def load_config(self) -> None:
            """Set gunicorn."""
            shown = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
            said: dict[str, Any] = {
                "bind": [shown],
                "workers": workers,
                "threads": 8,
                "worker_class": "gthread",
                "preload_app": True,
                "timeout": 60,
                "graceful_timeout": 20,
                "keepalive": 15,
                "max_requests": 20_000,
                "max_requests_jitter": 2_000,
                "forwarded_allow_ips": ",".join(profile.proxies),
                "accesslog": None,
                "loglevel": "warning",
                "proc_name": "jazari-hub",
                "limit_request_line": 4094,
                "control_socket_disable": True,
            }
            for name, value in said.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Any:
            """The application."""
            return application

    application = get_wsgi_application()
    import jazari.hub.urls  # noqa: F401  loaded before the workers fork, so that they share it and the first page is fast

    connections.close_all()
    Hub().run()
