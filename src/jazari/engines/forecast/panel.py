"""Panel: series on one regular clock, with what is known ahead of time beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from jazari.core.errors import DataError

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Times = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class Remark:
    """Something found in the series before anything was fitted.

    Attributes:
        code: `JZ-385` to `JZ-393`; the page is `docs/errors/CODE.md`.
        sentence: An English key of the catalogues with `{places}`.
        values: What fills the places: counts, series names, times; never a reading.
        series: The series concerned; empty: all.
        aside: Whether the series is set aside, and not forecast.
    """

    code: str
    sentence: str
    values: Mapping[str, Any] = field(default_factory=dict)
    series: str = ""
    aside: bool = False

    def as_json(self) -> dict[str, Any]:
        """The remark as it stands in a dossier."""
        return {
            "code": self.code, "sentence": self.sentence, "values": dict(self.values), "series": self.series,
            "aside": self.aside,
        }  # fmt: skip


@dataclass(frozen=True)
class Panel:
    """Series on one clock.

    Attributes:
        times: (T,) the start of each step, regular, `datetime64[s]`, as printed (no zone inside).
        values: (S, T) float64 in the unit of the series, NaN where missing.
        names: S names.
        cycle: Steps in a day (or in a year, for steps of a month or longer).
        known: name -> (T2,) or (S, T2) float64 with T2 >= T: what is known ahead, on the same clock, NaN where not.
        unit: The unit of the values, as printed.
        calendar: name -> (days,) float64 by civil day from `times[0]`'s day on, as `calendar.daily` makes them.
    """

    times: Times
    values: Floats
    names: tuple[str, ...]
    cycle: int
    known: Mapping[str, Floats] = field(default_factory=dict)
    unit: str = ""
    calendar: Mapping[str, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        steps, shape = len(self.times), self.values.shape
        if shape != (len(self.names), steps) or steps <= 1 or self.cycle < 1:
            raise DataError(
                "JZ-380", "a panel is series by time, on two steps at least",
                found=f"{len(self.names)} names, {steps} times, values of shape {shape}",
                fix="give values of shape (series, time), one name a series and one time a column.",
            )  # fmt: skip
        gaps = np.diff(self.times)
        if len(set(self.names)) != len(self.names) or not _is_regular(gaps):
            raise DataError(
                "JZ-382", "the clock of a panel is regular and each series has its own name",
                found=f"{len(set(self.names))} names, {len(self.names)} series, {len(np.unique(gaps))} sizes of step",
                fix="read the table with read_panel, which finds gaps and repetitions and reports them.",
            )  # fmt: skip

    @property
    def step(self) -> np.timedelta64:
        """The length of a step (of the first one, for steps of months)."""
        return np.timedelta64(self.times[1] - self.times[0])

    @property
    def is_daily_cycle(self) -> bool:
        """Whether a step is shorter than a day, so that a day is a block of several steps."""
        return bool(self.step < np.timedelta64(1, "D"))

    def until(self, end: int) -> Panel:
        """The same panel as it was known before step `end`: what lies ahead of it is cut away, known columns stay."""
        return replace(self, times=self.times[:end], values=self.values[:, :end])

    def of(self, chosen: Sequence[int]) -> Panel:
        """Some of the series."""
        index = list(chosen)
        known = {name: each[index] if each.ndim > 1 else each for name, each in self.known.items()}
        names = tuple(self.names[each] for each in index)
        return replace(self, values=self.values[index], names=names, known=known)

    def ahead(self, steps: int) -> Times:
        """The times of the next steps after the last one."""
        months = self._months
        if months:
            whole = self.times[-1].astype("datetime64[M]") + months * np.arange(1, steps + 1)
            return np.asarray(whole.astype(self.times.dtype))
        return np.asarray(self.times[-1] + self.step * np.arange(1, steps + 1))

    def between(self, first: np.datetime64, last: np.datetime64) -> Times:
        """The times of the steps from one to another, both included."""
        months = self._months
        if months:
            ends = (each.astype("datetime64[M]").astype(np.int64) for each in (first, last))
            whole = np.arange(next(ends), next(ends) + 1, months).astype("datetime64[M]")
            return np.asarray(whole.astype(self.times.dtype))
        return np.asarray(first + self.step * np.arange(int((last - first) // self.step) + 1))

    @property
    def _months(self) -> int:
        """How many whole months a step is; 0 for steps of days, hours and minutes."""
        whole = self.times.astype("datetime64[M]")
        months = np.unique(np.diff(whole).astype(int))
        return int(months[0]) if (whole == self.times).all() and len(months) == 1 else 0


def _is_regular(gaps: npt.NDArray[np.timedelta64]) -> bool:
    days = gaps / np.timedelta64(1, "D")
    if days.min() > 27:  # noqa: PLR2004  months, quarters and years have unequal days
        return bool(days.max() / days.min() < 1.2)  # noqa: PLR2004  31 days over 28, 366 over 365
    return bool((gaps == gaps[0]).all())
