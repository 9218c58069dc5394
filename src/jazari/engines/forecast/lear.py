"""`lear`: regression on lagged days, one Gram matrix a series for all hours, residuals left out in closed form.

Ridge with equal penalties on the deviations from the weekly profile, so that what is not learnt falls back to it. Days
whose left-out residual is far above the usual one (outages, switching) count less in a second pass.

Sources: J. Lago et al., Applied Energy 293 (2021) 116983 (LEAR); G. Golub, M. Heath, G. Wahba, Technometrics 21 (1979)
215-223 (left-out residuals).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jazari.engines.forecast.blocks import Blocks
from jazari.engines.forecast.design import design
from jazari.engines.forecast.panel import Flags, Floats

_PENALTY = 0.2
_FREE = 1e-6  # penalty of the constant
_FAR = 1.5  # days this many times above the usual residual begin to count less
_FEW, _VERY_FAR = 32, 3.0  # of many series, only those with a day that odd are fitted again
_LONGEST = 728  # days that are learnt from


class Lear:
    """Batched ridge on lagged days."""

    every = 1

    def __init__(self, blocks: Blocks, *, seed: int = 0) -> None:
        del seed  # nothing here is drawn
        self.blocks = blocks
        self._beta: Floats = np.zeros((0, 0, 0))
        self._errors: Floats = np.zeros((0, 0, 0))

    def fit(self, end: int) -> None:
        """Learn from the days whose horizon was over when block `end` began."""
        blocks = self.blocks
        first, last = max(blocks.warm, end - _LONGEST), end - blocks.span + 1
        rows = design(blocks, first, last, is_brief=True)
        target = blocks.truth(first, last) - blocks.base(first, last)
        known = np.isfinite(target)
        whole = np.ones(target.shape[:2], dtype=bool) if known.all() else np.asarray(known.all(axis=2))
        target = target if whole.all() else np.where(whole[:, :, None], target, 0.0).astype(rows.dtype)
        weight = whole.astype(rows.dtype)
        self._beta, left_out = _ridge(rows, target, weight)
        size = np.sqrt(np.einsum("snh,snh->sn", left_out, left_out) / left_out.shape[2])
        usual = usual_size(size, whole)
        usual = np.where(np.isfinite(usual) & (usual > 0), usual, np.inf)
        far = _FAR if len(rows) <= _FEW else _VERY_FAR
        odd = np.flatnonzero((size > far * usual).any(axis=1))
        if len(odd):
            lighter = (weight / np.maximum(1.0, size / (_FAR * usual))).astype(rows.dtype)
            self._beta[odd], left_out[odd] = _ridge(rows[odd], target[odd], lighter[odd])
        self._errors = left_out if whole.all() else np.where(whole[:, :, None], left_out, np.nan)

    def predict(self, first: int, last: int) -> Floats:
        """Deviations from the profile for forecasts issued at days first .. last - 1: (S, last - first, horizon)."""
        return np.asarray(design(self.blocks, first, last, is_brief=True) @ self._beta)

    def left_out(self, last_days: int) -> Floats:
        """Errors of the last days that were learnt, each left out of the fit that forecasts it: (S, days, horizon)."""
        return self._errors[:, -last_days:].astype(np.float64)

    def document(self) -> dict[str, Any]:
        """What the model is: its coefficients follow from the readings, exactly, and are fitted again from them."""
        return {"kind": "lear", "penalty": _PENALTY, "days": _LONGEST, "columns": int(self._beta.shape[1])}


def _ridge(rows: Floats, target: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Coefficients (S, P, H) and left-out residuals (S, n, H) of a weighted ridge."""
    turned = np.swapaxes(rows if (weight == 1).all() else rows * weight[:, :, None], 1, 2)
    gram = turned @ rows
    size = gram.shape[-1]
    at = np.arange(size)
    gram[:, at, at] += np.where(at == size - 1, _FREE, _PENALTY).astype(gram.dtype)
    inverse = np.linalg.inv(gram)
    beta = inverse @ (turned @ target)
    leverage = np.einsum("snp,snp->sn", rows @ inverse, rows) * weight
    residual = target - rows @ beta
    residual /= np.maximum(1.0 - leverage, 1e-3)[:, :, None]
    return beta, residual


def usual_size(size: Floats, whole: Flags) -> Floats:
    """The median of each row over the days that are whole, infinite where none is: (S, 1)."""
    if whole.all():
        return np.asarray(np.median(size, axis=1, keepdims=True))
    none = ~whole.any(axis=1, keepdims=True)  # numpy warns of a median of nothing
    found = np.nanmedian(np.where(none, 0.0, np.where(whole, size, np.nan)), axis=1, keepdims=True)
    return np.asarray(np.where(none, np.nan, found))
