"""A snapshot: the conformed rows of a source, taken once, and the fingerprint of what was taken."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jazari.core.progress import Progress, Silent
from jazari.data.conform import check
from jazari.data.fingerprints import Fingerprint
from jazari.data.plan import conformed, plan
from jazari.data.relation import Source
from jazari.data.report import Report
from jazari.data.store import Held, Spool, Store
from jazari.schema.table import Table

_IN_MEMORY = 40_000_000  # cells: 320 MB of reals
Indices = NDArray[np.int64]


@dataclasses.dataclass(frozen=True, eq=False)
class Part:
    """Some rows of a snapshot, in their order; implements `jazari.schema.records.Rows`.

    Attributes:
        store: Where the batches lie.
        picks: Which batches, and which of their rows (None: all of them).
        period: The name of the period column; empty where none is declared.
    """

    store: Store
    picks: tuple[tuple[int, Indices | None], ...]
    period: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that can be read."""
        return tuple(self.store.schema.names)

    def count(self) -> int:
        """The number of rows."""
        return sum(self._sizes())

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows in their order, always cut in the same places; only these columns where they are named."""
        names = self.names if columns is None else tuple(columns)
        for index, rows in self.picks:
            batch = self.store.batch(index, names)
            yield batch if rows is None else batch.take(pa.array(rows))

    def table(self, columns: Sequence[str] | None = None) -> pa.Table:
        """The rows as one Arrow table; for columns that fit in memory."""
        names = list(self.names) if columns is None else list(columns)
        schema = pa.schema([self.store.schema.field(name) for name in names])
        return pa.Table.from_batches(list(self.batches(names)), schema=schema)

    def where(self, period: str | None = None, *, periods: Sequence[str] = ()) -> Part:
        """The rows of one period, or of several."""
        wanted = pa.array([*periods, *([period] if period is not None else [])], pa.string())
        picks = []
        for index, rows in self.picks:
            held = self.store.batch(index, (self.period,)).column(0)
            mask = np.asarray(pc.is_in(held, value_set=wanted).to_numpy(zero_copy_only=False), dtype=bool)
            chosen = np.flatnonzero(mask) if rows is None else rows[mask[rows]]
            if len(chosen):
                picks.append((index, None if len(chosen) == len(held) else chosen))
        return dataclasses.replace(self, picks=tuple(picks))

    def take(self, indices: Sequence[int] | Indices) -> Part:
        """The rows at these positions (from 0, within this part), each once, in the order of the snapshot."""
        wanted = np.unique(np.asarray(indices, dtype=np.int64))
        starts = np.concatenate([[0], np.cumsum(self._sizes())])
        picks = []
        for (index, rows), low, high in zip(self.picks, starts[:-1], starts[1:], strict=True):
            chosen = wanted[np.searchsorted(wanted, low) : np.searchsorted(wanted, high)] - low
            if len(chosen):
                picks.append((index, chosen if rows is None else rows[chosen]))
        return dataclasses.replace(self, picks=tuple(picks))

    def _sizes(self) -> list[int]:
        return [self.store.sizes[index] if rows is None else len(rows) for index, rows in self.picks]


@dataclasses.dataclass(frozen=True, eq=False)
class Snapshot(Part):
    """The conformed rows of a source. Close it, or use it in a `with`, to remove its scratch files.

    Attributes:
        declared: The table that they conform to.
        report: What was found on the way, warnings too.
        key: The name of the key column.
        periods: In the order of time; empty where none is declared.
        recorded_late: The share of values that were recorded too late, by column that declares `recorded`.
        fingerprint: SHA-256 over the conformed columns and their values, in hexadecimal (`jazari.data.fingerprints`).
    """

    declared: Table = dataclasses.field(kw_only=True)
    report: Report = dataclasses.field(kw_only=True)
    key: str = dataclasses.field(kw_only=True)
    periods: tuple[str, ...] = dataclasses.field(kw_only=True)
    recorded_late: Mapping[str, float] = dataclasses.field(kw_only=True)
    fingerprint: str = dataclasses.field(kw_only=True)

    def close(self) -> None:
        """Remove what lies on disk."""
        self.store.close()

    def where(self, period: str | None = None, *, periods: Sequence[str] = ()) -> Part:
        """The rows of one period, or of several."""
        return self._part().where(period, periods=periods)

    def take(self, indices: Sequence[int] | Indices) -> Part:
        """The rows at these positions (from 0), each once, in their order."""
        return self._part().take(indices)

    def _part(self) -> Part:
        return Part(self.store, self.picks, self.period)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def take(
    source: Source, table: Table, *, scratch: Path | None = None, progress: Progress | None = None,
    need_outcome: bool = True,
) -> Snapshot:  # fmt: skip
    """Conform the rows of a source and keep them: in memory where they are few, else on disk.

    Args:
        source: The rows.
        table: What they should be.
        scratch: Where to write what does not fit in memory; the system's temporary folder unless said.
        progress: Who looks on.
        need_outcome: Whether the outcome must be there and have two classes.

    Raises:
        DataError: the first problem of `jazari.data.conform.check`, the others counted; JZ-340 the disk is full.
    """
    progress = progress or Silent()
    progress.step("checking the table")
    report = check(source, table, need_outcome=need_outcome)
    if not report.fits:
        raise report.first_problem()
    how = plan(source, table).reading_plain(report.plain)
    progress.step("taking a snapshot", report.rows)
    fingerprint = Fingerprint(how.schema)
    batches = _seen(conformed(source, how), fingerprint, progress)
    small = report.rows * len(how.schema) <= _IN_MEMORY
    store: Store = Held(how.schema, tuple(batches)) if small else Spool(how.schema, batches, scratch)
    period = table.one("period")
    late = {one.name: one.recorded_late for one in report.columns if table.column(one.name).recorded}
    return Snapshot(
        store, tuple((index, None) for index in range(len(store.sizes))), period.name if period else "",
        declared=table, report=report, key=how.key, periods=tuple(report.periods), recorded_late=late,
        fingerprint=fingerprint.hexdigest(),
    )  # fmt: skip


def _seen(batches: Iterator[pa.RecordBatch], fingerprint: Fingerprint, progress: Progress) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        fingerprint.update(batch)
        progress.advance(batch.num_rows)
        yield batch
