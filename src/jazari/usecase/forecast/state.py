"""The state of a forecast as files of a dossier or of a folder: JSON and Parquet, never a pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from jazari.core.canonical import encode
from jazari.core.errors import VerificationError
from jazari.data.files import folder_beside
from jazari.engines.forecast.answer import State
from jazari.schema.records import Leaf
from jazari.usecase.dossier import document_leaf
from jazari.usecase.forecast.tables import parquet_leaf, read_parquet, write_parquet

DOCUMENT = "state.json"
TABLES = ("readings", "errors", "issued")


def leaves(state: State) -> list[Leaf]:
    """The files of a state: private, as they hold readings."""
    tables = [parquet_leaf(f"state_{name}.parquet", state.tables[name], "private") for name in TABLES]
    return [document_leaf(DOCUMENT, state.document, "private"), *tables]


def write(state: State, folder: Path, beside_it: Mapping[str, pa.Table]) -> None:
    """Write a state into a folder with the tables beside it, all or nothing; one that is there gives way."""
    with folder_beside(folder, replace=True) as beside:
        (beside / DOCUMENT).write_bytes(encode(dict(state.document)))
        for name in TABLES:
            write_parquet(state.tables[name], beside / f"state_{name}.parquet")
        for name, table in beside_it.items():
            write_parquet(table, beside / name)


def read(folder: Path) -> State:
    """The state in a folder.

    Raises:
        VerificationError: JZ-460, there is none; JZ-226, it cannot be read.
    """
    path = folder / DOCUMENT
    if not path.is_file():
        raise VerificationError(
            "JZ-460", "there is no state to go on from", where=str(folder), found=f"no {DOCUMENT}",
            fix="name the dossier that `jazari run` wrote, with its private files; a pack for others holds no state.",
        )  # fmt: skip
    try:
        document: dict[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise VerificationError(
            "JZ-226", f"{DOCUMENT} cannot be read", where=str(folder), found=type(error).__name__,
            fix="fetch the dossier again from where it was made.",
        ) from error  # fmt: skip
    return State(document, {name: read_parquet(folder / f"state_{name}.parquet") for name in TABLES})
