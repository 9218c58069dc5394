"""Canonical JSON is RFC 8785, whichever of its two writers wrote it."""

import json

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from jazari.core.canonical import digest, digest_without, encode, encode_each, file_digest

whole = st.integers(-(2**53) + 1, 2**53 - 1)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), whole, st.floats(-1e15, 1e15), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=6), inner, max_size=4)),
    max_leaves=12,
)


@given(values)
def test_it_writes_the_very_bytes_of_the_reference(document):
    assert encode(document) == rfc8785.dumps(document)


@given(values)
def test_what_is_written_reads_back(document):
    assert json.loads(encode(document)) == document


def test_a_digest_does_not_depend_on_the_order_of_keys_and_leaves_its_own_field_out():
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest_without({"a": 1, "digest": "x"}, "digest") == digest({"a": 1})


def test_a_file_has_the_digest_of_its_bytes(tmp_path):
    (tmp_path / "x").write_bytes(b"abc")
    assert file_digest(tmp_path / "x") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@given(st.lists(st.dictionaries(st.text(), st.none() | st.text() | st.integers(-9, 9) | st.lists(st.text()))))
def test_documents_encoded_together_are_those_encoded_one_by_one(documents):
    assert encode_each(documents) == [encode(one) for one in documents]
