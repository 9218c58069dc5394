"""Drift: has the world moved since a dossier was made?"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jazari.core import plugins
from jazari.core.progress import Progress, Silent
from jazari.data.relation import Source
from jazari.data.source import open_source
from jazari.schema.records import Finding, State
from jazari.usecase.ability import GROUP, Ability
from jazari.usecase.dossier import Dossier
from jazari.usecase.rebuild import table_of_document
from jazari.usecase.taking import taken

_SAID: dict[str, tuple[State, str]] = {
    "stable": ("holds", "Nothing shows that the world has moved since the system was made."),
    "watch": ("not yet", "Something may be moving, and is to be watched: {names}."),
    "moved": ("broken", "The world has moved since the system was made: {names}. Run it again before it is used."),
    "unknown": ("not yet", "No truth has come yet that the system could be compared with."),
}


def drift(
    dossier: str | Path | Dossier, data: str | Path | Source, *, progress: Progress | None = None
) -> dict[str, Any]:
    """Compare a dossier with new rows: column by column, and figure by figure where outcomes are known.

    Args:
        dossier: The dossier, or its folder.
        data: The new table; its last period is compared. It needs no outcome.
        progress: Where the work reports.

    Returns:
        The document of `jazari.audit.drift.drift`, its `verdict` one of stable, watch, moved.
    """
    opened = dossier if isinstance(dossier, Dossier) else Dossier.open(dossier)
    declaration = opened.document["declaration"]
    answering: Ability = plugins.load(GROUP, declaration["engine"]["ability"])
    reporting = progress or Silent()
    with contextlib.ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jazari-")))
        source = stack.enter_context(data if isinstance(data, Source) else open_source(data))
        table = table_of_document(declaration)
        snapshot = stack.enter_context(
            taken(
                answering, source, table, declaration["engine"], scratch=scratch / "new", progress=reporting,
                need_outcome=False,
            )
        )  # fmt: skip
        found = answering.drift(opened, snapshot, reporting)
        return {**found, "finding": finding_of(found).as_json()}


def finding_of(found: Mapping[str, Any]) -> Finding:
    """The verdict as a finding like any other: `stable` holds, `moved` is broken, the others are `not yet`."""
    state, sentence = _SAID[found["verdict"]]
    parts = {**found["columns"], **found["figures"], **found["gaps"]}
    ordered = [name for wanted in ("moved", "watch") for name, one in parts.items() if one["state"] == wanted]
    names = ", ".join(ordered[:6])
    return Finding("drift", state, sentence, {"names": names}, {"verdict": found["verdict"]})
