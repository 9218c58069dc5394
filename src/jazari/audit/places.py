"""Places: who is listed where help is short. The highest scores of an area, as many as it has places."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jazari.core.errors import DataError
from jazari.schema.help import Places

_PREFIX = 8  # bytes of a tie word that are compared as one integer
_CHUNK = 1 << 20
_RADIX = 1 << 16


def rank(score: Any, area: Any, places: Places, tie: Any) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
    """Rank people by score within their area, and list as many as the area has places.

    Args:
        score: (n,) floats, higher first; a null or NaN comes last.
        area: (n,) the area of each person, null being an area of its own; None for one area.
        places: The help: a count an area, or a share (see `capacity`).
        tie: (n,) the pseudonyms, which break equal scores in ascending order.

    Returns:
        (n,) int32 ranks from 1 within the area, and (n,) bool, whether the rank falls within the area's places.

    Raises:
        DataError: JZ-500, the arrays are not of one length.
    """
    codes, names = codes_of(area, len(score))
    room = capacity(np.bincount(codes, minlength=len(names)), names, places)
    return rank_within(score, codes, room, tie)


def rank_within(
    score: Any, codes: npt.NDArray[np.int64], room: npt.NDArray[np.int64], tie: Any
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
    """As `rank`, for areas that are numbered from 0 and whose places are known.

    Args:
        score: (n,) floats, a null or NaN comes last.
        codes: (n,) the area's number of each person.
        room: (areas,) the places of each area.
        tie: (n,) the pseudonyms.
    """
    values = _floats(score)
    words = _words(tie)
    if not len(values) == len(codes) == len(words):
        raise DataError(
            "JZ-500", "scores, areas and pseudonyms are not of one length", where="ranking",
            found=f"{len(values)} scores, {len(codes)} areas, {len(words)} pseudonyms",
            fix="give one score, one area and one pseudonym a person.",
        )  # fmt: skip
    order = _order(values, codes, words)
    sizes = np.bincount(codes, minlength=len(room))
    starts = np.cumsum(sizes) - sizes
    ranks = np.empty(len(values), dtype=np.int32)
    ranks[order] = np.arange(len(values)) - starts[codes[order]] + 1
    return ranks, ranks <= room[codes]


def capacity(sizes: npt.NDArray[np.int64], names: list[str], places: Places) -> npt.NDArray[np.int64]:
    """The places of each area.

    A count is given to every area, never more than its people. A share is cut by the largest remainder (Hamilton):
    the total is the share of everybody, rounded half up; each area gets its quota rounded down or up; equal
    remainders go by the area's name. The share is taken as the decimal that was written, so 0.04 of 50 is 2.

    Args:
        sizes: (areas,) people of each area.
        names: The areas' names.
        places: The help.
    """
    if places.count is not None:
        return np.minimum(sizes, places.count)
    share = Fraction(repr(places.share))
    quotas = [int(size) * share for size in sizes]
    given = np.array([int(quota) for quota in quotas], dtype=np.int64)
    total = int(int(sizes.sum()) * share + Fraction(1, 2))
    by_remainder = sorted(range(len(names)), key=lambda one: (-(quotas[one] % 1), names[one]))
    given[by_remainder[: total - int(given.sum())]] += 1
    return given


def codes_of(area: Any, size: int) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Number the areas from 0 in the order of their names; a null area is the one without a name."""
    if area is None:
        return np.zeros(size, dtype=np.int64), [""]
    column = _array(area)
    if not pa.types.is_dictionary(column.type):
        column = pc.dictionary_encode(column.cast(pa.string()))
    names = column.dictionary.cast(pa.string()).to_pylist()
    spelt = sorted({name or "" for name in names} | ({""} if column.null_count else set()))
    place = {name: number for number, name in enumerate(spelt)}
    lookup = np.array([place[name or ""] for name in names] + [place.get("", 0)], dtype=np.int64)
    return lookup[column.indices.fill_null(len(names)).to_numpy(zero_copy_only=False).astype(np.int64)], spelt


def number_words(words: Any) -> npt.NDArray[np.int64]:
    """Number words from 0 in their order; equal words share a number."""
    spelt = _words(words)
    none = np.zeros(len(spelt), dtype=np.int64)
    order = _order(none.astype(np.float64), none, spelt)
    ranked = spelt.take(pa.array(order))
    climbs = pc.not_equal(ranked.slice(1), ranked.slice(0, max(len(ranked) - 1, 0))).to_numpy(zero_copy_only=False)
    numbers = np.empty(len(spelt), dtype=np.int64)
    numbers[order] = np.concatenate(([0], np.cumsum(climbs)))[: len(spelt)]
    return numbers


def _array(values: Any) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        if pa.types.is_dictionary(values.type):
            values = values.unify_dictionaries()
        values = values.combine_chunks()
    return values if isinstance(values, pa.Array) else pa.array(values)


def _floats(score: Any) -> npt.NDArray[np.float64]:
    if isinstance(score, (pa.Array, pa.ChunkedArray)):
        score = pc.cast(_array(score), pa.float64()).to_numpy(zero_copy_only=False)
    return np.asarray(score, dtype=np.float64)


def _words(tie: Any) -> pa.Array:
    words = _array(tie)
    if pa.types.is_dictionary(words.type):
        words = words.dictionary_decode()
    return words.cast(pa.large_string())


def _order(values: npt.NDArray[np.float64], codes: npt.NDArray[np.int64], words: pa.Array) -> npt.NDArray[np.int64]:
    """The rows by area, then score from high to low (NaN last), then word.

    Sorting millions of words is slow: words are looked at only where area and score are equal, their first eight
    bytes as one integer, and the whole words only where these agree too.
    """
    order = np.argsort(-values)
    # sixteen-bit numbers are sorted by radix, three times as fast
    small = codes.astype(np.uint16) if not len(codes) or codes.max() < _RADIX else codes
    order = order[np.argsort(small[order], kind="stable")]
    run = _runs(order, codes, values)
    tied = np.flatnonzero(run >= 0)
    if len(tied):
        rows = order[tied]
        prefix = _prefixes(words.take(pa.array(rows)))
        inner = np.lexsort((rows, prefix, run[tied]))
        order[tied] = rows[inner]
        _settle(order, tied, run[tied], prefix[inner], words)
    return order


def _runs(
    order: npt.NDArray[np.int64], codes: npt.NDArray[np.int64], values: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    """For each sorted position the number of its run of equal area and score, -1 where it stands alone."""
    by_value, by_code = values[order], codes[order]
    same = (by_value[1:] == by_value[:-1]) | (np.isnan(by_value[1:]) & np.isnan(by_value[:-1]))
    same &= by_code[1:] == by_code[:-1]
    run = np.cumsum(np.concatenate(([True], ~same))[: len(order)])
    tied = np.concatenate(([False], same)) | np.concatenate((same, [False]))
    return np.where(tied[: len(order)], run, -1)


def _settle(
    order: npt.NDArray[np.int64],
    tied: npt.NDArray[np.int64],
    run: npt.NDArray[np.int64],
    prefix: npt.NDArray[np.uint64],
    words: pa.Array,
) -> None:
    """Sort, word by word, the few rows whose words begin alike."""
    same = (run[1:] == run[:-1]) & (prefix[1:] == prefix[:-1])
    edges = np.flatnonzero(np.diff(np.concatenate(([False], same, [False])).astype(np.int8)))
    for start, stop in zip(edges[::2], edges[1::2] + 1, strict=True):
        rows = order[tied[start:stop]]
        spelt = words.take(pa.array(rows)).to_pylist()
        order[tied[start:stop]] = rows[sorted(range(len(rows)), key=lambda one: (spelt[one] or "", rows[one]))]


def _prefixes(words: pa.Array) -> npt.NDArray[np.uint64]:
    """The first eight bytes of each word as a big-endian integer; UTF-8 sorts as its code points do."""
    result = np.empty(len(words), dtype=np.uint64)
    for start in range(0, len(words), _CHUNK):
        part = words.slice(start, _CHUNK)
        # a fixed copy, so that offsets start at this part's own first byte
        part = pa.concat_arrays([part.fill_null("")])
        offsets = np.frombuffer(part.buffers()[1], dtype=np.int64)[part.offset : part.offset + len(part) + 1]
        data = part.buffers()[2]
        text = np.frombuffer(data, dtype=np.uint8) if data is not None and data.size else np.zeros(1, dtype=np.uint8)
        at = offsets[:-1, None] + np.arange(_PREFIX)
        letters = np.where(at < offsets[1:, None], text[np.minimum(at, len(text) - 1)], 0).astype(np.uint8)
        result[start : start + len(part)] = letters.view(">u8").ravel()
    return result
