"""Backup and restore: one archive of the store and the packs, with a fingerprint a file.

The store travels as rows (Django's own serialisation, JSON lines), so that a backup of SQLite restores into PostgreSQL
and back. Sessions, tallies and the secret stay out: a stolen backup opens no session.
"""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jazari.core.errors import PortalError, VerificationError
from jazari.hub.profile import Profile

SCHEMA = "jazari.hub-backup/1"
_LEFT_OUT = {"sessions.session", "accounts.tally", "contenttypes.contenttype", "auth.permission", "auth.group"}
_FOLDERS = ("packs", "attachments")
_BATCH = 500


def backup(profile: Profile, out: Path) -> dict[str, int]:
    """Write a backup beside `out` and rename it, mode 0600; how many rows and files it holds.

    Raises:
        PortalError: JZ-809, it cannot be written.
    """
    from django.db import transaction

    beside = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        beside.touch(mode=0o600)
        with tarfile.open(beside, "w:gz", compresslevel=6) as archive, transaction.atomic():
            prints: dict[str, str] = {}
            rows = _add(archive, prints, "rows.jsonl", *_rows())
            files = sum(_add_file(archive, prints, profile.data, path) for path in _files(profile.data))
            head = {"schema": SCHEMA, "migrations": _migrations(), "files": prints, "rows": rows}
            _add(archive, {}, "backup.json", json.dumps(head, sort_keys=True).encode(), 0)
        beside.replace(out)
    except OSError as wrong:
        beside.unlink(missing_ok=True)
        raise PortalError(
            "JZ-809",
            "the backup cannot be written",
            where=str(out),
            found=wrong.strerror or type(wrong).__name__,
            fix="name a file in a folder that the hub's user may write, with room for the packs.",
        ) from wrong
    return {"rows": rows, "files": files}


def _models() -> Iterator[Any]:
    from django.apps import apps
    from django.core.serializers import sort_dependencies

    groups = [(config, None) for config in apps.get_app_configs()]
    yield from (
        model
        for model in sort_dependencies(groups, allow_cycles=True)
        if model._meta.label_lower not in _LEFT_OUT  # noqa: SLF001  Django's own name for what describes a model
    )


def _rows() -> tuple[bytes, int]:
    from django.core import serializers

    out = io.StringIO()
    count = 0
    for model in _models():
        rows = model.objects.order_by("pk")
        serializers.serialize("jsonl", rows.iterator(chunk_size=_BATCH), stream=out, cls=_exact())
        count += rows.count()
    return out.getvalue().encode(), count


def _exact() -> type[json.JSONEncoder]:
    """Django's encoder, with moments to the microsecond: its own drops what a sealed record may need."""
    from django.core.serializers.json import DjangoJSONEncoder

    class Exact(DjangoJSONEncoder):
        def default(self, o: Any) -> Any:
            return o.isoformat() if isinstance(o, datetime.datetime) else super().default(o)

    return Exact


def _add(archive: tarfile.TarFile, prints: dict[str, str], name: str, content: bytes, count: int) -> int:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, io.BytesIO(content))
    prints[name] = hashlib.sha256(content).hexdigest()
    return count


def _files(data: Path) -> Iterator[Path]:
    for folder in _FOLDERS:
        yield from sorted(path for path in (data / folder).glob("*") if path.is_file() and path.suffix != ".part")


def _add_file(archive: tarfile.TarFile, prints: dict[str, str], data: Path, path: Path) -> int:
    return _add(archive, prints, path.relative_to(data).as_posix(), path.read_bytes(), 1)


def _migrations() -> list[str]:
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def restore(profile: Profile, source: Path) -> dict[str, int]:
    """Restore a backup into an empty hub: all of it or nothing.

    Raises:
        PortalError: JZ-809 not a backup that this version reads, or the hub is not empty. VerificationError: JZ-822.
    """
    from django.core.management import call_command
    from django.db import transaction

    call_command("migrate", verbosity=0, interactive=False)
    contents, head = _open(source)
    _refuse_other(head, source)
    with transaction.atomic():
        _refuse_full()
        rows = _load(contents["rows.jsonl"])
        files = [name for name in contents if name.partition("/")[0] in _FOLDERS]
        for name in files:
            path = profile.data / name
            path.parent.mkdir(mode=0o700, exist_ok=True)
            path.touch(mode=0o600)
            path.write_bytes(contents[name])
    return {"rows": rows, "files": len(files)}


def _open(source: Path) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The files of a backup, each compared with its fingerprint."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            contents = {one.name: _content(archive, one) for one in archive if one.isfile() and _is_ours(one.name)}
        head = json.loads(contents.pop("backup.json"))
        prints = dict(head["files"])
    except (OSError, tarfile.TarError, KeyError, ValueError, TypeError, EOFError) as wrong:
        raise _not_a_backup(source, type(wrong).__name__) from wrong
    changed = [name for name, print_ in prints.items() if hashlib.sha256(contents.get(name, b"")).hexdigest() != print_]
    if changed or set(prints) != set(contents):
        raise VerificationError(
            "JZ-822",
            "the backup was changed after it was written",
            where=str(source),
            found=f"{len(changed)} files differ",
            fix="take another backup; nothing was restored.",
        )
    return contents, head


def _content(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    stream = archive.extractfile(entry)
    return stream.read() if stream else b""


def _is_ours(name: str) -> bool:
    folder, _, rest = name.partition("/")
    return name in ("backup.json", "rows.jsonl") or (
        folder in _FOLDERS and bool(rest) and "/" not in rest and rest[0] != "."
    )


def _not_a_backup(source: Path, found: str) -> PortalError:
    return PortalError(
        "JZ-809",
        "this is not a backup that this version reads",
        where=str(source),
        found=found,
        fix="name the file that `jazari hub backup` wrote, and restore with the same version of Jazari or a later one.",
    )


def _refuse_other(head: dict[str, Any], source: Path) -> None:
    later = sorted(set(head.get("migrations", [])) - set(_migrations()))
    if head.get("schema") != SCHEMA or later:
        raise _not_a_backup(source, f"{head.get('schema')}, {len(later)} migrations that are not known here")


def _refuse_full() -> None:
    held = sum(model.objects.count() for model in _models())
    if held:
        raise PortalError(
            "JZ-809",
            "a backup is restored into an empty hub",
            where="the store",
            found=f"{held} rows",
            fix="restore with `--data` of a new folder and a DATABASE_URL of a new store.",
        )


def _load(lines: bytes) -> int:
    """Load the rows; references that point forward are checked at the end of the transaction."""
    from django.core import serializers
    from django.core.management.color import no_style
    from django.db import connection

    count = 0
    with connection.constraint_checks_disabled():
        for one in serializers.deserialize("jsonl", lines.decode()):
            one.save()
            count += 1
    connection.check_constraints()
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(_models())):
            cursor.execute(statement)
    return count
