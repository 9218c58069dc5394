"""Write features, alone or beside the columns of the table that a use case reads."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jazari.core.errors import DataError
from jazari.data.files import write_beside
from jazari.data.relation import RELATION, literal, quoted
from jazari.data.source import open_source

_FEATURES = "jazari_features"


def write_features(features: pa.RecordBatchReader, out: Path) -> dict[str, int]:
    """Write features as Parquet, a row a key.

    Returns:
        `rows` written, `without` a row of features: 0.

    Raises:
        DataError: JZ-340, JZ-341.
    """
    key, *names = features.schema
    # a dictionary of keys that stand once each would be in vain
    encoding = {key.name: "DELTA_BINARY_PACKED"} if pa.types.is_integer(key.type) else None
    rows, listed = 0, [one.name for one in names]
    with (
        write_beside(out) as beside,
        pq.ParquetWriter(beside, features.schema, use_dictionary=listed, column_encoding=encoding) as writer,
    ):
        for batch in features:
            writer.write_batch(batch)
            rows += batch.num_rows
    return {"rows": rows, "without": 0}


def write_joined(features: pa.RecordBatchReader, table: str | Path | pa.Table, out: Path) -> dict[str, int]:
    """Write every row of a use case's table with its features beside; missing where the key has none.

    Args:
        features: The key first, then the features.
        table: The table, as `open_source` opens it; it has the header of the key.
        out: The Parquet file to write.

    Returns:
        `rows` written, `without` a row of features.

    Raises:
        DataError: JZ-394, the table has no such key, or has a column of the name of a feature; and as `open_source`.
    """
    key, *names = features.schema.names
    with open_source(table) as source:
        shared = sorted(set(names) & set(source.headers))
        at = source.position(key)
        if at is None or shared:
            raise DataError(
                "JZ-394", "features and table do not go together", where=source.described,
                found=f"both have the column {', '.join(shared)}" if shared else f"no column '{key}'",
                fix="rename the feature or the column; the key has one header in both.",
            )  # fmt: skip
        left = ", ".join(f"r.c{index} AS {quoted(name)}" for index, name in enumerate(source.headers))
        right = ", ".join(f"f.{quoted(name)}" for name in names)
        with source.reading():
            source.rows(f"SELECT 1 FROM {RELATION} LIMIT 0")
            source.database.con.register(_FEATURES, features.read_all())
            same = f"CAST(r.c{at} AS VARCHAR) = CAST(f.{quoted(key)} AS VARCHAR)"
            joined = f"FROM {RELATION} r LEFT JOIN {_FEATURES} f ON {same}"
            with write_beside(out) as beside:
                copied = f"COPY (SELECT {left}, {right} {joined}) TO {literal(str(beside))} (FORMAT parquet)"
                source.database.con.execute(copied)
            rows, found = source.rows(f"SELECT count(*), count(f.{quoted(key)}) {joined}")[0]
    return {"rows": int(rows), "without": int(rows) - int(found)}
