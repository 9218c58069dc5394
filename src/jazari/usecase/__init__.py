"""Declaration, run, audit, decide, card, dossier: where engines, audit and governance meet.

The words of a declaration are here; what is done with it is in the modules.
"""

from __future__ import annotations

from jazari.governance.safeguards import (
    beats_baseline,
    calibrated_within,
    covers,
    expires,
    fresh_within,
    gap_at_most,
    human_decides,
    never_for,
    no_future,
    notice,
    objection,
    person_beats_site,
    recorded_in_time,
    shadow_first,
    small_cells,
)
from jazari.schema.columns import (
    audited,
    column,
    key,
    known_ahead,
    outcome,
    period,
    series,
    site,
    territory,
    time,
)
from jazari.schema.help import places
from jazari.schema.table import Table
from jazari.usecase.declaration import UseCase, unsaid
from jazari.usecase.forecast.question import Forecast
from jazari.usecase.forecast.storage import Storage
from jazari.usecase.risk.question import Risk

__all__ = [
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
]
