"""A sample of rows: each as likely as any other, in their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from jazari.audit.scores import Whole
from jazari.schema.records import Rows


def sample(rows: Rows, names: Sequence[str], at_most: int, seed: int) -> pa.Table:
    """At most so many rows, read in one pass, dictionaries decoded."""
    count = rows.count()
    chosen = np.arange(count)
    if count > at_most:
        chosen = np.sort(np.random.default_rng(seed).choice(count, at_most, replace=False))
    taken = [part for part in _taken(rows, names, chosen) if part.num_rows]
    return pa.concat_tables(taken) if taken else pa.table({name: pa.array([], pa.string()) for name in names})


def _taken(rows: Rows, names: Sequence[str], chosen: Whole) -> Iterator[pa.Table]:
    start = 0
    for batch in rows.batches(names):
        first, last = np.searchsorted(chosen, (start, start + batch.num_rows))
        here = pa.array(chosen[first:last] - start)
        yield pa.table({name: decoded(batch.column(name)).take(here) for name in names})
        start += batch.num_rows


def decoded(column: pa.Array) -> pa.Array:
    """A column without its dictionary."""
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
