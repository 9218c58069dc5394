"""Laws: days one by one or all at once, in any order; what is recorded later changes nothing before."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jazari.data.events.adding import add
from jazari.data.events.features import features

KEYS = (1, 2, 3, 4, 5)
ON = datetime.date(2025, 12, 31)
ONE = st.tuples(
    st.sampled_from(KEYS), st.integers(0, 45), st.sampled_from((0, 0, 0, 1, 2, 9, 30)),
    st.sampled_from(("unjustified", "justified")), st.sampled_from((0, 1, 1, 2)),
)  # fmt: skip
MANY = st.lists(ONE, min_size=1, max_size=60)
laws = settings(max_examples=40, deadline=None)


def as_of(folder, words, number):
    return features(folder, words.day(number)).read_all().to_pylist()


@pytest.mark.parametrize("pieces", [1, 3])
@laws
@given(listed=MANY)
def test_features_are_what_plain_counting_gives(listed, pieces, make, words):
    folder = make(KEYS)
    for start in range(pieces):
        if listed[start::pieces]:
            add(folder, words.rows(listed[start::pieces]), on=ON)
    for number in (100, max(at + lag for _, at, lag, _, _ in listed)):
        assert as_of(folder, words, number) == words.counted(listed, KEYS, number, words.declared())


@laws
@given(listed=MANY)
def test_adding_night_by_night_equals_adding_all_at_once(listed, make, words):
    nightly, at_once = make(KEYS), make(KEYS)
    add(at_once, words.rows(listed), on=ON)
    for night in sorted({at + lag for _, at, lag, _, _ in listed}):
        add(nightly, words.rows([one for one in listed if one[1] + one[2] == night]), on=ON)
        made = as_of(nightly, words, night)
        assert made == as_of(at_once, words, night)
        assert made == words.counted(listed, KEYS, night, words.declared())


@laws
@given(listed=MANY, data=st.data())
def test_the_order_of_arrival_does_not_matter(listed, data, make, words):
    shuffled = data.draw(st.permutations(listed))
    cut = data.draw(st.integers(0, len(listed)))
    looked_at = data.draw(st.integers(0, 80))
    one, other = make(KEYS), make(KEYS)
    add(one, words.rows(listed), on=ON)
    first = True
    for piece in (shuffled[:cut], shuffled[cut:]):
        if piece:
            add(other, words.rows(piece), on=ON)
            if first and any(at + lag <= looked_at for _, at, lag, _, _ in piece):
                as_of(other, words, looked_at)  # accumulators are kept between the two
            first = False
    assert as_of(one, words, 80) == as_of(other, words, 80)


@laws
@given(listed=MANY, later=MANY, number=st.integers(0, 60))
def test_what_is_recorded_later_does_not_change_features_as_of_a_date(listed, later, number, make, words):
    before = [one for one in listed if one[1] + one[2] <= number]
    after = [one for one in later if one[1] + one[2] > number]
    if not before or not after:
        return
    folder = make(KEYS)
    add(folder, words.rows(before), on=ON)
    made = as_of(folder, words, number)
    add(folder, words.rows(after), on=ON)
    assert as_of(folder, words, number) == made
    as_of(folder, words, 100)
    assert as_of(folder, words, number) == made


@laws
@given(listed=MANY)
def test_the_same_rows_in_another_file_change_nothing(listed, make, words):
    folder = make(KEYS)
    add(folder, words.rows(listed), on=ON)
    made = as_of(folder, words, 100)
    assert not add(folder, words.rows([*listed, listed[0]]), on=ON)["already"]
    assert as_of(folder, words, 100) == made
