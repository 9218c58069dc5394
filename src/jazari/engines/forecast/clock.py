"""Clocks: reading times as they are printed, and laying them on a regular grid."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jazari.core.errors import DataError
from jazari.core.periods import Duration
from jazari.engines.forecast.panel import Times

Whole = npt.NDArray[np.int64]

_DAY_FIRST = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%y %H:%M", "%d/%m/%Y")
_MONTH_FIRST = ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%y %H:%M", "%m/%d/%Y")
_CENTURIES = np.datetime64("1000-01-01", "s")  # 17 read as a year of four digits is none
_SHOWN = 3
_OFFSET = r"\s*(?P<offset>Z|[+-]\d\d:?\d\d)$"
_PERIOD = r"^(?P<year>\d{4})(?:[- ]?[QT](?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?$"
_FIRST_YEAR, _LAST_YEAR = 1500, 2500
_FAR = 20  # times as long as all readings together would last: a time that far is a slip of the pen
_RARE = 100  # a distance between neighbours that is rarer than one in so many says nothing of the step


@dataclass(frozen=True)
class Grid:
    """The regular times of a panel, and where a moment falls on them."""

    times: Times
    months: int

    def place(self, moments: Times) -> Whole:
        """The step in which each moment falls: (N,)."""
        if self.months:
            whole = moments.astype("datetime64[M]").astype(np.int64)
            return np.asarray((whole - self.times[0].astype("datetime64[M]").astype(np.int64)) // self.months)
        return np.asarray((moments - self.times[0]).astype("timedelta64[s]").astype(np.int64) // self._seconds)

    def late(self, moments: Times) -> int:
        """Seconds between the start of a step and the first reading in it, the same in all steps; 0 of months."""
        if self.months:
            return 0
        return int(((moments - self.times[0]).astype("timedelta64[s]").astype(np.int64) % self._seconds).min())

    @property
    def _seconds(self) -> int:
        return int((self.times[1] - self.times[0]).astype("timedelta64[s]").astype(np.int64))


@dataclass(frozen=True)
class Moments:
    """Times that were read.

    Attributes:
        times: (N,) `datetime64[s]`, as printed; of several offsets from UTC, all at the one that most have.
        offsets: The offsets that were printed, in minutes, the usual one first; empty where none was.
    """

    times: Times
    offsets: tuple[int, ...] = ()


def parse_times(column: pa.ChunkedArray, name: str) -> Times:
    """Times as printed, without their zone: (N,) `datetime64[s]`; see `read_times`."""
    return read_times(column, name).times


def read_times(column: pa.ChunkedArray, name: str) -> Moments:
    """Times as printed. Where an offset from UTC is printed and changes, all are brought to the usual one.

    Raises:
        DataError: JZ-381, empty, unreadable, readable in two orders of day and month, or some with an offset and some
            without.
    """
    kind = column.type
    if column.null_count:
        raise _unread(name, "some times are empty", f"{column.null_count} rows", "give every row its time.")
    if pa.types.is_timestamp(kind) and kind.tz:
        there = _seconds(column.cast(pa.timestamp(kind.unit, "UTC")).cast(pa.timestamp(kind.unit)))
        return _at_one_offset(there, (_seconds(pc.local_timestamp(column)) - there).astype(np.int64) // 60)
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return Moments(_seconds(column))
    if _are_years(column):
        column = column.cast(pa.int64(), safe=False)
    elif not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        raise _unread(name, "times are timestamps, dates or text", str(kind), "print times as 2017-01-01 00:00.")
    text = pc.utf8_trim_whitespace(column.cast(pa.string()))
    periods = _periods(text)
    if periods is not None:
        return Moments(periods)
    offset = pc.struct_field(pc.extract_regex(text, pattern=_OFFSET), [0])
    bare = pc.replace_substring_regex(text, pattern=_OFFSET, replacement="")
    try:
        times = _seconds(bare.cast(pa.timestamp("s")))
    except pa.ArrowInvalid:
        times = _by_order(bare, name)
    if offset.null_count == len(text):
        return Moments(times)
    if offset.null_count:
        raise _unread(name, "some times say their offset from UTC, and some do not", f"{offset.null_count} rows "
                      f"of {len(text)} without", "print all times in UTC, or all with their offset.")  # fmt: skip
    minutes = _minutes(offset)
    return _at_one_offset(times - minutes.astype("timedelta64[m]"), minutes)


def _are_years(column: pa.ChunkedArray) -> bool:
    """Whether whole numbers are years."""
    kind = column.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)) or not len(column):
        return False
    ends = pc.min_max(column).as_py()
    whole = pc.all(pc.equal(pc.floor(column), column)).as_py()
    return bool(whole and _FIRST_YEAR <= ends["min"] <= ends["max"] <= _LAST_YEAR)


def _periods(text: pa.ChunkedArray) -> Times | None:
    """The beginnings of years, quarters or months printed as 1998, 1998 Q1, 1998-T1 or 1998-01; None if one is not."""
    said = pc.extract_regex(text, pattern=_PERIOD)
    if said.null_count or not len(text):
        return None
    year, quarter, month = (pc.struct_field(said, [at]).to_pylist() for at in range(3))
    months = [12 * (int(y) - 1970) + (3 * int(q) - 3 if q else int(m) - 1 if m else 0)
              for y, q, m in zip(year, quarter, month, strict=True)]  # fmt: skip
    return np.asarray(months, dtype="datetime64[M]").astype("datetime64[s]")


def _at_one_offset(there: Times, minutes: Whole) -> Moments:
    """Instants in UTC at the offset that most of them were printed with."""
    sizes, counts = np.unique(minutes, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    usual = int(sizes[order[0]])
    return Moments(there + np.timedelta64(60 * usual, "s"), tuple(int(each) for each in sizes[order]))


def _minutes(offset: pa.ChunkedArray) -> Whole:
    """Printed offsets, `Z` or `+01:00`, in minutes."""
    encoded = pc.dictionary_encode(offset).combine_chunks()
    words = [0 if word == "Z" else int(f"{word[0]}1") * (60 * int(word[1:3]) + int(word[-2:]))
             for word in encoded.dictionary.to_pylist()]  # fmt: skip
    return np.asarray(np.asarray(words, dtype=np.int64)[encoded.indices.to_numpy()])


def _seconds(column: pa.ChunkedArray) -> Times:
    return np.asarray(column.cast(pa.timestamp("s"), safe=False).to_numpy()).astype("datetime64[s]")


def is_time(column: pa.ChunkedArray) -> bool:
    """Whether the values of a column are times, or text that reads as times."""
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        return True
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)) or not len(column):
        return False
    try:
        read_times(column.slice(0, 100), "")
    except DataError as unread:
        # one that stands in two orders or lacks an offset is a time; the whole column says how it is written
        return "two orders" in unread.sentence or "offset" in unread.sentence
    return True


def _by_order(text: pa.ChunkedArray, name: str) -> Times:
    fits: list[Times] = []
    for formats in (_DAY_FIRST, _MONTH_FIRST):
        for each in formats:
            read = pc.strptime(text, format=each, unit="s", error_is_null=True)
            moments = np.asarray(read.to_numpy()).astype("datetime64[s]")
            if not read.null_count and moments.min() > _CENTURIES:
                fits.append(moments)
                break
    regular = [fit for fit in fits if len(fit) > 1 and len(np.unique(np.diff(np.unique(fit)))) == 1]
    if len(fits) == 1:
        return fits[0]
    if len(regular) == 1:
        return regular[0]
    if fits:
        raise _unread(name, "times fit two orders of day and month", "day first and month first",
                      "print times as 2017-01-31 00:00.")  # fmt: skip
    raise _unread(name, "times cannot be read", f"{len(text)} rows of text", "print times as 2017-01-31 00:00.")


def _unread(name: str, sentence: str, found: str, fix: str) -> DataError:
    return DataError("JZ-381", sentence, where=f"column '{name}'", found=found, fix=fix)


def months_of(step: str) -> int:
    """How many whole months a step is; 0 for steps of days, hours and minutes."""
    parsed = Duration.parse(step)
    return parsed.years * 12 + parsed.months


def grid_of(moments: Times, codes: Whole, *, step: str, zone: str) -> tuple[Grid, int]:
    """The grid of a declared step under moments, and how many readings stand in one step of it.

    Raises:
        DataError: JZ-382 irregular, JZ-383 duplicated, JZ-384 a clock change read twice.
    """
    order = np.lexsort((moments, codes))
    moments, codes = moments[order], codes[order]
    _refuse_repeated(moments, codes, zone)
    months = months_of(step)
    if months:
        return _grid_of_months(moments, codes, months, step), 1
    length = np.timedelta64(round(Duration.parse(step).days_at_least() * 86_400), "s")
    if length <= np.timedelta64(0, "s"):
        raise DataError("JZ-382", "a step lasts some time", found=step, fix='declare every="PT1H", say.')
    apart = np.diff(moments)[codes[1:] == codes[:-1]]
    finest = _usual(apart) if len(apart) else length
    phase = moments.astype(np.int64) % int(finest.astype(np.int64))
    phases, counts = np.unique(phase, return_counts=True)
    odd = phase != phases[np.argmax(counts)]
    if finest > length or length % finest or odd.any():
        first = f"; the first that does not: {str(moments[odd].min()).replace('T', ' ')}" if odd.any() else ""
        raise DataError(
            "JZ-382", f"the times do not stand on the declared step {step}",
            found=f"usual distance {int(finest.astype(np.int64))} s; {int(odd.sum())} of {len(odd)} times do not "
            f"fit{first}",
            fix="declare the step that the series has, or average the readings to it beforehand.",
        )  # fmt: skip
    _refuse_far(moments, codes, finest)
    day = np.timedelta64(1, "D").astype("timedelta64[s]")
    start = moments.min().astype("datetime64[D]").astype("datetime64[s]") if length < day else moments.min()
    size = int((moments.max() - start) // length) + 1
    first = start - length if size == 1 else start  # a single new reading has an empty step before it
    return Grid(np.asarray(first + length * np.arange(max(size, 2))), 0), int(length // finest)


def _grid_of_months(moments: Times, codes: Whole, months: int, step: str) -> Grid:
    """The grid of steps of whole months, on which every moment must stand alone.

    Raises:
        DataError: JZ-382, two readings of a series in one step, or months between two steps.
    """
    whole = moments.astype("datetime64[M]").astype(np.int64)
    into = (whole - whole.min()) % months
    twice = int(((np.diff(whole) == 0) & (codes[1:] == codes[:-1])).sum())
    if into.any() or twice:
        raise DataError(
            "JZ-382", f"the times do not stand on the declared step {step}",
            found=f"{int((into > 0).sum())} times between two steps, {twice} steps with two readings",
            fix="declare the step that the series has, or add the readings up to it beforehand.",
        )  # fmt: skip
    if len(whole) > 1 and whole.max() - whole.min() > _FAR * months * len(whole):
        raise _far(moments)
    first = whole.min() - months * int(whole.min() == whole.max())  # a single new reading: an empty step before it
    ticks = np.arange(first, whole.max() + 1, months)
    return Grid(ticks.astype("datetime64[M]").astype("datetime64[s]"), months)


def _refuse_far(moments: Times, codes: Whole, finest: np.timedelta64) -> None:
    """Refuse a stray time, years away from all others, that would make a grid of nothing."""
    most = int(np.bincount(codes).max())
    if moments.max() - moments.min() > _FAR * max(most, 1000) * finest:
        raise _far(moments)


def _far(moments: Times) -> DataError:
    ends = ", ".join(str(each)[:10] for each in np.quantile(moments.astype(np.int64), (0, 0.01, 0.99, 1))
                     .astype(np.int64).astype("datetime64[s]"))  # fmt: skip
    return DataError("JZ-382", "some times lie far away from the others", found=f"first, 1 %, 99 % and last: {ends}",
                     fix="correct the times that are slips of the pen.")  # fmt: skip


def _usual(apart: npt.NDArray[np.timedelta64]) -> np.timedelta64:
    """The smallest distance between neighbours that is not rare: series may be read at steps of their own."""
    sizes, counts = np.unique(apart, return_counts=True)
    return np.timedelta64(sizes[counts * _RARE >= counts.max()].min())


def _refuse_repeated(moments: Times, codes: Whole, zone: str) -> None:
    same = (moments[1:] == moments[:-1]) & (codes[1:] == codes[:-1])
    if not same.any():
        return
    twice = np.unique(moments[1:][same])
    shown = ", ".join(str(each).replace("T", " ") for each in twice[:_SHOWN])
    found = f"{len(twice)} times, first {shown}"
    if zone and all(_is_read_twice(each, zone) for each in twice):
        raise DataError(
            "JZ-384", "the hour that a clock change repeats is there twice", where=f"zone {zone}", found=found,
            fix="print times in UTC, or with one fixed offset all year, and declare no zone.",
        )  # fmt: skip
    raise DataError("JZ-383", "times are duplicated", found=found,
                    fix="keep one reading a series and time; print times in UTC if the clock changed.")  # fmt: skip


def _is_read_twice(moment: np.datetime64, zone: str) -> bool:
    local: datetime.datetime = moment.astype("datetime64[s]").item()
    place = ZoneInfo(zone)
    return local.replace(tzinfo=place, fold=0).utcoffset() != local.replace(tzinfo=place, fold=1).utcoffset()
