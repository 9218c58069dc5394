"""Parquet as it stands: the columns of a declaration in the types of the file, checked as they pass.

Conforming through DuckDB makes a double of every number and a text of every word. A scorer that reads bytes needs
neither. What can be read without a conversion is read here, piece by piece and period by period; whatever else a file
holds - texts that are numbers, dates as periods, a value out of bounds - is left to `conform`, which names it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jazari.data.calendar import prediction_dates, start_of
from jazari.data.dialect import clean
from jazari.data.plan import BATCH, key_name
from jazari.data.relation import Source
from jazari.schema.columns import Column
from jazari.schema.table import Table

_BLANKS = " \t\r\n\u00a0\ufeff"
_BUFFER = 1 << 20
_SMALL = frozenset({pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32()})
_NUMBERS = _SMALL | {pa.uint64(), pa.float32(), pa.float64()}
_TEXTS = frozenset({pa.string(), pa.large_string()})


class Unfit(Exception):  # noqa: N818  a reason to read in another way, never shown to anybody
    """These rows cannot be read as they stand."""


@dataclass(frozen=True)
class Group:
    """A row group of a file.

    Attributes:
        file: Its place among the files.
        place: Its place in the file.
        first: The place of its first row among all rows of the source.
        rows: How many rows it has.
        whole: Whether all its rows are of the wanted period.
    """

    file: int
    place: int
    first: int
    rows: int
    whole: bool


class Native:
    """A parquet source whose declared columns can be read as they stand.

    Args:
        source: Parquet files.
        table: What they should be.
        names: The declared columns to read; `plan.key_name(table)` gives the row number where no key is declared.

    Raises:
        Unfit: a column is not there, or in a type that needs a conversion.
    """

    def __init__(self, source: Source, table: Table, names: Sequence[str]) -> None:
        if source.origin != "parquet":
            raise Unfit
        self._files = source.files
        self._table = table
        self._key = key_name(table)
        self._columns = [one for one in table.columns if one.name in names]
        self._period = table.one("period")
        with source.reading():
            self._opened = [pq.ParquetFile(one) for one in source.files]
        read = [*self._columns, *([self._period] if self._period else [])]
        for schema in (one.schema_arrow for one in self._opened):
            types = {clean(field.name): field.type for field in schema}
            if len(types) < len(schema.names) or not all(_stands(one, types) for one in read):
                raise Unfit

    @cached_property
    def period(self) -> str:
        """The last period; the empty text where none is declared.

        Raises:
            Unfit: a row has no period, or one that is none.
        """
        return max((label for labels in self._labels for label in labels), default="")

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The row groups that hold rows of the last period, in the order of the source."""
        found, first = [], 0
        for (file, place, rows), labels in zip(self._row_groups, self._labels, strict=True):
            if rows and (not self._period or self.period in labels):
                found.append(Group(file, place, first, rows, whole=len(labels) <= 1))
            first += rows
        return tuple(found)

    def read(self, groups: Sequence[Group]) -> Iterator[pa.RecordBatch]:
        """The rows of the last period in some row groups of one file, in their order.

        Raises:
            Unfit: a value does not fit its declaration.
        """
        wanted = [*self._columns, *([self._period] if self._period and not all(one.whole for one in groups) else [])]
        headers = dict.fromkeys(header for one in wanted for header in (one.header, one.recorded) if header)
        opened = self._open(groups[0].file, tuple(headers))
        first = groups[0].first
        batches = opened.iter_batches(
            BATCH, row_groups=[one.place for one in groups], use_threads=False,
            columns=[self._header(groups[0].file, one) for one in headers],
        )  # fmt: skip
        for batch in batches:
            rows = batch.rename_columns([clean(one) for one in batch.schema.names])
            if self._key not in {one.name for one in self._columns}:
                number = pa.array(np.arange(first, first + rows.num_rows))
                rows = rows.append_column(pa.field(self._key, pa.int64()), number)
            first += batch.num_rows
            yield self._declared(rows)

    @cached_property
    def _row_groups(self) -> list[tuple[int, int, int]]:
        return [
            (file, place, opened.metadata.row_group(place).num_rows)
            for file, opened in enumerate(self._opened)
            for place in range(opened.num_row_groups)
        ]

    @cached_property
    def _labels(self) -> list[frozenset[str]]:
        """The periods in each row group: from its statistics where these suffice, else from its rows."""
        if self._period is None:
            return [frozenset() for _ in self._row_groups]
        return [frozenset(_labels(self._spelt(file, place))) for file, place, _ in self._row_groups]

    def _spelt(self, file: int, place: int) -> pa.Array:
        assert self._period  # noqa: S101  asked where there is one
        group = self._opened[file].metadata.row_group(place)
        header = self._header(file, self._period.header)
        at = next(one for one in range(group.num_columns) if group.column(one).path_in_schema == header)
        told = group.column(at).statistics
        if told is not None and told.has_min_max and told.has_null_count and told.null_count == 0:
            low, high = told.min, told.max
            if low == high and isinstance(low, (str, int)):
                return pa.array([str(low)])
        read = self._open(file, (self._period.header,)).read_row_group(place, columns=[header], use_threads=False)
        return pc.unique(read.column(0)).cast(pa.string())

    def _open(self, file: int, headers: Sequence[str]) -> pq.ParquetFile:
        """A reader of its own, so that many may read at once; texts that repeat come as dictionaries."""
        known = self._opened[file]
        words = [
            self._header(file, one.header)
            for one in [*self._columns, *([self._period] if self._period else [])]
            if one.header in headers and one.role != "key"
            and known.schema_arrow.field(self._header(file, one.header)).type in _TEXTS
        ]  # fmt: skip
        return pq.ParquetFile(
            self._files[file], metadata=known.metadata, read_dictionary=words, buffer_size=_BUFFER, pre_buffer=False
        )

    def _header(self, file: int, header: str) -> str:
        return next(one for one in self._opened[file].schema_arrow.names if clean(one) == clean(header))

    def _declared(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """The rows of the last period, their columns under their declared names."""
        if self._period and clean(self._period.header) in rows.schema.names:
            held = _words(rows[clean(self._period.header)])
            label = pc.replace_substring(held.dictionary, "/", "-")
            rows = rows.filter(pc.equal(label, self.period).take(held.indices))
        known: dict[str, Any] = {}
        if self._key not in {one.name for one in self._columns}:
            known[self._key] = rows[self._key]
        for one in self._columns:
            known[one.name] = _on_time(_fit(one, rows[clean(one.header)]), rows, one, self._limit)
        return pa.RecordBatch.from_pydict(known)

    @cached_property
    def _limit(self) -> int | None:
        """The prediction date of the last period in days since 1970, where a column has dates of recording."""
        if not any(one.recorded for one in self._columns):
            return None
        limits = prediction_dates(self._table, [self.period] if self._period else [])
        return int(pa.scalar(limits.get(self.period), pa.date32()).cast(pa.int32()).as_py()) if limits else None


def _stands(column: Column, types: dict[str, pa.DataType]) -> bool:
    """Whether a column is there in a type that is read as it stands, and its date of recording too."""
    kind = types.get(clean(column.header))
    if kind is None or (column.recorded and types.get(clean(column.recorded)) != pa.date32()):
        return False
    if column.role in {"column", "outcome"} and column.kind == "number":
        return kind in _NUMBERS
    if column.kind == "flag":
        return kind in _SMALL or pa.types.is_boolean(kind)
    if column.role == "key" and pa.types.is_dictionary(kind):
        return False
    return kind in _SMALL or kind in _TEXTS or (pa.types.is_dictionary(kind) and kind.value_type in _TEXTS)


def _labels(spelt: pa.Array) -> list[str]:
    labels = [None if one is None else one.strip(_BLANKS).replace("/", "-") for one in spelt.to_pylist()]
    if any(one is None or start_of(one) is None for one in labels):
        raise Unfit
    return [one for one in labels if one]


def _fit(column: Column, values: pa.Array) -> pa.Array:
    """The values of a column, checked against its declaration; words without blanks around them."""
    if column.role == "key":
        return _keys(values)
    if column.role == "column" and column.kind in {"number", "flag"}:
        return _within(column, values)
    words = _words(values)
    if column.among and not set(words.dictionary.to_pylist()) <= {*column.among, None}:
        present = pc.unique(words).dictionary_decode() if len(words) else pa.array([], pa.string())
        if not set(present.to_pylist()) <= {*column.among, None}:
            raise Unfit
    return words


def _within(column: Column, values: pa.Array) -> pa.Array:
    if pa.types.is_boolean(values.type):
        return values
    told = pc.min_max(values)
    low, high = told["min"].as_py(), told["max"].as_py()
    least, most = column.within or (-math.inf, math.inf)
    if column.kind == "flag":
        least, most = 0, 1
    if low is not None and not math.isnan(low) and not (
        least <= low and high <= most and math.isfinite(low) and math.isfinite(high)
    ):  # fmt: skip
        raise Unfit
    return values


def _keys(values: pa.Array) -> pa.Array:
    if values.null_count:
        raise Unfit
    if values.type in _SMALL:
        return values.cast(pa.int64())
    keys = pc.utf8_trim(values.cast(pa.string()), characters=_BLANKS)
    if len(keys) and pc.min(pc.binary_length(keys)).as_py() == 0:
        raise Unfit
    return keys


def _words(values: pa.Array) -> pa.DictionaryArray:
    """Texts as a dictionary of trimmed words, null where they are empty."""
    encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    words = pc.utf8_trim(encoded.dictionary.cast(pa.string()), characters=_BLANKS)
    words = pc.if_else(pc.equal(words, ""), pa.scalar(None, pa.string()), words)
    return pa.DictionaryArray.from_arrays(encoded.indices.cast(pa.int32()), words)


def _on_time(values: pa.Array, rows: pa.RecordBatch, column: Column, limit: int | None) -> pa.Array:
    """The values that were recorded by the prediction date; later ones are missing."""
    if not column.recorded or limit is None:
        return values
    late = pc.greater(rows[clean(column.recorded)].cast(pa.int32()), limit)
    if not pc.any(late).as_py():
        return values
    late = late.fill_null(fill_value=False)
    if isinstance(values, pa.DictionaryArray):
        indices = pc.if_else(late, pa.scalar(None, pa.int32()), values.indices)
        return pa.DictionaryArray.from_arrays(indices, values.dictionary)
    return pc.if_else(late, pa.scalar(None, values.type), values)
