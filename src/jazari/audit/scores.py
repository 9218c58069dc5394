"""How well scores sort and how true probabilities are: exact figures on whole columns, no sampling.

Every function takes plain arrays: `score` (n,) floats, higher meaning more at risk, and `outcome` (n,) bool. They agree
with scikit-learn's `roc_auc_score`, `average_precision_score` and `brier_score_loss` to 1e-9 (tested).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

BINS = 10


@dataclass(frozen=True)
class Blocks:
    """People cut into blocks of equal score, from the lowest score to the highest.

    Attributes:
        of: (n,) the block of each person.
        positives: (blocks,) people with the outcome.
        negatives: (blocks,) people without.
    """

    of: Whole
    positives: Floats
    negatives: Floats


def blocks(score: Floats, outcome: Flags) -> Blocks:
    """Cut people into blocks of equal score."""
    order = np.argsort(score)
    climbs = np.concatenate(([0], np.cumsum(np.diff(score[order]) > 0)))
    of = np.empty(len(score), dtype=np.int64)
    of[order] = climbs[: len(score)]
    positives = np.bincount(of, weights=outcome).astype(np.float64)
    return Blocks(of, positives, np.bincount(of).astype(np.float64) - positives)


def auc(positives: Floats, negatives: Floats) -> Floats:
    """The area under the ROC curve: how often a positive scores above a negative, ties counting half.

    Args:
        positives: (blocks, ...) people with the outcome in each block of equal score, ascending.
        negatives: (blocks, ...) people without.

    Returns:
        (...) the area; NaN where there is no positive or no negative.

    Source: Hanley and McNeil 1982, Radiology 143(1).
    """
    below = np.cumsum(negatives, axis=0) - negatives / 2
    pairs = positives.sum(axis=0) * negatives.sum(axis=0)
    return ratio((positives * below).sum(axis=0), pairs)


def average_precision(positives: Floats, negatives: Floats) -> Floats:
    """The sum over score thresholds of precision times the step in recall, without interpolation.

    Args:
        positives: (blocks, ...) people with the outcome in each block of equal score, ascending.
        negatives: (blocks, ...) people without.

    Source: scikit-learn's `average_precision_score`; Manning et al. 2008, Introduction to Information Retrieval, 8.4.
    """
    found = np.cumsum(positives[::-1], axis=0)
    listed = found + np.cumsum(negatives[::-1], axis=0)
    return ratio((positives[::-1] * ratio(found, listed, empty=0.0)).sum(axis=0), positives.sum(axis=0))


def brier(probability: Floats, outcome: Flags) -> float:
    """The mean squared distance between probability and outcome (Brier 1950)."""
    return float(np.mean(np.square(probability - outcome)))


def bin_of(probability: Floats, bins: int = BINS) -> Whole:
    """The calibration bin of each person: equal numbers of people by probability, equal probabilities never parted.

    Bins of equal width would put nearly everybody in the first one where the outcome is rare
    (Nguyen and O'Connor 2015, arXiv 1508.05154).
    """
    order = np.argsort(probability)
    ranked = probability[order]
    start = np.searchsorted(ranked, ranked, side="left")
    raw = start * bins // max(len(probability), 1)
    dense = np.concatenate(([0], np.cumsum(np.diff(raw) > 0)))[: len(raw)]
    of = np.empty(len(probability), dtype=np.int64)
    of[order] = dense
    return of


def calibration_error(predicted: Floats, observed: Floats, people: Floats) -> Floats:
    """The expected calibration error: the mean over people of |predicted - observed| of their bin.

    Args:
        predicted: (bins, ...) sums of probabilities.
        observed: (bins, ...) people with the outcome.
        people: (bins, ...) people.

    Source: Naeini et al. 2015, AAAI; on bins of equal numbers.
    """
    return ratio(np.abs(predicted - observed).sum(axis=0), people.sum(axis=0))


def decomposition(probability: Floats, outcome: Flags, bins: Whole) -> dict[str, float]:
    """The Brier score as reliability - resolution + uncertainty + within-bin variance - within-bin covariance.

    The first three are Murphy's (1973, J. Appl. Meteorology 12); the last two make it add up exactly when a bin holds
    more than one probability (Stephenson, Coelho and Jolliffe 2008, Weather and Forecasting 23).
    """
    people = np.bincount(bins).astype(np.float64)
    predicted = np.bincount(bins, weights=probability) / people
    observed = np.bincount(bins, weights=outcome) / people
    share, rate = people / people.sum(), float(outcome.mean())
    inside, truth = probability - predicted[bins], outcome - observed[bins]
    return {
        "reliability": float((share * np.square(predicted - observed)).sum()),
        "resolution": float((share * np.square(observed - rate)).sum()),
        "uncertainty": rate * (1 - rate),
        "within_bin_variance": float(np.mean(np.square(inside))),
        "within_bin_covariance": float(2 * np.mean(inside * truth)),
    }


def ratio(top: Floats, bottom: Floats, empty: float = np.nan) -> Floats:
    """One array over another; `empty` where nothing stands below."""
    result: Floats = np.full(np.broadcast(top, bottom).shape, empty)
    np.divide(top, bottom, out=result, where=np.asarray(bottom) > 0)
    return result
