"""Sheets: what is drawn on the card of a forecast, as CSV files of the dossier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jazari.schema.records import Leaf
from jazari.usecase.forecast.tables import csv_leaf

AHEAD, LEVELS, DAYS, SERIES = "ahead.csv", "levels.csv", "days.csv", "series.csv"


def sheets(evidence: Mapping[str, Any]) -> list[Leaf]:
    """The public CSV files of the figures: the next horizon, levels, days, series."""
    ahead = evidence.get("ahead") or {}
    fan = ahead.get("series") or {}
    levels = sorted({level for one in fan.values() for level in one}, key=float)
    horizon = [
        [name, time, *(one[level][step] for level in levels)]
        for name, one in fan.items()
        for step, time in enumerate(ahead["times"])
    ]
    coverage = evidence["coverage"]
    series = [
        [name, *(one.get(each, "") for each in _MEASURES), *(coverage[level].get(name, "") for level in coverage)]
        for name, one in evidence["by_series"].items()
    ]
    return [
        csv_leaf(AHEAD, ["series", "time", *(f"q{level}" for level in levels)], horizon),
        csv_leaf(LEVELS, ["level", "share"], evidence["levels"].items()),
        csv_leaf(DAYS, ["day", "error"], evidence["days"].items()),
        csv_leaf(SERIES, ["series", *_MEASURES, *(f"coverage_{level}" for level in coverage)], series),
    ]


_MEASURES = ("mae", "mape", "mase", "crps", "baseline_mae")
