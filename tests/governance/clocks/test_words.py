"""What clocks say: in four languages, with days as each of them writes days."""

import datetime

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from jazari.core.languages import LANGUAGES, said_in
from jazari.governance.clocks import clock, clocks
from jazari.governance.clocks import deadline as words
from jazari.governance.clocks.rules import document
from jazari.governance.clocks.written import written


def every_sentence():
    data = document()
    own = [value for name, value in vars(words).items() if name.startswith("_") and isinstance(value, str)]
    own = [text for text in own if " " in text and not text.startswith("Deadline")]
    rules = [text for one in clocks() for text in (one.rule.title, one.rule.duty, one.rule.doubt, one.rule.source)]
    tables = [text for table in ("triggers", "acts", "routes") for text in data[table].values()]
    return sorted({*own, *words._SILENCE.values(), *filter(None, rules), *tables})


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_every_sentence_of_the_clocks_is_translated(language):
    sentences = every_sentence()
    assert len(sentences) > 60
    assert [one for one in sentences if said_in(one, language) != language] == []


@given(st.dates(datetime.date(1957, 1, 1), datetime.date(2075, 12, 31)))
def test_days_are_written_as_the_languages_of_morocco_write_them(day):
    first = "1er" if day.day == 1 else str(day.day)
    assert written(day, "fr") == first + format_date(day, " MMMM y", "fr")
    assert written(day, "ar") == format_date(day, "d MMMM y", "ar_MA")
    assert written(day, "en") == format_date(day, "d MMMM y", "en_GB")
    assert written(day, "zgh") == day.strftime("%d-%m-%Y")


def test_a_deadline_says_the_last_day_the_silence_and_the_routes():
    deadline = clock("ACT").run(datetime.date(2026, 3, 2), act="act_on_request")
    assert deadline.sentence("en") == (
        "The last day is 4 May 2026. If nobody has answered by the end of that day, the request counts as refused. "
        "Next route: Appeal against a refusal or a silence, at the latest on 4 June 2026. "
        "Next route: Request for the reasons of a silent refusal, at the latest on 4 June 2026."
    )
    assert "4 mai 2026" in deadline.sentence("fr")
    assert "4 ماي 2026" in deadline.sentence("ar")
    assert deadline.sentence("zgh") == deadline.sentence("fr")


def test_a_citizens_route_closes_and_a_promise_is_no_law():
    start = datetime.date(2026, 3, 2)
    assert "this route is closed" in clock("APPEAL_FILE").run(start, act="act_on_request").sentence("en")
    assert "a promise of the service" in clock("SERVICE_REVIEW").run(start, act="selection").sentence("en")
    assert "no last day" in clock("OPPOSE").run(start, act="processing").sentence("en")


def test_an_estimated_holiday_is_said():
    deadline = clock("ESCALATE").run(datetime.date(2026, 6, 1), act="act_on_request")
    for language in LANGUAGES:
        assert written(deadline.latest, said_in("The last day is {day}.", language)) in deadline.sentence(language)
    assert deadline.as_json()["between"] == ["2026-06-17", "2026-06-18"]
