"""Drift of forecasts: do those that were issued fare worse than the audit said, now that their truth has come?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jazari.core.progress import Progress
from jazari.usecase.dossier import Dossier
from jazari.usecase.forecast.series import Series
from jazari.usecase.forecast.sums import completed, parts_in
from jazari.usecase.forecast.tables import read_parquet
from jazari.usecase.forecast.truth import open_rows, over, scored, with_truth

_WATCH, _MOVED = 1.25, 1.6  # times the error of the audit
_ENOUGH = 7  # origins before anything is said to have moved: one hard day proves nothing
_FIGURES = ("mae", "mape", "crps")


def moved(dossier: Dossier, series: Series, progress: Progress) -> dict[str, Any]:
    """Compare the forecasts that a dossier issued with new readings.

    Returns:
        `verdict` (stable, watch, moved; unknown where no truth has come), `figures` (change over the audit's figure as
        a share, with its state), `columns` and `gaps` (empty: nothing of the sort is read), `scored`.
    """
    progress.step("Scoring what was issued")
    issued = open_rows(read_parquet(dossier.path / "forecasts.parquet"))
    panel = completed(series.whole(), parts_in(dossier.evidence))
    return compared(dossier, scored(over(with_truth(issued, panel), panel), seed=dossier.document["seed"]))


def compared(dossier: Dossier, found: Mapping[str, Any] | None) -> dict[str, Any]:
    """How forecasts fared that were issued, beside the audit of their dossier; None where no truth has come."""
    if found is None:
        return {"verdict": "unknown", "columns": {}, "figures": {}, "gaps": {}, "scored": None}
    enough = found["origins"]["count"] >= _ENOUGH
    figures = {}
    for name in _FIGURES:
        then, now = dossier.evidence[name]["value"], found[name]["value"]
        if then and now is not None:
            ratio = now / then
            state = "moved" if ratio > _MOVED and enough else "watch" if ratio > _WATCH else "stable"
            change = {"value": ratio - 1, "low": None, "high": None, "n": found[name]["n"]}
            figures[name] = {"change": change, "state": state}
    states = {one["state"] for one in figures.values()}
    verdict = next((one for one in ("moved", "watch") if one in states), "stable")
    return {"verdict": verdict, "columns": {}, "figures": figures, "gaps": {}, "scored": found}
