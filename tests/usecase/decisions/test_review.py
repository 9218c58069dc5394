"""The pattern of an officer's decisions: copies are refused, weaker signs are findings, honest work is neither."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jazari.core.errors import SafeguardError
from jazari.governance.safeguards.human_decides import ENOUGH, HumanDecides
from jazari.usecase.decisions.review import FEW, NEVER, QUICK, SAME, SEVERAL, Taken, judge, pattern

HEAD = HumanDecides("school head")
ACTIONS = st.sampled_from(["followed", "modified", "overrode"])
TAKEN = st.builds(
    Taken, st.sampled_from("ab"), ACTIONS, st.text(max_size=20), st.none() | st.floats(0, 1e5, allow_nan=False)
)


def own(at, action="followed", seconds=None, officer="a"):
    """A decision with a reason of its own."""
    return Taken(officer, action, f"{'abcdefghij'[at % 10]} {'klmnopqrst'[at // 10 % 10]} {at // 100}", seconds)


def sentences(findings):
    return {one.sentence for one in findings if one.state != "holds"}


@given(st.lists(TAKEN, max_size=60))
def test_a_pattern_counts_every_decision_once(taken):
    found = pattern(taken)
    followed = sum(one.action == "followed" for one in taken)
    assert found["n"] == len(taken) == found["departed"] + followed
    assert 0 <= found["copied"] <= followed
    assert found["alike"] <= found["n"]
    assert found["timed"] == sum(one.seconds is not None for one in taken)


@given(st.lists(TAKEN, max_size=40), st.randoms())
def test_a_pattern_does_not_depend_on_the_order(taken, chance):
    shuffled = list(taken)
    chance.shuffle(shuffled)
    assert pattern(shuffled) == pattern(taken)


def test_one_case_that_follows_without_a_reason_is_a_copy():
    with pytest.raises(SafeguardError, match="JZ-693"):
        judge(HEAD, [], [*map(own, range(9)), Taken("a", "followed", "", None)])


@pytest.mark.parametrize("spelling", ["agreed", "Agreed.", "  agreed !"])
def test_one_reason_for_all_is_a_copy_however_it_is_spelt(spelling):
    same = [Taken("a", "followed", "agreed", None)] * (FEW - 1)
    judge(HEAD, [], same)
    with pytest.raises(SafeguardError, match="JZ-693") as refused:
        judge(HEAD, [], [*same, Taken("a", "followed", spelling, None)])
    assert refused.value.exit_code == 5
    assert f"{FEW} of {FEW}" in refused.value.found


def test_cutting_the_batch_or_inventing_officers_does_not_hide_a_copy():
    same = [Taken("a", "followed", "agreed", None)] * (FEW - 1)
    with pytest.raises(SafeguardError, match="JZ-693"):
        judge(HEAD, same, same[:1])
    with pytest.raises(SafeguardError, match="JZ-693"):
        judge(HEAD, [], [Taken(f"officer {at}", "followed", "agreed", None) for at in range(FEW)])


def test_one_reason_for_departing_is_no_copy_of_the_list():
    assert judge(HEAD, [], [Taken("a", "overrode", "the road is closed until March", None)] * 9)[0].state == "holds"


def test_a_counter_at_the_end_of_a_reason_is_noticed():
    counted = [Taken("a", "overrode" if at % 3 else "followed", f"seen on visit {at}", None) for at in range(SEVERAL)]
    assert sentences(judge(HEAD, [], counted)) == {SAME}
    assert sentences(judge(HEAD, [], counted[: SEVERAL - 1])) == set()


def test_thirty_quick_cases_that_never_depart_are_refused_and_slow_ones_are_a_finding():
    with pytest.raises(SafeguardError, match="JZ-693"):
        judge(HEAD, [], [own(at, seconds=4) for at in range(ENOUGH)])
    assert sentences(judge(HEAD, [], [own(at, seconds=4) for at in range(ENOUGH - 1)])) == {QUICK}
    assert sentences(judge(HEAD, [], [own(at, seconds=400) for at in range(ENOUGH)])) == {NEVER}
    departs = [own(at, "overrode" if at % 10 == 0 else "followed", seconds=400) for at in range(ENOUGH)]
    assert [one.state for one in judge(HEAD, [], departs)] == ["holds"]


def test_each_officer_of_a_batch_is_judged_on_their_own_decisions():
    batch = [own(at, "modified" if at % 4 == 0 else "followed", 300, "careful") for at in range(ENOUGH)]
    batch += [own(at, seconds=300, officer="follows") for at in range(ENOUGH)]
    findings = judge(HEAD, [], batch)
    assert [one.state for one in findings] == ["holds", "not yet"]
    assert findings[1].values["officer"] == "follows"


def test_an_officer_who_departs_in_one_case_of_ten_is_seldom_suspected():
    chance, suspected, officers = random.Random(5), 0, 2000  # noqa: S311  a simulation
    for _ in range(officers):
        batch = [own(at, "overrode" if chance.random() < 0.1 else "followed", 200) for at in range(ENOUGH)]
        suspected += bool(sentences(judge(HEAD, [], batch)))
    assert 0.02 < suspected / officers < 0.065  # 0.9 ** 30 is 0.042
