from __future__ import annotations

from dataclasses import replace

import numpy as np

from jazari.engines.forecast.backtest import backtest
from jazari.engines.forecast.blocks import Blocks, blocks_of
from jazari.engines.forecast.seasons import Seasons
from jazari.engines.forecast.settings import Settings


def _weeks(loads, *, days: int = 70, noise: float = 0.0):
    panel = loads(2, days)
    hour, day = np.arange(days * 24) % 24, np.arange(days * 24) // 24
    draw = np.random.default_rng(0)
    shape = np.sin(hour / 24 * 2 * np.pi) * (1 + 0.5 * (day % 7 >= 5)) - 0.4 * (day % 7 == 6)
    size = 100 * np.arange(1, 3)[:, None]
    return replace(panel, values=size * np.exp(0.3 * shape + noise * draw.normal(size=(2, days * 24))))


def _blocks(panel) -> Blocks:
    return blocks_of(panel, ahead=24, issue=0, seen=len(panel.times))


def test_weeks_that_repeat_are_carried_on_exactly(loads) -> None:
    blocks = _blocks(_weeks(loads))
    found = Seasons(blocks).predict(60, 62) + blocks.base(60, 62)
    np.testing.assert_allclose(found, blocks.truth(60, 62), atol=1e-6)


def test_nothing_from_the_day_ahead_on_is_seen_and_gaps_are_gone_over(loads) -> None:
    panel = _weeks(loads, noise=0.02)
    values = panel.values.copy()
    values[0, 24 * 40 + 3 : 24 * 41] = np.nan
    holed = _blocks(replace(panel, values=values))
    honest = Seasons(holed).predict(60, 61)
    assert np.isfinite(honest).all()
    holed.z[:, 60:] = 99.0
    np.testing.assert_array_equal(Seasons(holed).predict(60, 61), honest)


def test_short_series_whose_weeks_repeat_are_half_smoothed_and_the_notes_say_so(loads, midnights) -> None:
    panel = _weeks(loads, noise=0.02)
    answer = backtest(panel, midnights(panel, 2), Settings(24))
    assert answer.notes["members"]["seasons"] == 0.5
    wanders = loads(2, 150)
    assert "seasons" not in backtest(wanders, midnights(wanders, 1), Settings(24)).notes["members"]
