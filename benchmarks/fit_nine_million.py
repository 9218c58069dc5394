"""The monthly fit: all rows of one year of a kingdom, 53 columns, out of a snapshot on disk. CPU-seconds and memory.

    python benchmarks/fit_nine_million.py FOLDER [ROWS]

FOLDER is made by `jazari kingdom education --pupils 9000000`. The rows are read from Parquet batch by batch, as the
engine asks for them; limits: 300 CPU-seconds and 8 GB at 9,000,000 rows.
"""

from __future__ import annotations

import platform
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jazari.core.progress import Silent
from jazari.engines.risk.glass import ENGINE
from jazari.sectors.education.dropout import pupils

OUTCOME = "left_school"


@dataclass(frozen=True)
class Year:
    """The rows of one parquet file, conformed: `jazari.schema.records.Rows`."""

    path: Path
    rows: int

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that can be read."""
        return (*(one.name for one in pupils.inputs), OUTCOME)

    def count(self) -> int:
        """The number of rows."""
        return self.rows

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows, batch by batch; a value recorded late is missing."""
        kinds = {one.name: pa.string() if one.kind == "category" else pa.float64() for one in pupils.inputs}
        kinds[OUTCOME] = pa.bool_()
        names, left = list(columns or self.names), self.rows
        dates = {one.name: one.recorded for one in pupils.inputs if one.recorded and one.name in names}
        limit = pa.scalar(f"{self.path.stem[:4]}-12-26").cast(pa.date32())
        for batch in pq.ParquetFile(self.path).iter_batches(65_536, columns=[*names, *dates.values()]):
            read = batch.slice(0, left)
            left -= read.num_rows
            known = {name: read[name].cast(kinds[name]) for name in names}
            for name, date in dates.items():
                late = pc.fill_null(pc.greater(read[date], limit), fill_value=False)
                known[name] = pc.if_else(late, pa.scalar(None, kinds[name]), known[name])
            yield pa.RecordBatch.from_pydict(known)
            if not left:
                return


def main():
    folder = Path(sys.argv[1])
    path = max(folder.glob("*.parquet"))
    rows = min(pq.read_metadata(path).num_rows, int(sys.argv[2]) if len(sys.argv) > 2 else 9_000_000)
    print(f"{platform.machine()}, Python {platform.python_version()}, numpy {version('numpy')}")
    start, wall = time.process_time(), time.monotonic()
    model = ENGINE.fit(Year(path, rows), pupils.inputs, OUTCOME, seed=0, settings={}, progress=Silent())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    pairs = [term.columns for term in model.terms if len(term.columns) > 1]
    print(f"{rows:,} rows, {len(pupils.inputs)} columns, {len(pairs)} pairs: {time.process_time() - start:.0f} CPU-s, "
          f"{time.monotonic() - wall:.0f} s, {memory:.2f} GB")  # fmt: skip
    print("limits: 300 CPU-s, 8 GB at 9,000,000 rows")


if __name__ == "__main__":
    main()
