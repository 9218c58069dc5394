"""Features as of a date: what each key's events came to, as far as was recorded by then."""

from __future__ import annotations

import contextlib
import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jazari.core.errors import DataError, VerificationError
from jazari.core.progress import Progress, Silent
from jazari.data.events.accumulators import Accumulators, day_number, sums_of
from jazari.data.events.columns import mapped, narrow, write_columns
from jazari.data.events.completeness import Completeness, Counts, completeness
from jazari.data.events.log import Log
from jazari.data.events.register import Register
from jazari.data.events.state import State, alone
from jazari.schema.events import Events, Feature


def features(folder: Path, as_of: datetime.date, *, progress: Progress | None = None) -> pa.Table:
    """The features of every key of the register as of a date.

    Only what was recorded by that date counts. The accumulators are brought to that date and kept, so that the next day
    costs a day; a date before the one that is kept is made again from the log and leaves them as they are.

    Args:
        folder: The state.
        as_of: The date.
        progress: Whom to tell.

    Returns:
        The key and each declared feature, a row a key, in the order of the register; missing where the site's records
        are incomplete (`completeness`), where nothing can be divided, and where there was no event to count days from.

    Raises:
        DataError: JZ-377 nothing was recorded by that date, JZ-375, JZ-398, JZ-340, JZ-341.
        VerificationError: JZ-379.
    """
    with alone(folder) as state:
        register = state.read_register()
        sums, counts = _brought(state, register, as_of, progress or Silent())
    judged = completeness(counts, register.keys_at)
    return _table(state.events, register, sums, judged)


def judged_as_of(folder: Path, as_of: datetime.date) -> tuple[State, Register, Completeness]:
    """The state, its register and the completeness of its sites as of a date.

    Raises:
        DataError: as `features`.
    """
    with alone(folder) as state:
        register = state.read_register()
        _, counts = _brought(state, register, as_of, Silent())
    return state, register, completeness(counts, register.keys_at)


def _brought(state: State, register: Register, as_of: datetime.date, progress: Progress) -> tuple[Accumulators, Counts]:
    """The accumulators at a date; kept where the date is not before the one that is kept."""
    day = day_number(as_of)
    if not any(part.recorded[0] <= day and part.days[0] <= day for part in state.parts):
        raise DataError(
            "JZ-377", "nothing was recorded by this date", where=f"events '{state.events.name}' as of {as_of}",
            found=f"{len(state.files)} files added", fix="name a later date, or add what was recorded.",
        )  # fmt: skip
    progress.step("adding up")
    log, kept = Log(state.parts, len(register), day), state.kept
    since = day_number(kept["as_of"]) if kept else -1
    columns = _kept(state, since, day)
    if columns is None:
        sums, counts = Accumulators(state.events, len(register), day), Counts(len(register.sites))
        sums.make(log)
        counts.add(log.news(-1, 0))
    else:
        sums = Accumulators(state.events, len(register), since, columns[0])
        sums.advance(log, day, log.news(since, kept["parts"]))
        counts = Counts(len(register.sites), columns[1])
        counts.add(log.news(since, kept["parts"]))
    is_same = columns is not None and since == day and kept["parts"] == len(state.parts)
    if day >= since and not is_same:
        _keep(state, sums, counts)
    return sums, counts


def _kept(state: State, since: int, day: int) -> tuple[dict[str, NDArray[Any]], dict[int, NDArray[np.int64]]] | None:
    """What is kept, where it can be used for this date; accumulators that cannot be read are made again."""
    if not state.kept or day < since:
        return None
    with contextlib.suppress(VerificationError):
        sums, weeks = (mapped(state.folder / state.kept[name]) for name in ("sums", "weeks"))
        return (
            {name: sums[name].to_numpy() for name in sums.schema.names},
            {int(name): weeks[name].to_numpy() for name in weeks.schema.names},
        )
    return None


def _keep(state: State, sums: Accumulators, counts: Counts) -> None:
    """Write the accumulators, let them count, then remove the ones before."""
    date = (datetime.date(1970, 1, 1) + datetime.timedelta(days=sums.as_of)).isoformat()
    before = state.kept
    suffix = f"{date}-{len(state.parts)}.arrow"
    state.kept = {"as_of": date, "parts": len(state.parts), "sums": f"sums-{suffix}", "weeks": f"weeks-{suffix}"}
    weeks = {str(week): counted for week, counted in sorted(counts.weeks.items())}
    for name, columns in ((state.kept["sums"], sums.columns), (state.kept["weeks"], weeks)):
        write_columns(state.folder / name, {title: narrow(values) for title, values in columns.items()})
    state.commit()
    for name in ("sums", "weeks"):
        if before and before[name] != state.kept[name]:
            (state.folder / before[name]).unlink(missing_ok=True)


def _table(events: Events, register: Register, sums: Accumulators, judged: Completeness) -> pa.Table:
    columns = {events.key: register.keys}
    masks: dict[int | None, NDArray[np.bool_]] = {}
    for one in events.features:
        back = _looks_back(one)
        if back not in masks:
            missing = np.append(judged.holes(sums.as_of, back, events.holes), False)  # at -1: no site
            masks[back] = missing[register.site]
        columns[one.name] = _column(one, events.step, sums, masks[back])
    return pa.table(columns)


def _looks_back(one: Feature) -> int | None:
    return one.days and (2 * one.days if one.how == "trend" else one.days)


def _column(one: Feature, step: float, sums: Accumulators, missing: NDArray[np.bool_]) -> pa.Array:
    kept = [sums.value(each) for each in sums_of(one)]
    if one.how == "longest_run":
        return pa.array(sums.columns["longest"], mask=missing)
    if one.how == "days_since":
        last = sums.columns["last"]
        return pa.array((sums.as_of - last.astype(np.int32)), mask=missing | (last == 0))
    if one.how == "days":
        return pa.array(kept[0], mask=missing)
    if one.how == "share":
        part, whole = kept
        with np.errstate(divide="ignore", invalid="ignore"):
            return pa.array(part / whole, mask=missing | (whole == 0))
    value = kept[0] - kept[1] if one.how == "trend" else kept[0]
    return pa.array(value if step == 1 else value * step, mask=missing)
