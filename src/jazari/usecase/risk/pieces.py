"""Pieces: the rows to list, cut so that many cores can work and a stopped run can go on.

Three sources give pieces: parquet that is read as it stands, a binned table, and any other table, conformed as it
streams. The rows of a piece, and their order, depend on the source alone.
"""

from __future__ import annotations

import itertools
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from jazari.core.errors import EngineError
from jazari.data.conform import stream
from jazari.data.native import Group, Native
from jazari.data.relation import Source
from jazari.schema.table import Table

ROWS = 262_144
"""The rows of a piece, about: row groups are not cut."""

Piece = Callable[[], Iterable[pa.RecordBatch]]
T = TypeVar("T")


class Pieces(Protocol):
    """Rows in pieces.

    Attributes:
        identity: What the rows depend on, to tell whether they are the same as before; None where it cannot be known.
        checked: Whether keys are known to be unique.
        files: What they are read from, where it must not change meanwhile.
    """

    identity: dict[str, Any] | None
    checked: bool
    files: Mapping[Path, dict[str, Any]]

    def __iter__(self) -> Iterator[Piece]:
        """The pieces in their order; each gives its batches when it is called, in any thread."""


class NativePieces:
    """Parquet that is read as it stands.

    Raises:
        Unfit: it needs a conversion, or holds no row.
    """

    checked = False

    def __init__(self, source: Source, table: Table, names: Sequence[str]) -> None:
        with source.reading():
            self.files: Mapping[Path, dict[str, Any]] = {one: as_it_lies(one) for one in source.files}
        self._rows = Native(source, table, names)
        self._groups = [list(chosen) for chosen in _gathered(self._rows.groups)]
        self.identity: dict[str, Any] | None = {
            "files": list(self.files.values()), "period": self._rows.period, "rows": ROWS,
        }  # fmt: skip

    def __iter__(self) -> Iterator[Piece]:
        for groups in self._groups:
            yield lambda groups=groups: self._rows.read(groups)  # type: ignore[misc]


class StreamedPieces:
    """Any table, conformed as it streams: the rows of its last period, or all where there are no periods."""

    identity: dict[str, Any] | None = None
    checked = True

    def __init__(self, source: Source, table: Table, names: Sequence[str]) -> None:
        self._source, self._table, self._names = source, table, names
        with source.reading():
            self.files: Mapping[Path, dict[str, Any]] = {one: as_it_lies(one) for one in source.files}

    def __iter__(self) -> Iterator[Piece]:
        held: list[pa.RecordBatch] = []
        for batch in self._last():
            held.append(batch)
            if sum(one.num_rows for one in held) >= ROWS:
                yield lambda rows=tuple(held): rows  # type: ignore[misc]
                held = []
        if held:
            yield lambda rows=tuple(held): rows  # type: ignore[misc]

    def _last(self) -> Iterator[pa.RecordBatch]:
        period = self._table.one("period")
        if period is None:
            yield from stream(self._source, self._table, self._names)
            return
        labels = (pc.max(one[period.name].cast(pa.string())).as_py()
                  for one in stream(self._source, self._table, [period.name]))  # fmt: skip
        last = max(labels)
        for batch in stream(self._source, self._table, [*self._names, period.name]):
            kept = batch.filter(pc.equal(batch[period.name].cast(pa.string()), last))
            if kept.num_rows:
                yield kept


def refuse_changed(pieces: Pieces) -> None:
    """Refuse rows of files that were written while they were read: half of them might be of another day.

    Raises:
        EngineError: JZ-418.
    """
    changed = [path.name for path, before in pieces.files.items() if not path.is_file() or as_it_lies(path) != before]
    if changed:
        raise EngineError(
            "JZ-418", "the data changed while they were read", where="--data", found=", ".join(changed[:5]),
            fix="run the command again when nobody writes there: it begins anew, and nothing half-read was kept.",
        )  # fmt: skip


def in_order(work: Callable[[int, Piece], T], pieces: Iterable[tuple[int, Piece]]) -> Iterator[T]:
    """Work on pieces on all cores, twice as many under way as there are cores; the results in order."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    pool = ThreadPoolExecutor(cores)
    under_way: deque[Future[T]] = deque()
    try:
        for place, piece in pieces:
            under_way.append(pool.submit(work, place, piece))
            if len(under_way) > 2 * cores:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _gathered(groups: Sequence[Group]) -> Iterator[Sequence[Group]]:
    """Neighbouring row groups of one file, until they hold a piece's rows; whole ones apart from others."""
    for _, alike in itertools.groupby(groups, key=lambda one: (one.file, one.whole)):
        chosen: list[Group] = []
        for one in alike:
            if chosen and (sum(each.rows for each in chosen) >= ROWS or one.place != chosen[-1].place + 1):
                yield chosen
                chosen = []
            chosen.append(one)
        yield chosen


def as_it_lies(path: Path) -> dict[str, Any]:
    """How a file lies on the disk: its name, its bytes and when it was changed."""
    told = path.stat()
    return {"name": path.name, "bytes": told.st_size, "changed": str(told.st_mtime_ns)}
