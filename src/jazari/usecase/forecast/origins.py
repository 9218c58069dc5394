"""Origins: when the forecasts of an audit were issued, and how old the last reading of each series was."""

from __future__ import annotations

import numpy as np

from jazari.core.errors import DataError
from jazari.engines.forecast.panel import Panel, Remark, Times
from jazari.usecase.forecast.question import Forecast

_DAY = 86_400
_SHARE = 3  # at least two thirds of a short series are left to learn from


def origins(panel: Panel, question: Forecast) -> Times:
    """The origins of the audit: those of the declared window, else the last full days (or steps).

    Raises:
        DataError: JZ-244, the window lies outside the readings.
    """
    every = _daily(panel, question) if panel.is_daily_cycle else panel.times
    window = question.window()
    if window is None:
        return every[-min(question.test_days, max(len(every) // _SHARE, 1)) :]
    day = every.astype("datetime64[D]")
    first, last = (np.datetime64(one.isoformat()) for one in window)
    chosen = every[(day >= first) & (day <= last)]
    if not len(chosen):
        raise DataError(
            "JZ-244", "no forecast can be audited in the test window", where=f"test_window={question.test_window}",
            found=f"readings from {panel.times[0]} to {panel.times[-1]}",
            fix="name days that the readings hold: --set test_window=2017-09-10:2017-11-04.",
        )  # fmt: skip
    return chosen


def fewer(made: int, question: Forecast) -> list[Remark]:
    """A remark where fewer origins could be forecast than were asked for."""
    window = question.window()
    asked = question.test_days if window is None else (window[1] - window[0]).days + 1
    if question.seconds > _DAY or made >= asked:
        return []
    text = "The audit was asked of {asked} days; {made} of them could be forecast."
    return [Remark("JZ-244", text, {"asked": asked, "made": made})]


def _daily(panel: Panel, question: Forecast) -> Times:
    """The hour of issue of each full day: all of its steps lie in the panel."""
    issue = np.timedelta64(question.seconds_of_issue, "s")
    end = panel.times[-1] + panel.step
    first, last = panel.times[0].astype("datetime64[D]"), end.astype("datetime64[D]")
    at = np.arange(first, last + 1).astype("datetime64[s]") + issue
    return np.asarray(at[(at >= panel.times[0]) & (at + np.timedelta64(1, "D") <= end)])


def ages(panel: Panel, origin: np.datetime64) -> dict[str, float]:
    """Hours between the end of the last reading of each series and an origin; infinite where it has no reading."""
    known = np.isfinite(panel.values)
    last = known.shape[1] - 1 - np.argmax(known[:, ::-1], axis=1)
    hours = (origin - (panel.times[last] + panel.step)) / np.timedelta64(1, "h")
    hours = np.where(known.any(axis=1), hours, np.inf)
    return {name: float(each) for name, each in zip(panel.names, hours, strict=True)}
