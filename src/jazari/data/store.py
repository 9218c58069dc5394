"""Where the batches of a snapshot lie: in memory, or in an Arrow file of the scratch folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from jazari.data.files import Scratch, writing_failed


class Store(Protocol):
    """Batches that can be read again, in any order."""

    @property
    def schema(self) -> pa.Schema:
        """The columns of every batch."""

    @property
    def sizes(self) -> tuple[int, ...]:
        """The rows of each batch."""

    def batch(self, index: int, columns: Sequence[str]) -> pa.RecordBatch:
        """One batch, with these columns."""

    def close(self) -> None:
        """Give back what it holds."""


class Held:
    """Batches in memory."""

    def __init__(self, schema: pa.Schema, batches: Sequence[pa.RecordBatch]) -> None:
        self.schema = schema
        self.sizes = tuple(batch.num_rows for batch in batches)
        self._batches = batches

    def batch(self, index: int, columns: Sequence[str]) -> pa.RecordBatch:
        """One batch, with these columns."""
        return self._batches[index].select(list(columns))

    def close(self) -> None:
        """Nothing lies outside memory."""


class Spool:
    """Batches in one Arrow IPC file (LZ4), read back column by column. Removed when closed, or forgotten."""

    def __init__(self, schema: pa.Schema, batches: Iterable[pa.RecordBatch], parent: Path | None = None) -> None:
        """Write batches as they come.

        Raises:
            DataError: JZ-340 the disk is full, JZ-341 the scratch folder cannot be written.
        """
        self.schema = schema
        self._scratch = Scratch(parent)
        self._path = self._scratch.path / "rows.arrow"
        self._readers: dict[tuple[str, ...], Any] = {}
        sizes = []
        try:
            options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
            with pa.ipc.new_file(self._path, schema, options=options) as writer:
                for batch in batches:
                    writer.write_batch(batch)
                    sizes.append(batch.num_rows)
        except BaseException as failure:
            self._scratch.close()
            if isinstance(failure, OSError):
                raise writing_failed(self._scratch.path, failure) from None
            raise
        self.sizes = tuple(sizes)

    def batch(self, index: int, columns: Sequence[str]) -> pa.RecordBatch:
        """One batch, with these columns; the others are not unpacked."""
        names = tuple(columns)
        if names not in self._readers:
            fields = [self.schema.get_field_index(name) for name in names]
            options = pa.ipc.IpcReadOptions(included_fields=sorted(fields), use_threads=False)
            self._readers[names] = pa.ipc.open_file(pa.OSFile(str(self._path)), options=options)
        return self._readers[names].get_batch(index).select(list(names))

    def close(self) -> None:
        """Remove the file."""
        self._readers.clear()
        self._scratch.close()
