"""`similar`: the days most like the one ahead, by a Gaussian process on whole days.

One kernel matrix of days a series (linear plus squared exponential on the rows of `design`) serves every hour, as the
Gram matrix of `lear` does; residuals left out come in closed form. Days far from their left-out forecast carry more
noise in a second pass.

Source: C. E. Rasmussen, C. K. I. Williams, Gaussian Processes for Machine Learning, MIT Press 2006, 2.2 and 5.4.2.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jazari.engines.forecast.blocks import WARM, Blocks
from jazari.engines.forecast.design import design
from jazari.engines.forecast.panel import Floats

_NOISE = 0.2
_CONSTANT = 0.01
_REACH = 1.0  # length of the squared exponential, in the units of `design`
_FAR = 1.5
_LONGEST = 400
_UNSEEN = 1e6  # noise of a day with missing hours: it teaches nothing


class Similar:
    """Gaussian process on days, one a series."""

    every = 1

    def __init__(self, blocks: Blocks, *, seed: int = 0) -> None:
        del seed  # nothing here is drawn
        self.blocks = blocks
        rows = design(blocks, 0, blocks.shape[1])[:, :, :-1]
        products = rows @ np.swapaxes(rows, 1, 2)
        norms = np.einsum("sii->si", products)
        apart = np.maximum(norms[:, :, None] + norms[:, None] - 2 * products, 0.0)
        self._kernel = products + np.exp(-apart / (2 * _REACH**2)) + _CONSTANT
        self._rows = (0, 0)
        self._alpha: Floats = np.zeros((0, 0, 0))

    def fit(self, end: int) -> None:
        """Learn from the days whose horizon was over when block `end` began."""
        blocks = self.blocks
        first, last = max(WARM, end - _LONGEST), end - blocks.span + 1
        target = blocks.truth(first, last) - blocks.base(first, last)
        whole = np.isfinite(target).all(axis=2)
        target = np.where(whole[:, :, None], target, 0.0)
        noise = np.where(whole, _NOISE, _UNSEEN)
        inverse = self._inverse(first, last, noise)
        alpha = inverse @ target
        left_out = alpha / np.einsum("sii->si", inverse)[:, :, None]
        size = np.sqrt((left_out**2).mean(axis=2))
        usual = np.nanmedian(np.where(whole, size, np.nan), axis=1, keepdims=True)
        usual = np.where(np.isfinite(usual) & (usual > 0), usual, np.inf)
        noise = noise * np.maximum(1.0, size / (_FAR * usual))
        self._alpha = np.linalg.solve(self._noisy(first, last, noise), target)
        self._rows = (first, last)

    def predict(self, first: int, last: int) -> Floats:
        """Deviations from the profile for forecasts issued at days first .. last - 1: (S, last - first, horizon)."""
        low, high = self._rows
        return np.asarray(self._kernel[:, first:last, low:high] @ self._alpha)

    def document(self) -> dict[str, Any]:
        """The model as an open document: its weights of days."""
        return {"kind": "similar", "days": list(self._rows), "alpha": self._alpha.tolist()}

    def _noisy(self, first: int, last: int, noise: Floats) -> Floats:
        matrix = self._kernel[:, first:last, first:last].copy()
        at = np.arange(last - first)
        matrix[:, at, at] += noise
        return matrix

    def _inverse(self, first: int, last: int, noise: Floats) -> Floats:
        return np.linalg.inv(self._noisy(first, last, noise))
