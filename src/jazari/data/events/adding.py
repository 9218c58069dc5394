"""Add what was recorded to a state: a file once, whole or not at all, and no row lost."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from jazari.core.errors import DataError
from jazari.core.progress import Progress, Silent
from jazari.data.events.accumulators import day_number
from jazari.data.events.coding import REASONS, UNKNOWN_KEY, Coded, coded
from jazari.data.events.log import write_parts
from jazari.data.events.reading import incoming
from jazari.data.events.register import Register, fitting
from jazari.data.events.state import State, alone, today
from jazari.data.files import write_beside

ASIDE_AT_MOST = 0.05
"""The share of rows that may be set aside; a file with more is refused: something is wrong with all of it."""


_ASIDE = {
    "key": pa.string(), "site": pa.string(), "occurred": pa.date32(), "recorded": pa.date32(), "kind": pa.string(),
    "amount": pa.float64(),
}  # fmt: skip


def add(
    folder: Path, data: str | Path | pa.Table, *, on: datetime.date | None = None,
    aside_at_most: float = ASIDE_AT_MOST, progress: Progress | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Add the rows of a file to a state.

    Args:
        folder: The state.
        data: What `open_source` opens.
        on: The day it is; nothing can have been recorded later. Today unless said.
        aside_at_most: The share of rows that may be set aside.
        progress: Whom to tell.

    Returns:
        `fingerprint`, `already` (whether it had been added before; nothing changes then), `added_on`, `rows`, `kept`,
        `aside` (rows that do not fit, counted by reason and kept beside the log).

    Raises:
        DataError: JZ-376 too many rows do not fit, JZ-375 and JZ-398 as `alone`, and as `incoming`.
    """
    on = on or today()
    with alone(folder) as state, incoming(data, state.events) as source:
        known = next((one for one in state.files if one["fingerprint"] == source.fingerprint), None)
        if known is not None:
            return {**known, "already": True}
        register = state.read_register()
        sites = len(register.sites)
        said = _take(state, source.batches, register, on, progress or Silent(), aside_at_most)
        if len(register.sites) > sites:
            _write_register(state, register)
        entry = {"fingerprint": source.fingerprint, "added_on": on.isoformat(), **said}
        state.files.append(entry)
        state.commit()
        return {**entry, "already": False}


def enrol(
    folder: Path, table: pa.Table, *, where: str = "the register", on: datetime.date | None = None
) -> dict[str, int]:
    """Bring the register up to date: new keys join, keys that moved take their new site, none is removed.

    Rows that had been set aside because their key was not in the register are added now.

    Returns:
        `keys` in the register, `new` ones among them, rows `readmitted`.

    Raises:
        DataError: JZ-374 the table does not fit, JZ-375, JZ-398.
    """
    with alone(folder) as state:
        old = state.read_register()
        fresh = fitting(table, state.events.key, state.events.site, where)
        register = old.joined(fresh)
        rows, waited = 0, state.aside
        if waited:
            waiting = pa.concat_tables([pq.read_table(folder / "aside" / one) for one in waited])
            unknown = pc.equal(waiting["reason"], REASONS[UNKNOWN_KEY])
            state.aside = []
            rest = waiting.filter(pc.invert(unknown))
            if rest.num_rows:
                _set_aside(state, rest)
            again = waiting.filter(unknown).drop_columns("reason")
            said = _take(state, iter(again.combine_chunks().to_batches()), register, on or today(), Silent(), 1.0)
            rows = said["kept"]
        _write_register(state, register)
        state.commit()
        for one in waited:
            (folder / "aside" / one).unlink(missing_ok=True)
        return {"keys": len(register), "new": len(register) - len(old), "readmitted": rows}


def _take(
    state: State, rows: Iterator[pa.RecordBatch], register: Register, on: datetime.date, progress: Progress, most: float
) -> dict[str, Any]:
    """Write the rows that fit as parts, and the others aside."""
    progress.step("adding events")
    total, reasons, odd = 0, Counter[int](), []

    def fitting_rows() -> Iterator[Coded]:
        nonlocal total
        for batch in rows:
            kept, reason = coded(batch, state.events, register, day_number(on))
            total += batch.num_rows
            if reason is not None:
                reasons.update(reason[reason > 0].tolist())
                odd.append(_odd(batch, reason))
            progress.advance(batch.num_rows)
            if len(kept.day):
                yield kept

    parts = write_parts(state.log, fitting_rows(), len(state.parts) + 1)
    counted = {REASONS[number]: count for number, count in sorted(reasons.items())}
    if sum(counted.values()) > most * total:
        for one in parts:
            one.path.unlink()
        raise DataError(
            "JZ-376", "too many rows do not fit the declaration of the events", where=f"events '{state.events.name}'",
            found=f"{sum(counted.values())} of {total} rows: "
            + ", ".join(f"{reason} {count}" for reason, count in counted.items()),
            fix=f"mend the file; up to {most:.0%} of rows are set aside and counted. Nothing was added.",
        )  # fmt: skip
    if odd:
        _set_aside(state, pa.concat_tables(odd))
    state.parts += parts
    return {"rows": total, "kept": total - sum(counted.values()), "aside": counted}


def _odd(batch: pa.RecordBatch, reason: NDArray[np.uint8]) -> pa.Table:
    """The rows that do not fit, as they came, with the reason."""
    odd = pa.Table.from_batches([batch]).filter(pa.array(reason > 0))
    columns = {name: odd[name].cast(kind, safe=False) for name, kind in _ASIDE.items() if name in odd.column_names}
    return pa.table({**columns, "reason": pa.array([REASONS[one] for one in reason[reason > 0]], pa.string())})


def _set_aside(state: State, rows: pa.Table) -> None:
    number = 1 + max((int(Path(one).stem) for one in state.aside), default=0)
    while (state.folder / "aside" / f"{number:06d}.parquet").exists():  # never over one that still counts
        number += 1
    name = f"{number:06d}.parquet"
    with write_beside(state.folder / "aside" / name) as beside:
        pq.write_table(rows, beside, compression="zstd")
    state.aside.append(name)


def _write_register(state: State, register: Register) -> None:
    number = int(state.register.split("-")[1].split(".")[0]) + 1
    state.register = f"register-{number}.arrow"
    register.write(state.folder / state.register)
