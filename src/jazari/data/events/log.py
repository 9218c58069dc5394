"""The log: everything that was recorded, in parts that are written once, each sorted by the day on which it occurred.

A part is one Arrow file, uncompressed so that a day of it is read by mapping: place, site, recorded, kind and amount,
each a whole number in as few bytes as hold it. Where each day starts lies in `state.json`; within a day rows lie by
blocks of keys, so that what is added up at a time fits the cache; where each block starts lies in the metadata.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jazari.data.events.columns import mapped, narrow, write_columns
from jazari.data.events.incoming import Coded

ROWS_A_PART = 1 << 23
_SHIFT = 18
BLOCK = 1 << _SHIFT
"""How many keys are added up at a time."""

_COLUMNS = ("place", "site", "recorded", "kind", "amount")


@dataclass(frozen=True)
class Rows:
    """Rows of the log that occurred on one day, each column of shape (n,)."""

    day: int
    place: NDArray[np.int32]
    site: NDArray[np.int32]
    recorded: NDArray[np.uint16]
    kind: NDArray[np.uint8]
    amount: NDArray[np.integer[Any]]

    def picked(self, which: NDArray[Any]) -> Rows:
        """Only these rows, by flag or by position."""
        return Rows(self.day, *(getattr(self, name)[which] for name in _COLUMNS))


@dataclass(frozen=True)
class Part:
    """One file of the log.

    Attributes:
        path: The file.
        days: The days that it holds, sorted, in days since 1970.
        offsets: Where each of them starts, and the number of rows at the end.
        recorded: The first and last day on which one of its rows was recorded.
    """

    path: Path
    days: tuple[int, ...]
    offsets: tuple[int, ...]
    recorded: tuple[int, int]

    def as_json(self) -> dict[str, Any]:
        """The part as it stands in `state.json`."""
        return {"file": self.path.name, "days": self.days, "offsets": self.offsets, "recorded": self.recorded}

    @cached_property
    def columns(self) -> dict[str, NDArray[Any]]:
        """Its columns, mapped."""
        batch = self._batch
        return {name: batch[name].to_numpy() for name in _COLUMNS}

    @cached_property
    def cuts(self) -> list[list[int]]:
        """Where in each of its days each block of keys starts, and where the last one ends."""
        found: list[list[int]] = json.loads(self._batch.schema.metadata[b"cuts"])
        return found

    @cached_property
    def _batch(self) -> Any:
        return mapped(self.path)

    def slice(self, index: int, block: int | None = None) -> Rows:
        """The rows of its day number `index`; of one block of keys where it is named."""
        if block is None:
            start, stop = self.offsets[index], self.offsets[index + 1]
        else:
            cuts = self.cuts[index]
            start, stop = (cuts[min(one, len(cuts) - 1)] for one in (block, block + 1))
        return Rows(self.days[index], *(self.columns[name][start:stop] for name in _COLUMNS))


def write_parts(folder: Path, batches: Iterator[Coded], first: int) -> list[Part]:
    """Write rows as parts of at most about `ROWS_A_PART` rows, numbered from `first`. Nothing is written for no row."""
    parts: list[Part] = []
    held: list[Coded] = []
    rows = 0
    for batch in batches:
        held.append(batch)
        rows += len(batch.day)
        if rows >= ROWS_A_PART:
            parts.append(_write(folder / f"{first + len(parts):06d}.arrow", held))
            held, rows = [], 0
    if rows:
        parts.append(_write(folder / f"{first + len(parts):06d}.arrow", held))
    return parts


def _write(path: Path, held: Sequence[Coded]) -> Part:
    day = np.concatenate([one.day for one in held])
    place = np.concatenate([one.place for one in held])
    first, blocks = int(day.min()), int(place.max()) // BLOCK + 1
    codes = (day.astype(np.int32) - first) * blocks + (place >> _SHIFT)
    if int(codes.max()) < 1 << 16:
        codes = codes.astype(np.uint16)  # numpy sorts 16 bits by counting
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=(int(day.max()) - first + 1) * blocks)).reshape(-1, blocks)
    cuts = np.column_stack([np.concatenate([[0], ends[:-1, -1]]), ends])
    cuts = cuts[cuts[:, 0] < cuts[:, -1]]  # days with rows
    columns = {"place": place[order]}
    for name in _COLUMNS[1:]:
        columns[name] = narrow(np.concatenate([getattr(one, name) for one in held]))[order]
    write_columns(path, columns, {"cuts": json.dumps(cuts.tolist(), separators=(",", ":"))})
    recorded, days = columns["recorded"], day[order][cuts[:, 0]]
    offsets = (*cuts[:, 0].tolist(), len(day))
    return Part(path, tuple(days.tolist()), offsets, (int(recorded.min()), int(recorded.max())))


class Log:
    """The parts together, as they were known on a day.

    Args:
        parts: The parts.
        keys: How many keys the register has.
        known: The day, in days since 1970: what was recorded later is not read.
    """

    def __init__(self, parts: Sequence[Part], keys: int, known: int) -> None:
        self._parts = parts
        self._known = known
        self._seat = np.empty(keys, np.int32)
        self._where: dict[int, list[tuple[Part, int]]] = {}
        for part in parts:
            for index, day in enumerate(part.days):
                self._where.setdefault(day, []).append((part, index))

    @property
    def days(self) -> list[int]:
        """The days on which something occurred, up to the day known, sorted."""
        return sorted(day for day in self._where if day <= self._known)

    def day(self, day: int, block: int | None = None) -> Rows | None:
        """The events of a day: of each key the record that counts, withdrawn ones left out.

        Of one block of keys where it is named; places are then counted from the start of the block.
        """
        slices = [self._known_of(part, part.slice(index, block)) for part, index in self._where.get(day, ())]
        slices = [one for one in slices if len(one.place)]
        if not slices:
            return None
        rows = slices[0] if len(slices) == 1 else _together(day, slices)
        return self.counting(rows if block is None else replace(rows, place=rows.place - np.int32(block * BLOCK)))

    def counting(self, rows: Rows) -> Rows:
        """Of the records of a day, of each key the one that counts; a withdrawn event leaves none."""
        places = np.arange(len(rows.place), dtype=np.int32)
        self._seat[rows.place] = places
        unseated = self._seat[rows.place] != places
        keep = rows.amount > 0
        if unseated.any():
            self._seat[rows.place[unseated]] = -1  # all rows of keys with several records
            several = np.flatnonzero(self._seat[rows.place] == -1)
            chosen = rows.picked(several)
            order = np.lexsort(
                (-chosen.amount.astype(np.int32), chosen.kind, chosen.amount == 0, chosen.recorded, chosen.place)
            )
            sorted_places = chosen.place[order]
            overruled = order[:-1][sorted_places[:-1] == sorted_places[1:]]
            keep[several[overruled]] = False
        rows = rows if keep.all() else rows.picked(keep)
        return replace(rows, amount=rows.amount.astype(np.int32))

    def of(self, keys: NDArray[np.bool_]) -> Iterator[Rows]:
        """The records of the flagged keys, day by day."""
        found: dict[int, list[Rows]] = {}
        for part in self._parts:
            at = np.flatnonzero(keys[part.columns["place"]])
            if not len(at):
                continue
            cuts = np.searchsorted(at, part.offsets)
            columns = {name: part.columns[name][at] for name in _COLUMNS}
            for day, start, stop in zip(part.days, cuts[:-1], cuts[1:], strict=True):
                if stop > start and day <= self._known:
                    rows = Rows(day, *(columns[name][start:stop] for name in _COLUMNS))
                    found.setdefault(day, []).append(self._known_of(part, rows))
        for day in sorted(found):
            yield _together(day, found[day])

    def news(self, since: int, parts: int) -> Iterator[Rows]:
        """What is known now and was not on the day `since`, when the log had so many parts; by part and day."""
        for number, part in enumerate(self._parts):
            is_new = number >= parts
            if not is_new and part.recorded[1] <= since:
                continue
            for index, day in enumerate(part.days):
                rows = self._known_of(part, part.slice(index))
                fresh = rows if is_new else rows.picked(rows.recorded > since)
                if len(fresh.place) and day <= self._known:
                    yield fresh

    def _known_of(self, part: Part, rows: Rows) -> Rows:
        return rows if part.recorded[1] <= self._known else rows.picked(rows.recorded <= self._known)


def _together(day: int, slices: Sequence[Rows]) -> Rows:
    return Rows(day, *(np.concatenate([getattr(one, name) for one in slices]) for name in _COLUMNS))
