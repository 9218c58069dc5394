"""Jazari: one accountable chain for everything a pole puts into use.

table or foreign predictions -> audit -> safeguards -> dossier -> human decision -> ledger -> notice -> objection.

The public names load on first use, so that importing jazari imports nothing heavy.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# name -> the module it comes from
_PUBLIC: dict[str, str] = {
    "JazariError": "jazari.core.errors",
    "Dossier": "jazari.usecase.dossier",
    "draft": "jazari.usecase.draft",
    "find": "jazari.usecase.find",
    "pack": "jazari.usecase.pack",
    "run": "jazari.usecase.run",
    "score": "jazari.usecase.score",
} | dict.fromkeys(
    (
        "Forecast",
        "Risk",
        "Storage",
        "Table",
        "UseCase",
        "audited",
        "beats_baseline",
        "calibrated_within",
        "column",
        "covers",
        "expires",
        "fresh_within",
        "gap_at_most",
        "human_decides",
        "key",
        "known_ahead",
        "never_for",
        "no_future",
        "notice",
        "objection",
        "outcome",
        "period",
        "person_beats_site",
        "places",
        "recorded_in_time",
        "series",
        "shadow_first",
        "site",
        "small_cells",
        "territory",
        "time",
        "unsaid",
    ),
    "jazari.usecase",
)

__all__ = ["__version__", *_PUBLIC]  # noqa: PLE0604  the names are the keys above


def __getattr__(name: str) -> Any:
    """Load a public name on first use."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'jazari' has no attribute '{name}'")
    return getattr(import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    """The public names, for tab completion."""
    return sorted(__all__)
