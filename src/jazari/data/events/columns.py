"""Columns in an Arrow file of one batch, uncompressed: written beside, and mapped to be read."""

from __future__ import annotations

from collections.abc import Mapping
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
    batch = pa.record_batch({name: pa.array(values) for name, values in columns.items()})
    batch = batch.replace_schema_metadata(dict(metadata or {}))
    with write_beside(path) as beside, pa.ipc.new_file(beside, batch.schema) as writer:
        writer.write_batch(batch)


def mapped(path: Path) -> Any:
    """The one batch of an Arrow file, mapped.

    Raises:
        VerificationError: JZ-379, it is gone or cut short.
    """
    try:
        return pa.ipc.open_file(pa.memory_map(str(path))).get_batch(0)
    except (OSError, pa.ArrowException) as failure:
        raise VerificationError(
            "JZ-379", "this state of events is damaged", where=str(path), found=type(failure).__name__,
            fix="restore the folder from its backup.",
        ) from None  # fmt: skip


def narrow(values: NDArray[np.integer[Any]]) -> NDArray[np.integer[Any]]:
    """The same whole numbers in as few bytes as hold them."""
    low, high = (int(values.min()), int(values.max())) if len(values) else (0, 0)
    return values.astype(np.promote_types(np.min_scalar_type(low), np.min_scalar_type(high)))
