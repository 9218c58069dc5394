"""Backup: the store, the ledger and the files of a hub in one archive, as they stand at one moment.

The store travels as rows (Django's own serialisation, JSON lines), so that a backup of SQLite restores into PostgreSQL
and back. Sessions, tallies and the hub's secret stay out: a stolen backup opens no session. The ledger's keys go in
only closed with a passphrase (ADR 0111).
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import hmac
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from jazari.core.errors import PortalError
from jazari.governance import custody, keeping
from jazari.hub import key_safe
from jazari.hub.profile import Profile

SCHEMA = "jazari.hub-backup/2"
ROWS, HEAD, SAFE, LEDGER = "rows.jsonl", "backup.json", "keys.safe", "ledger"
FOLDERS = ("packs", "attachments", "private", "outbox")
DEMO = ("demo-secret",)
"""What only a demonstration's backup holds in clear: its people are made up."""
_LEFT_OUT = {"sessions.session", "accounts.tally", "contenttypes.contenttype", "auth.permission", "auth.group"}
_BATCH = 500


def backup(profile: Profile, out: Path, passphrase: str | None = None) -> dict[str, Any]:
    """Write a backup beside `out` and rename it, mode 0600; what it holds. The hub may go on serving.

    Args:
        profile: The hub's.
        out: The archive.
        passphrase: Closes the ledger's keys into it; without one they stay out.

    Returns:
        `{"rows", "files", "entries", "keys"}`; `keys` says whether the ledger's keys are in it.

    Raises:
        PortalError: JZ-809 it cannot be written, JZ-825 the passphrase. LedgerError, VerificationError: 6xx, the ledger
            is not as it was signed; nothing is written.
    """
    beside = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".jazari-backup-") as aside:
            beside.touch(mode=0o600)
            done = _write(profile, beside, Path(aside), passphrase)
        beside.replace(out)
    except OSError as wrong:
        raise PortalError(
            "JZ-809",
            "the backup cannot be written",
            where=str(out),
            found=wrong.strerror or type(wrong).__name__,
            fix="name a file in a folder that the hub's user may write, with room for twice the hub's files.",
        ) from wrong
    finally:
        beside.unlink(missing_ok=True)
    return done


def _write(profile: Profile, beside: Path, aside: Path, passphrase: str | None) -> dict[str, Any]:
    rows, entries = _take(profile, aside)
    prints: dict[str, str] = {}
    closed = _close_keys(profile, passphrase)
    with tarfile.open(beside, "w:gz", compresslevel=1) as archive:
        _add(archive, prints, ROWS, aside / ROWS)
        for path in files_of(aside / LEDGER):
            _add(archive, prints, path.relative_to(aside).as_posix(), path)
        files = 0
        for name in (*FOLDERS, *(DEMO if profile.demo else ())):
            for path in files_of(profile.data / name):
                _add(archive, prints, path.relative_to(profile.data).as_posix(), path)
                files += 1
        if closed:
            _put(archive, prints, SAFE, closed)
        head = {
            "schema": SCHEMA, "migrations": migrations(), "files": prints, "rows": rows, "entries": entries,
            "keys": bool(closed), "secret": mark(profile.secret),
        }  # fmt: skip
        _put(archive, {}, HEAD, json.dumps(head, sort_keys=True).encode())
    return {"rows": rows, "files": files, "entries": entries, "keys": bool(closed)}


def mark(secret: str) -> str:
    """What tells a hub's secret from another, and nothing else: printed secrets open only under the same one."""
    return hmac.new(secret.encode(), b"jazari.hub-backup", hashlib.sha256).hexdigest()[:16]


def _take(profile: Profile, aside: Path) -> tuple[int, int]:
    """The rows and the ledger of one moment, in which nobody is between log and store; the counts."""
    from jazari.hub.decisions import sealing

    ledger, entries = profile.data / LEDGER, 0
    with contextlib.ExitStack() as moment:
        with sealing.alone():  # only until the moment is held and the log is copied
            moment.enter_context(_moment())
            if custody.head(ledger) is not None:
                entries = keeping.copy(ledger.resolve(), aside / LEDGER)
        with (aside / ROWS).open("w", encoding="utf-8") as stream:
            rows = _rows(stream)
    if entries:
        custody.verify(aside / LEDGER)
    return rows, entries


@contextlib.contextmanager
def _moment() -> Iterator[None]:
    """See the store as it stands now, whatever is written meanwhile."""
    from django.db import connection, transaction

    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":  # a deferred transaction: it reads beside writers and stops none
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                cursor.execute("SELECT count(*) FROM django_migrations").fetchone()
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute("SELECT count(*) FROM django_migrations")
            yield


def models() -> Iterator[Any]:
    """The models whose rows a backup holds, those that others refer to first."""
    from django.apps import apps
    from django.core.serializers import sort_dependencies

    groups = [(config, None) for config in apps.get_app_configs()]
    yield from (
        model
        for model in sort_dependencies(groups, allow_cycles=True)
        if model._meta.label_lower not in _LEFT_OUT  # noqa: SLF001  Django's own name for what describes a model
    )


def _rows(out: IO[str]) -> int:
    from django.core import serializers

    count = 0
    for model in models():
        rows = model.objects.order_by("pk")
        serializers.serialize("jsonl", rows.iterator(chunk_size=_BATCH), stream=out, cls=_exact())
        count += rows.count()
    return count


def _exact() -> type[json.JSONEncoder]:
    """Django's encoder, with moments to the microsecond: its own drops what a sealed record may need."""
    from django.core.serializers.json import DjangoJSONEncoder

    class Exact(DjangoJSONEncoder):
        def default(self, o: Any) -> Any:
            return o.isoformat() if isinstance(o, datetime.datetime) else super().default(o)

    return Exact


def files_of(path: Path) -> list[Path]:
    """The files under a path, or the one that it is, without what is half written."""
    found = [path] if path.is_file() else sorted(path.rglob("*"))
    return [one for one in found if one.is_file() and not any(part.endswith(".part") for part in one.parts)]


def _add(archive: tarfile.TarFile, prints: dict[str, str], name: str, path: Path) -> None:
    """Add a file as it is while it is read: its fingerprint is of the very bytes that go in."""
    entry = tarfile.TarInfo(name)
    with path.open("rb") as stream:
        entry.size, entry.mode = os.fstat(stream.fileno()).st_size, 0o600
        digest = hashlib.file_digest(stream, "sha256")
        stream.seek(0)
        archive.addfile(entry, stream)
    prints[name] = digest.hexdigest()


def _put(archive: tarfile.TarFile, prints: dict[str, str], name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, io.BytesIO(content))
    prints[name] = hashlib.sha256(content).hexdigest()


def _close_keys(profile: Profile, passphrase: str | None) -> bytes:
    keys = profile.data / LEDGER / keeping.KEYS
    if not passphrase or not keys.is_dir():
        return b""
    return key_safe.close({path.name: path.read_text(encoding="ascii") for path in files_of(keys)}, passphrase)


def migrations() -> list[str]:
    """The migrations that the store has."""
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())
