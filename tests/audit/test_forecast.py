from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jazari.audit.forecast import evidence
from jazari.audit.forecast_alerts import alerts
from jazari.audit.forecast_reliability import reliability
from jazari.audit.forecast_sums import sums_of, together
from jazari.core.errors import DataError

LEVELS = (0.025, *(round(0.05 * each, 2) for each in range(1, 20)), 0.975)


def table(series: int = 2, origins: int = 30, *, seed: int = 0, spread: float = 1.0, shift: float = 0.0) -> pa.Table:
    from statistics import NormalDist

    draw = np.random.default_rng(seed)
    count = series * origins * 24
    at = np.repeat(np.datetime64("2023-05-01", "s") + np.timedelta64(86_400, "s") * np.arange(origins), 24)
    centre = 100 + 10 * np.sin(np.arange(count) % 24)
    actual = centre + draw.normal(0, 5, count)
    columns = {
        "series": np.repeat([f"s{each}" for each in range(series)], origins * 24),
        "origin": np.tile(at, series),
        "time": np.tile(at, series) + np.timedelta64(3600, "s") * (np.arange(count) % 24),
        **{f"q{level:.12g}": centre + shift + spread * 5 * NormalDist().inv_cdf(level) for level in LEVELS},
        "actual": actual,
        "baseline": actual + draw.normal(0, 12, count),
        "mase_scale": np.full(count, 10.0),
    }
    return pa.table(columns)


def test_true_quantiles_cover_what_they_promise_and_score_as_theory_says() -> None:
    found = evidence(table(origins=300))
    for level in ("0.8", "0.95"):
        assert all(abs(share - float(level)) < 0.015 for share in found["coverage"][level].values())
    assert found["mae"]["value"] == pytest.approx(5 * np.sqrt(2 / np.pi), rel=0.02)
    assert found["crps"]["value"] == pytest.approx(5 * 0.586, rel=0.02)  # 19 levels of a normal: 0.586 sigma
    assert found["mase"]["value"] == pytest.approx(found["mae"]["value"] / 10)
    assert found["mae"]["low"] < found["mae"]["value"] < found["mae"]["high"]
    assert found["mae"]["n"] == 2 * 300 * 24
    assert found["skill"]["mae"] > 0.5
    assert found["no_future"] == {"holds": True, "early": 0}


def test_figures_are_those_of_a_plain_recomputation() -> None:
    given_ = table(seed=4, shift=2.0)
    found = evidence(given_)
    frame = given_.to_pandas()
    error = frame["actual"] - frame["q0.5"]
    assert found["mape"]["value"] == pytest.approx(
        100 * (error.abs() / frame["actual"]).groupby(frame["series"]).mean().mean()
    )
    loss = [
        np.maximum(a * (frame["actual"] - frame[f"q{a:.12g}"]), (a - 1) * (frame["actual"] - frame[f"q{a:.12g}"]))
        for a in LEVELS[1:-1]
    ]
    assert found["crps"]["value"] == pytest.approx(2 * np.mean([each.mean() for each in loss]))


def test_the_crps_is_twice_scikit_learns_pinball_loss() -> None:
    from sklearn.metrics import mean_pinball_loss

    given_ = table(seed=5, shift=1.0, spread=0.7)
    truth = given_.column("actual").to_numpy()
    losses = [
        mean_pinball_loss(truth, given_.column(f"q{level:.12g}").to_numpy(), alpha=level) for level in LEVELS[1:-1]
    ]
    assert evidence(given_)["crps"]["value"] == pytest.approx(2 * np.mean(losses))


def test_narrow_quantiles_are_found_out() -> None:
    assert max(evidence(table(spread=0.5))["coverage"]["0.8"].values()) < 0.6


def test_a_forecast_of_what_had_already_happened_is_said() -> None:
    leaked = table()
    late = pa.array(leaked.column("origin").to_numpy() + np.timedelta64(6, "h"))
    assert evidence(leaked.set_column(1, "origin", late))["no_future"]["holds"] is False


def test_a_percentage_of_net_loads_is_not_given() -> None:
    net = table()
    moved = pa.array(net.column("actual").to_numpy() - 100)
    found = evidence(net.set_column(net.column_names.index("actual"), "actual", moved))
    assert found["mape"]["value"] is None
    assert found["mape"]["why"]


def test_the_gap_between_territories_names_who_is_served_worse() -> None:
    given_ = table()
    worse = np.where(given_.column("series").to_numpy(zero_copy_only=False) == "s1", 15.0, 0.0)
    moved = pa.array(given_.column("actual").to_numpy() + worse)
    found = evidence(
        given_.set_column(given_.column_names.index("actual"), "actual", moved), territory={"s0": "town", "s1": "hills"}
    )
    assert found["gap"]["worst"] == "hills"
    assert found["gap"]["ratio"] > 2


def test_missing_truth_is_left_out_and_counted() -> None:
    given_ = table(origins=10)
    actual = given_.column("actual").to_numpy().copy()
    actual[:5] = np.nan
    found = evidence(
        given_.set_column(given_.column_names.index("actual"), "actual", pa.array(actual, from_pandas=True))
    )
    assert found["mae"]["n"] == 2 * 10 * 24 - 5


@pytest.mark.parametrize("broken", ["no column", "no truth", "a step twice"])
def test_a_table_that_cannot_be_scored_is_refused(broken: str) -> None:
    given_ = table(origins=4)
    if broken == "no column":
        given_ = given_.drop_columns(["baseline"])
    if broken == "no truth":
        given_ = given_.set_column(
            given_.column_names.index("actual"), "actual", pa.nulls(given_.num_rows, pa.float64())
        )
    if broken == "a step twice":
        given_ = pa.concat_tables([given_, given_.slice(0, 3)])
    with pytest.raises(DataError) as refusal:
        evidence(given_)
    assert refusal.value.code == "JZ-395"


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_the_brier_score_lies_between_nothing_and_one(pairs: list[tuple[float, bool]]) -> None:
    found = alerts(np.array([said for said, _ in pairs]), np.array([float(came) for _, came in pairs]))
    assert 0 <= found["brier"] <= 1
    assert sum(row["n"] for row in found["table"]) == len(pairs)


def test_murphys_parts_add_up_when_bins_hold_one_probability() -> None:
    said = np.repeat([0.1, 0.5, 0.9], 200)
    came = (np.random.default_rng(0).random(600) < said).astype(float)
    found = alerts(said, came)
    assert found["brier"] == pytest.approx(found["reliability"] - found["resolution"] + found["uncertainty"])


def test_a_probability_above_one_is_refused() -> None:
    with pytest.raises(DataError) as refusal:
        alerts(np.array([1.2]), np.array([1.0]))
    assert refusal.value.code == "JZ-397"


def test_sums_of_parts_put_together_give_the_figures_of_the_whole() -> None:
    whole = table(series=5, origins=9)
    parts = [whole.filter(pc.is_in(whole["series"], pa.array(each))) for each in (["s3", "s0"], ["s4", "s1", "s2"])]
    together_ = together([sums_of(each) for each in parts])
    for measure in (evidence, reliability):
        there, here = dict(leaves(measure(together_))), dict(leaves(measure(whole)))
        assert there.keys() == here.keys()
        assert [one for one in here if not close(there[one], here[one])] == []


def close(there: Any, here: Any) -> bool:
    return math.isclose(there, here, rel_tol=1e-12) if isinstance(here, float) else there == here


def leaves(document: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(document, dict):
        for key, each in document.items():
            yield from leaves(each, f"{name}.{key}")
    else:
        yield name, document


def test_a_series_that_stands_in_two_parts_is_refused() -> None:
    with pytest.raises(DataError) as refusal:
        together([sums_of(table(series=1)), sums_of(table(series=2))])
    assert refusal.value.code == "JZ-395"


def test_a_crps_of_fewer_levels_says_so() -> None:
    whole = table()
    assert "levels" not in evidence(whole)["crps"]
    few = whole.drop_columns([name for name in whole.column_names if name in ("q0.3", "q0.35")])
    assert evidence(few)["crps"]["levels"] == 17
