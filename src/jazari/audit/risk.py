"""The evidence on a risk model: what its held-out predictions show, each figure with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jazari.audit import bootstrap, scores
from jazari.audit.figures import Sheet
from jazari.audit.predictions import People, people
from jazari.core.progress import Progress, Silent
from jazari.schema.help import Places

SCHEMA = "jazari.evidence/1"


def evidence(
    predictions: pa.Table,
    *,
    places: Places,
    audited: Sequence[str] = (),
    split: Mapping[str, Any] | None = None,
    seed: int = 0,
    area: str | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Measure predictions against what came true.

    Args:
        predictions: One row a person: `pseudonym`, `outcome`, `selected`, and where they are known `probability` (or
            `score`), `site`, `territory`, `period`, `fold`, `baseline`, `challenger`, `site_rate` and the audited
            columns.
        places: The help whose places the list fills.
        audited: The audited columns, by name.
        split: How the rows were held out, as it is to stand in the evidence.
        seed: Where the draws of the bootstrap start.
        area: The column that cuts the areas of the places; None for one area.
        progress: Told how far the work has come.

    Returns:
        The document of `docs/reference/evidence-json.md`, ready for canonical JSON.
    """
    who = people(predictions, audited)
    telling = progress or Silent()
    of = bootstrap.plan("person" if who.site is None else "site", who.person if who.site is None else who.site, seed)
    telling.step("evidence", of.replicates)
    sheet = _sheet(who)
    seen = sheet.measure(of, telling.advance)
    n = who.size
    listed, positives = int(who.selected.sum()), int(who.outcome.sum())
    both = int((who.selected & who.outcome).sum())
    return {
        "schema": SCHEMA,
        "kind": who.kind,
        "people": {"n": n, "positives": positives, "listed": listed, "listed_positives": both},
        "places": _offered(who, places, area),
        "auc": seen.figure("auc", n),
        "average_precision": seen.figure("average_precision", n),
        "brier": seen.figure("brier", n),
        "ece": seen.error("ece", n),
        "precision_at_places": seen.proportion("precision", both, listed),
        "recall_at_places": seen.proportion("recall", both, positives),
        "split": dict(split or {}),
        "bootstrap": of.as_json(),
    }


def _offered(who: People, places: Places, area: str | None) -> dict[str, Any]:
    """The help and its places, and in how many areas people were listed."""
    areas = 1 if area is None else len(pc.unique(who.table[area]))
    return {"what": places.what, "share": places.share, "count": places.count, "of": places.of, "areas": areas}


def _sheet(who: People) -> Sheet:
    sheet = Sheet()
    sheet.listing("", who.selected, who.outcome)
    if who.kind != "decision":
        sheet.ranking("", who.score, who.outcome)
    if who.kind == "probability":
        sheet.squares("", who.score, who.outcome)
        sheet.calibration(scores.bin_of(who.score), who.score, who.outcome)
    return sheet
