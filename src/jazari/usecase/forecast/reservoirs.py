"""Reservoirs: reading them from a table, and looking ahead from many days of their past as it was known then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jazari.core.errors import DataError
from jazari.core.progress import Progress
from jazari.data.relation import Source
from jazari.data.series import fingerprint, read_series
from jazari.engines.forecast.answer import LEVELS, Forecasts
from jazari.engines.forecast.clock import parse_times
from jazari.engines.forecast.panel import Floats, Panel, Remark, Times
from jazari.engines.forecast.reading import read_panel
from jazari.engines.forecast.reservoir import Reservoir
from jazari.engines.forecast.storage import Outlook, outlook
from jazari.schema.table import Table
from jazari.usecase.forecast.storage import Storage
from jazari.usecase.taking import Plain

_YEAR = 365
_LEARNT = 3 * _YEAR  # days before the first origin
_NEAR = 7  # days of the year around one, over which what is usual is averaged


@dataclass(frozen=True, kw_only=True)
class Reservoirs(Plain):
    """Reservoirs on one calendar: `values[column]` is (S, T), NaN where missing; `held` says what each can hold.

    `given` are the rows as they were read, of the columns that are used.
    """

    times: Times
    names: tuple[str, ...]
    values: Mapping[str, Floats]
    held: tuple[Reservoir, ...]
    remarks: tuple[Remark, ...]
    columns: Mapping[str, str]
    given: pa.Table

    @property
    def panel(self) -> Panel:
        """Storage alone, to look truth up in."""
        return Panel(self.times, next(iter(self.values.values())), self.names, 7)

    def described(self) -> dict[str, Any]:
        """What a card says of the reading: columns, days, remarks."""
        return {
            "rows": self.rows, "series": len(self.names), "first": str(self.times[0]), "last": str(self.times[-1]),
            "columns": dict(self.columns), "groups": {}, "remarks": [one.as_json() for one in self.remarks],
        }  # fmt: skip


def read(source: Source, table: Table, question: Storage, *, is_new: bool = False) -> Reservoirs:
    """Read reservoirs day by day; of new readings of known ones none is left out, however few.

    Raises:
        DataError: JZ-380 to JZ-389; JZ-247, a reservoir says no full level.
    """
    columns = {name: table.column(name).header for name in question.columns}
    time = next(one.header for one in table.of_role("time"))
    names = next((one.header for one in table.of_role("series")), "")
    rows = read_series(source, texts=[names])
    return laid(rows, columns, (time, names), question, is_new=is_new)


def laid(
    rows: pa.Table, columns: Mapping[str, str], where: tuple[str, str], question: Storage, *, is_new: bool = False
) -> Reservoirs:
    """Rows laid on their calendar: `columns` says under which header each stands, `where` the day and the name.

    Raises:
        DataError: as `read`.
    """
    time, names = where
    ahead = None if is_new else question.steps
    reading = read_panel(rows, time=time, values=[columns[question.of]], series=names, step="P1D", ahead=ahead)
    panel = reading.panel
    for header in columns.values():
        if header not in rows.column_names:
            raise DataError("JZ-247", f"the table has no column '{header}'", found=", ".join(rows.column_names[:20]),
                            fix="join what each reservoir can hold to every row: full, dead, area.")  # fmt: skip
    series = rows[names].cast(pa.string()).to_pylist() if names else [panel.names[0]] * rows.num_rows
    place = {name: at for at, name in enumerate(panel.names)}
    at = np.array([place.get(name, -1) for name in series])
    step = (parse_times(rows[time], time).astype("datetime64[D]") - panel.times[0].astype("datetime64[D]")).astype(int)
    good = (at >= 0) & (step >= 0) & (step < len(panel.times))
    values = {}
    for name, header in columns.items():
        laid = np.full((len(panel.names), len(panel.times)), np.nan)
        given = np.asarray(rows[header].cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
        laid[at[good], step[good]] = given[good]
        values[name] = laid
    held = tuple(_held(name, at, values, question) for at, name in enumerate(panel.names))
    said = {**columns, "time": time, "series": names}
    kept = [one for one in (time, names, *columns.values()) if one]
    return Reservoirs(
        rows.num_rows, fingerprint(rows), times=panel.times, names=panel.names, values=values, held=held,
        remarks=reading.remarks, columns=said, given=rows.select(kept),
    )  # fmt: skip


def _held(name: str, at: int, values: Mapping[str, Floats], question: Storage) -> Reservoir:
    said = []
    for column in (question.full, question.dead, question.area):
        known = values[column][at][np.isfinite(values[column][at])]
        if not len(known):
            raise DataError("JZ-247", f"a reservoir says no '{column}'", where=f"series {name}", found="no value",
                            fix="join what each reservoir can hold to every row: full, dead, area.")  # fmt: skip
        said.append(float(known[-1]))
    return Reservoir(name, *said)


@dataclass(frozen=True)
class Ahead:
    """What was foretold at the origins: storage and inflow as forecasts, alerts as a table, the worst closure."""

    storage: Forecasts
    inflow: Forecasts
    alerts: pa.Table
    gap: float


def look_ahead(water: Reservoirs, question: Storage, seed: int, progress: Progress, *, audits: bool = True) -> Ahead:
    """Look ahead at each origin of the audit and at the last day, with what was known at the start of that day.

    Args:
        water: The reservoirs.
        question: Horizon, level, alerts.
        seed: Of the draws.
        progress: Told of each reservoir and origin.
        audits: Whether the past is looked at too; else the last day alone.

    Raises:
        DataError: JZ-248, too little lies before the audit. EngineError: JZ-431, JZ-432.
    """
    at = _origins(water, question) if audits else np.array([len(water.times) - 1])
    progress.step("Looking ahead", len(at) * len(water.names))
    shape = (len(at), len(water.names), question.steps)
    made = {name: np.empty((*shape, len(LEVELS))) for name in ("storage", "inflow")}
    alerts: list[dict[str, object]] = []
    worst = 0.0
    for place, (origin, series, found) in enumerate(_looked(water, question, at, seed)):
        row = place // len(water.names)
        made["storage"][row, series], made["inflow"][row, series] = found.storage, found.inflow
        alerts += _alerts(water, question, origin, series, found)
        worst = max(worst, found.balance.gap())
        progress.advance()
    storage = _forecasts(water, at, made["storage"], water.values[question.of], later=1)
    inflow = _forecasts(water, at, made["inflow"], water.values[question.inflow], later=0)
    return Ahead(storage, inflow, pa.Table.from_pylist(alerts), worst)


def _origins(water: Reservoirs, question: Storage) -> npt.NDArray[np.int64]:
    """Steps at which forecasts are issued, rising; the last one is the last day, and has no truth."""
    last = len(water.times) - 1
    ends = np.arange(last - question.steps, max(last - question.test_days, _LEARNT) - 1, -question.every_days)
    if not len(ends) or ends[-1] < _LEARNT:
        raise DataError(
            "JZ-248", "too little lies before the audit to learn a season from", found=f"{last + 1} days",
            fix=f"give {_LEARNT + question.steps} days at least: three years and a horizon.",
        )  # fmt: skip
    return np.concatenate([ends[::-1], [last]])


def _looked(
    water: Reservoirs, question: Storage, at: npt.NDArray[np.int64], seed: int
) -> Iterator[tuple[int, int, Outlook]]:
    for origin in at:
        for series, held in enumerate(water.held):
            seen = {name: one[series, :origin] for name, one in water.values.items()}
            usual = {
                name: _usual(water.times, seen[name], origin, question.steps)
                for name in (question.demand, question.evaporation)
            }
            start = water.values[question.of][series, origin]
            yield int(origin), series, outlook(
                held, water.times[:origin], seen[question.inflow], storage=min(float(start), held.full),
                demand=usual[question.demand], evaporation=usual[question.evaporation],
                under=question.under * held.full, paths=question.paths, seed=seed + 1000 * series,
            )  # fmt: skip


def _usual(times: Times, seen: Floats, origin: int, steps: int) -> Floats:
    """What is usual for each day ahead: the mean of the same fortnight of the years before."""
    day = (times.astype("datetime64[D]") - times.astype("datetime64[Y]")).astype(int) % _YEAR
    first = int(day[min(origin, len(day) - 1)])
    known = np.isfinite(seen)
    total = np.bincount(day[:origin][known], seen[known], _YEAR)
    count = np.bincount(day[:origin][known], minlength=_YEAR)
    around = [np.roll(total, each) for each in range(-_NEAR, _NEAR + 1)]
    counts = [np.roll(count, each) for each in range(-_NEAR, _NEAR + 1)]
    mean = np.sum(around, axis=0) / np.maximum(np.sum(counts, axis=0), 1)
    return np.asarray(mean[(first + np.arange(steps)) % _YEAR])


def _forecasts(
    water: Reservoirs, at: npt.NDArray[np.int64], quantiles: Floats, values: Floats, *, later: int
) -> Forecasts:
    """Quantiles and the days they are of, `later` after the origin's; the simple rule is the day of the year before."""
    steps = quantiles.shape[2]
    place = at[:, None] + np.arange(steps) + later
    wide = np.concatenate([values, np.full((len(values), steps + 1), np.nan)], axis=1)
    scale = np.nanmean(np.abs(values[:, _YEAR : at[0]] - values[:, : at[0] - _YEAR]), axis=1)
    day = np.timedelta64(1, "D")
    return Forecasts(
        names=water.names,
        origins=water.times[at],
        times=water.times[at][:, None] + day * (np.arange(steps) + later),
        levels=np.asarray(LEVELS),
        quantiles=quantiles,
        actual=np.swapaxes(wide[:, place], 0, 1),
        baseline=np.swapaxes(wide[:, place - _YEAR], 0, 1),
        mase_scale=scale,
    )


def _alerts(
    water: Reservoirs, question: Storage, origin: int, series: int, found: Outlook
) -> Iterator[dict[str, object]]:
    """The probability of having fallen under the level by each declared day, and whether it came true."""
    storage = water.values[question.of][series]
    level = question.under * water.held[series].full
    for by in question.alerts:
        steps = round(_length(by))
        come = storage[origin + 1 : origin + 1 + steps]
        is_known = len(come) == steps and bool(np.isfinite(come).all())
        yield {
            "series": water.names[series], "origin": str(water.times[origin])[:10], "by": by,
            "probability": float(found.under[steps - 1]), "happened": bool((come < level).any()) if is_known else None,
        }  # fmt: skip


def _length(text: str) -> float:
    from jazari.core.periods import Duration

    return Duration.parse(text).days_at_least()
