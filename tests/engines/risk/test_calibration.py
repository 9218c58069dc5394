from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jazari.core.errors import EngineError
from jazari.engines.risk.calibration import calibrate


@given(st.floats(-2, 2), st.floats(0.3, 3), st.integers(0, 100))
def test_the_map_that_made_the_outcomes_is_found(intercept, slope, seed):
    draw = np.random.default_rng(seed)
    logit = draw.normal(-1, 1.5, 20_000)
    outcome = draw.random(20_000) < 1 / (1 + np.exp(-(intercept + slope * logit)))
    found = calibrate(logit, outcome)
    assert found[1] == pytest.approx(slope, rel=0.25, abs=0.15)
    mean = (1 / (1 + np.exp(-(found[0] + found[1] * logit)))).mean()
    assert mean == pytest.approx(outcome.mean(), abs=3e-3)


@given(st.lists(st.tuples(st.floats(-30, 30), st.booleans()), min_size=1, max_size=30))
def test_the_slope_is_above_zero_and_both_are_finite_whatever_the_rows(rows):
    logit, outcome = np.array([one for one, _ in rows]), np.array([one for _, one in rows])
    intercept, slope = calibrate(logit, outcome)
    assert np.isfinite(intercept)
    assert 0 < slope < np.inf


def test_scores_that_are_upside_down_keep_their_order_and_get_the_base_rate():
    logit = np.linspace(-3, 3, 400)
    intercept, slope = calibrate(logit, logit < 0)
    assert slope == 1
    assert (1 / (1 + np.exp(-(intercept + logit)))).mean() == pytest.approx(0.5, abs=0.01)


def test_a_weight_of_two_is_a_row_twice():
    draw = np.random.default_rng(0)
    logit = draw.normal(size=300)
    outcome = draw.random(300) < 1 / (1 + np.exp(-logit))
    twice = calibrate(np.tile(logit, 2), np.tile(outcome, 2))
    assert calibrate(logit, outcome, np.full(300, 2.0)) == pytest.approx(twice)


def test_rows_that_cannot_calibrate_are_refused():
    for logit, outcome in (([], []), ([1.0], [1.0, 0.0]), ([np.nan], [1.0])):
        with pytest.raises(EngineError, match="JZ-407"):
            calibrate(np.array(logit), np.array(outcome))
