"""Tables of a forecast's dossier: Parquet for auditors, CSV for whoever opens a sheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from jazari.core.errors import VerificationError
from jazari.schema.records import Audience, Leaf
from jazari.usecase.dossier import text_leaf


def parquet_leaf(name: str, table: pa.Table, audience: Audience) -> Leaf:
    """A table as a Parquet file; the same table gives the same bytes."""
    return Leaf(name, audience, lambda path: write_parquet(table, path))


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write a table as Parquet, zstd."""
    pq.write_table(table, path, compression="zstd", row_group_size=262_144, store_schema=False)


class Writer:
    """A Parquet file written table by table, each a row group of its own; zstd. No file where no table came."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: pq.ParquetWriter | None = None

    def write(self, table: pa.Table) -> None:
        """Add a table; all have the same columns."""
        if self._file is None:
            self._file = pq.ParquetWriter(self._path, table.schema, compression="zstd", store_schema=False)
        self._file.write_table(table, row_group_size=max(table.num_rows, 1))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()


def csv_leaf(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> Leaf:
    """Rows as a public CSV file, decimals with a point."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n")
    write.writerow(heads)
    write.writerows(rows)
    return text_leaf(name, out.getvalue())


def read_parquet(path: Path, *, columns: Sequence[str] | None = None, where: Any = None) -> pa.Table:
    """A Parquet file of a dossier; of large ones, some columns or the rows where an expression holds.

    Raises:
        VerificationError: JZ-226, it cannot be read.
    """
    try:
        return pq.read_table(path, columns=list(columns) if columns else None, filters=where)
    except (OSError, pa.ArrowException) as error:
        raise VerificationError(
            "JZ-226", f"{path.name} cannot be read", where=str(path.parent), found=type(error).__name__,
            fix="fetch the dossier again from where it was made.",
        ) from error  # fmt: skip
