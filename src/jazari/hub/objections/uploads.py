"""Files that people add to an objection: checked by `papers`, then kept, each under its own fingerprint.

Taken: PDF, JPEG, PNG, plain text and CSV, word-processor files (DOCX, ODT). Each is given to the reviewer to keep,
never shown as a page of ours.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Any

from django.conf import settings

from jazari.hub.objections.models import Attachment, Objection
from jazari.hub.objections.papers import check

_A_DAY = 24 * 3600
_SAFE = re.compile(r"[^\w. -]+")


def keep(name: str, content: bytes) -> dict[str, Any]:
    """Check a file and keep it under its fingerprint, beside and renamed; what the objection says of it.

    Raises:
        PortalError: JZ-854 to JZ-857, JZ-859.
    """
    kind = check(name, content)
    digest = hashlib.sha256(content).hexdigest()
    write(digest, content)
    return {"name": _SAFE.sub("_", Path(name).name)[-100:], "kind": kind, "size": len(content), "digest": digest}


def write(digest: str, content: bytes) -> Path:
    """Keep bytes under their fingerprint, closed to others."""
    folder = Path(settings.PROFILE.data / "attachments")
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / digest
    beside = folder / f"{digest}.{os.getpid()}.part"
    beside.touch(mode=0o600)
    beside.write_bytes(content)
    beside.replace(path)
    return path


def read(digest: str) -> bytes:
    """What was kept under a fingerprint.

    Raises:
        OSError: It is not there.
    """
    return Path(settings.PROFILE.data / "attachments" / digest).read_bytes()


def sweep(now: float) -> int:
    """Delete files that nobody sent: a day old, and of no objection; the number deleted."""
    folder = Path(settings.PROFILE.data / "attachments")
    sent = set(Attachment.objects.values_list("digest", flat=True))
    sent |= set(Objection.objects.values_list("evidence_digest", flat=True))
    left = [path for path in folder.glob("*") if path.name not in sent and path.stat().st_mtime < now - _A_DAY]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)
