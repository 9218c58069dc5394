"""Fresh: what new readings bring to series whose past is kept, and whether they go on from it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from jazari.core.errors import DataError, EngineError
from jazari.engines.forecast.answer import State
from jazari.engines.forecast.backtest import next_origin
from jazari.engines.forecast.inspection import mixes_units, refuse_mixed
from jazari.engines.forecast.panel import Floats, Panel, Times
from jazari.usecase.forecast.group import settings_of
from jazari.usecase.forecast.question import Forecast
from jazari.usecase.forecast.sums import with_sums

_LONGEST_GAP = 28  # days (or steps of a day and longer) without any reading, after which a new run is asked for
_SAME = 1e-6


@dataclass(frozen=True)
class Fresh:
    """What new readings bring.

    Attributes:
        names: The series.
        last: (S,) the end of the last reading of each, kept or new; NaT where there is none.
        changed: How many kept readings came again with another value.
        silent: The series that bring no reading.
    """

    names: tuple[str, ...]
    last: Times
    changed: int
    silent: tuple[str, ...]

    def ages(self, origin: np.datetime64) -> dict[str, float]:
        """Hours between the end of the last reading of each series and an origin."""
        hours = (origin - self.last) / np.timedelta64(1, "h")
        hours = np.where(np.isnat(self.last), np.inf, hours)
        return {name: float(each) for name, each in zip(self.names, hours, strict=True)}


def fitting(panel: Panel, begun: State) -> Panel:
    """New readings of the series of a kept state, in its order: missing where a series brings none."""
    names = tuple(begun.document["names"])
    parts = (begun.document.get("hierarchy") or {}).get("parts", {})
    leaves = tuple(name for name in names if name not in parts or name in panel.names)
    place = {name: at for at, name in enumerate(panel.names)}
    values = np.full((len(leaves), len(panel.times)), np.nan)
    for row, name in enumerate(leaves):
        if name in place:
            values[row] = panel.values[place[name]]
    mine = with_sums(replace(panel, values=values, names=leaves), {one: tuple(each) for one, each in parts.items()})
    return mine.of([mine.names.index(name) for name in names])


def brought(begun: State, panel: Panel) -> Fresh:
    """What new readings bring beside the kept ones.

    Raises:
        DataError: JZ-386, in another unit than the kept ones.
        EngineError: JZ-425, so much is missing between that the kept past says little.
    """
    kept = begun.tables["readings"]
    times = kept.column("time").to_numpy().astype("datetime64[s]")
    before = np.stack([_floats(kept, name) for name in panel.names])
    known, new = _last(times, before), _last(panel.times, panel.values)
    end = known[~np.isnat(known)].max()
    fresh = panel.times[np.isfinite(panel.values).any(axis=0) & (panel.times > end)]
    found = Fresh(panel.names, _plus(np.fmax(known, new), panel.step), _changed(times, before, panel), _silent(panel))
    if not len(fresh):
        return found
    missing = int((fresh[0] - end) // panel.step) - 1
    if missing > _LONGEST_GAP * (panel.cycle if panel.is_daily_cycle else 1):
        raise EngineError(
            "JZ-425", "the new readings do not go on from the kept ones",
            found=f"{missing} steps lie between {end} and the first new one",
            fix="bring the readings between as well, or run the use case again on the longer record.",
        )  # fmt: skip
    refuse_mixed(
        [name for at, name in enumerate(panel.names) if mixes_units(np.concatenate([before[at], panel.values[at]]))],
        panel.unit,
    )
    return found


def _plus(times: Times, step: np.timedelta64) -> Times:
    return np.asarray(times + step, dtype="datetime64[s]")


def _silent(panel: Panel) -> tuple[str, ...]:
    known = np.asarray(np.isfinite(panel.values).any(axis=1))
    return tuple(panel.names[at] for at in np.flatnonzero(~known).tolist())


def _changed(times: Times, before: Floats, panel: Panel) -> int:
    """How many kept readings came again with another value."""
    _, old, new = np.intersect1d(times, panel.times, return_indices=True)
    return differing(before[:, old], panel.values[:, new])


def differing(then: Floats, now: Floats) -> int:
    """How many readings that both have are not the same."""
    both = np.isfinite(then) & np.isfinite(now)
    return int((both & (np.abs(then - now) > _SAME * np.maximum(np.abs(then), np.abs(now)))).sum())


def _last(times: Times, values: Floats) -> Times:
    """(S,) the time of the last reading of each series, NaT where there is none."""
    known = np.isfinite(values)
    last = times[known.shape[1] - 1 - np.argmax(known[:, ::-1], axis=1)]
    return np.asarray(np.where(known.any(axis=1), last, np.datetime64("NaT", "s")))


def _floats(table: pa.Table, name: str) -> Floats:
    return np.asarray(table.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def refuse_known(panel: Panel, begun: State, question: Forecast) -> None:
    """Refuse readings after which no origin lies that was not issued already: nothing is learnt or issued twice.

    Raises:
        DataError: JZ-471.
    """
    issued = np.datetime64(begun.document["last"], "s")
    if next_origin(panel, settings_of(question, begun.document["settings"]["seed"]))[0] <= issued:
        raise DataError(
            "JZ-471", "the forecast that follows from these readings is issued already",
            found=f"readings until {panel.times[-1]}; the forecast of {issued} is issued",
            fix="bring the readings of what was forecast, to its end; those from before may come with them.",
        )  # fmt: skip


def refuse_strangers(panel: Panel, known: Collection[str]) -> None:
    """Refuse readings of none of the series that a dossier knows.

    Raises:
        EngineError: JZ-425.
    """
    if not set(known) & set(panel.names):
        raise EngineError(
            "JZ-425", "the new readings do not go on from the kept ones",
            found=f"none of the {len(known)} series of the dossier; {len(panel.names)} others",
            fix="give a table with the same series as the dossier's.",
        )  # fmt: skip
