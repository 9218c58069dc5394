"""`ensemble`: a Gaussian process on days, trees on hours, a ridge whose misses trees learn, and seasons, averaged.

They err on different days. For many series, where a kernel of days a series would cost too much, `lear` stands for the
others beside the trees; short series are too few rows for trees alone; seasons know nothing of weather, and stay out
where something is known ahead. The notes of the run say which members ran.
"""

from __future__ import annotations

from jazari.engines.forecast.blocks import Blocks
from jazari.engines.forecast.boosted import Boosted
from jazari.engines.forecast.decomposed import Decomposed
from jazari.engines.forecast.lear import Lear
from jazari.engines.forecast.rolling import Member
from jazari.engines.forecast.similar import Similar
from jazari.engines.forecast.stacked import Stacked

_FEW = 32  # series for which a kernel of days is affordable


class Ensemble:
    """Which members, and with which weights; docs/adr/0120 says on which days they were chosen."""

    @staticmethod
    def members(blocks: Blocks, seed: int) -> list[tuple[Member, float]]:
        """The members for these blocks."""
        if blocks.shape[0] > _FEW:
            return [(Lear(blocks), 0.6), (Boosted(blocks, seed=seed), 0.4)]
        similar, stacked = Similar(blocks), Stacked(blocks, seed=seed)
        if blocks.known:
            return [(similar, 0.4), (Boosted(blocks, seed=seed), 0.3), (stacked, 0.3)]
        if blocks.is_short:
            return [(Decomposed(blocks), 0.4), (similar, 0.4), (stacked, 0.2)]
        return [(Decomposed(blocks), 0.2), (similar, 0.32), (Boosted(blocks, seed=seed), 0.24), (stacked, 0.24)]
