"""A list of millions: scored part by part on all cores, ranked on logits and areas alone, written as it is read.

Memory holds a few parts, and for each row its logit, its area and its rank. The parts that a stopped run left are not
scored again, and the list is the same to the last byte.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jazari.audit.places import capacity, codes_of, rank_within
from jazari.core.progress import Progress
from jazari.data.files import write_beside
from jazari.data.native_columns import Unfit
from jazari.data.pseudonym import Pseudonyms
from jazari.schema.help import Places
from jazari.usecase.risk import listing
from jazari.usecase.risk.allocator import kept_memory
from jazari.usecase.risk.held_out import Array
from jazari.usecase.risk.parts import Parts, parts_beside
from jazari.usecase.risk.pieces import Piece, Pieces, in_order, refuse_changed

_AT_ONCE = 1_000_000
_SHORT = 1 << 16  # numbers of sixteen bits are sorted by radix


@dataclass(frozen=True)
class Work:
    """A list to make.

    Attributes:
        dossier: The digest of the dossier whose model scores.
        score: Scores a batch: key, site, territory, area, exact logit and reasons.
        help: The places.
        out: The list.
    """

    dossier: str
    score: Callable[[pa.RecordBatch], pa.Table]
    help: Places
    out: Path


def make_list(work: Work, pieces: Pieces, pseudonyms: Pseudonyms, progress: Progress) -> dict[str, Any]:
    """Score, rank and write.

    Returns:
        How many rows were listed, how many selected, and where.

    Raises:
        Unfit: the rows cannot be read as they stand; nothing is left of this work.
        DataError: a row does not fit, or the list cannot be written.
        EngineError: JZ-411, another run is writing this list; JZ-418, a file has changed meanwhile.
    """
    identity = pieces.identity and {"dossier": work.dossier, "rows": pieces.identity, "arrow": pa.__version__}
    with parts_beside(work.out, identity) as parts:
        progress.step("Scoring")
        score_parts(work, pieces, parts, progress)
        refuse_changed(pieces)
        if not pieces.checked:
            unique_keys(parts)
        progress.step("Ranking")
        order, selected = ranks(parts, work.help, pseudonyms)
        progress.step("Writing")
        write_list(parts, work.out, order, selected)
    return {"rows": len(order), "selected": int(selected.sum()), "out": str(work.out)}


def score_parts(work: Work, pieces: Pieces, parts: Parts, progress: Progress) -> None:
    """Score every piece that is not there yet."""
    one_at_a_time = Lock()

    def one(place: int, piece: Piece) -> None:
        rows = []
        for batch in piece():
            with one_at_a_time:
                rows.append(work.score(batch))
        rows = [each for each in rows if each.num_rows]
        if rows:
            parts.write(place, pa.concat_tables(rows).unify_dictionaries().combine_chunks())

    left = ((place, piece) for place, piece in enumerate(pieces) if not parts.has(place))
    with kept_memory():
        for _ in in_order(one, left):
            progress.advance()


def unique_keys(parts: Parts) -> None:
    """Find out that no key stands twice.

    Raises:
        Unfit: one does; `conform` says which column and how often.
    """
    keys = [one for part in parts.read(["key"]) for one in part["key"].chunks]
    if not keys:
        raise Unfit
    if pa.types.is_integer(keys[0].type):
        numbers = np.concatenate([one.to_numpy() for one in keys])
    else:
        numbers = np.concatenate([_hashed(one) for one in keys])
    numbers.sort()
    if (numbers[1:] == numbers[:-1]).any():
        raise Unfit


def ranks(parts: Parts, help_: Places, pseudonyms: Pseudonyms) -> tuple[Array, Array]:
    """The rank of every row within its area, int32 (n,), and whether it is selected, bool (n,)."""
    codes, names = _areas(parts, help_)
    exact = np.empty(len(codes))
    first = 0
    for part in parts.read(["exact"]):
        exact[first : first + part.num_rows] = part["exact"].to_numpy()
        first += part.num_rows
    room = capacity(np.bincount(codes, minlength=len(names)), names, help_)
    ties, spelt = _ties(parts, exact, pseudonyms)
    by_area = np.argsort(codes, kind="stable") if len(names) > 1 else np.arange(len(codes))
    ends = np.cumsum(np.bincount(codes, minlength=len(names)))
    order, selected = np.empty(len(exact), np.int32), np.empty(len(exact), np.bool_)
    first = 0
    while first < len(names):
        start = ends[first - 1] if first else 0
        last = max(int(np.searchsorted(ends, start + _AT_ONCE, side="right")), first + 1)
        rows = by_area[start : ends[last - 1]]
        words = _words(rows, ties, spelt)
        order[rows], selected[rows] = rank_within(
            exact[rows], codes[rows].astype(np.int64) - first, room[first:last], words
        )
        first = last
    return order, selected


def _areas(parts: Parts, help_: Places) -> tuple[Array, list[str]]:
    """The number of each row's area, in as few bits as they need, and the areas' names."""
    if not help_.of:
        rows = sum(part.num_rows for part in parts.read(["exact"]))
        return np.zeros(rows, dtype=np.uint16), [""]
    read = []
    for part in parts.read(["area"]):
        each, spelt = codes_of(part["area"], part.num_rows)
        read.append((each.astype(np.int32), spelt))
    names = sorted({name for _, spelt in read for name in spelt})
    place = {name: number for number, name in enumerate(names)}
    kind = np.uint16 if len(names) <= _SHORT else np.int32
    codes = [np.array([place[name] for name in spelt], dtype=kind)[each] for each, spelt in read]
    return np.concatenate(codes), names


def write_list(parts: Parts, out: Path, order: Array | None = None, selected: Array | None = None) -> None:
    """The parts as one Parquet file, in their order, with their ranks or without."""
    first = 0
    with write_beside(out) as beside:
        writer = None
        for part in parts.read():
            here = slice(first, first + part.num_rows)
            first = here.stop
            rows = listing.in_schema(part, *(None if one is None else one[here] for one in (order, selected)))
            writer = writer or listing.list_writer(beside, rows.schema)
            writer.write_table(rows)
        if writer:
            writer.close()


def _ties(parts: Parts, exact: Array, pseudonyms: Pseudonyms) -> tuple[Array, pa.Array]:
    """The rows whose score is not theirs alone, in their order, and their pseudonyms."""
    alike = listing.shared(exact)
    made, first = [], 0
    for part in parts.read(["key"]) if len(alike) else ():
        here = alike[np.searchsorted(alike, first) : np.searchsorted(alike, first + part.num_rows)]
        made.append(pseudonyms.of(listing.PERSON, part["key"].take(pa.array(here - first)).combine_chunks()))
        first += part.num_rows
    return alike, pa.concat_arrays(made) if made else pa.array([], pa.string())


def _words(rows: Array, ties: Array, spelt: pa.Array) -> pa.Array:
    """What breaks ties among these rows: the pseudonym of those that share their score, else nothing."""
    if not len(ties):
        return pa.repeat(pa.scalar("", pa.large_string()), len(rows))
    at = np.searchsorted(ties, rows).clip(max=len(ties) - 1)
    there = ties[at] == rows
    return spelt.take(pa.array(at, mask=~there)).fill_null("")


def _hashed(keys: pa.Array) -> Array:
    """Sixty-four bits of each text: a sum of its bytes, each times a random odd number of its place."""
    lengths = pc.binary_length(keys).to_numpy().astype(np.int64)
    offsets = np.cumsum(lengths) - lengths
    plain = pa.concat_arrays([keys])
    text = np.frombuffer(plain.buffers()[2] or b"", dtype=np.uint8)
    start = int(np.frombuffer(plain.buffers()[1], dtype=np.int32)[plain.offset])
    text = text[start : start + int(lengths.sum())]
    places = np.random.default_rng(0).integers(0, 1 << 63, int(lengths.max()) + 1, dtype=np.uint64) * np.uint64(2) + 1
    place = np.arange(len(text)) - np.repeat(offsets, lengths)
    weighed = text.astype(np.uint64) * places[place]
    hashed: Array = np.add.reduceat(weighed, offsets) + places[-1] * lengths.astype(np.uint64)
    return hashed
