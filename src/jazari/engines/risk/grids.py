"""Grids: how a scorer reads a column, once, for all the terms that it stands in.

The axes that the terms of a model cut a column with are refined into one: a grid. A value becomes its code on the grid,
and each axis is a lookup from there. Values are read as they stand in Arrow, without a copy in another type: bytes and
16-bit whole numbers by a table of all of them, reals by the leading 16 bits of their float32, whose few edges are then
compared. A code is what `axes` says: 0 is missing, 1..size the cells, size + 1 a category that was never seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jazari.engines.risk.axes import Axis, Categories, Numbers, values_of
from jazari.engines.risk.protocol import Table
from jazari.engines.risk.terms import Term

Whole = NDArray[Any]
_LAST = np.iinfo(np.uint8).max
_BUCKETS = 1 << 16
_NARROW: dict[Any, np.dtype[Any]] = {
    pa.int8(): np.dtype(np.int8), pa.uint8(): np.dtype(np.uint8),
    pa.int16(): np.dtype(np.int16), pa.uint16(): np.dtype(np.uint16),
}  # fmt: skip


@dataclass(frozen=True)
class Grid:
    """One column, cut finely enough for every axis that reads it.

    Attributes:
        name: The column.
        axis: The common refinement of `axes`.
        axes: The axes that the terms of the model cut it with.
    """

    name: str
    axis: Axis
    axes: tuple[Axis, ...]

    @property
    def code_type(self) -> np.dtype[Any]:
        """The type of a code: a byte, wherever the cells allow it."""
        return np.dtype(np.uint8 if self.axis.size + 1 <= _LAST else np.uint16)

    @property
    def codes_in_use(self) -> int:
        """How many codes there are: a number is never unseen."""
        return self.axis.size + 1 + self.is_category

    @property
    def is_category(self) -> bool:
        """Whether it reads words; else numbers."""
        return isinstance(self.axis, Categories)

    def lookup(self, axis: Axis) -> Whole:
        """From a code of the grid to the code of one of its axes: (size + 2,)."""
        inside = [axis.codes(one) for one in self._examples(axis)]
        unseen = axis.size + 1
        return np.concatenate([[0], *inside, [unseen if self.is_category else 0]]).astype(np.intp)

    def codes(self, batch: Table) -> Whole:
        """The codes of a batch: (n,), of `code_type`.

        Raises:
            EngineError: JZ-402, the batch has no such column; JZ-408, it has another type.
        """
        column = batch.column(self.name) if self.name in batch.schema.names else None
        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        if self.is_category:
            dictionary = isinstance(column, pa.DictionaryArray) and pa.types.is_string(column.type.value_type)
            return self._of_words(column if dictionary else values_of(batch, self.name, category=True))
        if column is not None and pa.types.is_boolean(column.type):
            column = column.cast(pa.uint8())
        if column is not None and column.type in _NARROW:
            return _without_nulls(self._by_value(_NARROW[column.type]).take(_unsigned(column)), column)
        if column is not None and pa.types.is_float32(column.type):
            return _without_nulls(self._of_reals(_raw(column, np.float32)), column)
        return self._of_reals(values_of(batch, self.name, category=False))

    def _examples(self, axis: Axis) -> Iterable[Any]:
        """One value in each cell of the grid, as an axis reads it."""
        if isinstance(self.axis, Numbers):
            edges = self.axis.edges
            yield np.array([-np.inf, *edges])
            return
        assert isinstance(axis, Categories)  # noqa: S101  a grid is of one sort
        yield pa.array([cell[0] for cell in self.axis.cells], pa.string())

    def _of_words(self, words: Any) -> Whole:
        encoded = words if isinstance(words, pa.DictionaryArray) else words.dictionary_encode()
        spelt = encoded.dictionary
        known = self._place
        lookup = np.array(
            [0 if one is None else known.get(one, self.axis.size + 1) for one in spelt.to_pylist()] or [0],
            dtype=self.code_type,
        )
        return _without_nulls(lookup.take(_raw(encoded.indices, _indices(encoded)), mode="clip"), encoded.indices)

    @cached_property
    def _place(self) -> dict[str, int]:
        assert isinstance(self.axis, Categories)  # noqa: S101  asked for words alone
        return {word: code for code, cell in enumerate(self.axis.cells, start=1) for word in cell}

    def _by_value(self, kind: np.dtype[Any]) -> Whole:
        """The code of every value that a narrow type can hold, by its bits."""
        return self._narrow[kind.itemsize, kind.kind]

    @cached_property
    def _narrow(self) -> dict[tuple[int, str], Whole]:
        tables: dict[tuple[int, str], Whole] = {}
        for kind in _NARROW.values():
            bits = np.arange(1 << (8 * kind.itemsize), dtype=f"u{kind.itemsize}")
            tables[kind.itemsize, kind.kind] = self._exact(bits.view(kind).astype(np.float64))
        return tables

    def _exact(self, values: NDArray[np.float64]) -> Whole:
        """The codes of reals, by bisection."""
        found = (np.searchsorted(self._edges, values, side="right") + 1).astype(self.code_type)
        found[np.isnan(values)] = 0
        return found

    @property
    def _edges(self) -> NDArray[np.float64]:
        assert isinstance(self.axis, Numbers)  # noqa: S101  asked for numbers alone
        return np.asarray(self.axis.edges, dtype=np.float64)

    @cached_property
    def _buckets(self) -> tuple[Whole, int]:
        """The lowest code in each bucket of float32 by their 16 leading bits, and the most edges that one holds."""
        bits = np.arange(_BUCKETS, dtype=np.uint32) << 16
        negative = bits >> 31 == 1
        nothing, inside = np.zeros_like(bits), np.full_like(bits, 0xFFFF)
        ends = (
            (bits | np.where(negative, inside, nothing), -np.inf),
            (bits | np.where(negative, nothing, inside), np.inf),
        )
        # a double is rounded to the nearest float32: what falls in a bucket may lie half a step outside it
        with np.errstate(over="ignore", invalid="ignore"):
            low, high = (
                np.nextafter(end.view(np.float32), np.float32(beyond)).astype(np.float64) for end, beyond in ends
            )
        # the bucket of infinity holds some NaN too, which are taken out at the end
        infinite = np.isinf(bits.view(np.float32))
        most = float(np.finfo(np.float32).max)
        low[infinite], high[infinite] = (
            np.where(negative, -np.inf, most)[infinite],
            np.where(negative, -most, np.inf)[infinite],
        )
        first, last = self._exact(low), self._exact(high)
        real = ~(np.isnan(low) | np.isnan(high))
        return np.where(real, first, 0).astype(self.code_type), int((last.astype(int) - first)[real].max())

    def _of_reals(self, values: NDArray[Any]) -> Whole:
        """The codes of float32 or float64 values, NaN for missing: their bucket, then the edges inside it."""
        lowest, deepest = self._buckets
        edges = self._edges_of[values.dtype.itemsize]
        with np.errstate(over="ignore"):
            bits = values.astype(np.float32, copy=False).view(np.uint32)
        codes = lowest.take(np.right_shift(bits, 16), mode="clip")
        for _ in range(deepest):
            np.add(codes, values >= edges.take(codes, mode="clip"), out=codes, casting="unsafe")
        known: Whole = np.multiply(codes, values == values, out=codes)  # noqa: PLR0124  NaN is what differs from itself
        return known

    @cached_property
    def _edges_of(self) -> dict[int, NDArray[Any]]:
        """The upper edge of each code, for doubles and for float32: the smallest float32 that is no smaller."""
        upper = np.concatenate([[np.nan], self._edges, [np.nan]])
        with np.errstate(over="ignore"):
            near = upper.astype(np.float32)
        short = np.where(near.astype(np.float64) < upper, np.nextafter(near, np.float32(np.inf)), near)
        return {8: upper, 4: short.astype(np.float32)}


def grids_of(terms: Iterable[Term]) -> tuple[Grid, ...]:
    """The grids of a model, one a column that it reads, in the order in which its terms name them."""
    read: dict[tuple[str, bool], dict[Axis, None]] = {}
    for term in terms:
        for name, axis in zip(term.columns, term.axes, strict=True):
            read.setdefault((name, isinstance(axis, Categories)), {})[axis] = None
    return tuple(Grid(name, _refined(tuple(axes)), tuple(axes)) for (name, _), axes in read.items())


def _refined(axes: tuple[Axis, ...]) -> Axis:
    if len(axes) == 1:
        return axes[0]
    if isinstance(axes[0], Numbers):
        return Numbers(tuple(sorted({edge for axis in axes if isinstance(axis, Numbers) for edge in axis.edges})))
    cells: dict[tuple[int, ...], list[str]] = {}
    words = [{word: code for code, cell in enumerate(one.cells) for word in cell}
             for one in axes if isinstance(one, Categories)]  # fmt: skip
    for word in dict.fromkeys(word for known in words for word in known):
        cells.setdefault(tuple(known.get(word, -1) for known in words), []).append(word)
    return Categories(tuple(tuple(cell) for cell in cells.values()))


def _raw(column: Any, kind: Any) -> NDArray[Any]:
    """The values of an Arrow array as they lie in memory, whatever stands under its nulls."""
    if not len(column):
        return np.empty(0, kind)
    return np.frombuffer(column.buffers()[1], dtype=kind)[column.offset : column.offset + len(column)]


def _unsigned(column: Any) -> NDArray[Any]:
    kind = _NARROW[column.type]
    return _raw(column, f"u{kind.itemsize}")


def _indices(column: Any) -> Any:
    return column.type.index_type.to_pandas_dtype()


def _without_nulls(codes: Whole, column: Any) -> Whole:
    """The codes, 0 where the column is null."""
    if not column.null_count:
        return codes
    bits = np.frombuffer(column.buffers()[0], dtype=np.uint8)
    first = column.offset // 8
    valid = np.unpackbits(bits[first:], bitorder="little", count=column.offset % 8 + len(column))
    return np.multiply(codes, valid[column.offset % 8 :], out=codes)
