"""Routes: what a person can do about a decision, never a clock outside its scope, never earlier than the law."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jazari.core.languages import LANGUAGES
from jazari.sectors.education.dropout import dropout
from jazari.usecase.decisions.routes import in_words, routes

DECLARATION = dropout.document()
DAY = datetime.date(2026, 1, 12)
DAYS = st.dates(datetime.date(2021, 1, 1), datetime.date(2035, 12, 31))


def by_name(day=DAY, declaration=DECLARATION):
    return {one["route"]: one for one in routes(declaration, day)}


def test_the_last_day_of_an_objection_is_thirty_full_days_after_the_notice():
    # full days: neither the first nor the last counts (law 55-19 art. 31)
    assert by_name()["objection"]["last_day"] == "2026-02-12"
    assert by_name()["objection"]["promised"] is True


def test_a_selection_is_no_act_on_request():
    clocks = {one["clock"] for one in routes(DECLARATION, DAY)}
    assert clocks == {"SERVICE_REVIEW", "REASONS_ASK", "COMPLAINT_ANSWER", "RECT"}
    assert not clocks & {"ACT", "APPEAL_FILE", "APPEAL_ANSWER"}


def test_a_complaint_has_no_last_day_and_says_where_silence_leads():
    complaint = by_name()["complaint_answer"]
    assert complaint["last_day"] is None
    assert [one["route"] for one in complaint["next"]] == ["mediateur"]


def test_without_a_promise_the_legal_routes_stay():
    unsaid = {**DECLARATION, "safeguards": []}
    assert set(by_name(declaration=unsaid)) == set(by_name()) - {"objection"}


@given(DAYS, DAYS)
def test_a_later_notice_never_shortens_a_route(one, other):
    first, second = sorted((one, other))
    for name, route in by_name(first).items():
        later = by_name(second)[name]["last_day"]
        assert (route["last_day"] is None and later is None) or route["last_day"] <= later


@given(DAYS)
def test_no_route_closes_within_its_thirty_days(day):
    for route in routes(DECLARATION, day):
        if route["last_day"]:
            assert datetime.date.fromisoformat(route["last_day"]) > day + datetime.timedelta(days=30)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_route_is_said_in_every_language(language):
    said = [in_words(one, language) for one in routes(DECLARATION, DAY)]
    assert len(set(said)) == len(said)
    assert all("{" not in one for one in said)
    assert "2026" in said[0]


def test_a_route_in_words():
    said = [in_words(one, "en") for one in routes(DECLARATION, DAY)]
    assert said[0] == "Object to the decision; somebody who did not take it answers: at the latest on 12 February 2026."
    assert "Complain to the service: at any time." in said
