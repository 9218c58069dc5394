"""Private files: what officers work with lies in the hub's folder, beside the ledger that seals what they do."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings
from django.db import transaction

from jazari.core.errors import PortalError
from jazari.hub.decisions.models import Case
from jazari.hub.network import log
from jazari.hub.register.models import Version
from jazari.usecase import waivers
from jazari.usecase.decisions.factors import factors
from jazari.usecase.decisions.listing import Listing
from jazari.usecase.dossier import DOCUMENT, Dossier
from jazari.usecase.rebuild import table_of_document
from jazari.usecase.verify import verify

_BATCH = 500


def ledger() -> Path:
    """The ledger of this hub, made when it is first asked for."""
    return log.made()


def dossier_of(version: Version) -> Dossier:
    """The dossier of a version with its private files.

    Raises:
        PortalError: JZ-850, they were not imported here.
    """
    folder = _folder(version.digest)
    if not folder.is_dir():
        raise PortalError(
            "JZ-850", "the private files of this version are not on this machine", where=str(version.system),
            found="no such folder", fix="import the dossier's folder: `jazari hub import DIR`.",
        )  # fmt: skip
    return Dossier.open(folder)


def bring_in(source: Path) -> tuple[Version, int]:
    """Import the folder that a run wrote, private files and all, for officers to work with.

    Args:
        source: The dossier's folder, on this machine.

    Returns:
        The version of the register that it belongs to, and how many cases it opened.

    Raises:
        PortalError: JZ-851, no published version is of this dossier. DeclarationError: JZ-225, JZ-688, no dossier or no
            list. VerificationError: JZ-226, JZ-560, a file, a waiver or the evidence is not what the run wrote.
    """
    verify(source)
    dossier = Dossier.open(source)
    listing = Listing.of(dossier)
    version = Version.objects.filter(digest=dossier.digest, published_at__isnull=False).first()
    if version is None:
        raise PortalError(
            "JZ-851", "officers work with what is published", where=dossier.document["case"],
            found="no published version of this dossier",
            fix="upload its pack (`jazari pack DIR --for public`), have it approved and publish it, then import.",
        )  # fmt: skip
    _copy(dossier, _folder(version.digest))
    ledger()
    return version, _open_cases(version, dossier, listing)


def _folder(digest: str) -> Path:
    return Path(settings.PROFILE.data / "private" / digest)


def _copy(dossier: Dossier, folder: Path) -> None:
    """Copy beside and rename what the dossier names; files are closed to others. Waivers that were there stay."""
    beside = folder.with_suffix(".part")
    folder.parent.mkdir(mode=0o700, exist_ok=True)
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(mode=0o700)
    here = Dossier(folder)
    kept = [(here, name) for name in (waivers.files(here) if folder.is_dir() else [])]
    for source, name in [*kept, *((dossier, one) for one in (DOCUMENT, *dossier.names(), *waivers.files(dossier)))]:
        path = beside / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        if (source.path / name).is_file():
            path.touch(mode=0o600)
            shutil.copyfile(source.path / name, path)
    shutil.rmtree(folder, ignore_errors=True)
    beside.replace(folder)


def _open_cases(version: Version, dossier: Dossier, listing: Listing) -> int:
    """One case a selected person, with what weighed in words; the score itself stays in the file."""
    table = table_of_document(dossier.document["declaration"])
    chosen = listing.rows.filter(listing.rows["selected"]).sort_by("rank")
    known = set(Case.objects.filter(version=version).values_list("subject", flat=True))
    places: dict[str, int] = {}
    made = []
    for row in listing.with_inputs(chosen):
        area = row["territory"] or row["site"] or ""
        places[area] = places.get(area, 0) + 1
        if str(row["key"]) in known:
            continue
        weighed = factors(row, listing.terms, table)
        made.append(
            Case(
                version=version,
                subject=str(row["key"]),
                site=row["site"] or "",
                place=places[area],
                territory=f"{version.system.pole}:{area}" if area else version.system.pole,
                factors=list(weighed.written),
                spoken=list(weighed.spoken),
            )
        )
    with transaction.atomic():
        Case.objects.bulk_create(made, batch_size=_BATCH)
    return len(made)
