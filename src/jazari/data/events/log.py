"""The log: everything that was recorded, in parts that are written once, each sorted by the day on which it occurred.

A part is one Arrow file, uncompressed so that a day of it is read by mapping: place, site, recorded, kind and amount,
each a whole number in as few bytes as hold it. Where each day starts lies in `state.json`; within a day rows lie by
blocks of keys, so that what is added up at a time fits the cache; where each block starts lies in the metadata.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jazari.data.events.coding import Coded
from jazari.data.events.columns import mapped, narrow, plain, write_columns

ROWS_A_PART = 1 << 21
"""So many that where a row stands (21 bits) and its day and block (11 bits) are sorted as one number of 32 bits."""
_SHIFT = 18
BLOCK = 1 << _SHIFT
"""How many keys are added up at a time."""

_COLUMNS = ("place", "site", "recorded", "kind", "amount")
_SEEN = ("place", "recorded", "kind", "amount")
_LOW = 16
_STRIDE = 1 << 15  # rows looked at in one go


@dataclass(frozen=True)
class Rows:
    """Records of one day, each column of shape (n,).

    Attributes:
        day: The day on which they occurred, in days since 1970.
        place: Where the keys stand in the register, or in their block of it.
        recorded: The days on which they were recorded.
        kind: The numbers of the kinds.
        amount: In steps.
    """

    day: int
    place: NDArray[np.integer[Any]]
    recorded: NDArray[np.uint16]
    kind: NDArray[np.uint8]
    amount: NDArray[np.integer[Any]]

    def picked(self, which: NDArray[Any]) -> Rows:
        """Only these rows, by position."""
        return Rows(
            self.day, self.place.take(which), self.recorded.take(which), self.kind.take(which), self.amount.take(which)
        )


@dataclass(frozen=True)
class Part:
    """One file of the log.

    Attributes:
        path: The file.
        days: The days that it holds, sorted, in days since 1970.
        offsets: Where each of them starts, and the number of rows at the end.
        recorded: The first and last day on which one of its rows was recorded.
        most: The largest amount.
    """

    path: Path
    days: tuple[int, ...]
    offsets: tuple[int, ...]
    recorded: tuple[int, int]
    most: int

    def as_json(self) -> dict[str, Any]:
        """The part as it stands in `state.json`."""
        return {
            "file": self.path.name, "days": self.days, "offsets": self.offsets, "recorded": self.recorded,
            "most": self.most,
        }  # fmt: skip

    @classmethod
    def from_json(cls, folder: Path, document: dict[str, Any]) -> Part:
        """The part that `as_json` wrote."""
        days, offsets, recorded = (tuple(document[name]) for name in ("days", "offsets", "recorded"))
        return cls(folder / document["file"], days, offsets, (recorded[0], recorded[1]), document["most"])

    @cached_property
    def columns(self) -> dict[str, NDArray[Any]]:
        """Its columns, mapped."""
        return {name: plain(self._batch[name]) for name in _COLUMNS}

    @cached_property
    def cuts(self) -> list[list[int]]:
        """Where in each of its days each block of keys starts, and where the last one ends."""
        found: list[list[int]] = json.loads(self._batch.schema.metadata[b"cuts"])
        return found

    @cached_property
    def _batch(self) -> Any:
        return mapped(self.path)

    def span(self, index: int, block: int | None = None) -> slice:
        """Where the rows of its day number `index` lie; those of one block of keys where it is named."""
        if block is None:
            return slice(self.offsets[index], self.offsets[index + 1])
        cuts = self.cuts[index]
        last = len(cuts) - 1
        return slice(cuts[min(block, last)], cuts[min(block + 1, last)])


def write_parts(folder: Path, batches: Iterator[Coded], first: int) -> list[Part]:
    """Write rows as parts of at most `ROWS_A_PART` rows, numbered from `first`. Nothing is written for no row."""
    parts: list[Part] = []
    desk = _Desk()
    for batch in batches:
        start = 0
        while start < len(batch.day):
            start += desk.lay(batch, start)
            if desk.rows == ROWS_A_PART:
                parts.append(desk.write(folder / f"{first + len(parts):06d}.arrow"))
    if desk.rows:
        parts.append(desk.write(folder / f"{first + len(parts):06d}.arrow"))
    return parts


class _Desk:
    """Where rows are laid until they fill a part, and sorted; its memory serves one part after the other."""

    def __init__(self) -> None:
        types = {"day": np.uint16, "place": np.int32, "site": np.int32, "recorded": np.uint16, "kind": np.uint8,
                 "amount": np.int32}  # fmt: skip
        self._laid: dict[str, NDArray[Any]] = {name: np.empty(ROWS_A_PART, kind) for name, kind in types.items()}
        self._codes, self._order = np.empty(ROWS_A_PART, np.uint32), np.empty(ROWS_A_PART, np.intp)
        self.rows = 0

    def lay(self, batch: Coded, start: int) -> int:
        """Lay the rows of a batch from `start` on, as far as there is room; how many were laid."""
        stop = min(len(batch.day), start + ROWS_A_PART - self.rows)
        for name, column in self._laid.items():
            column[self.rows : self.rows + stop - start] = getattr(batch, name)[start:stop]
        self.rows += stop - start
        return stop - start

    def write(self, path: Path) -> Part:
        """Write the rows laid as a part, sorted by day and block of keys, and clear them away."""
        laid = {name: column[: self.rows] for name, column in self._laid.items()}
        day, place = laid["day"], laid["place"]
        first, blocks = int(day.min()), (int(place.max()) >> _SHIFT) + 1
        codes = np.subtract(day, np.uint16(first), out=self._codes[: self.rows], dtype=np.uint32)
        codes *= np.uint32(blocks)
        codes += (place >> _SHIFT).view(np.uint32)
        order, ends = _sorted(codes, (int(day.max()) - first + 1) * blocks, self._order[: self.rows])
        ends = ends.reshape(-1, blocks)
        cuts = np.column_stack([np.concatenate([[0], ends[:-1, -1]]), ends])
        filled = np.flatnonzero(cuts[:, 0] < cuts[:, -1])
        cuts = cuts[filled]
        columns = {"place": place.take(order)} | {name: narrow(laid[name]).take(order) for name in _COLUMNS[1:]}
        write_columns(path, columns, {"cuts": json.dumps(cuts.tolist(), separators=(",", ":"))})
        offsets = (*cuts[:, 0].tolist(), self.rows)
        self.rows = 0
        recorded = (int(laid["recorded"].min()), int(laid["recorded"].max()))
        return Part(path, tuple((filled + first).tolist()), offsets, recorded, int(laid["amount"].max()))


def _sorted(
    codes: NDArray[np.uint32], count: int, order: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The order that sorts codes from 0, the first among equals first, and where each of `count` codes ends."""
    bits = (len(codes) - 1).bit_length()
    if count << bits > 1 << 32:
        order[:] = np.argsort(codes.astype(np.uint16) if count <= 1 << 16 else codes, kind="stable")
        return order, np.searchsorted(codes[order], np.arange(count), side="right")
    # code and position in one number: it is sorted at once, three times faster than an order by codes
    codes <<= np.uint32(bits)
    codes |= np.arange(len(codes), dtype=np.uint32)
    codes.sort()
    largest = (np.arange(1, count + 1, dtype=np.uint64) << np.uint64(bits)) - np.uint64(1)
    ends = np.searchsorted(codes, largest.astype(np.uint32), side="right")
    codes &= np.uint32((1 << bits) - 1)
    order[:] = codes
    return order, ends


class Log:
    """The parts together, as they were known on a day.

    Args:
        parts: The parts.
        known: The day, in days since 1970: what was recorded later is not read.
        since: The day for which something was made of the log before; none: -1.
        had: How many parts the log had then.
    """

    def __init__(self, parts: Sequence[Part], known: int, since: int = -1, had: int = 0) -> None:
        self._parts = parts
        self._known = known
        self._since = since
        self._had = had
        self._seat = np.empty(BLOCK, np.int32)
        self._where: dict[int, list[tuple[Part, int]]] = {}
        for part in parts:
            for index, day in enumerate(part.days):
                self._where.setdefault(day, []).append((part, index))

    @property
    def days(self) -> list[int]:
        """The days on which something occurred, up to the day known, sorted."""
        return sorted(day for day in self._where if day <= self._known)

    @property
    def most(self) -> int:
        """The largest amount."""
        return max((one.most for one in self._parts), default=0)

    def day(self, day: int, block: int) -> Rows | None:
        """The events of a day of one block of keys: of each key the record that counts, withdrawn ones left out.

        Places are counted from the start of the block.
        """
        pieces = [
            (part, span)
            for part, index in self._where.get(day, ())
            if (span := part.span(index, block)).start < span.stop
        ]
        if not pieces:
            return None
        place, *others = (_joined([part.columns[name][span] for part, span in pieces]) for name in _SEEN)
        rows = Rows(day, place - np.intp(block * BLOCK), *others)
        if any(part.recorded[1] > self._known for part, _ in pieces):
            rows = rows.picked(np.flatnonzero(rows.recorded <= self._known))
        return counting(rows, self._seat)

    def of(self, keys: NDArray[np.intp], flags: NDArray[np.bool_]) -> Iterator[Rows]:
        """The events of some keys, day by day.

        Args:
            keys: Where they stand in the register, sorted. Places are counted among them.
            flags: Of each key of the register whether it is one of them.
        """
        seat = np.empty(len(keys), np.int32)
        # the place among them: from the first of each 65,536 keys on, so that 16 bits hold it
        first = np.searchsorted(keys, np.arange(0, len(flags), 1 << _LOW))
        rank = np.empty(len(flags), np.uint16)
        rank[keys] = np.arange(len(keys)) - first.take(keys >> _LOW)
        found: dict[int, list[tuple[NDArray[Any], ...]]] = {}
        for part in self._parts:
            at = _flagged(part.columns["place"], flags)
            if part.recorded[1] > self._known:
                at = at[part.columns["recorded"].take(at) <= self._known]
            place, *others = (part.columns[name].take(at) for name in _SEEN)
            place = first.take(place >> _LOW) + rank.take(place)
            cuts = np.searchsorted(at, part.offsets)
            for day, start, stop in zip(part.days, cuts[:-1], cuts[1:], strict=True):
                if stop > start and day <= self._known:
                    found.setdefault(day, []).append(tuple(one[start:stop] for one in (place, *others)))
        for day in sorted(found):
            yield counting(Rows(day, *(_joined(one) for one in zip(*found[day], strict=True))), seat)

    def news(self) -> Iterator[tuple[int, NDArray[np.int32], NDArray[np.integer[Any]]]]:
        """What is known now and was not before: day, places and sites, by part and day."""
        for number, part in enumerate(self._parts):
            is_new = number >= self._had
            if not is_new and part.recorded[1] <= self._since:
                continue
            whole = is_new and part.recorded[1] <= self._known
            for index, day in enumerate(part.days):
                span = part.span(index)
                place, site, recorded = (part.columns[name][span] for name in ("place", "site", "recorded"))
                if not whole:
                    fresh = (recorded <= self._known) & (is_new | (recorded > self._since))
                    place, site = place[fresh], site[fresh]
                if len(place) and day <= self._known:
                    yield day, place, site


def _flagged(place: NDArray[np.int32], flags: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Which places are flagged, by position; looked at in strides that stay in the cache."""
    index, flagged = np.empty(_STRIDE, np.intp), np.empty(_STRIDE, np.bool_)
    found = []
    for start in range(0, len(place), _STRIDE):
        here = index[: min(_STRIDE, len(place) - start)]
        here[:] = place[start : start + _STRIDE]
        found.append(flags.take(here, out=flagged[: len(here)], mode="clip").nonzero()[0] + start)
    return np.concatenate(found)


def counting(rows: Rows, seat: NDArray[np.int32]) -> Rows:
    """Of the records of a day, of each key the one that counts; a withdrawn event leaves none.

    Args:
        rows: The records.
        seat: Memory to work in, as many as there are places.
    """
    seats = np.arange(len(rows.place), dtype=np.int32)
    seat[rows.place] = seats
    unseated = np.flatnonzero(seat.take(rows.place) != seats)
    keep = rows.amount > 0
    if len(unseated):
        seat[rows.place.take(unseated)] = -1  # all rows of keys with several records
        several = np.flatnonzero(seat.take(rows.place) == -1)
        chosen = rows.picked(several)
        order = np.lexsort(
            (-chosen.amount.astype(np.int32), chosen.kind, chosen.amount == 0, chosen.recorded, chosen.place)
        )
        sorted_places = chosen.place[order]
        overruled = order[:-1][sorted_places[:-1] == sorted_places[1:]]
        keep[several[overruled]] = False
    return rows if keep.all() else rows.picked(np.flatnonzero(keep))


def _joined(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)
