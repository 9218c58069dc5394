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
        step = (self.times[1] - self.times[0]).astype("timedelta64[s]").astype(np.int64)
        return np.asarray((moments - self.times[0]).astype("timedelta64[s]").astype(np.int64) // step)


def parse_times(column: pa.ChunkedArray, name: str) -> Times:
    """Times as printed, without their zone: (N,) `datetime64[s]`.

    Raises:
        DataError: JZ-381, empty, unreadable, or readable in two orders of day and month.
    """
    kind = column.type
    if column.null_count:
        raise _unread(name, "some times are empty", f"{column.null_count} rows", "give every row its time.")
    if pa.types.is_timestamp(kind) and kind.tz:
        column = pc.local_timestamp(column)
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        return np.asarray(column.cast(pa.timestamp("s"), safe=False).to_numpy()).astype("datetime64[s]")
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        raise _unread(name, "times are timestamps, dates or text", str(kind), "print times as 2017-01-01 00:00.")
    text = pc.utf8_trim_whitespace(column.cast(pa.string()))
    try:  # an offset in the text is read, and the local time as printed is kept
        bare = pc.replace_substring_regex(text, pattern=r"(Z|[+-]\d\d:?\d\d)$", replacement="")
        return np.asarray(bare.cast(pa.timestamp("s")).to_numpy()).astype("datetime64[s]")
    except pa.ArrowInvalid:
        return _by_order(text, name)


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
    _refuse_repeated(moments, codes, zone)
    months = months_of(step)
    if months:
        whole = moments.astype("datetime64[M]").astype(np.int64)
        ticks = np.arange(whole.min(), whole.max() + 1, months).astype("datetime64[M]").astype("datetime64[s]")
        return Grid(_two(ticks), months), 1
    length = np.timedelta64(round(Duration.parse(step).days_at_least() * 86_400), "s")
    if length <= np.timedelta64(0, "s"):
        raise DataError("JZ-382", "a step lasts some time", found=step, fix='declare every="PT1H", say.')
    apart = np.diff(np.unique(moments[codes == codes[0]]))
    if not len(apart):
        raise DataError("JZ-382", "a series has two times at least", found="one time",
                        fix="give more of the series.")  # fmt: skip
    finest = _usual(apart)
    odd = int(np.count_nonzero(apart % finest)) if finest <= length else len(apart)
    if (finest <= length and length % finest) or odd > len(apart) // 100:
        raise DataError(
            "JZ-382", f"the times do not stand on the declared step {step}",
            found=f"usual distance {int(finest.astype(np.int64))} s; {odd} of {len(apart)} distances do not fit",
            fix="declare the step that the series has, or average the readings to it beforehand.",
        )  # fmt: skip
    day = np.timedelta64(1, "D").astype("timedelta64[s]")
    start = moments.min().astype("datetime64[D]").astype("datetime64[s]") if length < day else moments.min()
    size = int((moments.max() - start) // length) + 1
    return Grid(_two(start + length * np.arange(size)), 0), int(length // finest)


def _usual(apart: npt.NDArray[np.timedelta64]) -> np.timedelta64:
    sizes, counts = np.unique(apart, return_counts=True)
    return np.timedelta64(sizes[np.argmax(counts)])


def _two(ticks: Times) -> Times:
    if len(ticks) < 2:  # noqa: PLR2004
        raise DataError("JZ-382", "a series has two steps at least", found=f"{len(ticks)} step",
                        fix="give more of the series, or declare a shorter step.")  # fmt: skip
    return ticks


def _refuse_repeated(moments: Times, codes: Whole, zone: str) -> None:
    order = np.lexsort((moments, codes))
    same = (moments[order][1:] == moments[order][:-1]) & (codes[order][1:] == codes[order][:-1])
    if not same.any():
        return
    twice = np.unique(moments[order][1:][same])
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
