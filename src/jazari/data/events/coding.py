"""Rows of events as numbers; those that do not fit are told apart, with the reason why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jazari.data.events.columns import narrow, plain
from jazari.data.events.register import Register
from jazari.schema.events import Events

REASONS = (
    "", "no key", "no date", "recorded in the future", "recorded before it occurred", "unknown kind", "no amount",
    "negative amount", "amount is no multiple of the step", "amount too large", "key not in the register",
)  # fmt: skip
"""Why a row is set aside, by its number; the first that holds is said."""
UNKNOWN_KEY = REASONS.index("key not in the register")

_ROUNDING = 1e-6
_LARGEST = 1_000_000  # steps an event; so that 2,000 days of them still fit in 31 bits
_CHUNK = 1 << 15  # rows coded at a time, so that they stay in the cache
_SMALL = 2  # bytes of an amount that is kept as it comes


@dataclass(frozen=True)
class Coded:
    """Rows that fit, as numbers, each of shape (n,).

    Attributes:
        day: The day on which it occurred, in days since 1970.
        place: Where the key stands in the register.
        site: The number of the site; -1 where none is said.
        recorded: The day on which it was recorded, in days since 1970.
        kind: The number of the kind.
        amount: In steps.
    """

    day: NDArray[np.uint16]
    place: NDArray[np.int32]
    site: NDArray[np.integer[Any]]
    recorded: NDArray[np.uint16]
    kind: NDArray[np.uint8]
    amount: NDArray[np.integer[Any]]


def coded(
    batch: pa.RecordBatch, events: Events, register: Register, today: int
) -> tuple[Coded, NDArray[np.uint8] | None]:
    """A batch as numbers.

    Returns:
        The rows that fit; the number of the reason of every row of the batch, 0 where it fits; None where all fit.
    """
    quick = _Quick(batch, events, register, today).code() if _is_quick(batch, events, register) else None
    return (quick, None) if quick is not None else _slowly(batch, events, register, today)


def _is_quick(batch: pa.RecordBatch, events: Events, register: Register) -> bool:
    """Whether every cell is there, and whole numbers and dates are what they are."""
    if "amount" not in batch.schema.names or any(one.null_count for one in batch.columns):
        return False
    key, amount, *dates = (batch[name].type for name in ("key", "amount", "occurred", "recorded"))
    is_whole = pa.types.is_signed_integer(key) and pa.types.is_integer(amount) and not register.is_text
    return events.step == 1 and is_whole and all(pa.types.is_date32(one) for one in dates)


class _Quick:
    """A batch in which nothing is missing, coded a chunk at a time."""

    def __init__(self, batch: pa.RecordBatch, events: Events, register: Register, today: int) -> None:
        self._register, self._today, self._kinds = register, today, len(events.kinds)
        self._key, self._amount = plain(batch["key"]), plain(batch["amount"])
        self._occurred, self._recorded = (plain(batch[name].view(pa.int32())) for name in ("occurred", "recorded"))
        site, kind = _dictionary(batch["site"]), _dictionary(batch["kind"])
        self._site, self._site_numbers = plain(site.indices), narrow(register.numbers(site.dictionary))
        self._kind, self._kind_numbers = plain(kind.indices), _kind_numbers(kind, events.kinds)

    def code(self) -> Coded | None:
        """The rows, where all of them fit; else nothing."""
        amounts = self._amount.dtype if self._amount.itemsize <= _SMALL else np.dtype(np.int32)
        types = (np.uint16, np.int32, self._site_numbers.dtype, np.uint16, np.uint8, amounts)
        made = Coded(*(np.empty(len(self._key), one) for one in types))
        for start in range(0, len(self._key), _CHUNK):
            rows = slice(start, start + _CHUNK)
            made.place[rows] = place = self._register.placed(self._key[rows])
            made.kind[rows] = kind = self._kind_numbers.take(self._kind[rows])
            made.site[rows] = self._site_numbers.take(self._site[rows])
            occurred, recorded, amount = self._occurred[rows], self._recorded[rows], self._amount[rows]
            fits = (
                place.min() >= 0 and kind.max() < self._kinds and amount.min() >= 0 and amount.max() <= _LARGEST
                and occurred.min() > 0 and recorded.max() <= self._today and bool((recorded >= occurred).all())
            )  # fmt: skip
            if not fits:
                return None
            made.day[rows], made.recorded[rows], made.amount[rows] = occurred, recorded, amount
        return made


def _slowly(
    batch: pa.RecordBatch, events: Events, register: Register, today: int
) -> tuple[Coded, NDArray[np.uint8] | None]:
    occurred, recorded = _days(batch["occurred"]), _days(batch["recorded"])
    kind = _numbered(_dictionary(batch["kind"]), events)
    site = _dictionary(batch["site"])
    at = np.append(register.numbers(site.dictionary), np.int32(-1)).take(_indices(site))
    steps = _steps(batch, events.step)
    whole, place = np.rint(steps), register.places(batch["key"])
    checks = (
        place < 0, whole > _LARGEST, np.abs(steps - whole) > _ROUNDING, steps < 0, np.isnan(steps),
        kind == len(events.kinds), recorded < occurred, recorded > today, (occurred <= 0) | (recorded <= 0),
        pc.is_null(batch["key"]).to_numpy(zero_copy_only=False),
    )  # fmt: skip
    reason = np.zeros(batch.num_rows, np.uint8)
    for number, wrong in zip(range(UNKNOWN_KEY, 0, -1), checks, strict=True):
        reason[wrong] = number
    fits = reason == 0
    kept: tuple[NDArray[Any], ...] = (occurred, place, at, recorded, kind, whole)
    types = (np.uint16, np.int32, np.int32, np.uint16, np.uint8, np.int32)
    made = Coded(*(one[fits].astype(number, copy=False) for one, number in zip(kept, types, strict=True)))
    return made, None if fits.all() else reason


def _days(dates: pa.Array) -> NDArray[np.int32]:
    """Dates as days since 1970; 0 where there is none, or none that fits (1970 to 2149)."""
    plain = dates if pa.types.is_date32(dates.type) else dates.cast(pa.date32(), safe=False)
    days = plain.view(pa.int32())
    values = (pc.fill_null(days, 0) if days.null_count else days).to_numpy(zero_copy_only=False)
    return np.where(values < 1 << 16, values, 0)


def _dictionary(words: pa.Array) -> pa.DictionaryArray:
    return words if pa.types.is_dictionary(words.type) else words.cast(pa.string()).dictionary_encode()


def _indices(words: pa.DictionaryArray) -> NDArray[Any]:
    """The index of each word in the dictionary; one past its end where there is none."""
    codes = words.indices.cast(pa.int64())
    values: NDArray[np.int64] = pc.fill_null(codes, len(words.dictionary)).to_numpy(zero_copy_only=False)
    return values


def _kind_numbers(words: pa.DictionaryArray, kinds: tuple[str, ...]) -> NDArray[np.uint8]:
    """The number of each kind of a dictionary; one past the last of the declared where it is none of them."""
    among = {kind: number for number, kind in enumerate(kinds)}
    names = [str(one).strip() if one is not None else "" for one in words.dictionary.to_pylist()]
    return np.array([among.get(one, len(kinds)) for one in names], np.uint8)


def _numbered(words: pa.DictionaryArray, events: Events) -> NDArray[np.uint8]:
    numbers = np.append(_kind_numbers(words, events.kinds), np.uint8(len(events.kinds)))
    return np.asarray(numbers.take(_indices(words)))


def _steps(batch: pa.RecordBatch, step: float) -> NDArray[np.float64]:
    """Amounts in steps: 1 each without a column of amounts; nan where one is missing."""
    if "amount" not in batch.schema.names:
        return np.ones(batch.num_rows)
    values = pc.fill_null(batch["amount"].cast(pa.float64(), safe=False), float("nan"))
    steps = values.to_numpy(zero_copy_only=False) / step
    return np.where(np.isfinite(steps), steps, np.nan)
