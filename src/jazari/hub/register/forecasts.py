"""Forecasts: what the page of a system says whose answers are quantities ahead, and who lists nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jazari.hub.pages.language import sentence

_FORECAST, _MOST = "forecast", 100
_MEASURES = (
    ("mae", sentence("Mean absolute error, in the unit of the series"), 2),
    ("mape", sentence("Mean absolute percentage error"), 2),
    ("mase", sentence("Error over that of the seasonal naive rule (MASE)"), 3),
    ("crps", sentence("Error of the whole distribution (CRPS), in the unit of the series"), 2),
)


NAMES = tuple(name for name, _, _ in _MEASURES)


def is_forecast(declaration: Mapping[str, Any]) -> bool:
    """Whether a declaration asks for quantities ahead."""
    return bool((declaration.get("engine") or {}).get("ability") == _FORECAST)


def offers_help(declaration: Mapping[str, Any]) -> bool:
    """Whether a declaration offers people help in places; objections and requests are about that alone."""
    return bool((declaration.get("help") or {}).get("what"))


def measured(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The measures of a forecast, from the facts of its version, with their names; empty for any other system."""
    return _named(facts.get("measures", {})) if facts.get("ability") == _FORECAST else []


def _named(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"name": name, "label": label, "digits": digits, "value": found[name]}
        for name, label, digits in _MEASURES
        if isinstance(found.get(name), Mapping)
    ]


def evidence_of(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """What the page of a forecast's evidence shows: measures, bands over all series, and series by series."""
    series = {name: one for name, one in (evidence.get("by_series") or {}).items() if isinstance(one, Mapping)}
    return {
        "measures": _named(evidence),
        "baseline": evidence.get("baseline"),
        "bands": [
            {"level": float(level), "low": min(of.values()), "high": max(of.values()), "series": len(of)}
            for level, of in sorted((evidence.get("coverage") or {}).items())
            if isinstance(of, Mapping) and of
        ],
        "series": [{"name": name, **one} for name, one in sorted(series.items())[:_MOST]],
        "all": len(series),
        "origins": evidence.get("origins"),
    }
