"""Columns of parquet that are read as they stand: which can be, and whether their values fit their declaration."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jazari.data.calendar import start_of
from jazari.data.dialect import clean
from jazari.schema.columns import Column

BLANKS = " \t\r\n\u00a0\ufeff"
"""What stands around a text and is no part of it."""
_SMALL = frozenset({pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32()})
_NUMBERS = _SMALL | {pa.uint64(), pa.float32(), pa.float64()}
TEXTS = frozenset({pa.string(), pa.large_string()})


class Unfit(Exception):  # noqa: N818  a reason to read in another way, never shown to anybody
    """These rows cannot be read as they stand."""


def stands(column: Column, types: Mapping[str, pa.DataType]) -> bool:
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
    return kind in _SMALL or kind in TEXTS or (pa.types.is_dictionary(kind) and kind.value_type in TEXTS)


def labels_of(spelt: pa.Array) -> list[str]:
    """Periods as they are compared.

    Raises:
        Unfit: one is missing, or no period.
    """
    labels = [None if one is None else one.strip(BLANKS).replace("/", "-") for one in spelt.to_pylist()]
    if any(one is None or start_of(one) is None for one in labels):
        raise Unfit
    return [one for one in labels if one]


def fit(column: Column, values: pa.Array, *, cleared: bool = False) -> pa.Array:
    """The values of a column, checked against its declaration; words without blanks around them.

    Args:
        column: Its declaration.
        values: Its values.
        cleared: Whether its numbers are known to lie within their bounds.

    Raises:
        Unfit: a value does not fit.
    """
    if column.role == "key":
        return _keys(values)
    if column.role == "column" and column.kind in {"number", "flag"}:
        if not cleared and not pa.types.is_boolean(values.type):
            extremes = pc.min_max(values)
            if not within(column, extremes["min"].as_py(), extremes["max"].as_py()):
                raise Unfit
        return values
    words = words_of(values)
    if column.among and not set(words.dictionary.to_pylist()) <= {*column.among, None}:
        present = words.dictionary.take(pc.unique(words.indices).drop_null())
        if not set(present.to_pylist()) <= {*column.among, None}:
            raise Unfit
    return words


def within(column: Column, low: Any, high: Any) -> bool:
    """Whether the extremes of a number (None or NaN where all is missing) lie within its bounds, and are finite."""
    if low is None or math.isnan(low):
        return True
    least, most = (0, 1) if column.kind == "flag" else column.within or (-math.inf, math.inf)
    return bool(least <= low and high <= most and math.isfinite(low) and math.isfinite(high))


def _keys(values: pa.Array) -> pa.Array:
    if values.null_count:
        raise Unfit
    if values.type in _SMALL:
        return values.cast(pa.int64())
    keys = pc.utf8_trim(values.cast(pa.string()), characters=BLANKS)
    if len(keys) and pc.min(pc.binary_length(keys)).as_py() == 0:
        raise Unfit
    return keys


def words_of(values: pa.Array) -> pa.DictionaryArray:
    """Texts as a dictionary of trimmed words, null where they are empty."""
    encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    words = pc.utf8_trim(encoded.dictionary.cast(pa.string()), characters=BLANKS)
    words = pc.if_else(pc.equal(words, ""), pa.scalar(None, pa.string()), words)
    return pa.DictionaryArray.from_arrays(encoded.indices.cast(pa.int32()), words)


def on_time(values: pa.Array, rows: pa.RecordBatch, column: Column, limit: int | None) -> pa.Array:
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
