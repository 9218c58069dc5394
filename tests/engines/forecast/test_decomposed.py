from __future__ import annotations

from dataclasses import replace

import numpy as np

from jazari.engines.forecast.backtest import backtest
from jazari.engines.forecast.blocks import Blocks, blocks_of
from jazari.engines.forecast.decomposed import Decomposed
from jazari.engines.forecast.settings import Settings


def _weeks(loads, *, days: int = 70, noise: float = 0.0):
    panel = loads(2, days)
    hour, day = np.arange(days * 24) % 24, np.arange(days * 24) // 24
    draw = np.random.default_rng(0)
    shape = np.sin(hour / 24 * 2 * np.pi) * (1 + 0.5 * (day % 7 >= 5)) - 0.4 * (day % 7 == 6)
    size = 100 * np.arange(1, 3)[:, None]
    return replace(panel, values=size * np.exp(0.3 * shape + noise * draw.normal(size=(2, days * 24))))


def _blocks(panel, ahead: int = 24) -> Blocks:
    return blocks_of(panel, ahead=ahead, issue=0, seen=len(panel.times))


def test_weeks_that_repeat_are_carried_on(loads) -> None:
    blocks = _blocks(_weeks(loads))
    found = Decomposed(blocks).predict(60, 62) + blocks.base(60, 62)
    np.testing.assert_allclose(found, blocks.truth(60, 62), atol=0.02)  # of a swing of 0.6


def test_a_week_ahead_brings_its_weekend(loads) -> None:
    blocks = _blocks(_weeks(loads), ahead=24 * 7)
    found = Decomposed(blocks).predict(60, 61) + blocks.base(60, 61)
    np.testing.assert_allclose(found, blocks.truth(60, 61), atol=0.03)


def test_nothing_from_the_day_ahead_on_is_seen_and_gaps_are_gone_over(loads) -> None:
    panel = _weeks(loads, noise=0.02)
    values = panel.values.copy()
    values[0, 24 * 40 + 3 : 24 * 41] = np.nan
    holed = _blocks(replace(panel, values=values))
    honest = Decomposed(holed).predict(60, 61)
    assert np.isfinite(honest).all()
    holed.z[:, 60:] = 99.0
    np.testing.assert_array_equal(Decomposed(holed).predict(60, 61), honest)


def test_days_asked_for_in_any_order_are_forecast_alike(loads) -> None:
    blocks = _blocks(_weeks(loads, noise=0.05))
    once = Decomposed(blocks)
    forwards = np.concatenate([once.predict(day, day + 1) for day in range(50, 60)], axis=1)
    np.testing.assert_array_equal(Decomposed(blocks).predict(50, 60), forwards)
    np.testing.assert_array_equal(Decomposed(blocks).predict(59, 60)[:, 0], forwards[:, -1])


def test_the_notes_say_which_members_ran(loads, midnights) -> None:
    panel = _weeks(loads, noise=0.02)
    short = backtest(panel, midnights(panel, 2), Settings(24)).notes["members"]
    assert short == {"decomposed": 0.4, "similar": 0.4, "stacked": 0.2}
    heat = replace(panel, known={"heat": np.random.default_rng(1).normal(size=len(panel.times))})
    assert "decomposed" not in backtest(heat, midnights(heat, 1), Settings(24)).notes["members"]
    longer = loads(2, 150)
    assert backtest(longer, midnights(longer, 1), Settings(24)).notes["members"]["decomposed"] == 0.2
