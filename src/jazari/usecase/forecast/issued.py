"""What was issued and is not over: kept byte for byte, so that it is scored as it was sealed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jazari.core.canonical import encode, file_digest
from jazari.core.errors import VerificationError
from jazari.engines.forecast.panel import Panel
from jazari.governance.events import open_ledger
from jazari.usecase.dossier import Dossier
from jazari.usecase.forecast.tables import read_parquet
from jazari.usecase.forecast.truth import not_over, open_rows, with_truth

FORECASTS = "forecasts.parquet"
INDEX = "issued.json"


@dataclass(frozen=True)
class Issued:
    """A file of forecasts of which some may have no truth yet.

    Attributes:
        path: The file; that of the dossier itself, or one that `jazari forecast` wrote, kept in a state folder.
        digest: Its SHA-256 now: what was sealed when it was issued.
        rows: Its forecasts that were ahead.
    """

    path: Path
    digest: str
    rows: pa.Table

    @property
    def origins(self) -> set[str]:
        """When they were issued."""
        return {str(np.datetime64(one, "s")) for one in set(self.rows["origin"].to_pylist())}


def issued_before(start: Path, dossier: Dossier) -> list[Issued]:
    """The files whose forecasts are to be scored: the dossier's own, or those that a state folder names.

    Raises:
        VerificationError: JZ-226, one cannot be read; JZ-560, the dossier's own is not the one that the run wrote.
    """
    mine = dossier.path / FORECASTS
    if start == dossier.path:
        paths = [mine]
    else:
        paths = [mine if name == FORECASTS else start / name for name in _named(start, dossier)]
    return [_opened(path, dossier) for path in paths]


def _named(folder: Path, dossier: Dossier) -> list[str]:
    """The files of open forecasts that a state folder names, if it is whole and goes on from this dossier.

    Raises:
        VerificationError: JZ-474.
    """
    said = json.loads((folder / INDEX).read_bytes()) if (folder / INDEX).is_file() else {}
    if said.get("dossier") != dossier.digest:
        raise _strange(folder, "the state of another dossier" if said else f"no {INDEX}")
    changed = [name for name, one in said["files"].items() if _digest(folder / name) != one]
    if changed:
        raise _strange(folder, f"{', '.join(changed[:3])} changed since it was written")
    return [str(one) for one in said["issued"]]


def _strange(folder: Path, found: str) -> VerificationError:
    return VerificationError(
        "JZ-474", "this state is not the one that was kept for this dossier", where=str(folder), found=found,
        fix="name the folder that `jazari forecast` kept for this dossier, as it left it, or a new one.",
    )  # fmt: skip


def _digest(path: Path) -> str:
    return file_digest(path) if path.is_file() else ""


def _opened(path: Path, dossier: Dossier) -> Issued:
    digest = _digest(path)
    written = dossier.document["files"][FORECASTS]["sha256"]
    if path.parent == dossier.path and path.name == FORECASTS and digest != written:
        raise VerificationError(
            "JZ-560", "this dossier is not the one that the run wrote", where=str(dossier.path),
            found=f"{FORECASTS} has another fingerprint", fix="fetch it again from where it was made.",
        )  # fmt: skip
    heads = read_parquet(path, columns=["origin", "actual"])
    origins = pc.unique(open_rows(heads)["origin"])
    return Issued(path, digest, read_parquet(path, where=pc.field("origin").isin(origins)))


def sealed(files: Sequence[Issued], ledger: str | Path, dossier: Dossier) -> list[Issued]:
    """Those whose bytes were sealed when they were issued; the score of others is none for a ledger.

    Raises:
        VerificationError: JZ-472, forecasts of the same origin were sealed with other bytes.
    """
    with open_ledger(ledger) as opened:
        records = [row["record"] for row in opened.records("forecast_issued")]
    mine = [one for one in records if one["dossier"] == dossier.digest]
    digests = {one["forecasts"] for one in mine}
    origins = {str(np.datetime64(one["origin"].replace(" ", "T"), "s")) for one in mine}
    for each in files:
        if each.digest not in digests and each.origins & origins:
            raise VerificationError(
                "JZ-472", "these forecasts are not the ones that were sealed", where=str(each.path),
                found=f"another fingerprint than that sealed for {min(each.origins & origins)}",
                fix="bring back the file that was issued; a forecast is scored as it was sealed, or not at all.",
            )  # fmt: skip
    return [each for each in files if each.digest in digests]


def rows_of(files: Sequence[Issued], panel: Panel) -> pa.Table | None:
    """Their forecasts with what came true of them; None where there is no file."""
    tables = [with_truth(each.rows, panel) for each in files if each.rows.num_rows]
    return pa.concat_tables([one.cast(tables[0].schema) for one in tables]) if tables else None


def carry(files: Sequence[Issued], out: Path, panel: Panel, folder: Path, dossier: Dossier) -> None:
    """Keep in a state folder the files whose horizon is not over yet, and the one that has just been written.

    Its index names the dossier that it goes on from, and the fingerprint of everything in it.
    """
    left = [each for each in files if not_over(each.rows, panel).num_rows]
    names: list[Any] = []
    for each in left:
        if each.path.name != FORECASTS:
            shutil.copyfile(each.path, folder / each.path.name)
        names.append(each.path.name)
    name = f"issued-{file_digest(out)[:16]}.parquet"
    shutil.copyfile(out, folder / name)
    prints = {one.name: file_digest(one) for one in sorted(folder.iterdir())}
    (folder / INDEX).write_bytes(encode({"dossier": dossier.digest, "issued": [*names, name], "files": prints}))
