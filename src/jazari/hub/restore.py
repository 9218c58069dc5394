"""Restore: a backup becomes a hub again: all of it or nothing, each file compared, the ledger verified."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from jazari.core.errors import PortalError, VerificationError
from jazari.governance import custody, keeping
from jazari.hub import key_safe, server
from jazari.hub.backup import DEMO, FOLDERS, HEAD, LEDGER, ROWS, SAFE, SCHEMA, files_of, mark, migrations, models
from jazari.hub.profile import Profile

_PART = re.compile(r"[\w@+=-][\w.@+=-]*")
_BLOCK = 1 << 20


def restore(profile: Profile, source: Path, passphrase: str | None = None, keys: Path | None = None) -> dict[str, Any]:
    """Restore a backup into an empty hub, verify its ledger, and finish what a crash had left.

    Args:
        profile: The new hub's.
        source: The archive that `backup` wrote.
        passphrase: Opens the keys in it.
        keys: A folder with the ledger's keys, where they were kept apart.

    Returns:
        `{"rows", "files", "entries", "keys", "same_secret", "decisions", "not_in_log", "not_in_store"}`: whether the
        ledger can go on, whether printed secrets still open, and how many decisions stand in one of the two alone.

    Raises:
        PortalError: JZ-809 not a backup that this version reads, or the hub is not empty; JZ-825 its keys do not open.
        VerificationError: JZ-822 the backup was changed; 62x, 63x its ledger is not as it was signed.
    """
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    _refuse_full(profile)
    with tempfile.TemporaryDirectory(dir=profile.data, prefix=".restoring-") as folder:
        aside = Path(folder)
        head = _unpack(source, aside)
        _refuse_other(head, source)
        has_keys = _put_keys(aside, head, passphrase, keys)
        ledger = aside / LEDGER
        if head["entries"]:
            custody.verify(ledger)
            keeping.put_back(ledger)
        files = sum(len(files_of(aside / name)) for name in (*FOLDERS, *DEMO))
        rows = _load(profile, aside)
    done = {"rows": rows, "files": files, "entries": head["entries"], "keys": has_keys}
    if has_keys:
        server.repair()
    own = profile.data / DEMO[0]
    secret = own.read_text(encoding="ascii") if profile.demo and own.exists() else profile.secret
    return {**done, "same_secret": head["secret"] == mark(secret), **_compared(profile)}


def _compared(profile: Profile) -> dict[str, int]:
    """The decisions of the store beside those of the log."""
    from jazari.hub.decisions.models import Decision

    kept = set(Decision.objects.values_list("number", flat=True))
    ledger = profile.data / LEDGER
    sealed = keeping.numbers(ledger, "decision") if custody.head(ledger) else set()
    return {"decisions": len(kept), "not_in_log": len(kept - sealed), "not_in_store": len(sealed - kept)}


def _unpack(source: Path, aside: Path) -> dict[str, Any]:
    """Unpack into a folder of its own, comparing each file with its fingerprint; what the backup says of itself."""
    found: dict[str, str] = {}
    try:
        with tarfile.open(source, "r:gz") as archive:
            for entry in archive:
                if entry.isfile() and _is_ours(entry.name):
                    found[entry.name] = _unpack_one(archive, entry, aside / entry.name)
        head: dict[str, Any] = json.loads((aside / HEAD).read_bytes())
        prints, _ = dict(head["files"]), found.pop(HEAD)
        _ = (head["entries"], head["keys"], head["secret"], prints[ROWS])
    except (OSError, tarfile.TarError, KeyError, ValueError, TypeError, EOFError) as wrong:
        raise _not_a_backup(source, type(wrong).__name__) from wrong
    changed = {name for name in {*prints, *found} if prints.get(name) != found.get(name)}
    if changed:
        raise VerificationError(
            "JZ-822",
            "the backup was changed after it was written",
            where=str(source),
            found=f"{len(changed)} files differ",
            fix="take another backup; nothing was restored.",
        )
    return head


def _unpack_one(archive: tarfile.TarFile, entry: tarfile.TarInfo, path: Path) -> str:
    stream, digest = archive.extractfile(entry), hashlib.sha256()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    with path.open("wb") as out:
        while stream and (block := stream.read(_BLOCK)):
            digest.update(block)
            out.write(block)
    return digest.hexdigest()


def _is_ours(name: str) -> bool:
    """Whether a name is one that a backup writes: a known file, or a path of plain parts in a known folder."""
    top, *rest = name.split("/")
    if not rest:
        return name in (HEAD, ROWS, SAFE, *DEMO)
    return top in (LEDGER, *FOLDERS) and keeping.KEYS not in rest[:1] and all(map(_PART.fullmatch, rest))


def _not_a_backup(source: Path, found: str) -> PortalError:
    return PortalError(
        "JZ-809",
        "this is not a backup that this version reads",
        where=str(source),
        found=found,
        fix="name the file that `jazari hub backup` wrote, and restore with the same version of Jazari or a later one.",
    )


def _refuse_other(head: dict[str, Any], source: Path) -> None:
    later = sorted(set(head.get("migrations", [])) - set(migrations()))
    if head.get("schema") != SCHEMA or later:
        raise _not_a_backup(source, f"{head.get('schema')}, {len(later)} migrations that are not known here")


def _refuse_full(profile: Profile) -> None:
    held = sum(model.objects.count() for model in models())
    there = [name for name in (LEDGER, *FOLDERS) if any((profile.data / name).glob("*"))]
    if held or there:
        raise PortalError(
            "JZ-809",
            "a backup is restored into an empty hub",
            where="the store and the hub's folder",
            found=f"{held} rows; {', '.join(there) or 'no files'}",
            fix="restore with `--data` of a new folder and a DATABASE_URL of a new store.",
        )


def _put_keys(aside: Path, head: dict[str, Any], passphrase: str | None, keys: Path | None) -> bool:
    """Put the ledger's keys into its folder, from where they were kept; whether there are any."""
    if keys is not None:
        found = {path.name: path.read_text(encoding="ascii") for path in files_of(keys)}
    elif head["keys"] and passphrase:
        found = key_safe.open_((aside / SAFE).read_bytes(), passphrase)
    else:
        found = {}
    if found and head["entries"]:
        folder = aside / LEDGER / keeping.KEYS
        folder.mkdir(mode=0o700)
        for name, text in found.items():
            path = folder / Path(name).name
            path.touch(mode=0o600)
            path.write_text(text, encoding="ascii")
    return bool(found and head["entries"])


def _load(profile: Profile, aside: Path) -> int:
    """Load the rows and move the files to their places; where either fails, both are as before."""
    from django.db import transaction

    moved: list[Path] = []
    try:
        with transaction.atomic():
            rows = _load_rows(aside / ROWS)
            for name in (LEDGER, *FOLDERS, *DEMO):
                if (aside / name).exists():
                    target = profile.data / name
                    if target.is_dir():
                        target.rmdir()  # an empty one; `_refuse_full` saw to it
                    (aside / name).replace(target)
                    moved.append(target)
    except BaseException:
        for path in moved:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise
    return rows


def _load_rows(path: Path) -> int:
    """Load the rows; references that point forward are checked at the end of the transaction."""
    from django.core import serializers
    from django.core.management.color import no_style
    from django.db import connection

    count = 0
    with path.open(encoding="utf-8") as lines, connection.constraint_checks_disabled():
        for one in serializers.deserialize("jsonl", lines):
            one.save()
            count += 1
    connection.check_constraints()
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models())):
            cursor.execute(statement)
    return count
