"""The evidence on a risk model: what its held-out predictions show, each figure with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jazari.audit import calibration, cuts, groups, rivals, scores
from jazari.audit.figures import Measured, Sheet
from jazari.audit.predictions import People, check, people
from jazari.audit.scores import Whole
from jazari.core.progress import Progress, Silent
from jazari.schema.help import Places

SCHEMA = "jazari.evidence/1"

# Sentences of the catalogues: why a figure is null.
NO_RANKING = "The model says only who is listed, so how well it ranks people is not known."
NO_PROBABILITY = "The model gives no probability, so how true its probabilities are is not known."
NO_BASELINE = "No simple rule was given to compare with."
NO_CHALLENGER = "No other model was measured on the same people."
NO_SITES = "Without sites and their earlier years, lists of whole sites cannot be compared with lists of people."


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

    Raises:
        DataError: JZ-501 to JZ-509, as `jazari.audit.predictions.check` says.

    Returns:
        The document of `docs/reference/evidence-json.md`, ready for canonical JSON.
    """
    warnings = check(predictions, audited, area=area)
    who = people(predictions, audited)
    telling = progress or Silent()
    of = who.plan(seed)
    telling.step("evidence", of.replicates)
    sheet, bins = _sheet(who)
    lists = rivals.add(sheet, who, area)
    cut = cuts.add(sheet, who, bins)
    seen = sheet.measure(of, telling.advance)
    return {
        "schema": SCHEMA,
        "kind": who.kind,
        "places": _offered(who, places, area),
        **_everybody(who, seen),
        **calibration.document(who, bins),
        "baseline": rivals.baseline(seen, lists, who.outcome),
        "challenger": rivals.challenger(seen, lists, who.outcome),
        "price_of_glass": rivals.price_of_glass(seen, lists, who.outcome),
        "groups": groups.document(cut, seen),
        "groups_left_out": [list(pair) for pair in cut.left_out],
        "proxies": None,  # read off the inputs, which predictions do not hold: `jazari.audit.proxies`
        "targeting": rivals.targeting(seen, lists, who, area),
        "split": dict(split or {}),
        "bootstrap": of.as_json(),
        "warnings": warnings,
        "unknown": unknown(who, lists),
    }


def _sheet(who: People) -> tuple[Sheet, Whole]:
    """The sums and figures about everybody, and the calibration bin of each person."""
    sheet = Sheet()
    if who.kind != "decision":
        sheet.ranking("", who.score, who.outcome)
    if who.kind != "probability":
        return sheet, np.zeros(who.size, dtype=np.int64)
    bins = scores.bin_of(who.score)
    sheet.squares("", who.score, who.outcome)
    sheet.calibration(bins, who.score, who.outcome)
    return sheet, bins


def _offered(who: People, places: Places, area: str | None) -> dict[str, Any]:
    """The help and its places, and in how many areas people were listed."""
    areas = 1 if area is None else len(pc.unique(who.table[area]))
    return {"what": places.what, "share": places.share, "count": places.count, "of": places.of, "areas": areas}


def _everybody(who: People, seen: Measured) -> dict[str, Any]:
    """The figures about everybody."""
    n, listed, positives = who.size, int(who.selected.sum()), int(who.outcome.sum())
    both = int((who.selected & who.outcome).sum())
    precision = seen.proportion("precision", both, listed)
    recall = seen.proportion("recall", both, positives)
    return {
        "people": {"n": n, "positives": positives, "listed": listed, "listed_positives": both},
        "auc": seen.figure("auc", n),
        "average_precision": seen.figure("average_precision", n),
        "brier": seen.figure("brier", n),
        "ece": seen.error("ece", n),
        "precision_at_places": precision,
        "recall_at_places": recall,
        "of_100": {"listed": _of_100(precision), "positives": _of_100(recall)},
    }


def _of_100(share: Mapping[str, Any] | None) -> dict[str, int] | None:
    """A share as people of a hundred."""
    if share is None or share["value"] is None:
        return None
    return {name: round(100 * share[name]) for name in ("value", "low", "high")}


def unknown(who: People, lists: Mapping[str, Any]) -> dict[str, str]:
    """Why figures are null: key to sentence."""
    reasons: dict[str, str] = {}
    if who.kind == "decision":
        reasons |= dict.fromkeys(("auc", "average_precision"), NO_RANKING)
    if who.kind != "probability":
        reasons |= dict.fromkeys(("brier", "brier_parts", "ece", "curve"), NO_PROBABILITY)
    if rivals.BASELINE not in lists:
        reasons["baseline"] = NO_BASELINE
    if rivals.CHALLENGER not in lists:
        reasons |= dict.fromkeys(("challenger", "price_of_glass"), NO_CHALLENGER)
    if rivals.SITE not in lists:
        reasons["targeting"] = NO_SITES
    return reasons
