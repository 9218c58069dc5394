"""Inflow by season: what was foretold of it, what came, and how often it fell inside its bands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jazari.usecase.forecast.sections import ahead, amount
from jazari.usecase.section import Grid, Section, Voice

_SEASONS = {"autumn": (9, 10, 11), "winter": (12, 1, 2), "spring": (3, 4, 5), "summer": (6, 7, 8)}
_SHOWN = ("0.1", "0.5", "0.9")
_BANDS = {"0.8": ("q0.1", "q0.9"), "0.95": ("q0.025", "q0.975")}
_NAMES = {"autumn": "September to November", "winter": "December to February", "spring": "March to May",
          "summer": "June to August"}  # fmt: skip


def by_season(inflow: pa.Table) -> dict[str, dict[str, Any]]:
    """The forecasts of inflow whose truth is known, by the season of the day foretold.

    Returns:
        Season -> `n` days, `came` (the mean of what came, Mm3 a day), `foretold` (level -> the mean of its quantile),
        `mae`, `coverage` (level -> share inside the band); a season of which nothing is known is left out.
    """
    known = inflow.filter(pc.is_valid(inflow["actual"]))
    month = pc.month(known["time"]).to_numpy()
    found: dict[str, dict[str, Any]] = {}
    for season, months in _SEASONS.items():
        rows = known.filter(pa.array(np.isin(month, months)))
        if not rows.num_rows:
            continue
        came = rows["actual"].to_numpy()
        inside = {
            level: float(np.mean((came >= rows[low].to_numpy()) & (came <= rows[high].to_numpy())))
            for level, (low, high) in _BANDS.items()
        }
        found[season] = {
            "n": rows.num_rows, "came": float(came.mean()), "coverage": inside,
            "foretold": {level: float(rows[f"q{level}"].to_numpy().mean()) for level in _SHOWN},
            "mae": float(np.abs(came - rows["q0.5"].to_numpy()).mean()),
        }  # fmt: skip
    return found


def inflow_section(evidence: Mapping[str, Any], unit: str, say: Voice) -> Section | None:
    """What a card says of inflow: season by season, and the days ahead."""
    found = evidence.get("inflow") or {}
    seasons = found.get("by_season")
    if not seasons:
        return None
    rows = [_row(season, one, say) for season, one in seasons.items()]
    heads = [
        say("Season"), say("What came, a day"), *(say("level {level}", level=level) for level in _SHOWN),
        say("Mean absolute error ({unit})", unit=unit or say("in the unit of the readings")),
        *(say("Inside the band of {level}", level=say.percent(float(level))) for level in _BANDS),
    ]  # fmt: skip
    sentences = [
        say(
            "Inflow is drawn from the same season of the years before; by season: the mean of what came, of what was "
            "foretold at three levels, and how often it fell inside its bands."
        )
    ]
    drawn = ahead(found, unit, say)
    return Section(say("Inflow by season"), sentences, Grid(heads, rows), list(drawn.charts) if drawn else [])


def _row(season: str, one: Mapping[str, Any], say: Voice) -> tuple[str, ...]:
    amounts = [one["came"], *(one["foretold"][level] for level in _SHOWN), one["mae"]]
    shares = [say.percent(one["coverage"][level], 1) for level in _BANDS]
    return (say(_NAMES[season]), *(amount(each, "", say) for each in amounts), *shares)
