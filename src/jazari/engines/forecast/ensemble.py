"""`ensemble`: two regressions on whole days averaged with boosted trees on hours, which err on different days.

For few series the regressions are the ridge of `lear` and the Gaussian process of `similar`; where the kernel of days
would cost too much, `lear` stands for both, and the notes of the run say so.
"""

from __future__ import annotations

from jazari.engines.forecast.blocks import Blocks
from jazari.engines.forecast.boosted import Boosted
from jazari.engines.forecast.lear import Lear
from jazari.engines.forecast.rolling import Member
from jazari.engines.forecast.similar import Similar

_FEW = 32  # series for which a kernel of days is affordable
_TREES = 0.4  # weight of the boosted trees; chosen on July to early November 2017 of the Tetouan zones


class Ensemble:
    """Which members, and with which weights."""

    @staticmethod
    def members(blocks: Blocks, seed: int) -> list[tuple[Member, float]]:
        """The members for these blocks."""
        boosted = (Boosted(blocks, seed=seed), _TREES)
        if blocks.shape[0] > _FEW:
            return [(Lear(blocks), 1 - _TREES), boosted]
        return [(Lear(blocks), (1 - _TREES) / 2), (Similar(blocks), (1 - _TREES) / 2), boosted]
