"""Measured: the evidence on predictions, the same whoever made them and whenever it is computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from jazari.audit.risk import evidence
from jazari.core.progress import Progress
from jazari.schema.help import Places
from jazari.schema.table import Table
from jazari.usecase.risk.predictions import area_name


def measured(
    seen: pa.Table, table: Table, help_: Places, *, split_: Mapping[str, Any], seed: int, progress: Progress
) -> dict[str, Any]:
    """The evidence on predictions: what a run writes, and what `jazari verify` computes again."""
    audited = [one.name for one in table.audited if one.name in seen.column_names]
    found: dict[str, Any] = evidence(
        seen, places=help_, audited=audited, split=split_, seed=seed,
        area=area_name(table, help_) if help_.of else None, progress=progress,
    )  # fmt: skip
    return found
