"""Groups and gaps, against Fairlearn, and what a gap's interval says of chance."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from fairlearn.metrics import MetricFrame, false_negative_rate, false_positive_rate, selection_rate
from sklearn.metrics import precision_score, recall_score

from jazari.audit.bootstrap import wilson
from jazari.audit.gaps import gap

METRICS = {
    "recall": recall_score,
    "precision": precision_score,
    "selection_rate": selection_rate,
    "false_positive_rate": false_positive_rate,
    "false_negative_rate": false_negative_rate,
}


@pytest.mark.parametrize("columns", [("sex",), ("milieu",), ("sex", "milieu")])
def test_figures_and_gaps_are_those_of_fairlearn(predictions, found, columns):
    frame = MetricFrame(
        metrics=METRICS, y_true=predictions["outcome"].to_numpy(), y_pred=predictions["selected"].to_numpy(),
        sensitive_features={name: predictions[name].to_numpy(zero_copy_only=False) for name in columns},
    )  # fmt: skip
    margin = found["groups"][" × ".join(columns)]
    assert len(margin["groups"]) == len(frame.by_group)
    for group in margin["groups"]:
        key = tuple(group["values"][name] for name in columns)
        theirs = frame.by_group.loc[key if len(key) > 1 else key[0]]
        for name in METRICS:
            assert group[name]["value"] == pytest.approx(theirs[name], abs=1e-9)
            assert group[name]["low"] <= group[name]["value"] <= group[name]["high"]
    difference = frame.difference(method="between_groups")
    for name in METRICS:
        assert margin["gaps"][name]["value"] == pytest.approx(difference[name], abs=1e-9)


def test_calibration_stands_beside_error_rates(predictions, found):
    inside = predictions["sex"].to_numpy(zero_copy_only=False) == "f"
    group = found["groups"]["sex"]["groups"][0]
    assert group["values"] == {"sex": "f"}
    mean = predictions["probability"].to_numpy()[inside].mean()
    rate = predictions["outcome"].to_numpy()[inside].mean()
    assert group["n"] == inside.sum()
    assert group["mean_predicted"]["value"] == pytest.approx(mean, abs=1e-9)
    assert group["base_rate"]["value"] == pytest.approx(rate, abs=1e-9)
    assert group["calibration_in_the_large"]["value"] == pytest.approx(mean - rate, abs=1e-9)


def test_a_planted_gap_is_found(population, measured):
    table = population(6000, seed=2, shift=0.8)
    found = measured(table, ("sex",))
    planted = found["groups"]["sex"]["gaps"]["recall"]
    assert planted["low"] > 0.1
    assert planted["largest"] == {"sex": "m"}
    assert planted["smallest"] == {"sex": "f"}


def test_the_lower_end_of_a_gap_between_equals_is_seldom_above_nothing():
    """Twelve equal groups of 300: the percentile interval would nearly never reach 0; ours must in 97.5 %."""
    rng = np.random.default_rng(0)
    above, trials, rounds = 0, np.full(12, 300.0), 300
    for _ in range(rounds):
        rate = rng.binomial(300, 0.3, 12) / 300
        again = rng.binomial(300, np.broadcast_to(rate, (199, 12))).T / 300
        above += gap(rate, again, wilson(rate * trials, trials))[1] > 0
    assert above / rounds <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / rounds)


def test_a_group_of_few_whom_the_list_found_all_raises_no_alarm():
    # eleven of eleven found: every replicate says 1, which is no certainty
    rate, trials = np.array([1.0, 0.7]), np.array([11.0, 1000.0])
    again = np.stack([np.ones(199), np.random.default_rng(0).binomial(1000, 0.7, 199) / 1000])
    value, low, high = gap(rate, again, wilson(rate * trials, trials))
    assert value == pytest.approx(0.3)
    assert low < 0.1
    assert high > value


def test_a_missing_value_is_a_group_of_its_own_and_comes_last(predictions, measured):
    sex = pc.if_else(pc.equal(predictions["milieu"], "rural"), None, predictions["sex"])
    table = predictions.set_column(predictions.column_names.index("sex"), "sex", sex)
    found = measured(table, ("sex",))
    assert [group["values"]["sex"] for group in found["groups"]["sex"]["groups"]] == ["f", "m", None]


def test_pairs_of_too_many_groups_are_named_and_left_out(predictions, measured):
    rng = np.random.default_rng(0)
    table = predictions
    for name in ("a", "b"):
        table = table.append_column(name, pa.array(np.char.mod("%d", rng.integers(0, 40, 6000))))
    found = measured(table, ("a", "b"))
    assert found["groups_left_out"] == [["a", "b"]]
    assert set(found["groups"]) == {"a", "b"}


def test_a_decision_has_gaps_but_no_calibration(predictions, measured, emptied):
    table = emptied(predictions, "probability", "challenger")
    found = measured(table, ("sex",))
    assert found["kind"] == "decision"
    assert found["groups"]["sex"]["gaps"]["recall"]["value"] is not None
    assert found["groups"]["sex"]["gaps"]["mean_predicted"] is None
    assert found["groups"]["sex"]["groups"][0]["calibration_error"] is None
