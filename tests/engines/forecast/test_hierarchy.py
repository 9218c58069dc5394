from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jazari.core.errors import EngineError
from jazari.engines.forecast.answer import Forecasts
from jazari.engines.forecast.backtest import backtest
from jazari.engines.forecast.hierarchy import Hierarchy, coherent, reconcile
from jazari.engines.forecast.settings import Settings

LEVELS = np.array([0.1, 0.5, 0.9])
ZONES = {"all": ["zone 0", "zone 1", "zone 2"]}


def with_sum(panel):
    values = np.concatenate([panel.values, panel.values.sum(axis=0, keepdims=True)])
    return replace(panel, values=values, names=(*panel.names, "all"))


@st.composite
def trees(draw: st.DrawFn) -> Hierarchy:
    towns = draw(st.integers(1, 4))
    under = [draw(st.integers(1, 4)) for _ in range(towns)]
    parts = {f"town {a}": [f"feeder {a}.{b}" for b in range(count)] for a, count in enumerate(under)}
    parts["land"] = [f"town {a}" for a in range(towns)]
    names = sorted({*parts, *(each for row in parts.values() for each in row)})
    return Hierarchy.of(parts, draw(st.permutations(names)))


def issued(tree: Hierarchy, seed: int, *, origins: int, is_net: bool) -> Forecasts:
    draw = np.random.default_rng(seed)
    nodes = len(tree.names)
    leaves = draw.normal(50, 10, (origins, len(tree.leaves), 24)) * draw.uniform(0.01, 100, (len(tree.leaves), 1))
    actual = np.empty((origins, nodes, 24))
    actual[:, list(tree.leaves)] = leaves
    actual[:, list(tree.wholes)] = np.einsum("ab,obh->oah", tree.members, leaves)
    base = actual * draw.uniform(0.8, 1.2, actual.shape) - (1000 if is_net else 0)
    quantiles = base[..., None] + np.array([-1, 0, 1]) * draw.uniform(0, 0.3, (*base.shape, 1)) * np.abs(
        base[..., None]
    )
    start = np.datetime64("2024-01-01", "s") + np.timedelta64(86_400, "s") * np.arange(origins)
    times = start[:, None] + np.timedelta64(3600, "s") * np.arange(24)
    return Forecasts(tree.names, start, times, LEVELS, quantiles, actual, actual, np.ones(nodes))


@settings(max_examples=40, deadline=None)
@given(tree=trees(), seed=st.integers(0, 2**31), origins=st.sampled_from([1, 20]), is_net=st.booleans())
def test_reconciled_medians_add_up_and_quantiles_still_rise(
    *, tree: Hierarchy, seed: int, origins: int, is_net: bool
) -> None:
    answer = issued(tree, seed, origins=origins, is_net=is_net)
    again = reconcile(answer, tree)
    middle = again.quantiles[..., 1]
    gap = np.abs(np.einsum("an,onh->oah", tree.constraints, middle))
    assert (gap <= 1e-9 * np.abs(middle).max()).all()
    assert (np.diff(again.quantiles, axis=-1) >= 0).all()
    twice = reconcile(again, tree)
    np.testing.assert_allclose(twice.quantiles, again.quantiles, rtol=1e-9, atol=1e-9 * np.abs(middle).max())


@settings(max_examples=40, deadline=None)
@given(tree=trees(), seed=st.integers(0, 2**31))
def test_no_truth_that_adds_up_is_farther_than_it_was(tree: Hierarchy, seed: int) -> None:
    draw = np.random.default_rng(seed)
    base = draw.normal(0, 100, (len(tree.names), 5))
    truth = np.empty_like(base)
    truth[list(tree.leaves)] = draw.normal(0, 100, (len(tree.leaves), 5))
    truth[list(tree.wholes)] = tree.members @ truth[list(tree.leaves)]
    moved = coherent(base, tree.sizes, tree)

    def apart(values: np.ndarray) -> np.ndarray:
        return ((values - truth) ** 2 / tree.sizes[:, None]).sum(axis=0)

    assert (apart(moved) <= apart(base) * (1 + 1e-9)).all()


def test_zones_and_their_sum_are_forecast_and_add_up_without_the_future(loads, midnights) -> None:
    panel = with_sum(loads())
    answer = backtest(panel, midnights(panel, 20), Settings(24, variant="lear"))
    tree = Hierarchy.of(ZONES, answer.names)
    again = reconcile(answer, tree)
    middle = again.quantiles[..., 10]
    np.testing.assert_allclose(middle[:, 3], middle[:, :3].sum(axis=1), rtol=1e-9)
    assert not np.allclose(answer.quantiles[:, 3, :, 10], answer.quantiles[:, :3, :, 10].sum(axis=1), rtol=1e-6)
    later = answer.actual.copy()
    later[17:] *= 3
    np.testing.assert_array_equal(reconcile(replace(answer, actual=later), tree).quantiles[:18], again.quantiles[:18])


def test_errors_that_are_known_make_better_weights_than_the_number_of_leaves() -> None:
    tree = Hierarchy.of({"all": ["a", "b"]}, ("all", "a", "b"))
    draw = np.random.default_rng(0)
    came = draw.normal(100, 10, (60, 2, 24))
    actual = np.concatenate([came.sum(axis=1, keepdims=True), came], axis=1)
    base = actual + draw.normal(0, 1, actual.shape) * np.array([1.0, 1.0, 30.0])[:, None]  # b is hardly known
    start = np.datetime64("2024-01-01", "s") + np.timedelta64(86_400, "s") * np.arange(60)
    times = start[:, None] + np.timedelta64(3600, "s") * np.arange(24)
    quantiles = base[..., None] + np.array([-1.0, 0.0, 1.0])
    answer = Forecasts(tree.names, start, times, LEVELS, quantiles, actual, actual, np.ones(3))
    error = np.abs(reconcile(answer, tree).quantiles[..., 1] - actual)
    assert error[20:, 2].mean() < 0.1 * error[:14, 2].mean()


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"all": []},
        {"all": ["zone 0", "nowhere"]},
        {"all": ["zone 0", "zone 0"]},
        {"all": ["zone 0", "zone 1"], "zone 1": ["all"]},
    ],
)
def test_a_declaration_that_is_no_hierarchy_is_refused(parts: dict[str, list[str]]) -> None:
    with pytest.raises(EngineError) as refusal:
        Hierarchy.of(parts, ("zone 0", "zone 1", "all"))
    assert refusal.value.code == "JZ-433"


def test_forecasts_without_a_median_or_of_other_series_are_refused(loads, midnights) -> None:
    panel = with_sum(loads())
    answer = backtest(panel, midnights(panel, 1), Settings(24, levels=(0.1, 0.9), variant="naive"))
    with pytest.raises(EngineError) as refusal:
        reconcile(answer, Hierarchy.of(ZONES, answer.names))
    assert refusal.value.code == "JZ-434"


def test_readings_that_do_not_add_up_are_refused(loads, midnights) -> None:
    panel = with_sum(loads())
    answer = backtest(panel, midnights(panel, 1), Settings(24, variant="naive"))
    lossy = answer.actual.copy()
    lossy[:, 3] *= 1.08
    with pytest.raises(EngineError) as refusal:
        reconcile(replace(answer, actual=lossy), Hierarchy.of(ZONES, answer.names))
    assert refusal.value.code == "JZ-435"
