"""Features as of a date: what each key's events came to, as far as was recorded by then."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jazari.core.errors import DataError, VerificationError
from jazari.core.progress import Progress, Silent
from jazari.data.events.accumulators import Columns, Terms, advance, day_number, make, open_days, sums_of
from jazari.data.events.columns import blocks_of, mapped, narrow, plain, write_blocks, write_columns
from jazari.data.events.completeness import Completeness, Counts, completeness, opened
from jazari.data.events.log import BLOCK, Log
from jazari.data.events.register import Register
from jazari.data.events.state import State, alone
from jazari.schema.events import Events, Feature

_WORTH = 0.25  # the share of keys with news of days past above which everything is made again


@dataclass(frozen=True)
class _Brought:
    """Accumulators at a date.

    Attributes:
        as_of: The date, in days since 1970.
        terms: What was added up.
        blocks: The accumulators, by block of keys.
        counts: What each site recorded.
    """

    as_of: int
    terms: Terms
    blocks: list[Columns]
    counts: Counts


def features(folder: Path, as_of: datetime.date, *, progress: Progress | None = None) -> pa.RecordBatchReader:
    """The features of every key of the register as of a date.

    Only what was recorded by that date counts. The accumulators are brought to that date and kept, so that the next day
    costs a day; a date before the one that is kept is made again from the log and leaves them as they are.

    Args:
        folder: The state.
        as_of: The date.
        progress: Whom to tell.

    Returns:
        The key and each declared feature, a row a key, in the order of the register, some 260,000 rows at a time;
        missing where the site's records are incomplete (`completeness`), where nothing can be divided, and where there
        was no event to count days from.

    Raises:
        DataError: JZ-377 nothing was recorded by that date, JZ-375, JZ-398, JZ-340, JZ-341.
        VerificationError: JZ-379.
    """
    with alone(folder) as state:
        register = state.read_register()
        brought = _brought(state, register, as_of, progress or Silent())
    judged = _judged(state.events, register, brought)
    schema = _schema(state.events, register)
    return pa.RecordBatchReader.from_batches(schema, _batches(schema, state.events, register, brought, judged))


def judged_as_of(folder: Path, as_of: datetime.date) -> tuple[State, Register, Completeness]:
    """The state, its register and the completeness of its sites as of a date.

    Raises:
        DataError: as `features`.
    """
    with alone(folder) as state:
        register = state.read_register()
        brought = _brought(state, register, as_of, Silent())
    return state, register, _judged(state.events, register, brought)


def _judged(events: Events, register: Register, brought: _Brought) -> Completeness:
    """The completeness of sites at a date."""
    return completeness(brought.counts, register.keys_at, opened(open_days(events), brought.as_of))


def _brought(state: State, register: Register, as_of: datetime.date, progress: Progress) -> _Brought:
    """The accumulators at a date; kept where the date is not before the one that is kept."""
    day, keys = day_number(as_of), len(register)
    if not any(part.recorded[0] <= day and part.days[0] <= day for part in state.parts):
        raise DataError(
            "JZ-377", "nothing was recorded by this date", where=f"events '{state.events.name}' as of {as_of}",
            found=f"{len(state.files)} files added", fix="name a later date, or add what was recorded.",
        )  # fmt: skip
    progress.step("adding up")
    since, had = (day_number(state.kept["as_of"]), state.kept["parts"]) if state.kept else (-1, 0)
    is_latest, kept = day >= since, _kept(state, since, day)
    blocks, weeks = kept or ([], {})
    log = Log(state.parts, day, *((since, had) if kept else (-1, 0)))
    terms, counts = Terms(state.events, log), Counts(len(register.sites), weeks)
    late = np.zeros(keys, np.bool_)
    for one, place, site in log.news():
        counts.add(one, site)
        if kept and one <= since:
            late[place] = True
    if kept and (since, had) == (day, len(state.parts)) and keys == sum(len(one["last"]) for one in blocks):
        return _Brought(day, terms, blocks, counts)
    if kept and late.sum() <= _WORTH * keys:
        made = advance(terms, log, blocks, keys, (since, day), late)
    else:
        made = make(terms, log, keys, day)
    return _Brought(day, terms, _written(state, day, made, counts, keep=is_latest), counts)


def _kept(state: State, since: int, day: int) -> tuple[list[Columns], dict[int, NDArray[np.int64]]] | None:
    """What is kept, where it can be used for this date; accumulators that cannot be read are made again."""
    if not state.kept or day < since:
        return None
    with contextlib.suppress(VerificationError):
        weeks = mapped(state.folder / state.kept["weeks"])
        return (
            blocks_of(state.folder / state.kept["sums"]),
            {int(name): plain(weeks[name]) for name in weeks.schema.names},
        )
    return None


def _written(state: State, day: int, made: Iterator[Columns], counts: Counts, *, keep: bool) -> list[Columns]:
    """Write accumulators and map them; let them count in place of the ones before where they are to be kept."""
    date, before = (datetime.date(1970, 1, 1) + datetime.timedelta(days=day)).isoformat(), state.kept
    suffix = f"{date}-{len(state.parts)}.arrow" if keep else "passing.arrow"
    sums = state.folder / f"sums-{suffix}"
    write_blocks(sums, made)
    blocks = blocks_of(sums)
    if not keep:
        sums.unlink()  # what is mapped stays readable
        return blocks
    state.kept = {"as_of": date, "parts": len(state.parts), "sums": sums.name, "weeks": f"weeks-{suffix}"}
    weeks = {str(week): narrow(counted) for week, counted in sorted(counts.weeks.items())}
    write_columns(state.folder / state.kept["weeks"], weeks)
    for one in state.kept_files():
        state.sealed.pop(one, None)  # what was there under the same name is written over
    state.commit()
    for name in ("sums", "weeks"):
        if before and before[name] != state.kept[name]:
            (state.folder / before[name]).unlink(missing_ok=True)
    return blocks


def _schema(events: Events, register: Register) -> pa.Schema:
    """The key, then the features: sums in whole numbers where the step is 1."""
    types = {"longest_run": pa.uint16(), "days_since": pa.int32(), "days": pa.int32(), "share": pa.float64()}
    amount = pa.int32() if events.step == 1 else pa.float64()
    fields = [pa.field(one.name, types.get(one.how, amount)) for one in events.features]
    return pa.schema([pa.field(events.key, register.keys.type), *fields])


def _batches(
    schema: pa.Schema, events: Events, register: Register, brought: _Brought, judged: Completeness
) -> Iterator[pa.RecordBatch]:
    """The features, block by block of keys."""
    complete: dict[int | None, NDArray[np.bool_]] = {}
    for back in {_looks_back(one) for one in events.features}:
        complete[back] = np.append(~judged.holes(brought.as_of, back, events.holes), True)  # at -1: no site
    wanted = {each for one in events.features for each in sums_of(one)}
    for number, columns in enumerate(brought.blocks):
        first = number * BLOCK
        site = register.site[first : first + BLOCK].astype(np.intp)
        seen = {back: flags.take(site) for back, flags in complete.items()}
        made = [register.keys.slice(first, BLOCK)]
        sums = {one: brought.terms.value(columns, one) for one in wanted}
        for one, field in zip(events.features, list(schema)[1:], strict=True):
            values, said = _values(one, columns, [sums[each] for each in sums_of(one)], brought.as_of)
            flags = seen[_looks_back(one)] if said is None else seen[_looks_back(one)] & said
            is_amount = one.how in ("sum", "trend") and events.step != 1
            made.append(_known(values * events.step if is_amount else values, flags, field.type))
        yield pa.record_batch(made, schema=schema)


def _looks_back(one: Feature) -> int | None:
    return one.days and (2 * one.days if one.how == "trend" else one.days)


def _values(
    one: Feature, columns: Columns, sums: list[NDArray[np.int32]], as_of: int
) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """A feature of a block of keys, amounts in steps; and where there is something to say, nothing: everywhere."""
    if one.how == "longest_run":
        return columns["longest"], None
    if one.how == "days_since":
        last = columns["last"]
        return np.subtract(as_of, last, dtype=np.int32), last > 0
    if one.how == "share":
        part, whole = sums
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.divide(part, whole, dtype=np.float64), whole > 0
    return sums[0] - sums[1] if one.how == "trend" else sums[0], None


def _known(values: NDArray[Any], seen: NDArray[np.bool_], kind: pa.DataType) -> pa.Array:
    """Values as an Arrow array of that type, missing where they are not seen."""
    values = values.astype(kind.to_pandas_dtype(), copy=False)
    bits = pa.py_buffer(np.packbits(seen, bitorder="little"))
    return pa.Array.from_buffers(kind, len(values), [bits, pa.py_buffer(values)])
