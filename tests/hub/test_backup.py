"""Backup and restore: store, ledger, keys and files as they stood at one moment; a changed backup is refused whole."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
import tarfile
import threading
import time
from pathlib import Path

import pytest

from jazari.core.errors import JazariError

PASSPHRASE = "seven words that nobody would guess"  # noqa: S105  of no hub


@pytest.fixture
def emptied(db, tmp_path, monkeypatch):
    """Forget every row, and move the hub to a new folder: what a restore comes into."""
    import dataclasses

    def make():
        from django.conf import settings

        from jazari.hub.backup import models
        from jazari.hub.register.models import System

        System.objects.update(current=None)
        for model in reversed(list(models())):
            model.objects.all().delete()
        (tmp_path / "new").mkdir()
        own = dataclasses.replace(db.PROFILE, data=tmp_path / "new")
        monkeypatch.setattr(settings, "PROFILE", own)
        return own

    return make


def test_a_backup_brings_back_a_hub_that_goes_on(decided, printed, client, person, emptied, db, tmp_path):
    from jazari.governance import custody
    from jazari.hub.accounts.models import User
    from jazari.hub.backup import backup
    from jazari.hub.decisions import deciding
    from jazari.hub.decisions.models import Case, Decision
    from jazari.hub.restore import restore

    secret, out = printed(decided), tmp_path / "hub.tar.gz"
    page = client().get("/api/systems/education-dropout-ma-03").json()
    done = backup(db.PROFILE, out, PASSPHRASE)
    assert (done["keys"], stat.S_IMODE(out.stat().st_mode)) == (True, 0o600)
    own = emptied()
    back = restore(own, out, PASSPHRASE)
    assert {name: back[name] for name in done} == done
    assert (back["same_secret"], back["decisions"], back["not_in_log"], back["not_in_store"]) == (True, 1, 0, 0)
    assert client().get("/api/systems/education-dropout-ma-03").json() == page
    assert client().post(f"/fr/d/{decided.number}/", {"secret": secret}).status_code == 302
    case = Case.objects.filter(state="waits").order_by("territory", "place").first()
    officer = User.objects.get(pk=Decision.objects.get().officer_id)
    deciding.claim(case, officer)
    said = {"outcome": "none", "other": "", "action": "overrode", "reasons": "Moved away in October, papers seen"}
    deciding.take(case, officer, said)
    assert custody.verify(own.data / "ledger").size == done["entries"] + 1


def test_keys_stay_out_without_a_passphrase_and_are_brought_from_elsewhere(decided, emptied, db, tmp_path):
    from jazari.governance import custody
    from jazari.hub.backup import backup
    from jazari.hub.restore import restore

    out = tmp_path / "hub.tar.gz"
    assert backup(db.PROFILE, out)["keys"] is False
    secret = (db.PROFILE.data / "ledger" / "keys" / "log").read_bytes().strip()
    with tarfile.open(out) as archive:
        assert not [one for one in archive.getnames() if "/keys/" in one or "safe" in one]
        assert not any(secret in archive.extractfile(one).read() for one in archive)
    keys = db.PROFILE.data / "ledger" / "keys"
    own = emptied()
    assert restore(own, out, "", keys)["keys"] is True
    assert custody.verify(own.data / "ledger").records > 0


def test_a_passphrase_that_is_short_or_another_is_refused(decided, emptied, db, tmp_path):
    from jazari.hub.backup import backup
    from jazari.hub.decisions.models import Decision
    from jazari.hub.restore import restore

    out = tmp_path / "hub.tar.gz"
    with pytest.raises(JazariError, match="JZ-825"):
        backup(db.PROFILE, out, "short")
    assert not out.exists()
    backup(db.PROFILE, out, PASSPHRASE)
    own = emptied()
    with pytest.raises(JazariError, match="JZ-825"):
        restore(own, out, PASSPHRASE + "!")
    assert not Decision.objects.exists()
    assert not any(own.data.iterdir())


def test_a_hub_that_holds_something_is_never_written_over(decided, db, tmp_path):
    from jazari.hub.backup import backup
    from jazari.hub.restore import restore

    backup(db.PROFILE, tmp_path / "hub.tar.gz", PASSPHRASE)
    with pytest.raises(JazariError, match="JZ-809"):
        restore(db.PROFILE, tmp_path / "hub.tar.gz", PASSPHRASE)


def rewritten(source, target, change):
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for entry in old:
            content = change(entry.name, old.extractfile(entry).read())
            entry.size = len(content)
            new.addfile(entry, io.BytesIO(content))


@pytest.mark.parametrize("name", ["rows.jsonl", "ledger/log/checkpoint", "private/"])
def test_a_changed_backup_is_refused_whole(decided, emptied, db, tmp_path, name):
    from jazari.hub.backup import backup
    from jazari.hub.register.models import System
    from jazari.hub.restore import restore

    out, other = tmp_path / "hub.tar.gz", tmp_path / "other.tar.gz"
    backup(db.PROFILE, out, PASSPHRASE)
    rewritten(out, other, lambda one, content: content[:-1] + b"x" if one.startswith(name) else content)
    own = emptied()
    with pytest.raises(JazariError, match="JZ-822"):
        restore(own, other, PASSPHRASE)
    assert not System.objects.exists()
    assert not any(own.data.iterdir())


def test_a_log_that_was_forged_with_its_fingerprint_does_not_verify(decided, emptied, db, tmp_path):
    import hashlib

    from jazari.core.errors import VerificationError
    from jazari.hub.backup import backup
    from jazari.hub.register.models import System
    from jazari.hub.restore import restore

    out, other, changed = tmp_path / "hub.tar.gz", tmp_path / "other.tar.gz", {}

    def forge(name, content):
        if name.startswith("ledger/log/tile/entries"):
            content = content.replace(b'"kind":"decision"', b'"kind":"decisiom"')
            changed[name] = hashlib.sha256(content).hexdigest()
        if name == "backup.json":
            head = json.loads(content)
            head["files"] |= changed
            content = json.dumps(head).encode()
        return content

    backup(db.PROFILE, out, PASSPHRASE)
    rewritten(out, other, forge)
    own = emptied()
    with pytest.raises(VerificationError, match="JZ-62"):
        restore(own, other, PASSPHRASE)
    assert not System.objects.exists()


@pytest.mark.parametrize("bad", [b"", b"no archive"])
def test_what_is_no_backup_is_refused(db, tmp_path, bad):
    from jazari.hub.restore import restore

    (tmp_path / "x.tar.gz").write_bytes(bad)
    with pytest.raises(JazariError, match="JZ-809"):
        restore(db.PROFILE, tmp_path / "x.tar.gz")


def test_paths_that_lead_elsewhere_are_not_unpacked():
    from jazari.hub.restore import _is_ours

    good = ("rows.jsonl", "packs/a.zip", "ledger/log/tile/0/000.p/3", "private/ab/list.parquet", "keys.safe")
    bad = (
        "../x",
        "/etc/passwd",
        "packs/../../x",
        "packs/.hidden",
        "ledger/keys/log",
        "other/x",
        "packs",
        "hub.sqlite3",
    )
    assert all(map(_is_ours, good))
    assert not any(map(_is_ours, bad))


_WRITER = """
import sys, time
from pathlib import Path
data, dossier = sys.argv[1:]
from jazari.hub import server
profile = server.start_django("demo", data)
server.prepare(profile)
from jazari.hub.decisions import deciding
from jazari.hub.decisions.models import Case
from jazari.hub.decisions.private import bring_in
from jazari.hub.demo import _publish
from jazari.hub.demo_cases import _person
(profile.data / "demo").mkdir()
_publish(Path(dossier), profile.data / "demo")
bring_in(Path(dossier))
officer = _person("demo-officer")
print("ready", flush=True)
for number, case in enumerate(Case.objects.order_by("pk")):
    deciding.claim(case, officer)
    time.sleep(0.05)
    reasons = f"Met the mother on day {number}, who works in the fields"
    said = {"outcome": "none", "action": "overrode"} if number % 2 else {"outcome": "help", "action": "followed"}
    deciding.take(case, officer, {**said, "other": "", "reasons": reasons})
    print(number, flush=True)
"""


def test_a_backup_taken_while_officers_decide_cuts_no_decision_in_two(listed, tmp_path):
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "JAZARI_HUB_DATA")}
    env["JAZARI_HUB_BACKUP_PASSPHRASE"] = PASSPHRASE
    (tmp_path / "writer.py").write_text(_WRITER, encoding="utf-8")
    command = [sys.executable, str(tmp_path / "writer.py"), str(tmp_path / "hub"), str(listed.path)]
    jazari = [str(Path(sys.executable).parent / "jazari"), "hub"]
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env) as writer:
        reader = threading.Thread(target=lambda: lines.extend(writer.stdout), daemon=True)
        try:
            assert writer.stdout.readline() == "ready\n"
            reader.start()
            time.sleep(1)
            out = str(tmp_path / "hub.tar.gz")
            made = subprocess.run(
                [*jazari, "backup", "--demo", "--data", str(tmp_path / "hub"), "--out", out, "--json"],
                capture_output=True, text=True, check=False, timeout=120, env=env,
            )  # fmt: skip
            assert made.returncode == 0, made.stderr
            assert writer.poll() is None, "the writer was done before the backup was"
        finally:
            writer.kill()
    back = subprocess.run(
        [*jazari, "restore", out, "--demo", "--data", str(tmp_path / "new"), "--json"],
        capture_output=True, text=True, check=False, timeout=120, env=env,
    )  # fmt: skip
    assert back.returncode == 0, back.stderr
    done = json.loads(back.stdout)
    assert (done["not_in_log"], done["not_in_store"], done["keys"], done["same_secret"]) == (0, 0, True, True)
    assert done["decisions"] > 0
