"""The fingerprint of rows: SHA-256 over columns and values, whatever the file, the engine or the cuts of batches.

For each column one SHA-256 over its values in the order of the rows. Reals and integers: 8 bytes, little endian, a
missing one the quiet NaN 7ff8000000000000 (integers: -2^63), minus zero as zero. Yes or no: one byte, 0, 1, or 2 for
missing. Texts: their lengths in bytes as 4 bytes little endian (missing: -1), and apart from them their UTF-8 bytes
end to end, the two digests hashed together. The fingerprint is the SHA-256 of the canonical JSON (RFC 8785) of
`{"columns": [{"name", "type", "values"}, ...], "rows": n}`, columns in the order of the declaration.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jazari.core import canonical

_NAN = float("nan")
_LEAST = -(2**63)


class Fingerprint:
    """A fingerprint that grows with each batch."""

    def __init__(self, schema: pa.Schema) -> None:
        self._schema = schema
        self._rows = 0
        self._hashes: list[tuple[Any, Any]] = [(hashlib.sha256(), hashlib.sha256()) for _ in schema]

    def update(self, batch: pa.RecordBatch) -> None:
        """Take in the next rows."""
        self._rows += batch.num_rows
        for column, (values, lengths) in zip(batch.columns, self._hashes, strict=True):
            if pa.types.is_string(column.type):
                sizes = pc.fill_null(pc.binary_length(column), -1).cast(pa.int32())
                lengths.update(np.ascontiguousarray(sizes.to_numpy(), dtype="<i4"))
                values.update(_characters(column))
            else:
                values.update(np.ascontiguousarray(_numbers(column)))

    def hexdigest(self) -> str:
        """The fingerprint of what was taken in so far, in hexadecimal."""
        columns = [
            {"name": field.name, "type": str(field.type), "values": _together(field.type, *hashes)}
            for field, hashes in zip(self._schema, self._hashes, strict=True)
        ]
        return canonical.digest({"columns": columns, "rows": self._rows})


def _numbers(column: pa.Array) -> Any:
    if pa.types.is_boolean(column.type):
        return pc.fill_null(column.cast(pa.uint8()), 2).to_numpy()
    if pa.types.is_integer(column.type):
        return pc.fill_null(column, _LEAST).to_numpy().astype("<i8", copy=False)
    return (pc.fill_null(column, _NAN).to_numpy() + 0.0).astype("<f8", copy=False)


def _characters(column: pa.Array) -> Any:
    """The bytes of all the texts, end to end."""
    column = column if column.null_count == 0 else column.drop_null()
    if not len(column):
        return b""
    offsets = np.frombuffer(column.buffers()[1], dtype="<i4")[column.offset : column.offset + len(column) + 1]
    data = column.buffers()[2]
    return b"" if data is None else memoryview(data)[int(offsets[0]) : int(offsets[-1])]


def _together(kind: pa.DataType, values: Any, lengths: Any) -> str:
    if not pa.types.is_string(kind):
        return str(values.hexdigest())
    return hashlib.sha256(lengths.digest() + values.digest()).hexdigest()
