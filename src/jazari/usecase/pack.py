"""Pack: what an audience may see of a dossier, as one archive whose bytes depend on the dossier alone."""

from __future__ import annotations

import zipfile
from pathlib import Path

from jazari.core.canonical import file_digest
from jazari.core.errors import VerificationError
from jazari.data.files import write_beside
from jazari.usecase import waivers
from jazari.usecase.dossier import DOCUMENT, Dossier

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment a zip can say: the archive tells no time of its own
_READABLE = 0o644 << 16


def pack(dossier: str | Path | Dossier, audience: str, out: str | Path) -> list[str]:
    """Write the archive for an audience; only what its audience may see ever travels.

    Args:
        dossier: The dossier, or its folder.
        audience: `public` or `auditor`.
        out: The archive.

    Returns:
        The names inside, sorted.

    Raises:
        VerificationError: JZ-227, a file is not the one that the dossier fingerprinted, or no waiver of it.
    """
    opened = dossier if isinstance(dossier, Dossier) else Dossier.open(dossier)
    names = sorted([DOCUMENT, *opened.names(audience)])
    for name in names:
        refuse_changed(opened, name)
    names += waivers.files(opened)  # public, and without them a waived dossier would read as blocked
    with (
        write_beside(Path(out)) as beside,
        zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
    ):
        for name in names:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, _READABLE, 3
            archive.writestr(entry, (opened.path / name).read_bytes())
    return names


def refuse_changed(dossier: Dossier, name: str) -> None:
    """Refuse a file that is not the one the dossier fingerprinted (VerificationError JZ-227)."""
    path = dossier.path / name
    if name != DOCUMENT and (not path.is_file() or file_digest(path) != dossier.document["files"][name]["sha256"]):
        raise VerificationError(
            "JZ-227", f"{name} is not the file that the run wrote", where=str(dossier.path),
            found="another fingerprint" if path.is_file() else "no such file",
            fix="take the dossier from where it was made; a dossier never changes after it is written.",
        )  # fmt: skip
