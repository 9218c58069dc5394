"""A number of 64 bits for each key of text, so that keys are looked up as numbers are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def hashed(texts: pa.Array) -> NDArray[np.uint64]:
    """The sum of the bytes of each text, each times a large odd number of its position, shape (n,).

    Two texts of the same sum are possible (one in 2^57 pairs; Carter and Wegman 1979): who looks up compares the texts.
    A missing text has the sum of an empty one.
    """
    texts = texts.cast(pa.string())
    offsets = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + len(texts) + 1]
    starts, lengths = offsets[:-1], np.diff(offsets)
    longest = int(lengths.max()) if len(lengths) else 0
    made = np.zeros(len(texts), np.uint64)
    if longest == 0:
        return made
    data = np.frombuffer(texts.buffers()[2], np.uint8)
    same_length = bool((lengths == longest).all())
    for position, factor in enumerate(_factors(longest)):
        if same_length:
            made += data.take(starts + position) * factor
        else:
            here = np.flatnonzero(lengths > position)
            made[here] += data.take(starts[here] + position) * factor
    made += lengths.astype(np.uint64)
    return made


def _factors(count: int) -> NDArray[Any]:
    """Odd numbers without order, the same for ever: splitmix64 (Steele, Lea and Flood 2014)."""
    state = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (state ^ (state >> np.uint64(31))) | np.uint64(1)
