"""Mixing candidates: each series weighs forecasts by what they missed before, and reads its quantiles off those misses.

A simpler candidate needs less to be believed: one with a trend or a season pays for it, the more so the fewer misses
are known. Few misses also say little of their own spread and shape: the spread is drawn to what the smoothing says of
it, the shape to Student's t.

Sources: S. Kolassa, International Journal of Forecasting 27 (2011) 238-251 (average candidates by their weights); R. J.
Hyndman et al., Forecasting with Exponential Smoothing, Springer 2008, 6.3 (variance at a horizon).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from jazari.engines.forecast.panel import Floats

_SHARP, _SHARP_KINDS = 25.0, 6.0  # how quickly a candidate, and a kind of them, loses weight as it misses more
_COST = 20.0 / _SHARP  # what a trend or a season costs, over the horizons whose misses are known
_SECOND = 1.1  # factor on the misses of the kinds after the first
_HALF = 60.0  # steps after which a miss weighs half
_LOOK = 600  # steps of misses that are looked at
_BY_THEORY, _BY_STUDENT = 10.0, 30.0  # misses that the smoothing's own spread, and Student's shape, stand for
_FREE, _FEWEST = 1.5, 3.0  # degrees of freedom: spent on the level, and left at least
_NONE = 1e-12


@dataclass(frozen=True)
class Candidates:
    """Forecasts of one kind.

    Attributes:
        forecasts: (T + 1, G, S, H); row t has seen t steps.
        misses: (T + 1, G, S, H) truth less forecast, NaN where unknown.
        cost: (G,) what each may change beyond its level.
        growth: (G, H) standard deviation of a miss at each step over that of the first; None where nothing says so.
    """

    forecasts: Floats
    misses: Floats
    cost: Floats
    growth: Floats | None = None


def missed(y: Floats, forecasts: Floats) -> Floats:
    """What each forecast missed, NaN where unknown: (T + 1, G, S, H)."""
    steps, ahead = forecasts.shape[0], forecasts.shape[3]
    wide = np.concatenate([y, np.full((len(y), ahead + 1), np.nan)], axis=1)
    came = np.stack([wide[:, each : each + steps].T for each in range(ahead)], axis=2)
    return np.asarray(came[:, None] - forecasts, dtype=np.float32)


def mixed(kinds: Sequence[Candidates], origin: int, levels: Floats) -> Floats:
    """Quantiles (S, H, L) at an origin, from misses that were known by then; the first kind brings its growth."""
    ahead = kinds[0].forecasts.shape[3]
    first = max(min(2 * ahead, (origin + 1) // 3), origin + 1 - _LOOK)
    is_known = np.arange(first, origin + 1)[:, None] + np.arange(ahead) < origin  # the step of a miss has come
    age = 0.5 ** (np.arange(len(is_known))[::-1] / _HALF)
    horizons = max(age.sum() / ahead, 1.0)
    centres, errors, growth = [], [], np.ones((1, ahead))
    for kind in kinds:
        known = np.where(is_known[:, None, None, :], kind.misses[first : origin + 1], np.nan)
        loss = _mean(np.abs(known), age).mean(axis=2)
        weight = _weights(loss * (1 + _COST * kind.cost[:, None] / horizons), _SHARP)
        centres.append(np.einsum("gs,gsh->sh", weight, kind.forecasts[origin]))
        errors.append(np.einsum("gs,tgsh->tsh", weight, known))
        if kind.growth is not None:
            growth = np.einsum("gs,gh->sh", weight, kind.growth)
    apart = np.stack(errors)
    loss = np.stack([_mean(np.abs(each), age).mean(axis=1) for each in apart])
    weight = _weights(loss * np.where(np.arange(len(kinds)) == 0, 1.0, _SECOND)[:, None], _SHARP_KINDS)
    centre = np.einsum("ks,ksh->sh", weight, np.stack(centres))
    return np.asarray(centre[:, :, None] + _around(np.einsum("ks,ktsh->tsh", weight, apart), age, growth, levels))


def _around(errors: Floats, age: Floats, growth: Floats, levels: Floats) -> Floats:
    """What to add to the centre: (S, H, L)."""
    _, series, ahead = errors.shape
    count = np.tensordot(age, np.isfinite(errors), axes=1)
    usual = _mean(errors**2, age)
    first = usual[:, :1] * np.maximum(count[:, :1], 2.0) / np.maximum(count[:, :1] - _FREE, _FREE / _FEWEST)
    telling = count / np.sqrt(np.arange(1, ahead + 1))  # misses that overlap tell less
    spread = (telling * usual + _BY_THEORY * first * growth**2) / (telling + _BY_THEORY)
    spread = np.sqrt(np.maximum.accumulate(spread, axis=1))
    ratio = errors / np.maximum(np.sqrt(np.maximum.accumulate(usual, axis=1)), _NONE)
    mass = np.broadcast_to(age[:, None], (len(age), ahead))
    out = np.empty((series, ahead, len(levels)))
    for each in range(series):
        own = count[each, 0] / (count[each, 0] + _BY_STUDENT)
        shape = (1 - own) * stdtrit(max(count[each, 0] - 2, _FEWEST), levels)
        full = np.isfinite(ratio[:, each])
        if full.any():
            shape = shape + own * _quantiles(ratio[:, each][full], mass[full], levels)
        out[each] = spread[each][:, None] * shape
    return out


def _quantiles(values: Floats, mass: Floats, levels: Floats) -> Floats:
    order = np.argsort(values)
    place = (np.cumsum(mass[order]) - 0.5 * mass[order]) / mass.sum()
    return np.interp(levels, place, values[order])


def _weights(loss: Floats, sharp: float) -> Floats:
    """Weights that add up to 1 over the first axis."""
    weight = np.exp(-sharp * (loss / np.maximum(loss.min(axis=0), _NONE) - 1))
    return np.asarray(weight / weight.sum(axis=0))


def _mean(values: Floats, age: Floats) -> Floats:
    """The mean of what is known over the first axis, weighed by age; 0 where nothing is."""
    full = np.isfinite(values)
    mass = np.tensordot(age, full, axes=1)
    return np.asarray(np.tensordot(age, np.where(full, values, 0.0), axes=1) / np.maximum(mass, _NONE))
