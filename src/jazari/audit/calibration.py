"""Calibration: are probabilities true? The curve, and the parts of the Brier score."""

from __future__ import annotations

from typing import Any

import numpy as np

from jazari.audit import scores
from jazari.audit.bootstrap import wilson
from jazari.audit.figures import figure, plain
from jazari.audit.predictions import People
from jazari.audit.scores import Whole
from jazari.audit.suppression import is_small


def document(who: People, bins: Whole) -> dict[str, Any]:
    """The `curve` and `brier_parts` of `evidence.json`, null without probabilities."""
    if who.kind != "probability":
        return {"curve": None, "brier_parts": None}
    parts = scores.decomposition(who.score, who.outcome, bins)
    return {
        "curve": curve(who, bins),
        "brier_parts": {name: plain(value) for name, value in parts.items()},
    }


def curve(who: People, bins: Whole) -> list[dict[str, Any]]:
    """The calibration curve: mean probability and observed share of each bin, from low to high.

    Neighbouring bins are joined until none stands for one to ten people with or without the outcome. The interval of
    the observed share is Wilson's.
    """
    people = np.bincount(bins)
    predicted = np.bincount(bins, weights=who.score)
    observed = np.bincount(bins, weights=who.outcome).astype(np.int64)
    joined: list[tuple[int, float, int]] = []
    waiting = (0, 0.0, 0)
    for one in zip(people.tolist(), predicted.tolist(), observed.tolist(), strict=True):
        waiting = _sum(waiting, one)
        if not _small(waiting):
            joined.append(waiting)
            waiting = (0, 0.0, 0)
    while waiting[0] and joined:
        waiting = _sum(joined.pop(), waiting)
        if not _small(waiting):
            joined.append(waiting)
            waiting = (0, 0.0, 0)
    return [_bin(*one) for one in joined]


def _sum(one: tuple[int, float, int], other: tuple[int, float, int]) -> tuple[int, float, int]:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def _small(bin_: tuple[int, float, int]) -> bool:
    people, _, observed = bin_
    return bool(is_small(np.array([people, observed, people - observed])).any())


def _bin(people: int, predicted: float, observed: int) -> dict[str, Any]:
    low, high = wilson(observed, people)
    return {
        "n": people,
        "predicted": plain(predicted / people),
        "observed": figure(observed / people, low, high, people),
    }
