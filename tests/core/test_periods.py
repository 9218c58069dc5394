"""Durations follow the calendar."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jazari.core.errors import DeclarationError
from jazari.core.periods import Duration

days = st.dates(datetime.date(1990, 1, 1), datetime.date(2080, 1, 1))


def test_a_month_after_the_31st_is_the_last_day_of_a_shorter_month():
    assert Duration.parse("P1M").after(datetime.date(2025, 1, 31)) == datetime.date(2025, 2, 28)


@pytest.mark.parametrize("text", ["", "P", "30D", "P-1D", "P1.5Y", "PT", None, "P1H"])
def test_what_is_no_duration_is_a_coded_error(text):
    with pytest.raises(DeclarationError, match="JZ-214"):
        Duration.parse(text)


@given(days, st.integers(0, 4000))
def test_days_are_counted_exactly(day, number):
    assert (Duration.parse(f"P{number}D").after(day) - day).days == number


@given(days, st.integers(0, 120))
def test_a_later_month_is_never_earlier(day, months):
    assert Duration.parse(f"P{months + 1}M").after(day) > Duration.parse(f"P{months}M").after(day)
