"""Safeguards: small frozen objects, one a file, each with a `check` that gives a Finding."""

from __future__ import annotations

from jazari.governance.safeguards.beats_baseline import beats_baseline
from jazari.governance.safeguards.calibrated_within import calibrated_within
from jazari.governance.safeguards.covers import covers
from jazari.governance.safeguards.expires import expires
from jazari.governance.safeguards.fresh_within import fresh_within
from jazari.governance.safeguards.gap_at_most import gap_at_most
from jazari.governance.safeguards.human_decides import human_decides
from jazari.governance.safeguards.never_for import never_for
from jazari.governance.safeguards.no_future import no_future
from jazari.governance.safeguards.notice import notice
from jazari.governance.safeguards.objection import objection
from jazari.governance.safeguards.person_beats_site import person_beats_site
from jazari.governance.safeguards.recorded_in_time import recorded_in_time
from jazari.governance.safeguards.safeguard import Safeguard
from jazari.governance.safeguards.shadow_first import shadow_first
from jazari.governance.safeguards.small_cells import small_cells

__all__ = [
    "Safeguard",
    "beats_baseline",
    "calibrated_within",
    "covers",
    "expires",
    "fresh_within",
    "gap_at_most",
    "human_decides",
    "never_for",
    "no_future",
    "notice",
    "objection",
    "person_beats_site",
    "recorded_in_time",
    "shadow_first",
    "small_cells",
]
