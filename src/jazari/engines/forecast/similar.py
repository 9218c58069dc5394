"""`similar`: the days most like the one ahead, by a Gaussian process on whole days.

One kernel matrix of days a series (linear plus squared exponential on the rows of `design`) serves every hour, as the
Gram matrix of `lear` does. Three kernels, which look one day, a week by its ends, and a whole week back, are averaged.
Days far from their left-out forecast, which comes in closed form, carry more noise.

Source: C. E. Rasmussen, C. K. I. Williams, Gaussian Processes for Machine Learning, MIT Press 2006, 2.2 and 5.4.2.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jazari.engines.forecast.blocks import Blocks
from jazari.engines.forecast.design import design
from jazari.engines.forecast.lear import usual_size
from jazari.engines.forecast.panel import Floats

_NOISE = 0.2
_BACK = ((1, 2, 7), (1,), (1, 2, 3, 4, 5, 6, 7))
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
        self._kernels = [_kernel(design(blocks, 0, blocks.shape[1], back)[:, :, :-1]) for back in _BACK]
        self._rows = (0, 0)
        self._alphas: list[Floats] = []

    def fit(self, end: int) -> None:
        """Learn from the days whose horizon was over when block `end` began."""
        blocks = self.blocks
        first, last = max(blocks.warm, end - _LONGEST), end - blocks.span + 1
        target = blocks.truth(first, last) - blocks.base(first, last)
        whole = np.asarray(np.isfinite(target).all(axis=2))
        target = np.where(whole[:, :, None], target, 0.0)
        noise = np.where(whole, _NOISE, _UNSEEN)
        parts = [each[:, first:last, first:last] for each in self._kernels]
        inverse = np.linalg.inv(_noisy(parts[0], noise))
        left_out = (inverse @ target) / np.einsum("sii->si", inverse)[:, :, None]
        size = np.sqrt((left_out**2).mean(axis=2))
        usual = usual_size(size, whole)
        usual = np.where(np.isfinite(usual) & (usual > 0), usual, np.inf)
        noise = noise * np.maximum(1.0, size / (_FAR * usual))
        self._alphas = [np.asarray(np.linalg.solve(_noisy(each, noise), target), np.float64) for each in parts]
        self._rows = (first, last)

    def predict(self, first: int, last: int) -> Floats:
        """Deviations from the profile for forecasts issued at days first .. last - 1: (S, last - first, horizon)."""
        low, high = self._rows
        pairs = zip(self._kernels, self._alphas, strict=True)
        return np.asarray(np.mean([kernel[:, first:last, low:high] @ alpha for kernel, alpha in pairs], axis=0))

    def document(self) -> dict[str, Any]:
        """What the model is: its weights of days follow from the readings, exactly, and are fitted again from them."""
        return {"kind": "similar", "noise": _NOISE, "days": _LONGEST, "looks_back": [list(each) for each in _BACK]}


def _kernel(rows: Floats) -> Floats:
    products = rows @ np.swapaxes(rows, 1, 2)
    norms = np.einsum("sii->si", products)
    apart = np.maximum(norms[:, :, None] + norms[:, None] - 2 * products, 0.0)
    return np.asarray(products + np.exp(-apart / (2 * _REACH**2)) + _CONSTANT)


def _noisy(kernel: Floats, noise: Floats) -> Floats:
    matrix = kernel.copy()
    at = np.arange(matrix.shape[1])
    matrix[:, at, at] += noise
    return matrix
