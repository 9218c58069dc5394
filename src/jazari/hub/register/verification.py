"""Verification: what the hub recomputes of a pack before anything is public.

Always: every file's fingerprint, and the dossier's own. Where the pack's audience allows (auditor), the evidence is
recomputed from the predictions by `Recompute`, which the project plugs in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jazari.core.canonical import digest_without
from jazari.core.errors import JazariError, VerificationError
from jazari.hub.pages.language import sentence
from jazari.hub.register.packs import Pack

Recompute = Callable[[Path], None]
"""Recomputes the evidence of an archive from its predictions; raises JazariError where a figure differs."""
RECOMPUTE: Recompute | None = None
"""What this version of Jazari recomputes with; None where it has nothing, and the entry says so."""

_FIX = "fetch the pack again from where it was made; if it still differs, the dossier was changed after it was written."
FILES = sentence("Every file is the one that the run wrote (fingerprints recomputed here)")
EVIDENCE = sentence("The evidence was recomputed here from the predictions and agrees")
NOT_HERE = sentence("The evidence was not recomputed here: a public pack holds no predictions")
NO_TOOL = sentence("The evidence was not recomputed here: this hub has nothing to recompute it with")


def verify(pack: Pack, recompute: Recompute | None = None) -> list[dict[str, Any]]:
    """Check a pack; what was checked and how it ended, for the entry to show.

    Raises:
        VerificationError: JZ-816, a fingerprint differs. What `recompute` raises passes.
    """
    _refuse_changed(pack.dossier, pack.files)
    checks = [{"sentence": FILES, "held": True, "files": len(pack.files)}]
    if pack.audience == "public":
        return [*checks, {"sentence": NOT_HERE, "held": None}]
    if recompute is None:
        return [*checks, {"sentence": NO_TOOL, "held": None}]
    with TemporaryDirectory(prefix="jazari-pack-") as scratch:
        archive = Path(scratch) / "pack.zip"
        archive.write_bytes(pack.content)
        recompute(archive)
    return [*checks, {"sentence": EVIDENCE, "held": True}]


def _refuse_changed(dossier: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
    changed = [
        name
        for name, content in files.items()
        if name in dossier["files"] and hashlib.sha256(content).hexdigest() != dossier["files"][name].get("sha256")
    ]
    try:
        own = digest_without(dossier, "digest") == dossier.get("digest")
    except (JazariError, ValueError, TypeError, OverflowError):
        own = False
    if changed or not own:
        raise VerificationError(
            "JZ-816",
            "a fingerprint differs from the one that the dossier gives",
            where="the pack",
            found=f"{len(changed)} files that differ; the dossier's own fingerprint {'agrees' if own else 'differs'}",
            fix=_FIX,
        )
