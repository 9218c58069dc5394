"""One group of series forecast: the same work wherever it is done, in this process or on a worker of Spark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa

from jazari.core.errors import DataError
from jazari.core.progress import Progress, Silent
from jazari.engines.forecast.answer import Forecasts, State
from jazari.engines.forecast.backtest import backtest, next_origin
from jazari.engines.forecast.panel import Panel, Remark, Times
from jazari.engines.forecast.settings import Settings
from jazari.engines.forecast.steps import keep_steps
from jazari.usecase.forecast.origins import ages, fewer, origins
from jazari.usecase.forecast.question import Forecast
from jazari.usecase.forecast.series import Group
from jazari.usecase.forecast.sums import added_up

_CELLS = 150_000_000  # numbers of a group's forecasts that lie in memory at once: 1.2 GB
_LEARNT_DAYS = 14  # of readings that a series has before the first origin of the audit


@dataclass(frozen=True)
class Part:
    """What came of one group.

    Attributes:
        table: Its forecasts, of the audit's origins and of the next one; None where no series went on.
        first: The time of its first reading.
        last: The time of its last one.
        ages: Hours from the last reading of each series to the next origin.
        remarks: What was found in its series.
        notes: What the variant says of itself.
        state: What goes on from here.
        sums: Which series are sums of which, and how far they were moved to add up.
    """

    table: pa.Table | None
    remarks: tuple[Remark, ...]
    first: str = ""
    last: str = ""
    ages: Mapping[str, float] = field(default_factory=dict)
    notes: Mapping[str, Any] = field(default_factory=dict)
    state: State | None = None
    sums: Mapping[str, Any] = field(default_factory=dict)


def forecast_group(group: Group, question: Forecast, seed: int, progress: Progress | None = None) -> Part:
    """Read a group and forecast it at the origins of the audit and at the next one.

    Only the next one has no truth: it is issued, and nobody knows yet what comes.

    Raises:
        DataError: 3xx; JZ-461, one group's audit does not fit in memory. EngineError: 4xx.
    """
    panel, remarks = group.read()
    if panel is None:
        return Part(None, tuple(remarks))
    settings = settings_of(question, seed)
    audited: Times = origins(panel, question)
    panel, young = _grown(panel, audited[0])
    at = np.unique(np.concatenate([audited, next_origin(panel, settings)]))
    size = len(panel.names) * len(at) * settings.ahead * len(settings.levels)
    if size > _CELLS:
        raise DataError(
            "JZ-461", "an audit of so many forecasts does not fit in memory",
            found=f"{len(panel.names)} series, {len(at)} origins",
            fix="shorten the audit: --set test_days=7; or make groups of fewer series: --set group=100.",
        )  # fmt: skip
    made = backtest(panel, at, settings, progress=progress or Silent())
    made = replace(made, state=made.state or keep_steps(panel, settings))
    made, sums = added_up(made, group.sums) if group.sums else (made, {})
    said = (*remarks, *young, *fewer(len(audited), question), *_unknown_ahead(panel, made))
    first, last = str(panel.times[0]), str(panel.times[-1])
    return Part(made.table(), said, first, last, ages(panel, made.origins[-1]), dict(made.notes), made.state, sums)


def _unknown_ahead(panel: Panel, made: Forecasts) -> list[Remark]:
    """A remark on each column that is declared known ahead, and is not, of the steps that are forecast last."""
    first = int((made.origins[-1] - panel.times[0]) // panel.step) if panel.is_daily_cycle else len(panel.times)
    steps = made.times.shape[1]
    text = "Column '{column}' is not known of {missing} of the {steps} steps ahead: its usual value stands for it."
    found = []
    for name, each in panel.known.items():
        rows = np.atleast_2d(each)[:, first : first + steps]
        missing = steps - int(np.isfinite(rows).all(axis=0).sum())
        if missing:
            found.append(Remark("JZ-385", text, {"column": name, "missing": missing, "steps": steps}))
    return found


def settings_of(question: Forecast, seed: int) -> Settings:
    """What the engine is told."""
    return Settings(
        question.steps, question.seconds_of_issue // question.seconds, question.quantiles, question.engine, seed
    )


def _grown(panel: Panel, first: np.datetime64) -> tuple[Panel, list[Remark]]:
    """The series that have something to learn from before the first origin, and a remark on each of the others.

    Where none has, all go on, and the engine says what is missing.
    """
    before = int(np.searchsorted(panel.times, first))
    needed = _LEARNT_DAYS * panel.cycle if panel.is_daily_cycle else panel.cycle + 1
    known = np.isfinite(panel.values[:, :before]).sum(axis=1)
    keep = known >= needed
    if keep.all() or not keep.any():
        return panel, []
    text = "{steps} readings lie before the first forecast of the audit; {needed} are needed. The series is set aside."
    remarks = [
        Remark("JZ-391", text, {"steps": int(known[at]), "needed": needed}, panel.names[at], aside=True)
        for at in np.flatnonzero(~keep)
    ]
    return panel.of(np.flatnonzero(keep).tolist()), remarks
