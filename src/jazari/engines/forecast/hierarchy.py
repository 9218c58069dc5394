"""Hierarchies: forecasts of a whole and of its parts, brought to add up.

A base forecast of each node is moved as little as its usual errors suggest, until every declared sum holds: with W the
covariance of the errors and C the declared sums (C y = 0), medians become y - W C' (C W C')^-1 C y. This is the
minimum trace reconciliation in its form by constraints, whose matrix has the size of the sums and not of the feeders. W
is the shrunk covariance of the errors that were known at an origin; of many nodes, their variances; before there are
enough errors, the number of leaves under each node stands for its variance (structural scaling). The quantiles of a
node follow its median: quantiles of a sum are no sums of quantiles, so they do not add up, and are not meant to.

Sources: S. L. Wickramasuriya, G. Athanasopoulos, R. J. Hyndman, Journal of the American Statistical Association 114
(2019) 804-819; T. Di Fonzo, D. Girolimetto, International Journal of Forecasting 40 (2024) 490-514 (by constraints);
J. Schäfer, K. Strimmer, Statistical Applications in Genetics and Molecular Biology 4 (2005) 32 (shrinkage).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from jazari.core.errors import EngineError
from jazari.engines.forecast.answer import Forecasts
from jazari.engines.forecast.panel import Floats

_FEWEST = 14  # origins whose errors are known before a covariance is made of them
_MANY = 400  # nodes beyond which errors are taken as unrelated
_MEDIAN = 0.5


@dataclass(frozen=True)
class Hierarchy:
    """Which series are sums of which.

    Attributes:
        names: N nodes, in the order of the forecasts.
        leaves: (B,) places in `names` of those that are no sums.
        wholes: (A,) places in `names` of the sums.
        members: (A, B) 1 where a leaf is under a sum, else 0.
    """

    names: tuple[str, ...]
    leaves: tuple[int, ...]
    wholes: tuple[int, ...]
    members: Floats

    @classmethod
    def of(cls, parts: Mapping[str, Sequence[str]], names: Sequence[str]) -> Hierarchy:
        """Read a declaration such as `{"town": ["north", "south"], "north": ["feeder 1", "feeder 2"]}`.

        Args:
            parts: Sum -> what it is the sum of; a part may be a sum itself, and may be under several sums.
            names: The series of the forecasts.

        Raises:
            EngineError: JZ-433, a node without a series, a sum without parts, a part named twice, or a sum of itself.
        """
        named = {*parts, *(each for under in parts.values() for each in under)}
        unknown = sorted(named - set(names))
        if unknown or not parts or not all(parts.values()):
            raise _refusal(f"{len(unknown)} nodes without a series" if unknown else "a sum without parts")
        leaves = tuple(at for at, name in enumerate(names) if name not in parts)
        wholes = tuple(at for at, name in enumerate(names) if name in parts)
        place = {names[at]: number for number, at in enumerate(leaves)}
        members = np.zeros((len(wholes), len(leaves)))
        for row, at in enumerate(wholes):
            for leaf in _under(names[at], parts, ()):
                members[row, place[leaf]] += 1
        if (members > 1).any():
            raise _refusal("a leaf that is counted twice under one sum")
        return cls(tuple(names), leaves, wholes, members)

    @property
    def constraints(self) -> Floats:
        """(A, N): every row times coherent values is 0."""
        rows = np.zeros((len(self.wholes), len(self.names)))
        rows[np.arange(len(self.wholes)), list(self.wholes)] = 1.0
        rows[:, list(self.leaves)] -= self.members
        return rows

    @property
    def sizes(self) -> Floats:
        """(N,) leaves under each node."""
        sizes = np.ones(len(self.names))
        sizes[list(self.wholes)] = self.members.sum(axis=1)
        return sizes


def reconcile(
    answer: Forecasts, hierarchy: Hierarchy, *, tolerance: float = 0.01, weight: Floats | None = None
) -> Forecasts:
    """The same forecasts, whose medians add up.

    At each origin only errors of forecasts whose horizon was over by then are used.

    Args:
        answer: Forecasts of every node.
        hierarchy: What adds up.
        tolerance: How far, relative to the sum, known readings may be from adding up.
        weight: The covariance (N, N) or the variances (N,) of the errors, where they are known from before.

    Raises:
        EngineError: JZ-434 no median among the levels, or other series; JZ-435 the readings themselves do not add up.
    """
    middle = np.flatnonzero(answer.levels == _MEDIAN)
    if not len(middle) or answer.names != hierarchy.names:
        raise EngineError(
            "JZ-434", "forecasts are reconciled at their medians, node by node",
            found=f"levels {answer.levels.tolist()}; {len(answer.names)} series, {len(hierarchy.names)} nodes",
            fix="keep 0.5 among the levels, and build the hierarchy from the names of the forecasts.",
        )  # fmt: skip
    _refuse_gaps(answer.actual, hierarchy, tolerance)
    base = answer.quantiles[..., int(middle[0])]
    moved = np.empty_like(base)
    for at, origin in enumerate(answer.origins):
        spread = _weight_at(answer, base, origin, hierarchy) if weight is None else weight
        moved[at] = coherent(base[at], spread, hierarchy)
    notes = {**answer.notes, "reconciled": [hierarchy.names[at] for at in hierarchy.wholes]}
    return replace(answer, quantiles=_following(answer.quantiles, base, moved), notes=notes)


def known_weight(answer: Forecasts, hierarchy: Hierarchy) -> Floats:
    """The covariance (N, N) or variances (N,) of the errors that were known at the last origin."""
    base = answer.quantiles[..., int(np.flatnonzero(answer.levels == _MEDIAN)[0])]
    return _weight_at(answer, base, answer.origins[-1], hierarchy)


def _weight_at(answer: Forecasts, base: Floats, origin: np.datetime64, hierarchy: Hierarchy) -> Floats:
    over = answer.times[:, -1] < origin
    errors = np.swapaxes(answer.actual[over] - base[over], 0, 1).reshape(len(answer.names), -1)
    return _weight(errors, int(over.sum()), hierarchy)


def coherent(base: Floats, weight: Floats, hierarchy: Hierarchy) -> Floats:
    """Values (N, ...) moved until they add up; `weight` is a covariance (N, N) or variances (N,) of their errors."""
    sums = hierarchy.constraints
    spread = weight @ sums.T if weight.ndim > 1 else weight[:, None] * sums.T
    flat = base.reshape(len(base), -1)
    moved = flat - spread @ np.linalg.solve(sums @ spread, sums @ flat)
    leaves = moved[list(hierarchy.leaves)]
    moved[list(hierarchy.wholes)] = hierarchy.members @ leaves  # to the last digit, whatever the solution rounded
    return np.asarray(moved.reshape(base.shape))


def _weight(errors: Floats, origins: int, hierarchy: Hierarchy) -> Floats:
    known = errors[:, np.isfinite(errors).all(axis=0)]
    if origins < _FEWEST or known.shape[1] < _FEWEST:
        return hierarchy.sizes
    variance = np.maximum((known**2).mean(axis=1), 1e-12 * (known**2).mean() + 1e-300)
    if len(known) > _MANY:
        return np.asarray(variance)
    return _shrunk(known, variance)


def _shrunk(errors: Floats, variance: Floats) -> Floats:
    """Covariance whose correlations are brought towards 0 by what their own sampling suggests: (N, N)."""
    unit = errors / np.sqrt(variance)[:, None]
    count = errors.shape[1]
    related = unit @ unit.T / count
    unsure = np.maximum((unit**2) @ (unit**2).T / count - related**2, 0.0) / count
    off = ~np.eye(len(errors), dtype=bool)
    share = min(1.0, float(unsure[off].sum() / max(float((related[off] ** 2).sum()), 1e-300)))
    kept = np.where(off, (1 - max(share, 1e-3)) * related, 1.0)  # a little always: sums are exact, so errors are too
    return np.asarray(kept * np.sqrt(np.outer(variance, variance)))


def _following(quantiles: Floats, base: Floats, moved: Floats) -> Floats:
    """Quantiles that keep their ratio to the median where all is positive, their distance from it elsewhere."""
    by_ratio = (quantiles[..., 0] > 0) & (moved > 0)
    ratio = np.where(by_ratio, moved, 1.0) / np.where(by_ratio, base, 1.0)
    by_shift = quantiles + (moved - base)[..., None]
    out = np.where(by_ratio[..., None], quantiles * ratio[..., None], by_shift)
    return np.asarray(np.where(quantiles == base[..., None], moved[..., None], out))


def _refuse_gaps(actual: Floats, hierarchy: Hierarchy, tolerance: float) -> None:
    wholes = actual[:, list(hierarchy.wholes)]
    apart = np.abs(wholes - np.einsum("ab,obh->oah", hierarchy.members, actual[:, list(hierarchy.leaves)]))
    size = np.abs(wholes)
    known = np.isfinite(apart)
    gap = float(apart[known].sum() / max(float(size[known].sum()), 1e-300)) if known.any() else 0.0
    if gap > tolerance:
        raise EngineError(
            "JZ-435", "the readings of a sum are not the sum of its parts",
            found=f"apart by {100 * gap:.2f} % of the sum; {100 * tolerance:g} % is accepted",
            fix="declare losses as a part of their own, or leave the sum out of the hierarchy.",
        )  # fmt: skip


def _under(name: str, parts: Mapping[str, Sequence[str]], above: tuple[str, ...]) -> list[str]:
    """The leaves under a node, in order."""
    if name in above:
        raise _refusal("a sum that is a part of itself")
    if name not in parts:
        return [name]
    return [leaf for part in parts[name] for leaf in _under(part, parts, (*above, name))]


def _refusal(found: str) -> EngineError:
    return EngineError(
        "JZ-433", "a hierarchy says of each sum what its parts are", found=found,
        fix="name each series once under a sum, e.g. {'town': ['north', 'south']}, with a series for each name.",
    )  # fmt: skip
