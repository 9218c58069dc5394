"""Parquet as it stands: the columns of a declaration in the types of the file, checked as they pass.

Conforming through DuckDB makes a double of every number and a text of every word. A scorer that reads bytes needs
neither. What can be read without a conversion is read here, piece by piece and period by period; whatever else a file
holds - texts that are numbers, dates as periods, a value out of bounds - is left to `conform`, which names it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jazari.data.calendar import prediction_dates
from jazari.data.dialect import clean
from jazari.data.native_columns import TEXTS, Unfit, fit, labels_of, on_time, stands, within, words_of
from jazari.data.plan import BATCH, key_name
from jazari.data.relation import Source
from jazari.schema.columns import Column
from jazari.schema.table import Table

_SMALL = 1 << 18
"""A row group of fewer rows than this is read whole: cutting it costs a quarter of its decoding."""
_BUFFER = 1 << 20
_LARGE = 1 << 20
"""Row groups of more rows than this are read through buffers, at some cost, so that memory stays bounded."""


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
        self._source = source
        self._table = table
        self._key = key_name(table)
        self._columns = [one for one in table.columns if one.name in names]
        self._period = table.one("period")
        with source.reading():
            self._opened = [pq.ParquetFile(one) for one in source.files]
        read = [*self._columns, *([self._period] if self._period else [])]
        for schema in (one.schema_arrow for one in self._opened):
            types = {clean(field.name): field.type for field in schema}
            if len(types) < len(schema.names) or not all(stands(one, types) for one in read):
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
        cleared = self._cleared(groups)
        with self._source.reading():
            columns = [self._header(groups[0].file, one) for one in headers]
            for batch in _batches(opened, groups, columns):
                rows = batch.rename_columns([clean(one) for one in batch.schema.names])
                if self._numbered:
                    number = pa.array(np.arange(first, first + rows.num_rows))
                    rows = rows.append_column(pa.field(self._key, pa.int64()), number)
                first += batch.num_rows
                yield self._declared(rows, cleared)

    @property
    def _numbered(self) -> bool:
        """Whether no key is declared, so that the row number stands in its place."""
        return self._table.one("key") is None

    def _cleared(self, groups: Sequence[Group]) -> frozenset[str]:
        """The numbers that the statistics of these row groups show to lie within their bounds."""
        names = set()
        for one in self._columns:
            told = [self._statistics(group.file, group.place, one) for group in groups]
            if one.kind == "number" and all(
                each is not None and each.has_min_max and within(one, each.min, each.max) for each in told
            ):
                names.add(one.name)
        return frozenset(names)

    def _statistics(self, file: int, place: int, column: Column) -> Any:
        """What the file says of a column in a row group, or None."""
        return self._opened[file].metadata.row_group(place).column(self._places[file][clean(column.header)]).statistics

    @cached_property
    def _places(self) -> list[dict[str, int]]:
        """By file, where each header stands among its columns."""
        return [
            {clean(one.schema.column(place).path): place for place in range(one.metadata.num_columns)}
            for one in self._opened
        ]

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
        return [frozenset(labels_of(self._spelt(file, place))) for file, place, _ in self._row_groups]

    def _spelt(self, file: int, place: int) -> pa.Array:
        assert self._period  # noqa: S101  asked where there is one
        told = self._statistics(file, place, self._period)
        if told is not None and told.has_min_max and told.has_null_count and told.null_count == 0:
            low, high = told.min, told.max
            if low == high and isinstance(low, (str, int)):
                return pa.array([str(low)])
        header = self._header(file, self._period.header)
        read = self._open(file, (self._period.header,)).read_row_group(place, columns=[header], use_threads=False)
        return pc.unique(read.column(0)).cast(pa.string())

    def _open(self, file: int, headers: Sequence[str]) -> pq.ParquetFile:
        """A reader of its own, so that many may read at once; texts that repeat come as dictionaries."""
        known = self._opened[file]
        words = [
            self._header(file, one.header)
            for one in [*self._columns, *([self._period] if self._period else [])]
            if one.header in headers and one.role != "key"
            and known.schema_arrow.field(self._header(file, one.header)).type in TEXTS
        ]  # fmt: skip
        return pq.ParquetFile(
            self._source.files[file], metadata=known.metadata, read_dictionary=words, pre_buffer=False,
            buffer_size=_BUFFER if known.metadata.num_rows > _LARGE * known.num_row_groups else 0,
        )  # fmt: skip

    def _header(self, file: int, header: str) -> str:
        return self._named[file][clean(header)]

    @cached_property
    def _named(self) -> list[dict[str, str]]:
        """By file, how each header is written in it."""
        return [{clean(name): name for name in one.schema_arrow.names} for one in self._opened]

    def _declared(self, rows: pa.RecordBatch, cleared: frozenset[str]) -> pa.RecordBatch:
        """The rows of the last period, their columns under their declared names."""
        if self._period and clean(self._period.header) in rows.schema.names:
            held = words_of(rows[clean(self._period.header)])
            label = pc.replace_substring(held.dictionary, "/", "-")
            rows = rows.filter(pc.equal(label, self.period).take(held.indices))
        known: dict[str, Any] = {self._key: rows[self._key]} if self._numbered else {}
        for one in self._columns:
            values = fit(one, rows[clean(one.header)], cleared=one.name in cleared)
            known[one.name] = on_time(values, rows, one, self._limit)
        return pa.RecordBatch.from_pydict(known)

    @cached_property
    def _limit(self) -> int | None:
        """The prediction date of the last period in days since 1970, where a column has dates of recording."""
        if not any(one.recorded for one in self._columns):
            return None
        limits = prediction_dates(self._table, [self.period] if self._period else [])
        return int(pa.scalar(limits.get(self.period), pa.date32()).cast(pa.int32()).as_py()) if limits else None


def _batches(opened: pq.ParquetFile, groups: Sequence[Group], columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    for one in groups:
        if one.rows < _SMALL:
            yield from opened.read_row_group(one.place, columns=columns, use_threads=False).to_batches()
        else:
            yield from opened.iter_batches(BATCH, row_groups=[one.place], columns=columns, use_threads=False)
