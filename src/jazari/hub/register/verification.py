"""Verification: what the hub recomputes of a pack before anything is public.

At once, always: every file's fingerprint, and the dossier's own. Where the pack's audience allows (auditor), the
evidence is recomputed from the predictions by `jazari.usecase.verify`, through the port `Recompute`; that takes from a
second to minutes, so `jazari hub tick` does it, never a request, and nothing is published before it is done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jazari.core.canonical import digest_without
from jazari.core.errors import JazariError, VerificationError
from jazari.hub.pages.language import sentence
from jazari.hub.register.packs import Pack
from jazari.usecase.judged import judged

Recompute = Callable[[Path], bool]
"""Recomputes the evidence of an archive from its predictions: whether it could; JazariError where a figure differs."""

_FIX = "fetch the pack again from where it was made; if it still differs, the dossier was changed after it was written."
FILES = sentence("Every file is the one that the run wrote (fingerprints recomputed here)")
EVIDENCE = sentence("The evidence was recomputed here from the predictions and agrees")
JUDGED = sentence("Every safeguard was judged again here on the evidence, and says the same")
WAITS = sentence("The evidence will be recomputed here from the predictions before anything is published")
NOT_HERE = sentence("The evidence was not recomputed here: a public pack holds no predictions")
NOT_ABLE = sentence("The evidence was not recomputed here: the pack holds no predictions that allow it")


def recomputed(archive: Path) -> bool:
    """Recompute the evidence of an archive with the library's own verification."""
    from jazari.usecase.verify import verify as verify_dossier

    return verify_dossier(archive).recomputed


def verify(pack: Pack) -> list[dict[str, Any]]:
    """Check the fingerprints of a pack, and that its findings follow; what was checked, for the entry to show.

    Raises:
        VerificationError: JZ-816 a fingerprint differs, JZ-827 its findings or its status do not follow.
    """
    _refuse_changed(pack)
    _refuse_unfounded(pack)
    then = NOT_HERE if pack.audience == "public" else WAITS
    checked = [{"sentence": FILES, "held": True, "files": len(pack.files)}, {"sentence": JUDGED, "held": True}]
    return [*checked, {"sentence": then, "held": None}]


def evidence_of(archive: Path, recompute: Recompute = recomputed) -> dict[str, Any]:
    """Recompute the evidence of an auditor pack; what takes the place of `WAITS`. What `recompute` raises passes."""
    could = recompute(archive)
    return {"sentence": EVIDENCE if could else NOT_ABLE, "held": True if could else None}


def _refuse_changed(pack: Pack) -> None:
    dossier, files = pack.dossier, pack.files
    changed = [
        name
        for name, content in files.items()
        if name in dossier["files"] and hashlib.sha256(content).hexdigest() != dossier["files"][name].get("sha256")
    ]
    own = _is_sealed(dossier)
    waivers = [one for one in pack.waivers if not _is_sealed(one) or one.get("dossier") != dossier.get("digest")]
    if changed or waivers or not own:
        raise VerificationError(
            "JZ-816",
            "a fingerprint differs from the one that the dossier gives",
            where="the pack",
            found=f"{len(changed)} files and {len(waivers)} waivers that differ; "
            f"the dossier's own fingerprint {'agrees' if own else 'differs'}",
            fix=_FIX,
        )


def _refuse_unfounded(pack: Pack) -> None:
    wrong = judged(pack.dossier, pack.evidence)
    if wrong:
        raise VerificationError(
            "JZ-827", "the findings of this dossier do not follow from its evidence", where="the pack",
            found="; ".join(wrong), fix=_FIX,
        )  # fmt: skip


def _is_sealed(document: Mapping[str, Any]) -> bool:
    """Whether a document carries its own digest."""
    try:
        return digest_without(document, "digest") == document.get("digest")
    except (JazariError, ValueError, TypeError, OverflowError):
        return False
