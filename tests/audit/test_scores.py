"""Exact figures, against scikit-learn and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from jazari.audit import scores

scored = st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=2, max_size=60).filter(
    lambda rows: len({outcome for _, outcome in rows}) == 2
)


@given(scored)
def test_figures_are_those_of_scikit_learn(rows):
    score, outcome = np.array([row[0] / 8 for row in rows]), np.array([row[1] for row in rows])
    cut = scores.blocks(score, outcome)
    assert scores.auc(cut.positives, cut.negatives) == pytest.approx(roc_auc_score(outcome, score), abs=1e-9)
    found = scores.average_precision(cut.positives, cut.negatives)
    assert found == pytest.approx(average_precision_score(outcome, score), abs=1e-9)
    assert scores.brier(score, outcome) == pytest.approx(brier_score_loss(outcome, score), abs=1e-9)


@given(scored)
def test_the_parts_of_the_brier_score_add_up(rows):
    probability, outcome = np.array([row[0] / 8 for row in rows]), np.array([row[1] for row in rows])
    part = scores.decomposition(probability, outcome, scores.bin_of(probability, 3))
    whole = part["reliability"] - part["resolution"] + part["uncertainty"]
    whole += part["within_bin_variance"] - part["within_bin_covariance"]
    assert whole == pytest.approx(scores.brier(probability, outcome), abs=1e-12)


def test_murphys_parts_by_hand():
    # four days of .2 with rain once, one day of .8 with rain: 0.04*... worked by hand from Murphy 1973
    probability, outcome = np.array([0.2] * 4 + [0.8]), np.array([True, False, False, False, True])
    part = scores.decomposition(probability, outcome, np.array([0, 0, 0, 0, 1]))
    assert part["reliability"] == pytest.approx(0.8 * 0.05**2 + 0.2 * 0.2**2)
    assert part["resolution"] == pytest.approx(0.8 * 0.15**2 + 0.2 * 0.6**2)
    assert part["uncertainty"] == pytest.approx(0.24)
    assert part["within_bin_variance"] == pytest.approx(0, abs=1e-15)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=80), st.integers(1, 12))
def test_bins_are_about_equal_and_part_no_equal_probabilities(values, bins):
    probability = np.array(values) / 5
    of = scores.bin_of(probability, bins)
    assert set(of) == set(range(of.max() + 1))
    assert of.max() < bins
    for one in np.unique(probability):
        assert len(set(of[probability == one])) == 1
    order = np.argsort(probability, kind="stable")
    assert (np.diff(of[order]) >= 0).all()


def test_calibration_error_by_hand():
    predicted, observed, people = np.array([1.0, 4.0]), np.array([2.0, 3.0]), np.array([10.0, 5.0])
    assert scores.calibration_error(predicted, observed, people) == pytest.approx(2 / 15)


def test_without_positives_there_is_no_auc():
    assert np.isnan(scores.auc(np.zeros(3), np.ones(3)))
