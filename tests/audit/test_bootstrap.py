"""Intervals: what is drawn, and that they cover the truth as often as they say."""

import numpy as np
import pyarrow as pa
import pytest

from jazari.audit import bootstrap
from jazari.audit.places import rank
from jazari.audit.risk import evidence
from jazari.schema.help import places

PLACES = places("tutoring", share=0.15)
FIGURES = ("auc", "average_precision", "brier", "precision_at_places", "recall_at_places")


def people(rng, size, sites, effect):
    """People of a population of sites without end; the model knows the person and not the site."""
    site = np.repeat(np.arange(sites), size // sites)
    signal = rng.normal(size=len(site))
    logit = -1.5 + 1.2 * signal + rng.normal(0, effect, sites)[site]
    probability = 1 / (1 + np.exp(1.5 - 1.2 * signal))
    name = pa.array([f"{number:07d}" for number in rng.permutation(len(site))])
    made = {
        "pseudonym": name,
        "probability": probability,
        "outcome": rng.random(len(site)) < 1 / (1 + np.exp(-logit)),
        "selected": rank(probability, None, PLACES, name)[1],
        "group": pa.array(np.where(np.arange(len(site)) % 4 == 0, "few", "many")),
    }
    return pa.table(made | ({"site": pa.array([f"{one:05d}" for one in site])} if effect else {}))


def figures(table, seed):
    found = evidence(table, places=PLACES, audited=("group",), seed=seed)
    few = found["groups"]["group"]["groups"][0]
    return {name: found[name] for name in FIGURES} | {"a group's recall": few["recall"]}


def coverage(rounds, size, sites, effect):
    """How often each interval holds the truth, which is read off a million people of many sites."""
    rng = np.random.default_rng(5)
    many = figures(people(np.random.default_rng(99), 1_000_000, 20_000, effect), 0)
    held = dict.fromkeys(many, 0)
    for seed in range(rounds):
        for name, one in figures(people(rng, size, sites, effect), seed).items():
            held[name] += one["low"] <= many[name]["value"] <= one["high"]
    return {name: times / rounds for name, times in held.items()}


@pytest.mark.long
@pytest.mark.parametrize(("sites", "effect"), [(3000, 0.0), (100, 0.6)])
def test_intervals_of_95_cover_the_truth_93_to_97_times_in_100(sites, effect):
    held = coverage(1000, 3000, sites, effect)
    for name, share in held.items():
        assert 0.93 <= share <= 0.97, name


def test_intervals_cover_the_truth_of_a_small_simulation():
    """AUC of 60 samples: the known truth lies outside at most as often as chance allows once in a thousand."""
    rng, outside = np.random.default_rng(1), 0
    for seed in range(60):
        outcome = rng.random(400) < 0.3
        score = rng.normal(size=400) + outcome  # AUC = Phi(1 / sqrt 2)
        name = pa.array([f"{one:03d}" for one in range(400)])
        listed = rank(score, None, PLACES, name)[1]
        table = pa.table({"pseudonym": name, "score": score, "outcome": outcome, "selected": listed})
        auc = evidence(table, places=PLACES, seed=seed)["auc"]
        outside += not auc["low"] <= 0.7602499 <= auc["high"]
    assert 0 < outside <= 9


def test_draws_are_the_raw_stream_of_pcg64_for_good():
    plan = bootstrap.plan("person", np.arange(5), seed=7, replicates=3)
    assert [one.astype(int).tolist() for one in bootstrap.draws(plan)] == [
        [0, 2, 0, 2, 1],
        [1, 0, 1, 1, 2],
        [0, 3, 2, 0, 0],
    ]


def test_each_replicate_draws_as_many_units_as_there_are():
    plan = bootstrap.plan("site", np.array([0, 0, 1, 2, 2, 2]), seed=0, replicates=20)
    assert {float(one.sum()) for one in bootstrap.draws(plan)} == {3.0}


def test_sums_of_a_replicate_are_those_of_the_people_it_drew():
    of, amount = np.array([0, 0, 1, 2]), np.array([1.0, 2.0, 4.0, 8.0])
    plan = bootstrap.plan("site", of, seed=1, replicates=50)
    parts = [bootstrap.Part(np.array([0, 1, 0, -1]), 2, amount), bootstrap.Part(np.zeros(4, dtype=int), 1)]
    sums = bootstrap.replicate(parts, plan, lambda totals: totals, lambda _: None)
    for counts, found in zip(bootstrap.draws(plan), sums.T, strict=True):
        weight = counts[of]
        assert found.tolist() == [weight[0] + 4 * weight[2], 2 * weight[1], weight.sum()]


def test_fewer_replicates_for_more_people_and_always_a_whole_end():
    sizes = {size: bootstrap.plan("person", np.arange(size), 0).replicates for size in (10, 60_000, 2_000_001)}
    assert list(sizes.values()) == [999, 399, 199]
    assert all((times + 1) % 40 == 0 for times in sizes.values())


def test_wilson_by_his_own_formula():
    low, high = bootstrap.wilson(np.array([0, 5, 10]), np.array([10, 10, 10]))
    assert low == pytest.approx([0.0, 0.2366, 0.7225], abs=1e-4)
    assert high == pytest.approx([0.2775, 0.7634, 1.0], abs=1e-4)


def test_without_correction_the_interval_is_the_plain_percentile_one():
    again = np.arange(1.0, 40.0)[None]
    assert [float(end[0]) for end in bootstrap.percentile(None, again)] == [1.0, 39.0]


def test_a_replicate_without_the_figure_is_left_out():
    again = np.concatenate([np.arange(1.0, 40.0), [np.nan] * 5])[None]
    assert [float(end[0]) for end in bootstrap.percentile(np.array([20.0]), again)] == pytest.approx([1.0, 39.0])


def test_people_of_one_site_who_are_alike_make_a_design_effect():
    again = np.random.default_rng(0).binomial(20, 0.5, 999) / 20
    assert bootstrap.design_effect(0.5, again, 200) == pytest.approx(10, rel=0.15)
    assert bootstrap.design_effect(0.5, np.full(99, 0.5), 200) == 1.0
