from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_info, threadpool_limits

from jazari.core import plugins
from jazari.core.errors import EngineError
from jazari.engines.forecast.answer import LEVELS, Forecasts, State
from jazari.engines.forecast.backtest import GROUP, backtest, forecast, resume
from jazari.engines.forecast.boosted import Boosted, grow
from jazari.engines.forecast.settings import Settings
from jazari.engines.forecast.trees import Trees

DAY = Settings(24, variant="lear")


def crps(answer: Forecasts) -> float:
    error = answer.actual[..., None] - answer.quantiles
    return float(np.nanmean(2 * np.maximum(answer.levels * error, (answer.levels - 1) * error)))


@pytest.mark.parametrize("variant", ["naive", "lear", "similar", "stacked", "boosted", "ensemble"])
def test_quantiles_never_cross_and_beat_nothing_less_than_the_week_before(variant: str, loads, midnights) -> None:
    panel = loads()
    answer = backtest(panel, midnights(panel, 5), Settings(24, variant=variant))
    assert answer.quantiles.shape == (5, 3, 24, len(LEVELS))
    assert (np.diff(answer.quantiles, axis=3) >= 0).all()
    if variant != "naive":
        assert crps(answer) < 0.6 * np.nanmean(np.abs(answer.actual - answer.baseline))


@pytest.mark.parametrize("variant", ["lear", "ensemble"])
def test_what_comes_after_the_origin_changes_nothing(variant: str, loads, midnights) -> None:
    panel = loads()
    origins = midnights(panel, 3)
    honest = backtest(panel, origins, Settings(24, variant=variant))
    cut = int(np.searchsorted(panel.times, origins[0]))
    other = panel.values.copy()
    other[:, cut:] *= 3.7
    planted = backtest(replace(panel, values=other), origins, Settings(24, variant=variant))
    np.testing.assert_array_equal(planted.quantiles[0], honest.quantiles[0])
    assert not np.allclose(planted.quantiles[1], honest.quantiles[1])


def test_a_leak_that_is_declared_known_ahead_is_refused(loads, midnights) -> None:
    panel = loads()
    leaked = replace(panel, known={"temperature": 2 * panel.values[1] + 5})
    with pytest.raises(EngineError) as refusal:
        backtest(leaked, midnights(panel, 2), DAY)
    assert refusal.value.code == "JZ-424"
    assert "temperature" in refusal.value.sentence


def test_a_column_known_ahead_helps_when_it_drives_the_load(loads, midnights) -> None:
    panel = loads(1)
    heat = np.random.default_rng(3).normal(0, 0.3, len(panel.times) // 24).repeat(24)
    driven = replace(panel, values=panel.values * np.exp(heat))
    blind = backtest(driven, midnights(panel, 10), DAY)
    seeing = backtest(replace(driven, known={"heat": heat}), midnights(panel, 10), DAY)
    assert crps(seeing) < 0.6 * crps(blind)


@pytest.mark.parametrize("variant", ["lear", "ensemble"])
def test_a_kept_state_goes_on_as_if_it_had_never_stopped(variant: str, loads) -> None:
    panel = loads(2, 130)
    cut = 24 * 126
    origins = panel.times[cut + 24 * np.arange(4)]
    whole = backtest(panel, origins, Settings(24, variant=variant))
    first = forecast(panel.until(cut), Settings(24, variant=variant))
    assert first.state is not None
    kept = State(json.loads(json.dumps(first.state.document)), first.state.tables)
    news = replace(panel, times=panel.times[cut:-24], values=panel.values[:, cut:-24])
    again = resume(kept, news)
    assert again.origins[0] == origins[3]
    np.testing.assert_allclose(again.quantiles[0], whole.quantiles[3], rtol=1e-12)


def test_other_series_do_not_go_on_from_a_kept_state(loads) -> None:
    panel = loads(1, 80)
    state = forecast(panel, DAY).state
    assert state is not None
    with pytest.raises(EngineError) as refusal:
        resume(state, replace(panel, names=("another",)))
    assert refusal.value.code == "JZ-425"


def test_online_intervals_keep_what_they_promise_after_the_noise_has_doubled(loads, midnights) -> None:
    panel = loads(2, 220, seed=5)
    draw = np.random.default_rng(1)
    values = panel.values.copy()
    values[:, 24 * 150 :] *= np.exp(draw.normal(0, 0.08, values[:, 24 * 150 :].shape))
    answer = backtest(replace(panel, values=values), midnights(panel, 60), DAY)
    inside = (answer.actual >= answer.quantiles[..., 2]) & (answer.actual <= answer.quantiles[..., -3])
    assert (np.abs(inside.mean(axis=(0, 2)) - 0.8) < 0.05).all()


def test_net_loads_that_go_below_zero_are_compared_by_differences(loads, midnights) -> None:
    panel = loads(is_net=True)
    assert panel.values.min() < 0
    answer = backtest(panel, midnights(panel, 10), Settings(24, variant="ensemble"))
    assert np.isfinite(answer.quantiles).all()
    assert crps(answer) < 0.6 * np.nanmean(np.abs(answer.actual - answer.baseline))


def test_missing_hours_are_neither_filled_nor_scored(loads, midnights) -> None:
    panel = loads()
    values = panel.values.copy()
    values[0, 24 * 100 + 5 : 24 * 103] = np.nan
    values[1, -30:-20] = np.nan
    answer = backtest(replace(panel, values=values), midnights(panel, 3), DAY)
    assert np.isfinite(answer.quantiles).all()
    assert np.isnan(answer.actual).sum() == 10


def test_two_days_ahead_from_quarter_hours_at_an_hour_of_issue(loads, midnights) -> None:
    panel = loads(1, 90, cycle=96)
    settings = Settings(192, issue=40, variant="lear")
    origins = midnights(panel, 6)[:4] + np.timedelta64(10, "h")
    answer = backtest(panel, origins, settings)
    assert answer.times[0, 0] == origins[0]
    assert answer.quantiles.shape == (4, 1, 192, len(LEVELS))
    assert crps(answer) < np.nanmean(np.abs(answer.actual - answer.baseline))


@pytest.mark.parametrize(
    ("origin", "code"), [("2023-05-01T05:00", "JZ-422"), ("2023-09-01", "JZ-422"), ("2023-01-20", "JZ-423")]
)
def test_an_origin_that_is_none_is_refused(origin: str, code: str, loads) -> None:
    with pytest.raises(EngineError) as refusal:
        backtest(loads(1), np.array([origin], dtype="datetime64[s]"), DAY)
    assert refusal.value.code == code


def test_levels_out_of_order_are_refused() -> None:
    with pytest.raises(EngineError) as refusal:
        Settings(24, levels=(0.5, 0.1))
    assert refusal.value.code == "JZ-421"


def test_every_variant_is_found_by_its_name() -> None:
    assert set(plugins.names(GROUP)) >= {"naive", "lear", "boosted", "ensemble", "smooth"}


def test_everything_that_is_fitted_is_fitted_on_one_thread(loads, midnights, monkeypatch) -> None:
    from sklearn.ensemble import HistGradientBoostingRegressor as Learner

    threads: set[int] = set()
    fit, inverse = Learner.fit, np.linalg.inv

    def look() -> None:
        threads.update(each["num_threads"] for each in threadpool_info())

    def watched_fit(self: Learner, *given: np.ndarray) -> Learner:
        look()
        return fit(self, *given)

    def watched_inverse(each: np.ndarray) -> np.ndarray:
        look()
        return inverse(each)

    monkeypatch.setattr(Learner, "fit", watched_fit)
    monkeypatch.setattr(np.linalg, "inv", watched_inverse)
    panel = loads(1, 80)
    with threadpool_limits(3):
        backtest(panel, midnights(panel, 1), Settings(24, variant="stacked"))
        grow(np.zeros((50, 2), np.float32), np.zeros(50), seed=0, rounds=1)
    assert threads == {1}


def test_trees_read_back_from_their_document_forecast_as_the_learner_does(loads) -> None:
    from sklearn.ensemble import HistGradientBoostingRegressor

    draw = np.random.default_rng(0)
    rows = draw.normal(size=(2000, 5)).astype(np.float32)
    rows[draw.random(rows.shape) < 0.1] = np.nan
    with threadpool_limits(1):
        learner = HistGradientBoostingRegressor(max_iter=20, random_state=0).fit(
            rows, np.nan_to_num(rows[:, 0] * rows[:, 1])
        )
    back = Trees.of_document(json.loads(json.dumps(Trees.of_learner(learner).document())))
    np.testing.assert_allclose(back.predict(rows), learner.predict(rows), rtol=1e-12, atol=1e-12)
    assert Boosted.every == 14


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), years=st.integers(2, 6))
def test_steps_of_months_and_quarters_are_smoothed(seed: int, years: int, loads) -> None:
    draw = np.random.default_rng(seed)
    season = 4
    count = season * (years + 4)
    times = (np.datetime64("2000-01") + 3 * np.arange(count)).astype("datetime64[s]")
    values = np.exp(draw.normal(3, 0.1, (2, count)) + 0.3 * np.sin(np.arange(count) * np.pi / 2))
    panel = replace(loads(2, 30), times=times, values=values, names=("a", "b"), cycle=season, calendar={})
    answer = backtest(panel, times[-season:][:1], Settings(season, variant="smooth"))
    assert (np.diff(answer.quantiles, axis=3) >= 0).all()
    assert answer.times[0, 0] == times[-season]
    future = forecast(panel, Settings(season, variant="smooth"))
    assert future.times[0, 0].astype("datetime64[M]") == times[-1].astype("datetime64[M]") + 3
    assert np.isnan(future.actual).all()
