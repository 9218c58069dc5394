"""Rows of events as they come in: read, coded, and those that do not fit set aside with the reason why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from jazari.data import problems
from jazari.data.conversion import cleaned, conversions
from jazari.data.events.register import Register
from jazari.data.source import Source
from jazari.schema.columns import Column, column, key, site
from jazari.schema.events import Events
from jazari.schema.table import Table

REASONS = (
    "", "no key", "no date", "recorded in the future", "recorded before it occurred", "unknown kind", "no amount",
    "negative amount", "amount is no multiple of the step", "amount too large", "key not in the register",
)  # fmt: skip
"""Why a row is set aside, by its number; the first that holds is said."""
UNKNOWN_KEY = REASONS.index("key not in the register")

_BATCH = 1 << 20
_ROUNDING = 1e-6
_LARGEST = 1_000_000  # steps an event; so that 2,000 days of them still fit in 31 bits


@dataclass(frozen=True)
class Coded:
    """Rows that fit, as numbers, each of shape (n,).

    Attributes:
        day: The day on which it occurred, in days since 1970.
        place: Where the key stands in the register.
        site: The number of the site; -1 where none is said.
        recorded: The day on which it was recorded, in days since 1970.
        kind: The number of the kind.
        amount: In steps.
    """

    day: NDArray[np.uint16]
    place: NDArray[np.int32]
    site: NDArray[np.int32]
    recorded: NDArray[np.uint16]
    kind: NDArray[np.uint8]
    amount: NDArray[np.int32]


def batches(source: Source, events: Events) -> Iterator[pa.RecordBatch]:
    """The rows of a source under the declared names `key`, `site`, `occurred`, `recorded`, `kind`, `amount`.

    Parquet whose types fit is read as it is; anything else goes through the conversions that every table has.

    Raises:
        DataError: as `open_source`, and JZ-310 a declared header is not there, JZ-304 there is no row.
    """
    table = _as_table(events)
    for one, header in zip(_declared(table), events.headers, strict=True):
        if header and source.position(header) is None:
            raise problems.missing_column(source, table, one, header)
    with source.reading():
        rows = 0
        for batch in _plain(source, events) if _is_plain(source, events) else _converted(source, table, events):
            rows += batch.num_rows
            yield batch
        if not rows:
            raise problems.no_rows(source)


def coded(
    batch: pa.RecordBatch, events: Events, register: Register, today: int
) -> tuple[Coded, NDArray[np.uint8], NDArray[np.bool_]]:
    """A batch as numbers.

    Returns:
        The rows that fit; the number of the reason of every row of the batch, 0 where it fits; which rows fit.
    """
    occurred, recorded = _days(batch["occurred"]), _days(batch["recorded"])
    kind = _kinds(batch["kind"], events.kinds)
    steps, whole = _steps(batch, events.step)
    place = register.places(batch["key"])
    at = register.numbered(_dictionary(batch["site"]))
    reason = np.zeros(batch.num_rows, np.uint8)
    quickly = (
        batch.num_rows > 0 and steps is whole and place.min() >= 0 and whole.min() >= 0 and whole.max() <= _LARGEST
        and kind.max() < len(events.kinds) and occurred.min() > 0 and recorded.max() <= today
        and bool((recorded >= occurred).all())
    )  # fmt: skip
    if not quickly:
        checks = (
            place < 0, whole > _LARGEST, np.abs(steps - whole) > _ROUNDING, steps < 0, np.isnan(steps),
            kind == len(events.kinds), recorded < occurred, recorded > today, (occurred <= 0) | (recorded <= 0),
            pc.is_null(batch["key"]).to_numpy(zero_copy_only=False),
        )  # fmt: skip
        for number, wrong in zip(range(UNKNOWN_KEY, 0, -1), checks, strict=True):
            reason[wrong] = number
    fits = reason == 0
    kept: list[NDArray[Any]] = [occurred, place, at, recorded, kind, whole]
    if not quickly:
        kept = [one[fits] for one in kept]
    types = (np.uint16, np.int32, np.int32, np.uint16, np.uint8, np.int32)
    return Coded(*(one.astype(number, copy=False) for one, number in zip(kept, types, strict=True))), reason, fits


def _as_table(events: Events) -> Table:
    """The declaration as a table, so that cells are read as everywhere: dates ride on the columns they belong to."""
    amount = events.amount or events.kind + " (each counts one)"
    return Table(
        events.name, key("key", source=events.key), site("site", source=events.site),
        column("kind", kind="category", source=events.kind, recorded=events.occurred_at),
        column("amount", source=amount, recorded=events.recorded_at),
    )  # fmt: skip


def _declared(table: Table) -> tuple[Column, ...]:
    """The column that each header belongs to."""
    one, where, kind, amount = table.columns
    return (one, where, kind, amount, kind, amount)


def _is_plain(source: Source, events: Events) -> bool:
    """Whether it is parquet of the very types that are needed."""
    if not source.files or source.origin != "parquet":
        return False
    schema = pq.read_schema(source.files[0])
    if any(header and header not in schema.names for header in events.headers):
        return False
    kinds = [schema.field(header).type if header else pa.int64() for header in events.headers]
    keyed = pa.types.is_int64(kinds[0]) or pa.types.is_int32(kinds[0]) or _is_text(kinds[0])
    dated = all(pa.types.is_date(one) or pa.types.is_timestamp(one) for one in kinds[2:4])
    counted = pa.types.is_integer(kinds[5]) or pa.types.is_floating(kinds[5])
    return keyed and dated and counted and _is_text(kinds[1]) and _is_text(kinds[4])


def _is_text(kind: pa.DataType) -> bool:
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner))


def _plain(source: Source, events: Events) -> Iterator[pa.RecordBatch]:
    names = ("key", "site", "occurred", "recorded", "kind", "amount")
    wanted = {header: name for header, name in zip(events.headers, names, strict=True) if header}
    for path in source.files:
        # words are kept as dictionaries: a school's name is decoded once a row group, not once a row
        with pq.ParquetFile(path, read_dictionary=[events.site, events.kind], memory_map=True) as opened:
            for batch in opened.iter_batches(_BATCH, columns=list(wanted), use_threads=False):
                yield batch.rename_columns([wanted[one] for one in batch.schema.names])


def _converted(source: Source, table: Table, events: Events) -> Iterator[pa.RecordBatch]:
    found = {one.column.name: one for one in conversions(source, table)}
    kind, amount = found["kind"], found.get("amount")
    if amount is None:  # no header of amounts: its date of recording is read from its own cell
        dated = conversions(source, Table("dates", column("r", source=events.kind, recorded=events.recorded_at)))[0]
        value, recorded, read = "NULL", dated.recorded, (dated,)
    else:
        value, recorded, read = amount.value, amount.recorded, (amount,)
    sql = (
        f"SELECT {found['key'].value} AS key, {found['site'].value} AS site, {kind.recorded} AS occurred, "
        f"{recorded} AS recorded, {kind.value} AS kind{', ' + value + ' AS amount' if amount else ''} "
        f"FROM {cleaned([*found.values(), *read])}"
    )
    yield from source.select(sql).to_arrow_reader(_BATCH)


def _days(dates: pa.Array) -> NDArray[np.int32]:
    """Dates as days since 1970; 0 where there is none, or none that fits (1970 to 2149)."""
    plain = dates if pa.types.is_date32(dates.type) else dates.cast(pa.date32(), safe=False)
    days = plain.view(pa.int32())
    values = (pc.fill_null(days, 0) if days.null_count else days).to_numpy(zero_copy_only=False)
    return values if values.size == 0 or int(values.max()) < 1 << 16 else np.where(values < 1 << 16, values, 0)


def _dictionary(words: pa.Array) -> pa.DictionaryArray:
    return words if pa.types.is_dictionary(words.type) else words.cast(pa.string()).dictionary_encode()


def _kinds(words: pa.Array, kinds: tuple[str, ...]) -> NDArray[np.uint8]:
    """The number of each kind; one past the last where it is none of them."""
    among = {kind: number for number, kind in enumerate(kinds)}
    coded_words = _dictionary(words)
    names = [str(one).strip() if one is not None else "" for one in coded_words.dictionary.to_pylist()]
    table = np.array([among.get(one, len(kinds)) for one in names] + [len(kinds)], np.uint8)
    codes = coded_words.indices
    codes = pc.fill_null(codes, len(table) - 1) if codes.null_count else codes
    return np.asarray(table[codes.to_numpy(zero_copy_only=False)])


def _steps(batch: pa.RecordBatch, step: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """Amounts in steps, and the nearest whole numbers: one array where they are whole as they stand.

    1 each without a column of amounts; nan where one is missing.
    """
    if "amount" not in batch.schema.names:
        ones = np.ones(batch.num_rows, np.int32)
        return ones, ones
    amounts = batch["amount"]
    if step == 1 and pa.types.is_integer(amounts.type) and not amounts.null_count:
        whole = amounts.to_numpy()
        return whole, whole
    amounts = amounts.cast(pa.float64(), safe=False)
    values = pc.fill_null(amounts, float("nan")) if amounts.null_count else amounts
    steps = values.to_numpy(zero_copy_only=False) / step
    steps = np.where(np.isfinite(steps), steps, np.nan)
    return steps, np.rint(steps)
