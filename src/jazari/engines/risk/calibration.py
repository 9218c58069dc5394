"""Calibration: an affine map on the logit, fitted where the model was not.

Source: D. R. Cox, "Two further applications of a model for binary regression", Biometrika 45 (1958); J. Platt,
"Probabilistic outputs for support vector machines" (1999), whose smoothed targets keep the fit finite.
"""

from __future__ import annotations

import numpy as np

from jazari.core.errors import EngineError
from jazari.engines.risk.protocol import Floats

_ROUNDS = 50
_ENOUGH = 1e-10
_STEEPEST = 10.0


def calibrate(logit: Floats, outcome: Floats, weights: Floats | None = None) -> tuple[float, float]:
    """The `(intercept, slope)` that make `intercept + slope * logit` a calibrated logit.

    Newton's method on the likelihood with Platt's targets. Where the held-out rows would turn the order of the scores
    round (slope <= 0), say nothing about it (a constant logit), or tell the classes perfectly apart, the slope stays
    1 and only the intercept moves.

    Args:
        logit: float64 (n,), of rows that the model was not fitted on.
        outcome: bool or float64 (n,), 1 where it came true.
        weights: float64 (n,), how much each row counts; 1 by default.

    Returns:
        The intercept and the slope; the slope is above 0.

    Raises:
        EngineError: JZ-407, no rows, or arrays of different lengths, or a logit that is not finite.
    """
    score = np.asarray(logit, dtype=np.float64)
    truth = np.asarray(outcome, dtype=np.float64)
    weight = np.ones_like(score) if weights is None else np.asarray(weights, dtype=np.float64)
    usable = score.shape == truth.shape == weight.shape and score.ndim == 1 and weight.sum() > 0
    if not (usable and np.isfinite(score).all() and np.isfinite(weight).all() and (weight >= 0).all()):
        raise EngineError(
            "JZ-407", "these rows cannot calibrate a model", found=f"{score.shape} logits, {truth.shape} outcomes",
            fix="calibrate on at least one row, with one finite logit and one outcome a row, weights of 0 or more.",
        )  # fmt: skip
    yes, everybody = float(weight @ truth), float(weight.sum())
    target = np.where(truth > 0, (yes + 1) / (yes + 2), 1 / (everybody - yes + 2))
    centre = float(weight @ score) / everybody
    spread = float(np.sqrt(weight @ (score - centre) ** 2 / everybody))
    if spread > 0:
        intercept, slope = _newton(np.column_stack([np.ones_like(score), (score - centre) / spread]), target, weight)
        slope /= spread
        if 0 < slope < _STEEPEST and np.isfinite(intercept):
            return intercept - slope * centre, slope
    (shift,) = _newton(np.ones((len(score), 1)), target, weight, offset=score)
    return shift, 1.0


def _newton(design: Floats, target: Floats, weight: Floats, offset: Floats | float = 0.0) -> tuple[float, ...]:
    """Maximum likelihood of a small logistic regression, with halved steps where the likelihood would fall."""
    beta = np.zeros(design.shape[1])
    best = _loss(design @ beta + offset, target, weight)
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-(design @ beta + offset)))
        gradient = design.T @ (weight * (target - chance))
        hessian = (design * (weight * chance * (1 - chance))[:, None]).T @ design
        step = np.linalg.lstsq(hessian, gradient, rcond=None)[0]
        while (loss := _loss(design @ (beta + step) + offset, target, weight)) > best and np.abs(step).max() > _ENOUGH:
            step /= 2
        if loss > best or best - loss <= _ENOUGH * abs(best):
            break
        beta, best = beta + step, loss
    return tuple(float(value) for value in beta)


def _loss(logit: Floats, target: Floats, weight: Floats) -> float:
    return float(weight @ (np.logaddexp(0, logit) - target * logit))


def checked(intercept: float, slope: float) -> None:
    """Refuse an affine map that is not finite or turns the order of the scores round.

    Raises:
        EngineError: JZ-406.
    """
    if not (np.isfinite(intercept) and np.isfinite(slope) and slope > 0):
        raise EngineError(
            "JZ-406", "this map would turn the scores round", found=f"intercept {intercept}, slope {slope}",
            fix="use a finite intercept and a slope above 0, as `calibrate` returns them.",
        )  # fmt: skip
