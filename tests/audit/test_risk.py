"""The evidence as a whole: its keys, its sums, and that it can be recomputed."""

import math
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from jazari.core import canonical

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "evidence-json.md"
FIGURES = ("auc", "average_precision", "brier", "ece", "precision_at_places", "recall_at_places")


def test_figures_agree_with_scikit_learn(predictions, found):
    score, outcome = predictions["probability"].to_numpy(), predictions["outcome"].to_numpy()
    assert found["auc"]["value"] == pytest.approx(roc_auc_score(outcome, score), abs=1e-9)
    assert found["average_precision"]["value"] == pytest.approx(average_precision_score(outcome, score), abs=1e-9)
    assert found["brier"]["value"] == pytest.approx(brier_score_loss(outcome, score), abs=1e-9)


def test_every_figure_lies_in_its_interval_and_says_over_how_many(predictions, found):
    for name in FIGURES:
        assert found[name]["low"] <= found[name]["value"] <= found[name]["high"]
    assert found["auc"]["n"] == predictions.num_rows
    assert found["recall_at_places"]["n"] == found["people"]["positives"]
    assert found["precision_at_places"]["n"] == found["people"]["listed"]


def test_the_parts_of_the_brier_score_add_up(found):
    part = found["brier_parts"]
    whole = part["reliability"] - part["resolution"] + part["uncertainty"]
    whole += part["within_bin_variance"] - part["within_bin_covariance"]
    assert whole == pytest.approx(found["brier"]["value"], abs=1e-9)


def test_of_100_says_precision_and_recall_in_people(found):
    assert found["of_100"]["listed"]["value"] == round(100 * found["precision_at_places"]["value"])
    assert found["of_100"]["positives"]["high"] == round(100 * found["recall_at_places"]["high"])


def test_the_same_predictions_give_the_same_bytes(predictions, found, measured):
    assert canonical.encode(measured(predictions)) == canonical.encode(found)


def test_the_order_of_the_rows_changes_nothing(predictions, found, measured):
    mixed = measured(predictions.take(pa.array(np.random.default_rng(1).permutation(predictions.num_rows))))
    assert_close(mixed, found)


def test_a_file_and_back_changes_nothing(predictions, found, measured, tmp_path):
    pq.write_table(predictions, tmp_path / "predictions.parquet")
    assert_close(measured(pq.read_table(tmp_path / "predictions.parquet")), found)


def test_another_seed_moves_intervals_and_no_figure(predictions, found, measured):
    other = measured(predictions, seed=1)
    assert other["auc"]["value"] == found["auc"]["value"]
    assert other["auc"]["low"] != found["auc"]["low"]
    assert other["auc"]["low"] == pytest.approx(found["auc"]["low"], abs=0.01)


def test_intervals_are_drawn_by_site_where_there_are_sites(population, measured, emptied):
    table = population(6000, seed=4, effect=1.0)
    by_site, by_person = measured(table), measured(emptied(table, "site"))
    assert by_site["bootstrap"]["unit"] == "site"
    assert by_site["bootstrap"]["units"] == 40
    assert by_person["bootstrap"]["unit"] == "person"
    wide, narrow = (one["brier"]["high"] - one["brier"]["low"] for one in (by_site, by_person))
    assert wide > 1.2 * narrow


def test_many_scores_are_cut_into_steps_for_intervals_alone(population, measured, monkeypatch):
    table = population(3000)
    exact = measured(table)
    monkeypatch.setattr("jazari.audit.figures._STEPS", 300)
    rough = measured(table)
    assert rough["auc"]["value"] == exact["auc"]["value"]
    for end in ("low", "high"):
        assert rough["auc"][end] == pytest.approx(exact["auc"][end], abs=5e-4)
        assert rough["average_precision"][end] == pytest.approx(exact["average_precision"][end], abs=5e-3)


def test_a_score_is_ranked_and_its_calibration_unknown(predictions, measured, emptied):
    score = predictions["probability"].to_numpy() * 7 - 3
    found = measured(emptied(predictions, "probability").append_column("score", pa.array(score)))
    assert found["kind"] == "score"
    assert found["auc"]["value"] == pytest.approx(roc_auc_score(predictions["outcome"].to_numpy(), score), abs=1e-9)
    assert [name for name in (*FIGURES, "curve", "brier_parts") if found[name] is None] == [
        "brier", "ece", "curve", "brier_parts",
    ]  # fmt: skip
    assert {"brier", "ece", "curve", "brier_parts"} <= set(found["unknown"])


def test_a_yes_or_no_is_measured_at_its_own_places(predictions, measured, emptied):
    found = measured(emptied(predictions, "probability", "challenger", "baseline", "site_rate", "site"))
    assert found["kind"] == "decision"
    assert found["auc"] is None
    assert found["precision_at_places"]["value"] > 0
    assert [found[name] for name in ("baseline", "challenger", "price_of_glass", "targeting")] == [None] * 4
    assert {"auc", "brier", "baseline", "challenger", "targeting"} <= set(found["unknown"])


def test_one_score_for_everybody_is_half_a_chance(population, measured):
    table = population(500)
    at = table.column_names.index("probability")
    found = measured(table.set_column(at, "probability", pa.array(np.full(500, 0.25))))
    assert found["auc"] == {"value": 0.5, "low": 0.5, "high": 0.5, "n": 500}


def test_every_key_has_its_line_in_the_reference(found):
    keys = PAGE.read_text(encoding="utf-8").split("## Keys")[1]
    told = set(re.findall(r"^\| `(\w+)` \|", keys, re.MULTILINE))
    assert told == set(found)


def test_every_null_says_why(predictions, measured, emptied):
    for table in (predictions, emptied(predictions, "probability", "challenger"), emptied(predictions, "site")):
        document = measured(table)
        assert {name for name, value in document.items() if value is None} == {"proxies", *document["unknown"]}


def assert_close(one, other):
    """Two documents with the same keys and words, and numbers within 1e-9."""
    if isinstance(one, dict):
        assert set(one) == set(other)
        for name in one:
            assert_close(one[name], other[name])
    elif isinstance(one, list):
        assert len(one) == len(other)
        for first, second in zip(one, other, strict=True):
            assert_close(first, second)
    elif isinstance(one, float):
        assert math.isclose(one, other, abs_tol=1e-9)
    else:
        assert one == other
