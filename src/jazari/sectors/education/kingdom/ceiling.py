"""The ceiling of a kingdom: what the true probabilities themselves reach, which no model can beat for long.

The AUC counts pairs from a histogram of the probabilities (Mann-Whitney, ties as halves), so that memory does not grow
with the number of pupils; recall at the places is the expected one: the share of the sum of probabilities that lies on
the chosen. Both are of the *recorded* outcome.
"""

from __future__ import annotations

import numpy as np

from jazari.sectors.education.kingdom.places import Flags, Floats, Ints, shares

PLACES = 0.04  # the share of each commune's pupils who can be helped
_BINS = 50_000
_GROUPS = ("all", "sex f", "sex m", "milieu rural", "milieu urban")


class Ceiling:
    """What one school year's true probabilities reach, added up chunk by chunk."""

    def __init__(self) -> None:
        self._counts = np.zeros((2, _BINS), np.int64)
        self._mass = np.zeros((len(_GROUPS), 2))  # of each group: all its probability, and that on the chosen
        self._chance, self._rows = 0.0, 0

    def add(self, chance: Floats, left: Flags, commune: Ints, girl: Flags, rural: Flags) -> None:
        """Add a chunk of whole communes, all arrays of shape (n,)."""
        logit = np.log(chance / (1 - chance))
        bins = np.clip((logit + 12) / 24 * _BINS, 0, _BINS - 1).astype(np.int64)
        for outcome in (0, 1):
            self._counts[outcome] += np.bincount(bins[left == outcome], minlength=_BINS)
        chosen = choose(chance, commune)
        for row, group in enumerate((np.ones_like(girl), girl, ~girl, rural, ~rural)):
            self._mass[row] += chance[group].sum(), chance[group & chosen].sum()
        self._chance += float(chance.sum())
        self._rows += len(chance)

    def summary(self) -> dict[str, float | int | dict[str, float]]:
        """Rows, who left, the ceiling of the AUC and of the recall at the places, by group."""
        stayed, left = self._counts
        below = np.cumsum(stayed) - stayed
        pairs = float((left * (below + stayed / 2)).sum())
        possible = float(left.sum()) * float(stayed.sum())
        recall = {
            name: round(float(on / whole), 6) for name, (whole, on) in zip(_GROUPS, self._mass, strict=True) if whole
        }
        return {
            "pupils": self._rows, "left_school": int(left.sum()), "expected_rate": round(self._chance / self._rows, 6),
            "auc": round(pairs / possible, 6) if possible else 0.5, "recall_at_places": recall,
        }  # fmt: skip


def choose(chance: Floats, commune: Ints) -> Flags:
    """The pupils of highest chance in each commune, as many as there are places (largest remainder over communes)."""
    order = np.lexsort((-chance, commune))
    _, first, many = np.unique(commune[order], return_index=True, return_counts=True)
    given = shares(round(PLACES * len(chance)), many.astype(float))
    chosen = np.zeros(len(chance), bool)
    rank = np.arange(len(chance)) - np.repeat(first, many)
    chosen[order] = rank < np.repeat(given, many)
    return chosen
