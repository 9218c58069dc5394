"""Keys are found where they stand, whatever they look like, and nothing else is."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jazari.data.events import register as module
from jazari.data.events.hashing import hashed
from jazari.data.events.register import Register, fitting

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
WHOLE = st.integers(-(2**62), 2**62)
SMALL = st.integers(-50, 50)
laws = settings(max_examples=60, deadline=None)


def made(keys, folder):
    """The register as made, and as it comes back from its file."""
    table = pa.table({"k": keys, "s": [f"s{number % 3}" for number in range(len(keys))]})
    register = Register.of(fitting(table, "k", "s", "test"))
    register.write(folder / "register-1.arrow")
    return register, Register.read(folder / "register-1.arrow")


@pytest.mark.parametrize("kind", [TEXT, WHOLE, SMALL])
@laws
@given(data=st.data())
def test_every_key_is_found_at_its_place_and_no_other_key_anywhere(kind, data, tmp_path_factory):
    keys = data.draw(st.lists(kind, min_size=1, max_size=30, unique=True))
    asked = data.draw(st.lists(kind, max_size=20)) + keys
    expected = [keys.index(one) if one in keys else -1 for one in asked]
    folder = tmp_path_factory.mktemp("register")
    for register in made(keys, folder):
        assert register.places(pa.array(asked)).tolist() == expected
        assert [register.sites[one] for one in register.site] == [f"s{number % 3}" for number in range(len(keys))]


def test_a_missing_key_is_found_nowhere(tmp_path):
    for keys in (["a", "", "b"], [1, 2, 10**15]):
        for register in made(keys, tmp_path):
            asked = pa.array([None, *keys[1:]], register.keys.type)
            assert register.places(asked).tolist() == [-1, 1, 2]


def test_texts_of_one_number_are_told_apart(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "hashed", lambda texts: np.array([len(one) for one in texts.to_pylist()], np.uint64))
    for register in made(["ab", "cde"], tmp_path):
        assert register.places(pa.array(["xy", "cde", "ab"])).tolist() == [-1, 1, 0]
    for register in made(["ab", "cd", "e"], tmp_path):
        assert register.places(pa.array(["cd", "xy", "e", "ab"])).tolist() == [1, -1, 2, 0]


@laws
@given(texts=st.lists(TEXT, min_size=1, max_size=200, unique=True))
def test_the_number_of_a_text_depends_on_nothing_but_the_text(texts):
    numbers = hashed(pa.array(texts))
    assert len(set(numbers.tolist())) == len(texts)
    shifted = hashed(pa.array(["x", *texts, "y"]).slice(1, len(texts)))
    assert numbers.tolist() == shifted.tolist() == [hashed(pa.array([one]))[0] for one in texts]


def test_the_number_of_a_text_is_the_same_for_ever():
    assert hashed(pa.array(["J130045678", "é"])).tolist() == [5368588042351752286, 3206765440434436876]
