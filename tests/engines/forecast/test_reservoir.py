from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from jazari.core.errors import EngineError
from jazari.engines.forecast import inflow as flows
from jazari.engines.forecast.reservoir import Reservoir, alert, balance
from jazari.engines.forecast.storage import outlook

AMOUNTS = st.floats(0, 1e4, allow_subnormal=False)


@settings(max_examples=60, deadline=None)
@given(
    hnp.arrays(float, (4, 30), elements=AMOUNTS),
    hnp.arrays(float, 30, elements=AMOUNTS),
    st.floats(0, 1),
    st.floats(0, 50),
)
def test_the_balance_closes_and_storage_stays_inside(
    inflow: np.ndarray, demand: np.ndarray, start: float, lost: float
) -> None:
    held = Reservoir("r", full=500.0, dead=20.0, area=12.0)
    run = balance(held, 500 * start, inflow, demand, np.full(30, lost))
    assert run.gap() <= 1e-6
    assert (run.storage >= 0).all()
    assert (run.storage <= 500).all()
    np.testing.assert_allclose(run.release + run.shortage, np.broadcast_to(demand, inflow.shape))
    assert (run.storage[:, 1:][run.release > 0] >= 20 - 1e-9).all()


def test_an_alert_only_rises_and_counts_paths() -> None:
    storage = np.array([[10.0, 9, 4, 6], [10, 9, 8, 4], [10, 9, 8, 7]])
    np.testing.assert_allclose(alert(storage, 5.0), [0, 1 / 3, 2 / 3])


def _record(years: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    days = np.datetime64("2000-01-01") + np.arange(365 * years)
    season = 1 + 0.8 * np.cos(2 * np.pi * flows.day_of_year(days) / 365.25)
    draw = np.random.default_rng(seed)
    red = np.zeros(len(days))
    for at in range(1, len(days)):
        red[at] = 0.9 * red[at - 1] + draw.normal(0, 0.2)
    return days, season * np.exp(red)


def test_paths_of_inflow_follow_the_season_and_never_go_below_zero() -> None:
    days, inflow = _record(6)
    season = flows.fit(days, inflow)
    assert 0.85 < season.keep < 0.95
    ahead = days[-1] + np.arange(1, 366)
    drawn = flows.paths(season, ahead, float(inflow[-1]), count=400, seed=1)
    assert (drawn >= 0).all()
    wet, dry = drawn[:, :60].mean(), drawn[:, 150:210].mean()
    assert wet > 4 * dry
    np.testing.assert_array_equal(drawn, flows.paths(season, ahead, float(inflow[-1]), count=400, seed=1))


def test_an_outlook_gives_rising_quantiles_and_a_probability_of_scarcity() -> None:
    days, inflow = _record(5)
    held = Reservoir("r", full=200.0, dead=5.0, area=3.0)
    seen = outlook(
        held, days, inflow, storage=60.0, demand=np.full(90, 1.8), evaporation=np.full(90, 3.0), under=40.0, paths=200
    )
    assert seen.balance.gap() <= 1e-6
    assert (np.diff(seen.storage, axis=1) >= 0).all()
    assert (np.diff(seen.under) >= 0).all()
    fuller = outlook(
        held, days, inflow, storage=190.0, demand=np.full(90, 1.8), evaporation=np.full(90, 3.0), under=40.0, paths=200
    )
    assert fuller.under[-1] < seen.under[-1]


@pytest.mark.parametrize(
    ("code", "attempt"),
    [
        ("JZ-430", lambda: Reservoir("r", full=5.0, dead=9.0)),
        ("JZ-431", lambda: balance(Reservoir("r", 5.0), 9.0, np.ones(3), np.ones(3), np.zeros(3))),
        ("JZ-431", lambda: balance(Reservoir("r", 5.0), 1.0, np.array([1.0, np.nan]), np.ones(2), np.zeros(2))),
        ("JZ-432", lambda: flows.fit(np.datetime64("2000-01-01") + np.arange(30), np.ones(30))),
    ],
)
def test_impossible_water_is_refused(code: str, attempt) -> None:
    with pytest.raises(EngineError) as refusal:
        attempt()
    assert refusal.value.code == code


def test_no_path_goes_far_beyond_what_was_ever_seen() -> None:
    """A flood after a dry spell is no multiple of the largest flood: it was, by thousands, until paths were bounded."""
    days, inflow = _record(2, seed=3)
    inflow[40] *= 60
    inflow[-1] *= 20
    drawn = flows.paths(flows.fit(days, inflow), days[-1] + np.arange(1, 181), float(inflow[-1]), count=400, seed=2)
    assert drawn.max() < 20 * inflow.max()
    assert drawn.mean() < 5 * inflow.mean()


def test_a_stretch_begins_as_wet_as_the_day_before() -> None:
    days, inflow = _record(8, seed=1)
    season = flows.fit(days, inflow)
    draw = np.random.default_rng(0)
    wet, dry = (
        season.before[flows._alike(season, 100.0, np.full(400, each * season.before.std()), draw)].mean()
        for each in (1.5, -1.5)
    )
    assert wet > dry + 1.5 * season.before.std()


@pytest.mark.parametrize("years", [2, 8])
def test_sums_of_a_month_are_covered_as_promised(years: int) -> None:
    inside = []
    for seed in range(6):
        days, inflow = _record(years + 3, seed=seed)
        for origin in range(365 * years, len(days) - 31, 67):
            past = slice(origin - 365 * years, origin)
            season = flows.fit(days[past], inflow[past])
            drawn = flows.paths(season, days[origin : origin + 30], inflow[origin - 1], count=200, seed=origin)
            low, high = np.quantile(drawn.sum(axis=1), [0.1, 0.9])
            inside.append(low <= inflow[origin : origin + 30].sum() <= high)
    assert 0.7 < np.mean(inside) < 0.93
