"""Columns in an Arrow file of one batch, uncompressed: written beside, and mapped to be read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jazari.core.errors import VerificationError
from jazari.data.files import write_beside


def write_columns(path: Path, columns: Mapping[str, Any], metadata: Mapping[str, str] | None = None) -> None:
    """Write columns as one batch.

    Raises:
        DataError: JZ-340, JZ-341.
    """
    write_blocks(path, iter([columns]), metadata)


def write_blocks(path: Path, blocks: Iterator[Mapping[str, Any]], metadata: Mapping[str, str] | None = None) -> None:
    """Write blocks of rows, at least one, as a batch each; each is written before the next is asked for.

    Raises:
        DataError: JZ-340, JZ-341.
    """
    with contextlib.ExitStack() as stack:
        beside = stack.enter_context(write_beside(path))
        writer = None
        for columns in blocks:
            batch = pa.record_batch({name: _arrow(values) for name, values in columns.items()})
            batch = batch.replace_schema_metadata(dict(metadata or {}))
            writer = writer or stack.enter_context(pa.ipc.new_file(beside, batch.schema))
            writer.write_batch(batch)


def mapped(path: Path) -> Any:
    """The first batch of an Arrow file, mapped.

    Raises:
        VerificationError: JZ-379, it is gone or cut short.
    """
    return _batches(path)[0]


def blocks_of(path: Path) -> list[dict[str, NDArray[Any]]]:
    """The columns of every batch of an Arrow file, mapped.

    Raises:
        VerificationError: as `mapped`.
    """
    return [{name: plain(batch[name]) for name in batch.schema.names} for batch in _batches(path)]


def plain(array: pa.Array) -> NDArray[Any]:
    """The numbers of an Arrow array without missing values, on the same memory.

    `to_numpy` and `pyarrow.array` import pandas where it is installed: a fifth of a second of a night that has one.
    """
    return np.from_dlpack(array)


def _arrow(values: Any) -> pa.Array:
    """Numbers as an Arrow array on the same memory; an Arrow array as it is."""
    if isinstance(values, pa.Array):
        return values
    values = np.ascontiguousarray(values)
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, pa.py_buffer(values)])


def _batches(path: Path) -> list[Any]:
    try:
        opened = pa.ipc.open_file(pa.memory_map(str(path)))
        return [opened.get_batch(number) for number in range(opened.num_record_batches)]
    except (OSError, pa.ArrowException) as failure:
        raise VerificationError(
            "JZ-379", "this state of events is damaged", where=str(path), found=type(failure).__name__,
            fix="restore the folder from its backup.",
        ) from None  # fmt: skip


def narrow(values: NDArray[np.integer[Any]]) -> NDArray[np.integer[Any]]:
    """The same whole numbers in as few bytes as hold them."""
    low, high = (int(values.min()), int(values.max())) if len(values) else (0, 0)
    return values.astype(np.promote_types(np.min_scalar_type(low), np.min_scalar_type(high)))
