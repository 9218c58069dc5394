"""Verify a dossier: every fingerprint, and the evidence recomputed from the predictions. Trusts nothing it reads.

It detects corruption and careless change. Somebody who rewrites every file and the digest as well is caught by the
ledger, where the digest was sealed, not here.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jazari.core import plugins
from jazari.core.canonical import digest_without, encode, file_digest
from jazari.core.errors import JazariError, VerificationError
from jazari.core.progress import Progress, Silent
from jazari.usecase import waivers
from jazari.usecase.ability import GROUP, Ability
from jazari.usecase.archive import unpack
from jazari.usecase.dossier import DOCUMENT, Dossier
from jazari.usecase.judged import judged

TOLERANCE = 1e-9
AUDIENCES = ("public", "auditor", "private")


@dataclass
class Verified:
    """What was verified, and what could not be.

    Attributes:
        files: The files whose fingerprint was checked.
        absent: Files that are not here because of their audience.
        recomputed: Whether the evidence was recomputed from the predictions.
        notes: What a reader should know.
    """

    files: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    recomputed: bool = False
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The result as one document."""
        return {
            "verified": True, "files": self.files, "absent": self.absent, "recomputed": self.recomputed,
            "notes": self.notes,
        }  # fmt: skip


def verify(path: str | Path, *, progress: Progress | None = None) -> Verified:
    """Verify a dossier or a packed one.

    Raises:
        VerificationError: JZ-560 with everything that differs, JZ-561 an archive that is no dossier, JZ-225, JZ-226.
    """
    where = Path(path)
    if where.is_file():
        with tempfile.TemporaryDirectory(prefix="jazari-") as folder:
            unpack(where, Path(folder))
            return _verify(Dossier.open(folder), progress or Silent())
    return _verify(Dossier.open(where), progress or Silent())


def _verify(dossier: Dossier, progress: Progress) -> Verified:
    result = Verified()
    progress.step("Checking fingerprints")
    wrong = [*_document(dossier), *_files(dossier, result), *_strays(dossier), *waivers.wrong(dossier)]
    if not wrong:
        wrong = judged(dossier.document, dossier.evidence)
    if not wrong:
        progress.step("Recomputing the evidence")
        wrong = list(_evidence(dossier, result, progress))
    if wrong:
        raise VerificationError(
            "JZ-560", "this dossier is not the one that the run wrote", where=str(dossier.path), found="; ".join(wrong),
            fix="fetch it again from where it was made, and compare its digest with the one sealed in the ledger.",
        )  # fmt: skip
    result.notes.append(
        "Fingerprints detect corruption; authenticity comes from the ledger, where the digest is sealed."
    )
    return result


def _document(dossier: Dossier) -> Iterator[str]:
    try:
        content = (dossier.path / DOCUMENT).read_bytes()
        if encode(dossier.document) != content:
            yield f"{DOCUMENT} is not in canonical form"
        if dossier.document.get("digest") != digest_without(dossier.document, "digest"):
            yield f"{DOCUMENT} does not match its digest"
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        yield f"{DOCUMENT} cannot be read ({type(error).__name__})"


def _files(dossier: Dossier, result: Verified) -> Iterator[str]:
    files = dossier.document.get("files")
    if not isinstance(files, dict) or not all(isinstance(one, dict) for one in files.values()):
        yield f"{DOCUMENT} lists no files"
        return
    here = {name for name in files if (dossier.path / name).is_file()}
    present = {files[name].get("audience") for name in here}
    # a tier of which nothing is here was never sent; a tier of which something is missing was torn
    sent = max((AUDIENCES.index(one) for one in present if one in AUDIENCES), default=0)
    for name, file in sorted(files.items()):
        audience = file.get("audience")
        if audience not in AUDIENCES or "/" in name or name.startswith("."):
            yield f"{DOCUMENT} lists a file that no run writes"
        elif name in here:
            result.files.append(name)
            if file_digest(dossier.path / name) != file.get("sha256"):
                yield f"{name} has another fingerprint"
        elif AUDIENCES.index(audience) <= sent:
            yield f"{name} is gone"
        else:
            result.absent.append(name)


def _strays(dossier: Dossier) -> Iterator[str]:
    known = {DOCUMENT, *dossier.document.get("files", {})}
    for path in sorted(dossier.path.rglob("*")):
        inside = path.relative_to(dossier.path)
        if path.is_file() and str(inside) not in known and inside.parts[0] != waivers.FOLDER:
            yield "a file that the run did not write"


def _evidence(dossier: Dossier, result: Verified, progress: Progress) -> Iterator[str]:
    ability: Ability = plugins.load(GROUP, dossier.document["declaration"]["engine"]["ability"])
    try:
        again = ability.recompute(dossier, progress)
    except JazariError as error:
        yield f"the evidence cannot be recomputed ({error.code})"
        return
    if again is None:
        result.notes.append("The predictions are not in this pack: the evidence was not recomputed.")
        return
    result.recomputed = True
    yield from (f"evidence.json: {name} differs from the predictions" for name in _differences(dossier.evidence, again))


def _differences(said: Mapping[str, Any], again: Mapping[str, Any]) -> list[str]:
    """The top-level keys of the evidence that do not follow from the predictions."""
    return sorted(key for key in again if not _same(said.get(key), json.loads(json.dumps(again[key]))))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=0, abs_tol=TOLERANCE)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(_same(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)
