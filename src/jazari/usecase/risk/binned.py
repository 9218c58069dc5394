"""Binned tables: the codes that a model reads, kept from one night to the next.

An Arrow IPC file (lz4) of the last period of a table: `key`, `site`, `territory`, `area` where places are given out by
area, and a column of codes for each column that the model reads, `code_0`, `code_1`, ... The schema's metadata say of
which grids (a fingerprint) and which period they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from jazari.core.errors import EngineError
from jazari.core.progress import Progress
from jazari.data.files import write_beside
from jazari.engines.risk.kernel import Scorer
from jazari.schema.help import Places
from jazari.schema.table import Table
from jazari.usecase.risk import listing
from jazari.usecase.risk.pieces import Piece, Pieces, as_it_lies, in_order, refuse_changed

SCHEMA = "jazari.binned/1"
_SAID = b"jazari.binned"
_BATCHES = 4
"""The batches of a piece."""
_WORDS = ("site", "territory", "area")


def bin_table(scorer: Scorer, table: Table, help_: Places, pieces: Pieces, out: Path, progress: Progress) -> int:
    """Write the codes of rows.

    Returns:
        How many rows.

    Raises:
        EngineError: JZ-418, a file has changed meanwhile.
    """

    def coded(_: int, piece: Piece) -> list[pa.RecordBatch]:
        return [_coded(scorer, table, help_, batch) for batch in piece() if batch.num_rows]

    rows = 0
    said = {"schema": SCHEMA, "grids": scorer.fingerprint}
    with write_beside(out) as beside:
        writer = None
        try:
            for batches in in_order(coded, enumerate(pieces)):
                progress.advance()
                for batch in batches:
                    if writer is None:
                        schema = batch.schema.with_metadata({_SAID: json.dumps(said)})
                        writer = pa.ipc.new_file(str(beside), schema, options=pa.ipc.IpcWriteOptions(compression="lz4"))
                    writer.write_batch(batch)
                    rows += batch.num_rows
            refuse_changed(pieces)
        finally:
            if writer is not None:
                writer.close()
    return rows


class BinnedPieces:
    """A binned table, piece by piece.

    Args:
        path: The file.
        scorer: The model that is to score it.

    Raises:
        EngineError: JZ-410, it was binned for another model; JZ-412, it is not a binned table, or broken.
    """

    checked = False

    def __init__(self, path: Path, scorer: Scorer) -> None:
        self._path = path
        try:
            with pa.OSFile(str(path)) as stream:
                reader = pa.ipc.open_file(stream)
                said = json.loads((reader.schema.metadata or {}).get(_SAID, b"{}"))
                self._batches = reader.num_record_batches
        except (pa.ArrowException, OSError, ValueError) as failure:
            raise _broken(path, type(failure).__name__) from None
        if said.get("schema") != SCHEMA:
            raise _broken(path, str(said.get("schema"))[:40])
        if said.get("grids") != scorer.fingerprint:
            raise EngineError(
                "JZ-410", "this table was binned for another model", where=str(path),
                found="other columns or other edges than those of the dossier",
                fix="bin the table again: jazari bin DIR --data TABLE --out BINNED.",
            )  # fmt: skip
        self.files: Mapping[Path, dict[str, Any]] = {path: as_it_lies(path)}
        self.identity: dict[str, Any] | None = {"binned": self.files[path]}

    def __iter__(self) -> Iterator[Piece]:
        for first in range(0, self._batches, _BATCHES):
            yield lambda first=first: self._read(first)  # type: ignore[misc]

    def _read(self, first: int) -> Iterator[pa.RecordBatch]:
        with pa.OSFile(str(self._path)) as stream:
            reader = pa.ipc.open_file(stream, options=pa.ipc.IpcReadOptions(use_threads=False))
            for place in range(first, min(first + _BATCHES, self._batches)):
                try:
                    yield reader.get_batch(place)
                except (pa.ArrowException, OSError) as failure:
                    raise _broken(self._path, type(failure).__name__) from None


def score_binned(scorer: Scorer, batch: pa.RecordBatch) -> pa.Table:
    """A batch of a binned table, scored: what `listing.scored` gives of the rows themselves."""
    codes = [batch[f"code_{place}"].to_numpy() for place in range(len(scorer.grids))]
    reasons = scorer.of_codes(codes, batch.num_rows, listing.REASONS)
    known = {"key": batch["key"]}
    known |= {name: batch[name].dictionary_encode() for name in _WORDS if name in batch.schema.names}
    return pa.table({**known, "exact": reasons.logit, **listing.columns_of(reasons)})


def _coded(scorer: Scorer, table: Table, help_: Places, batch: pa.RecordBatch) -> pa.RecordBatch:
    known = listing.named(table, help_, batch)
    known |= {name: known[name].cast(pa.string()) for name in _WORDS if name in known}
    known |= {f"code_{place}": one for place, one in enumerate(scorer.codes(batch))}
    return pa.RecordBatch.from_pydict(known)


def _broken(path: Path, found: str) -> EngineError:
    return EngineError(
        "JZ-412", "this is not a binned table that can be read", where=str(path), found=found,
        fix="make it again: jazari bin DIR --data TABLE --out BINNED.",
    )  # fmt: skip
