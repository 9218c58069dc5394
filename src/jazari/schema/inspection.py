"""Inspection: what a safeguard may look at when it judges a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jazari.core.languages import LANGUAGES
from jazari.schema.help import Places
from jazari.schema.table import Table


@dataclass(frozen=True)
class Inspection:
    """One run as safeguards see it: its declaration, its figures and its past, no person's data.

    Attributes:
        case: The name of the use case.
        table: Its table, or None where a foreign model's predictions came without one.
        evidence: The figures of the audit, as they stand in `evidence.json`; empty before any audit.
        settings: What the engine was run with.
        snapshot: The data: `rows`, `periods`, and `recorded_late`, the share of values recorded after the prediction
            date by column.
        purpose: What the use case is for, in one sentence.
        help: What is offered and in how many places, or None where nothing is.
        languages: The languages that the use case speaks.
        history: What happened in use, by those who record it: `shadow_cycles` (full cycles watched), `decisions`
            (`n`, `copied`, `departed`, `median_seconds`), `purposes` (for which lists were opened), `notices`
            (`decisions`, `missing`), `objections` (`filed`, `late`), `run_on` and `used_on` (ISO dates). Empty in a
            run.
    """

    case: str = ""
    table: Table | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    snapshot: Mapping[str, Any] = field(default_factory=dict)
    purpose: str = ""
    help: Places | None = None
    languages: tuple[str, ...] = LANGUAGES
    history: Mapping[str, Any] = field(default_factory=dict)
