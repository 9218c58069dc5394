"""The state of a forecast as files of a dossier or of a folder: JSON and Parquet, never a pickle."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jazari.core.canonical import encode
from jazari.core.errors import VerificationError
from jazari.engines.forecast.answer import State
from jazari.usecase.forecast.tables import read_parquet, write_parquet

ALONE = "state"
DOCUMENT = "state.json"
GROUPS = "jazari.forecast.groups/1"
TABLES = ("readings", "errors", "issued")


def write_files(state: State, folder: Path, stem: str) -> list[str]:
    """Write one state into a folder under a name; gives the names of its files."""
    (folder / f"{stem}.json").write_bytes(encode(dict(state.document)))
    for name in TABLES:
        write_parquet(state.tables[name], folder / f"{stem}_{name}.parquet")
    return [f"{stem}.json", *(f"{stem}_{name}.parquet" for name in TABLES)]


def stem_of(number: int) -> str:
    """The name under which the state of a group is kept, where there are several."""
    return f"state-{number:04}"


def index_of(stems: Sequence[str]) -> dict[str, Any]:
    """The document that names the states of several groups."""
    return {"format": GROUPS, "groups": list(stems)}


def stems(folder: Path) -> list[str]:
    """The names of the states in a folder, one a group.

    Raises:
        VerificationError: JZ-460, there is none; JZ-226, it cannot be read.
    """
    document = _document(folder, DOCUMENT)
    return [str(one) for one in document["groups"]] if document.get("format") == GROUPS else [ALONE]


def read(folder: Path, stem: str = "state") -> State:
    """The state in a folder under a name.

    Raises:
        VerificationError: JZ-460, there is none; JZ-226, it cannot be read.
    """
    tables = {name: read_parquet(folder / f"{stem}_{name}.parquet") for name in TABLES}
    return State(_document(folder, f"{stem}.json"), tables)


def _document(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    if not path.is_file():
        raise VerificationError(
            "JZ-460", "there is no state to go on from", where=str(folder), found=f"no {name}",
            fix="name the dossier that `jazari run` wrote, with its private files; a pack for others holds no state.",
        )  # fmt: skip
    try:
        document: dict[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise VerificationError(
            "JZ-226", f"{name} cannot be read", where=str(folder), found=type(error).__name__,
            fix="fetch the dossier again from where it was made.",
        ) from error  # fmt: skip
    return document
