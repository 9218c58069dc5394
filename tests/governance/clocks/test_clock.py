"""Laws of the clocks, whatever the dates: never earlier than the law, monotone, suspended time not counted."""

import datetime
from dataclasses import replace

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jazari.core.errors import DeclarationError
from jazari.core.periods import Duration
from jazari.governance.clocks import Clock, clock, clocks, duties, routes
from jazari.governance.clocks.counting import last_day, middle
from jazari.governance.clocks.days_off import is_day_off, working_day
from jazari.governance.clocks.rules import document, rule

DAY = datetime.timedelta(days=1)
days = st.dates(datetime.date(2009, 3, 5), datetime.date(2070, 12, 31))
lengths = st.integers(1, 120)
full = st.sampled_from([one for one in clocks() if one.rule.limit and one.rule.limit.days and not one.rule.working])


def act_of(one):
    scope = one.rule.applies_to[0]
    return "selection" if scope == "any" else scope


@given(days, lengths)
def test_a_full_limit_never_ends_before_the_law_lets_it_and_only_days_off_come_between(start, length):
    end = last_day(start, Duration(days=length))
    counted = start + length * DAY
    assert end > counted
    assert not is_day_off(end)
    after = counted + DAY
    assert all(is_day_off(after + step * DAY) for step in range((end - after).days))


@given(days, lengths)
def test_a_limit_of_working_days_agrees_with_numpy(start, length):
    closed = [start + step * DAY for step in range(500) if is_day_off(start + step * DAY)]
    begin = numpy.datetime64(start)
    expected = numpy.busday_offset(begin, length, roll="backward", holidays=closed)
    assert last_day(start, Duration(days=length), working=True) == expected.astype(object)


@given(days, st.integers(0, 400), lengths, st.booleans())
def test_an_act_that_comes_later_never_ends_earlier(start, wait, length, working):
    later = start + wait * DAY
    limit = Duration(days=length)
    assert last_day(later, limit, working=working) >= last_day(start, limit, working=working)


@given(days, lengths, st.integers(0, 60), st.booleans())
def test_a_longer_limit_never_ends_earlier(start, length, more, working):
    longer, shorter = Duration(days=length + more), Duration(days=length)
    assert last_day(start, longer, working=working) >= last_day(start, shorter, working=working)


@given(days, st.integers(0, 30), st.integers(0, 200))
def test_suspended_time_is_not_counted(start, wait, held):
    span = (start + wait * DAY, start + (wait + held) * DAY)
    end = last_day(start, Duration(days=60), suspended=[span])
    passed = [start + step * DAY for step in range(1, (end - start).days + 1)]
    counted = [day for day in passed if not span[0] <= day <= span[1]]
    assert len(counted) >= 61
    assert len(counted) == 61 or is_day_off(end - DAY)


@given(days, st.integers(1, 30), st.integers(1, 90))
def test_a_suspension_of_so_many_days_ends_a_limit_as_many_days_later(start, wait, held):
    span = (start + wait * DAY, start + (wait + held - 1) * DAY)
    unmoved = start + 61 * DAY
    assert last_day(start, Duration(days=60), suspended=[span]) == working_day(unmoved + held * DAY)


@given(days, lengths, st.integers(1, 60), st.integers(0, 40), st.integers(0, 40))
def test_a_longer_suspension_never_ends_earlier(start, length, wait, held, more):
    first = start + wait * DAY
    short, long = (first, first + held * DAY), (first, first + (held + more) * DAY)
    limit = Duration(days=length)
    assert last_day(start, limit, suspended=[long]) >= last_day(start, limit, suspended=[short])


@given(days.filter(lambda day: day >= datetime.date(2020, 9, 28)), full)
def test_the_moon_moves_the_last_day_between_earliest_and_latest(start, one):
    deadline = one.run(start, act=act_of(one))
    assert deadline.earliest <= deadline.last_day <= deadline.latest
    ends = [last_day(start, one.rule.limit, moon=moon) for moon in (-1, 0, 1)]
    assert (deadline.earliest, deadline.last_day, deadline.latest) == (min(ends), ends[1], max(ends))


@given(days.filter(lambda day: day >= datetime.date(2020, 9, 28)))
def test_no_clock_runs_on_an_act_outside_its_scope(start):
    for one in clocks():
        if "any" in one.rule.applies_to:
            continue
        for act in set(document()["acts"]) - set(one.rule.applies_to):
            with pytest.raises(DeclarationError) as refusal:
                one.run(start, act=act)
            assert refusal.value.code == "JZ-653"


def test_two_months_end_as_the_supreme_court_said_on_19_february_1964():
    # C136: notified on 19 November 1962, an appeal of two full months was in time on 21 January 1963
    assert last_day(datetime.date(1962, 11, 19), Duration(months=2)) == datetime.date(1963, 1, 21)


def test_hours_are_rounded_up_to_days_and_nothing_means_the_same_day():
    friday = datetime.date(2026, 9, 4)
    assert last_day(friday, Duration(hours=25)) == friday + 2 * DAY
    assert last_day(friday, Duration()) == friday


def test_minutes_and_seconds_count_too():
    friday = datetime.date(2026, 9, 4)
    for limit, days in (
        (Duration(minutes=30), 1),
        (Duration(hours=23, minutes=60), 1),
        (Duration(hours=24, seconds=1), 2),
    ):
        assert last_day(friday, limit) == friday + days * DAY


def test_the_moon_shifts_islamic_holidays_and_no_others():
    new_year, labour_day = datetime.date(2026, 6, 16), datetime.date(2026, 5, 1)
    shifts = [[is_day_off(day, moon) for moon in (-1, 0, 1)] for day in (new_year - DAY, new_year, new_year + DAY)]
    assert shifts == [[True, False, False], [False, True, False], [False, False, True]]
    assert all(is_day_off(labour_day, moon) for moon in (-1, 0, 1))


def test_a_person_has_the_routes_that_the_law_opens_for_the_act_and_no_others():
    day, appeal = datetime.date(2026, 3, 2), datetime.date(2026, 4, 2)
    found = {act: {one.clock: one.last_day for one in routes(act, day)} for act in document()["acts"]}
    assert found["act_on_request"] == {"APPEAL_FILE": appeal, "REASONS_ASK": appeal}
    assert found["individual_decision"] == {"REASONS_ASK": appeal}
    assert found["selection"] == {}
    assert [one.clock for one in routes("act_on_request", datetime.date(2019, 3, 4))] == ["REASONS_ASK"]
    with pytest.raises(DeclarationError, match="JZ-652"):
        routes("dropout", day)


def test_the_first_half_ends_in_the_middle():
    assert middle(datetime.date(2026, 3, 2), Duration(days=60)) == datetime.date(2026, 4, 1)


def test_a_change_of_law_is_a_new_row():
    old = clock("APPEAL_FILE").rule
    new = replace(old, limit=Duration(days=45), effective_from=datetime.date(2027, 1, 1))
    changed = Clock("APPEAL_FILE", (old, new))
    assert changed.run(datetime.date(2026, 12, 31), act="act_on_request").rule is old
    assert changed.run(datetime.date(2027, 1, 1), act="act_on_request").last_day == datetime.date(2027, 2, 16)


def test_a_use_case_promises_less_time_than_the_law_and_no_more():
    promised = clock("SERVICE_REVIEW").declared("P10D")
    assert promised.run(datetime.date(2026, 9, 1), act="selection").last_day == datetime.date(2026, 9, 14)
    assert clock("SERVICE_REVIEW").declared("P60D").rule.limit == Duration(days=60)
    for name, limit, code in (("SERVICE_REVIEW", "P61D", "JZ-662"), ("ACT", "P10D", "JZ-661")):
        with pytest.raises(DeclarationError) as refusal:
            clock(name).declared(limit)
        assert refusal.value.code == code


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("JZ-650", lambda: clock("INFO").run(datetime.date(2076, 1, 1), act="selection")),
        ("JZ-650", lambda: clock("INFO").run(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), act="selection")),
        ("JZ-650", lambda: clock("INFO").run("2026-01-01", act="selection")),
        ("JZ-650", lambda: clock("ACT").run(datetime.date(2026, 1, 1), act="act_on_request", suspensions=["a"])),
        (
            "JZ-650",
            lambda: clock("ACT").run(
                datetime.date(2026, 1, 1),
                act="act_on_request",
                suspensions=[(datetime.date(2026, 1, 2), datetime.date.max)],
            ),
        ),
        ("JZ-651", lambda: clock("APPEL")),
        ("JZ-652", lambda: clock("INFO").run(datetime.date(2026, 1, 1), act="selecton")),
        ("JZ-659", lambda: clock("OPPOSE").run(datetime.date(2026, 1, 1), act="processing", extended=True)),
        ("JZ-660", lambda: clock("INFO").run(datetime.date(2026, 1, 1), act="selection", kind="urgnt")),
    ],
)
def test_what_the_law_does_not_know_is_refused_with_its_code(code, call):
    with pytest.raises(DeclarationError) as refusal:
        call()
    assert refusal.value.code == code
    assert refusal.value.fix


def test_a_row_of_law_is_read_with_its_kinds_and_its_silence():
    act = clock("ACT").rule
    assert act.limit_by_kind == {"investment": Duration(days=30)}
    assert (act.effect, act.effect_if_listed, act.routes) == ("refused", "accepted", ("APPEAL_FILE", "REASONS_ASK"))
    assert rule({"title": "x", "trigger": "y", "limit": None, "applies_to": ["any"], "source": "z"}).effect == "none"


def test_duties_that_may_not_be_waived_are_named():
    assert {one.name for one in duties() if not one.waivable} == {
        "NO_SOLE_AUTOMATION", "AUTHORISATION", "PROHIBITED_GROUNDS",
    }  # fmt: skip
