"""The safeguards of forecasts: coverage, freshness, the simple rule, the future."""

import pytest

from jazari.core.errors import DeclarationError
from jazari.governance.safeguards import beats_baseline, covers, fresh_within, no_future
from jazari.schema.inspection import Inspection


def judged(safeguard, **evidence):
    return safeguard.check(Inspection(evidence=evidence))


def test_coverage_is_judged_beyond_chance():
    wide = {"0.8": {"a": {"value": 0.74, "low": 0.70, "high": 0.78}}}
    sure = {"0.8": {"a": {"value": 0.74, "low": 0.73, "high": 0.75}, "b": {"value": 0.8, "low": 0.79, "high": 0.81}}}
    assert judged(covers(0.80, within=0.03, by="zone"), coverage_interval=wide).state == "holds"
    broken = judged(covers(0.80, within=0.03, by="zone"), coverage_interval=sure)
    assert (broken.state, broken.values["series"], broken.values["count"]) == ("broken", "a", 1)


def test_too_much_coverage_is_no_better_than_too_little():
    assert judged(covers(0.80, within=0.03, by="zone"), coverage={"0.8": {"a": 0.9}}).state == "broken"


@pytest.mark.parametrize(("share", "state"), [(0.77, "holds"), (0.83, "holds"), (0.7699, "broken"), (0.8301, "broken")])
def test_the_limit_itself_is_within(share, state):
    assert judged(covers(0.80, within=0.03, by="zone"), coverage={"0.8": {"a": share}}).state == state


def test_without_a_column_all_series_are_judged_together():
    coverage = {"0.8": {"a": 0.7, "b": 0.9}}
    assert judged(covers(0.80, within=0.03), coverage=coverage).state == "holds"
    assert judged(covers(0.80, within=0.03, by="zone"), coverage=coverage).state == "broken"


def test_what_was_not_measured_blocks_nobody():
    for safeguard in (covers(0.80, within=0.03), fresh_within("P2D"), beats_baseline(by=0.05)):
        assert judged(safeguard).state == "not yet"


def test_a_stale_series_is_named():
    found = judged(fresh_within("P2D"), age_hours={"a": 0.0, "b": 49.0})
    assert (found.state, found.values["series"], found.values["count"]) == ("broken", "b", 1)
    assert judged(fresh_within("P2D"), age_hours={"a": 48.0}).state == "holds"


def test_forecasts_beat_the_simple_rule_by_their_error():
    assert judged(beats_baseline(by=0.05), skill={"mae": 0.05}).state == "holds"
    assert judged(beats_baseline(by=0.05), skill={"mae": 0.04}).state == "broken"


def test_a_forecast_of_the_past_is_broken():
    assert judged(no_future(), no_future={"holds": True, "early": 0}).state == "holds"
    assert judged(no_future(), no_future={"holds": False, "early": 3}).state == "broken"


@pytest.mark.parametrize(
    "build", [lambda: covers(80, within=0.03), lambda: covers(0.8, within=0), lambda: fresh_within("PT0H")]
)
def test_arguments_that_cannot_be_are_refused(build):
    with pytest.raises(DeclarationError):
        build()


def shares(count, odd, *, half=0.02):
    """`count` series that keep a promise of .8, and one whose share is another, with intervals."""
    values = {f"s{at:04}": 0.8 for at in range(count)} | {"odd": odd}
    return {name: {"value": one, "low": one - half, "high": one + half, "n": 1000} for name, one in values.items()}


@pytest.mark.parametrize(
    ("count", "odd", "origins", "state"),
    [
        (2, 0.70, 56, "broken"),
        (2, 0.735, 56, "broken"),  # three series are looked at together: a little more is chance
        (5000, 0.735, 56, "holds"),  # of thousands, some are as far off by chance alone
        (5000, 0.60, 56, "broken"),
        (5000, 0.66, 7, "holds"),  # seven days say little of any
    ],
)
def test_coverage_of_many_series_is_judged_together(count, odd, origins, state):
    evidence = {"coverage_interval": {"0.8": shares(count, odd)}, "origins": {"count": origins}}
    assert covers(0.80, within=0.03, by="zone").check(Inspection(evidence=evidence)).state == state


def test_a_few_days_that_all_fell_inside_say_little_of_a_series():
    found = shares(50, 0.8, half=0.08) | {"all in": {"value": 1.0, "low": 1.0, "high": 1.0, "n": 168}}
    evidence = {"coverage_interval": {"0.8": found}, "origins": {"count": 7}}
    assert covers(0.80, within=0.03, by="zone").check(Inspection(evidence=evidence)).state == "holds"
