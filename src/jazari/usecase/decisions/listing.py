"""Listing: the list of a dossier as officers work with it: who is on it, where, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jazari.core.errors import DataError, DeclarationError
from jazari.usecase.dossier import Dossier
from jazari.usecase.pack import refuse_changed

LIST = "list.parquet"
INPUTS = "inputs.parquet"
MODEL = "model.json"
_DIGITS = 18  # what any text of them fits: a 64-bit integer


@dataclass(frozen=True)
class Listing:
    """A dossier's list with the inputs behind it.

    Attributes:
        rows: `list.parquet`.
        inputs: `inputs.parquet`, the inputs of those selected; None where there are none (a foreign model's dossier).
        terms: What the indices of `reason_1` ... point at: the `terms` of `model.json`; empty where it has none.
    """

    rows: pa.Table
    inputs: pa.Table | None
    terms: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, dossier: Dossier) -> Listing:
        """The list of a dossier, after checking that its files are those that the run wrote.

        Raises:
            DeclarationError: JZ-688, there is no list in this dossier, or not here.
            VerificationError: JZ-227, a file is not the one that the run wrote.
        """
        files = dossier.document["files"]
        if LIST not in files or not (dossier.path / LIST).is_file():
            raise DeclarationError(
                "JZ-688", "there is no list in this dossier", where=str(dossier.path),
                found=f"{LIST} is {'not here: it is private' if LIST in files else 'not among its files'}",
                fix="work with the dossier in the folder that `jazari run` wrote, on the institution's machine.",
            )  # fmt: skip
        names = tuple(name for name in (LIST, INPUTS, MODEL) if name in files)
        here = tuple((name, files[name]["sha256"], *_stamp(dossier.path / name)) for name in names)
        return _listing(dossier.path, here)

    def find(self, keys: Sequence[str]) -> list[dict[str, Any]]:
        """The rows of these keys, in their order, each with its `inputs`.

        Raises:
            DataError: JZ-683 a key that is not in the list; JZ-684 one that is in it and was not selected.
        """
        wanted = self._as_keys(keys)
        rows = _among(self.rows, wanted)
        places = pc.index_in(wanted, value_set=rows["key"].combine_chunks())
        unknown = places.null_count
        if unknown:
            raise DataError(
                "JZ-683", "a decision is about a person of the list", where="column 'key'",
                found=f"{unknown} of {len(keys)} keys that the list does not hold",
                fix="use the keys of list.parquet; help for anybody else is asked for as a help request, "
                "without any score.",
            )  # fmt: skip
        found = rows.take(places)
        left = len(keys) - int(pc.sum(found["selected"]).as_py() or 0)
        if left:
            raise DataError(
                "JZ-684", "a decision is about a person whom the list selected", where="column 'key'",
                found=f"{left} of {len(keys)} keys with no place on the list",
                fix="help for people who were not selected is asked for as a help request, without any score.",
            )  # fmt: skip
        return self.with_inputs(found)

    def with_inputs(self, found: pa.Table) -> list[dict[str, Any]]:
        """Rows of the list as documents, each with its `inputs` (empty where there are none)."""
        rows: list[dict[str, Any]] = found.to_pylist()
        if self.inputs is None:
            return [{**row, "inputs": {}} for row in rows]
        wanted = found["key"].combine_chunks()
        inputs = _among(self.inputs, wanted)
        places = pc.index_in(wanted, value_set=inputs["key"].combine_chunks())
        values = inputs.drop_columns(["key"]).take(places).to_pylist()
        return [{**row, "inputs": value} for row, value in zip(rows, values, strict=True)]

    def _as_keys(self, keys: Sequence[str]) -> pa.Array:
        """Keys in the type of the list; null where a text is no number and the list's keys are."""
        kind = self.rows["key"].type
        if not pa.types.is_integer(kind):
            return pa.array(keys, pa.string()).cast(kind)
        return pa.array(
            [int(one) if one.lstrip("-").isdecimal() and len(one) <= _DIGITS else None for one in keys], kind
        )


def _among(table: pa.Table, wanted: pa.Array) -> pa.Table:
    """The rows with one of these keys: few of many are found without hashing the many."""
    return table.filter(pc.is_in(table["key"], value_set=wanted))


def _stamp(path: Path) -> tuple[int, ...]:
    """What changes whenever a file does; nothing where there is none."""
    try:
        told = path.stat()
    except OSError:
        return ()
    return told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns


@lru_cache(maxsize=2)
def _listing(path: Path, here: tuple[tuple[Any, ...], ...]) -> Listing:
    """A listing, kept for who decides on one after another: `here` names each file, its fingerprint and stamp."""
    dossier, names = Dossier(path), {one[0] for one in here}
    for name in names:
        refuse_changed(dossier, name)
    inputs = _read(path / INPUTS) if INPUTS in names else None
    return Listing(_read(path / LIST), inputs, dossier.model.get("terms", ()) if MODEL in names else ())


def _read(path: Path) -> pa.Table:
    import pyarrow.parquet as pq

    return pq.read_table(path)
