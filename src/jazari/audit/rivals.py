"""Rivals at the same places: the simple rule, the black box, and whole sites instead of people.

Each rival lists as many people in each area as the model did, so that only the choice of people differs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from jazari.audit.figures import Listing, Measured, Sheet
from jazari.audit.places import codes_of, number_words, rank_within
from jazari.audit.predictions import People
from jazari.audit.scores import Flags, Floats, Whole

_AROUND = 0.25  # of the places, on either side: the people around the cut
BASELINE, CHALLENGER, SITE = "baseline.", "challenger.", "site."


def add(sheet: Sheet, who: People, area: str | None) -> dict[str, Flags]:
    """Ask for the figures of the model's list, and of the list of every rival that can be had.

    Returns:
        For each rival's prefix (n,) whom it lists; the model's own prefix is empty.
    """
    areas = areas_of(who, area)
    lists = {"": own(who, areas)}
    baseline, challenger = who.floats("baseline"), who.floats("challenger")
    if baseline is not None:
        lists[BASELINE] = listed(who, baseline, areas)
    if challenger is not None:
        lists[CHALLENGER] = listed(who, challenger, areas)
        if not np.isnan(challenger).any():
            sheet.ranking(CHALLENGER, challenger, who.outcome)
            if challenger.min() >= 0 and challenger.max() <= 1:
                sheet.squares(CHALLENGER, challenger, who.outcome)
    rate = who.floats("site_rate")
    if rate is not None and who.site is not None:
        lists[SITE] = listed_by_site(who, rate, areas_of(who, None) if area == "site" else areas)
    for name, chosen in lists.items():
        sheet.listing(name, chosen, who.outcome)
    return {name: chosen.listed for name, chosen in lists.items()}


def areas_of(who: People, area: str | None) -> Whole:
    """The number of each person's area; places are given out in each period anew."""
    codes, names = codes_of(None if area is None else who.table[area], who.size)
    if "period" not in who.table.column_names:
        return codes
    period, _ = codes_of(who.table["period"], who.size)
    return np.asarray(np.unique(period * len(names) + codes, return_inverse=True)[1], dtype=np.int64)


def own(who: People, areas: Whole) -> Listing:
    """The model's own list; a decision has no order, so its list stays as it is in every replicate."""
    if who.kind == "decision":
        return Listing(who.selected, who.selected.astype(np.float64), 0.0)
    return Listing(who.selected, *_cut(who, rank_within(who.score, areas, _filled(who, areas), who.tie)[0], areas))


def listed(who: People, score: Floats, areas: Whole) -> Listing:
    """Whom a score would list, area by area, at as many places as the model filled there."""
    ranks, chosen = rank_within(score, areas, _filled(who, areas), who.tie)
    return Listing(chosen, *_cut(who, ranks, areas))


def _filled(who: People, areas: Whole) -> Whole:
    """(areas,) the places that the model filled."""
    return np.bincount(areas, weights=who.selected).astype(np.int64)


def _cut(who: People, ranks: npt.NDArray[np.int32], areas: Whole) -> tuple[Floats, float]:
    """The places of each person's area a person, and the outcome's share around the cut."""
    filled = _filled(who, areas)[areas]
    around = np.abs(ranks - filled - 0.5) <= np.maximum(_AROUND * filled, 1)
    room = filled / np.bincount(areas)[areas]
    return room, float(who.outcome[around].mean()) if around.any() else 0.0


def listed_by_site(who: People, rate: Floats, areas: Whole) -> Listing:
    """Whom whole sites would list: sites by their earlier outcome rate, the last one cut by pseudonym.

    Source: Perdomo et al. 2023, Difficult Lessons on Social Prediction from Wisconsin Public Schools, arXiv 2304.06205.
    """
    sites = number_words(who.table["site"].fill_null(""))
    best_first = np.where(np.isnan(rate), -np.inf, rate)
    # sites of one rate follow each other in the order of their names, each whole
    place = np.lexsort((sites, -best_first))
    step = np.diff(sites[place]) != 0
    order = np.empty(who.size)
    order[place] = -np.concatenate(([0.0], np.cumsum(step | (np.diff(best_first[place]) != 0))))
    return listed(who, order, areas)


def baseline(seen: Measured, lists: dict[str, Flags], outcome: Flags) -> dict[str, Any] | None:
    """The simple rule's precision and recall, and what the model adds."""
    if BASELINE not in lists:
        return None
    return at_places(seen, BASELINE, lists[BASELINE], outcome) | gains(seen, BASELINE, lists[BASELINE], outcome)


def challenger(seen: Measured, lists: dict[str, Flags], outcome: Flags) -> dict[str, Any] | None:
    """The black box's figures on the same rows."""
    if CHALLENGER not in lists:
        return None
    ranked = {name: seen.figure(CHALLENGER + name, len(outcome)) for name in ("auc", "average_precision", "brier")}
    return ranked | at_places(seen, CHALLENGER, lists[CHALLENGER], outcome)


def price_of_glass(seen: Measured, lists: dict[str, Flags], outcome: Flags) -> dict[str, Any] | None:
    """How much better the black box is: higher AUC and recall, lower Brier."""
    if CHALLENGER not in lists:
        return None
    return {
        "auc": seen.difference(f"{CHALLENGER}auc", "auc", len(outcome)),
        "brier": seen.difference("brier", f"{CHALLENGER}brier", len(outcome)),
        "recall": seen.difference(f"{CHALLENGER}recall", "recall", int(outcome.sum())),
    }


def targeting(seen: Measured, lists: dict[str, Flags], who: People, area: str | None) -> dict[str, Any] | None:
    """People against whole sites at the same places."""
    if SITE not in lists or who.site is None:
        return None
    return {
        "person": at_places(seen, "", who.selected, who.outcome),
        "site": at_places(seen, SITE, lists[SITE], who.outcome),
        **gains(seen, SITE, lists[SITE], who.outcome),
        "sites": len(np.unique(who.site[lists[SITE]])),
        "within": "everybody" if area == "site" else "areas",
    }


def at_places(seen: Measured, name: str, chosen: Flags, outcome: Flags) -> dict[str, Any]:
    """Precision and recall of a list."""
    both = int((chosen & outcome).sum())
    return {
        "precision": seen.proportion(f"{name}precision", both, int(chosen.sum())),
        "recall": seen.proportion(f"{name}recall", both, int(outcome.sum())),
    }


def gains(seen: Measured, name: str, chosen: Flags, outcome: Flags) -> dict[str, Any]:
    """What the model adds to a rival's recall and precision, paired."""
    return {
        "recall_gain": seen.difference("recall", f"{name}recall", int(outcome.sum())),
        "precision_gain": seen.difference("precision", f"{name}precision", int(chosen.sum())),
    }
