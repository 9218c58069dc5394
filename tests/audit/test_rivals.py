"""The simple rule, the black box and whole sites, at the same places."""

import numpy as np
import pyarrow as pa
import pytest


def by_hand(table, key):
    """Whom an ordering lists: in each territory as many as the model, the first by `key`."""
    rows = table.to_pylist()
    chosen = np.zeros(len(rows), dtype=bool)
    for area in {row["territory"] for row in rows}:
        inside = [at for at, row in enumerate(rows) if row["territory"] == area]
        room = sum(rows[at]["selected"] for at in inside)
        chosen[sorted(inside, key=lambda at: key(rows[at]))[:room]] = True
    return chosen


def recall(table, chosen):
    outcome = table["outcome"].to_numpy()
    return (chosen & outcome).sum() / outcome.sum()


def test_the_simple_rule_lists_the_highest_and_the_missing_last(predictions, measured):
    holes = np.where(np.arange(6000) % 7 == 0, None, predictions["baseline"].to_numpy())
    table = predictions.set_column(
        predictions.column_names.index("baseline"), "baseline", pa.array(holes, pa.float64())
    )
    found = measured(table)["baseline"]
    chosen = by_hand(
        table,
        lambda row: (row["baseline"] is None, -(row["baseline"] or 0), row["pseudonym"]),
    )
    assert found["recall"]["value"] == pytest.approx(recall(table, chosen), abs=1e-9)
    gain = recall(table, table["selected"].to_numpy()) - recall(table, chosen)
    assert found["recall_gain"]["value"] == pytest.approx(gain, abs=1e-9)
    assert found["recall_gain"]["low"] <= gain <= found["recall_gain"]["high"]


def test_whole_sites_are_taken_in_the_order_of_their_earlier_rate(predictions, found):
    chosen = by_hand(predictions, lambda row: (-row["site_rate"], row["site"], row["pseudonym"]))
    assert found["targeting"]["site"]["recall"]["value"] == pytest.approx(recall(predictions, chosen), abs=1e-9)
    assert found["targeting"]["person"]["recall"] == found["recall_at_places"]
    assert found["targeting"]["sites"] == len(set(predictions["site"].to_numpy(zero_copy_only=False)[chosen]))


def test_sites_of_one_rate_are_taken_whole_one_after_another(predictions, measured):
    at = predictions.column_names.index("site_rate")
    table = predictions.set_column(at, "site_rate", pa.array(np.full(6000, 0.2)))
    chosen = by_hand(table, lambda row: (row["site"], row["pseudonym"]))
    found = measured(table)["targeting"]
    assert found["site"]["recall"]["value"] == pytest.approx(recall(table, chosen), abs=1e-9)


def test_people_beat_sites_where_people_differ_and_sites_do_not(population, measured):
    flat = measured(population(6000, seed=5, effect=0.05))["targeting"]
    assert flat["recall_gain"]["low"] > 0
    steep = measured(population(6000, seed=5, effect=3.0))["targeting"]
    assert steep["recall_gain"]["value"] < flat["recall_gain"]["value"]


def test_the_price_of_glass_is_what_the_black_box_does_better(found):
    for name in ("auc", "recall"):
        ours = found["auc"] if name == "auc" else found["recall_at_places"]
        assert found["price_of_glass"][name]["value"] == pytest.approx(
            found["challenger"][name]["value"] - ours["value"], abs=1e-9
        )
    assert found["price_of_glass"]["brier"]["value"] == pytest.approx(
        found["brier"]["value"] - found["challenger"]["brier"]["value"], abs=1e-9
    )
    assert found["price_of_glass"]["auc"]["low"] > 0  # this black box knows the truth


def test_a_black_box_that_says_the_same_costs_nothing_at_all(predictions, measured):
    """Differences are paired: both figures see the same people in every replicate."""
    at = predictions.column_names.index("challenger")
    price = measured(predictions.set_column(at, "challenger", predictions["probability"]))["price_of_glass"]
    for one in price.values():
        assert (one["value"], one["low"], one["high"]) == (0.0, 0.0, 0.0)


def test_places_are_given_out_in_each_period_anew(population, measured):
    table = population(3000)
    period = np.where(np.arange(3000) < 1000, "2023-2024", "2024-2025")
    two = table.append_column("period", pa.array(period))
    found = measured(two)["baseline"]
    chosen = np.zeros(3000, dtype=bool)
    for year in ("2023-2024", "2024-2025"):
        inside = np.flatnonzero(period == year)
        part = table.take(pa.array(inside))
        chosen[inside] = by_hand(part, lambda row: (-row["baseline"], row["pseudonym"]))
    assert found["recall"]["value"] == pytest.approx(recall(table, chosen), abs=1e-9)
