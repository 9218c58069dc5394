"""Read decisions from a csv, a parquet file or a table: one row a decision."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from jazari.core.errors import DataError, did_you_mean
from jazari.data.relation import RELATION, Source
from jazari.data.source import open_source
from jazari.usecase.decisions.decision import Decision, moment

NEEDED = ("key", "outcome", "action", "reasons", "officer")
MAY = ("opened_at", "decided_at", "corrects")


def read(decisions: str | Path | Any, now: datetime.datetime) -> list[Decision]:
    """The decisions of a file or an Arrow table.

    Args:
        decisions: What `jazari.data.source.open_source` opens; columns `key`, `outcome`, `action`, `reasons`,
            `officer`, and where they were recorded `opened_at`, `decided_at`, `corrects`. Other columns are not read.
        now: The moment for `decided_at` where a row gives only today's date.

    Raises:
        DataError: JZ-680 a column is missing, or there is no row; JZ-685 a moment that cannot be read; 3xx the file.
    """
    with open_source(decisions) as source:
        return [_decision(row, now) for row in _rows(source)]


def _rows(source: Source) -> list[dict[str, str]]:
    found = {name: source.position(name) for name in (*NEEDED, *MAY)}
    missing = [name for name in NEEDED if found[name] is None]
    if missing:
        raise DataError(
            "JZ-680", f"decisions have a column '{missing[0]}'", where=source.described,
            found=f"{len(source.headers)} columns, without {', '.join(missing)}",
            fix=f"{did_you_mean(missing[0], source.headers)}Give the columns {', '.join(NEEDED)}.",
        )  # fmt: skip
    names = [name for name, position in found.items() if position is not None]
    cells = ", ".join(f"trim(CAST(c{found[name]} AS VARCHAR))" for name in names)
    rows = [dict(zip(names, (cell or "" for cell in row), strict=True)) for row in _cells(source, cells)]
    if not rows:
        raise DataError(
            "JZ-680", "there is no decision in this table", where=source.described, found="headers alone",
            fix="write one row a decision.",
        )  # fmt: skip
    return rows


def _cells(source: Source, cells: str) -> list[tuple[Any, ...]]:
    return source.rows(f"SELECT {cells} FROM {RELATION}")


def _decision(row: dict[str, str], now: datetime.datetime) -> Decision:
    moments = {name: moment(row.pop(name, ""), now) for name in ("opened_at", "decided_at")}
    return Decision(**row, **moments)  # type: ignore[arg-type]
