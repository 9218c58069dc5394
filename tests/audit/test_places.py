"""Places: ranks, ties, and the largest remainder."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jazari.audit.places import capacity, number_words, rank
from jazari.core.errors import DataError
from jazari.schema.help import places

people = st.lists(
    st.tuples(
        st.one_of(st.none(), st.sampled_from([0.0, 0.25, 0.5]), st.floats(0, 1)),
        st.one_of(st.none(), st.sampled_from(["a", "b", "é"])),
        st.text("abcé", max_size=12),
    ),
    min_size=1,
    max_size=60,
)


@given(people, st.floats(0.01, 0.99))
def test_ranks_are_those_of_a_plain_sort(rows, share):
    score = pa.array([row[0] for row in rows], pa.float64())
    area = pa.array([row[1] for row in rows], pa.string())
    tie = pa.array([row[2] for row in rows])
    ranks, selected = rank(score, area, places("x", share=share), tie)
    names = sorted({row[1] or "" for row in rows})
    sizes = np.array([sum((row[1] or "") == name for row in rows) for name in names])
    room = dict(zip(names, capacity(sizes, names, places("x", share=share)), strict=True))
    for name in names:
        inside = [at for at, row in enumerate(rows) if (row[1] or "") == name]
        inside.sort(key=lambda at: (rows[at][0] is None, -(rows[at][0] or 0.0), rows[at][2], at))
        assert [ranks[at] for at in inside] == list(range(1, len(inside) + 1))
        assert [selected[at] for at in inside] == [place < room[name] for place in range(len(inside))]


@given(st.lists(st.integers(0, 500), min_size=1, max_size=40), st.integers(1, 999))
def test_a_share_gives_its_total_and_each_area_its_floor_or_ceiling(sizes, thousandths):
    share = thousandths / 1000
    given_ = capacity(np.array(sizes), [f"a{at:02d}" for at in range(len(sizes))], places("x", share=share))
    assert given_.sum() == (2 * sum(sizes) * thousandths + 1000) // 2000
    for size, places_ in zip(sizes, given_.tolist(), strict=True):
        assert size * thousandths // 1000 <= places_ <= -(-size * thousandths // 1000)


def test_equal_remainders_go_by_the_name_of_the_area():
    assert capacity(np.array([5, 5, 5]), ["b", "a", "c"], places("x", share=0.1)).tolist() == [1, 1, 0]


def test_a_count_is_given_to_every_area_and_never_exceeds_its_people():
    assert capacity(np.array([5, 1]), ["a", "b"], places("x", count=3)).tolist() == [3, 1]


def test_without_areas_everybody_stands_in_one():
    ranks, selected = rank([0.1, 0.9, 0.5], None, places("x", count=1), ["c", "b", "a"])
    assert ranks.tolist() == [3, 1, 2]
    assert selected.tolist() == [False, True, False]


def test_equal_scores_go_by_pseudonym_even_where_they_begin_alike():
    ranks, _ = rank([0.5] * 3, None, places("x", count=1), ["pseudonym-2", "pseudonym-10", "pseudonym-1"])
    assert ranks.tolist() == [3, 2, 1]


def test_a_chunked_dictionary_area_is_read_as_its_words():
    area = pa.chunked_array([pa.array(["b"]).dictionary_encode(), pa.array(["a", "b"]).dictionary_encode()])
    ranks, _ = rank([0.1, 0.2, 0.3], area, places("x", count=1), ["x", "y", "z"])
    assert ranks.tolist() == [2, 1, 1]


def test_arrays_of_two_lengths_are_refused():
    with pytest.raises(DataError, match="JZ-500"):
        rank([0.1], None, places("x", count=1), ["a", "b"])


@given(st.lists(st.text(max_size=20), max_size=30))
def test_words_are_numbered_in_their_order(words):
    numbers = {word: at for at, word in enumerate(sorted(set(words), key=lambda word: word.encode()))}
    assert number_words(pa.array(words, pa.string())).tolist() == [numbers[word] for word in words]


def test_nobody_is_ranked_among_nobody():
    ranks, selected = rank([], None, places("x", count=1), pa.array([], pa.string()))
    assert len(ranks) == len(selected) == 0
