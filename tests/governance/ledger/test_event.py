# ruff: noqa: RUF001, E501  letters that look alike are what is tested, in rows that are read as rows
"""Events, numbers and identity: what may enter, and what never leaves in clear."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jazari.core import canonical
from jazari.core.errors import DataError, DeclarationError, LedgerError
from jazari.governance.ledger import identity, numbers
from jazari.governance.ledger.event import Event, commitment
from jazari.governance.ledger.event import seal as seal_all
from jazari.governance.ledger.vocabulary import FACTS, KINDS, VERSION

KEY = b"k" * 32


def seal(one, key, when=None):
    return seal_all([one], key, when)[0]


SAMPLE = {
    "system": "education.dropout",
    "version": "1.0.0",
    "model": "a" * 64,
    "declaration": "b" * 64,
    "entries": [3, 9],
}
SAMPLE |= {"key": "pole.example+94a25266+AapE", "old_key": "pole.example+94a25267+AapE"}


def event(kind, **changes):
    given = KINDS[kind]
    number = numbers.new() if given.numbered == "about" else None
    facts = {name: SAMPLE[name] for name in given.facts}
    return Event(kind, dict.fromkeys(given.record, "said") | changes, facts, number=number)


def test_the_vocabulary_is_the_one_of_the_issue():
    assert set(KINDS) == {
        "run",
        "waiver",
        "publish",
        "retract",
        "decision",
        "notice",
        "view",
        "objection",
        "help_request",
        "answer",
        "review",
        "pause",
        "resume",
        "incident",
        "erasure",
        "forecast_issued",
        "plan_accepted",
        "key_rotated",
        "key_revoked",
    }
    assert all(kind.facts | kind.may <= FACTS.keys() for kind in KINDS.values())
    assert all(
        1 <= kind.since <= VERSION and kind.numbered in ("gives", "about", "may", "none") for kind in KINDS.values()
    )


@pytest.mark.parametrize("kind", KINDS)
def test_an_entry_shows_public_facts_and_a_commitment_only(kind):
    sealed = seal(event(kind), KEY, when=0)
    entry = json.loads(sealed.entry)
    assert canonical.encode(entry) == sealed.entry
    assert entry.keys() == {"at", "commitment", "kind", "v"} | KINDS[kind].facts
    assert (entry["at"], entry["v"], entry["kind"]) == ("1970-01-01T00:00:00Z", VERSION, kind)
    assert entry["commitment"] == commitment(sealed.salt, sealed.record)
    assert sealed.number is None or sealed.number.encode() not in sealed.entry
    assert b"said" not in sealed.entry


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_and_fact_that_a_kind_asks_for_is_asked_for(kind):
    whole = event(kind)
    for name in KINDS[kind].record:
        record = {key: value for key, value in whole.record.items() if key != name}
        with pytest.raises(DeclarationError, match="JZ-607"):
            seal(Event(kind, record, whole.facts, number=whole.number), KEY)
    for name in KINDS[kind].facts:
        for facts in (
            {key: value for key, value in whole.facts.items() if key != name},
            {**whole.facts, name: "É "},
            {**whole.facts, name: {}},
        ):
            with pytest.raises(DeclarationError, match="JZ-608"):
                seal(Event(kind, whole.record, facts, number=whole.number), KEY)
    with pytest.raises(DeclarationError, match="JZ-608"):
        seal(Event(kind, whole.record, {**whole.facts, "officer": "x"}, number=whole.number), KEY)


def test_a_number_is_asked_for_or_refused_as_the_kind_says():
    for kind, known in KINDS.items():
        whole = event(kind)
        wrong = None if known.numbered == "about" else numbers.new()
        if known.numbered != "may":
            with pytest.raises(DeclarationError, match="JZ-607"):
                seal(Event(kind, whole.record, whole.facts, number=wrong), KEY)
    with pytest.raises(LedgerError, match="JZ-612"):
        seal(Event("notice", event("notice").record, {}, number="123"), KEY)


def test_a_kind_that_does_not_exist_is_named_with_the_closest():
    with pytest.raises(DeclarationError, match="did you mean 'decision'"):
        seal(Event("decisoin", {}), KEY)


def test_two_equal_records_have_different_commitments():
    one, other = seal(event("decision"), KEY), seal(event("decision"), KEY)
    assert json.loads(one.entry)["commitment"] != json.loads(other.entry)["commitment"]


def test_a_subject_is_sealed_as_a_pseudonym_of_the_ledgers_key():
    one = seal(Event("decision", event("decision").record, event("decision").facts, subject="7301"), KEY)
    assert b"7301" not in one.record.replace(json.loads(one.record)["number"].encode(), b"")
    assert json.loads(one.record)["subject"] == identity.pseudonym(KEY, "7301") != identity.pseudonym(b"x" * 32, "7301")


@pytest.mark.parametrize(
    "text",
    ["AB123456", "a12345", "seen with BK 123456 today", "porteur du BE.12345", "CIN: J1234", "la C.I.N n° AB12", "رقم البطاقة الوطنية AB123456",
     "AB١٢٣٤٥٦", "ＡＢ１２３４５６", "AB12\u200b3456", "first\nAB123456\nlast", '"AB123456"', "cnie j7", "(X123456)", "carte nationale: ZT9"],
)  # fmt: skip
def test_a_national_identity_number_is_refused_wherever_it_stands(text):
    for record in ({"reasons": text}, {"factors": ["x", {"deep": text}]}, {text: 1}):
        with pytest.raises(DataError, match="JZ-609") as caught:
            seal(event("decision", **record), KEY)
        assert text not in str(caught.value)


@pytest.mark.parametrize("text", ["AB123456", "j1", "b-12", " AB 99 "])
def test_a_national_identity_number_is_no_subject_and_no_officer(text):
    with pytest.raises(DataError, match="JZ-609"):
        seal(Event("decision", event("decision").record, event("decision").facts, subject=text), KEY)
    with pytest.raises(DataError, match="JZ-609"):
        seal(event("decision", officer=text), KEY)


@pytest.mark.parametrize(
    "text",
    ["grade A2", "12000 pupils", "K130012345", "visit 12345", "officer-3", "de 12345 dirhams", "2026-11-22T10:00:00Z", "0612345678", "v1",
     "P9M", "a" * 64, "0f9b2c4d-12345678", "le 15 octobre", "حضر ١٢٣٤٥ تلميذا", "cinq 12", "medicine 12"],
)  # fmt: skip
def test_what_is_not_an_identity_number_passes(text):
    seal(event("decision", reasons=text), KEY)


def test_fingerprints_and_pseudonyms_are_not_taken_for_identity_numbers():
    for at in range(3000):
        seal(event("decision", dossier=identity.pseudonym(KEY, str(at) + "x")), KEY)


@pytest.mark.parametrize("value", [float("nan"), 2**53, {1: 2}, object(), "\ud800", {"a": {1}}])
def test_a_record_that_is_not_json_is_refused(value):
    with pytest.raises(DataError, match="JZ-635"):
        seal(event("decision", reasons=value), KEY)


def test_what_is_too_long_is_refused():
    with pytest.raises(DataError, match="JZ-610"):
        seal(event("decision", reasons="x" * (1 << 20)), KEY)
    with pytest.raises(DataError, match="JZ-610"):
        seal(Event("erasure", {"reasons": "x"}, {"entries": list(range(20_000))}), KEY)


def test_fields_that_the_ledger_fills_in_cannot_be_given():
    for name in ("number", "subject"):
        with pytest.raises(DeclarationError, match="JZ-607"):
            seal(event("decision", **{name: "x"}), KEY)


@given(st.floats(0, 2**33))
def test_a_number_is_read_as_people_write_it(when):
    number = numbers.new(when)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{20}", number)
    assert numbers.read(numbers.shown(number)) == number
    assert numbers.read(number.lower().replace("0", "o").replace("1", "l")) == number


@given(st.integers(0, 19), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"), st.integers(0, 18))
def test_one_wrong_letter_or_two_swapped_neighbours_are_noticed(at, letter, swap):
    number = numbers.new()
    wrong = number[:at] + letter + number[at + 1 :]
    swapped = number[:swap] + number[swap + 1] + number[swap] + number[swap + 2 :]
    for one in (wrong, swapped):
        if one != number:
            with pytest.raises(LedgerError, match="JZ-612"):
                numbers.read(one)


def test_a_hundred_thousand_numbers_are_different():
    assert len({numbers.new(0) for _ in range(100_000)}) == 100_000


@given(st.lists(st.dictionaries(st.text(max_size=5), st.none() | st.text() | st.floats(-1e6, 1e6), max_size=4)))
def test_events_sealed_together_are_those_sealed_one_by_one(said):
    records = [{**event("decision").record, **one} for one in said]
    if any(not {"number", "subject"}.isdisjoint(one) for one in records):
        return
    try:
        together = seal_all([Event("decision", one, event("decision").facts, subject="7") for one in records], KEY, 0)
    except DataError:
        return
    for one, record in zip(together, records, strict=True):
        held = json.loads(one.record)
        assert one.record == canonical.encode(held)
        assert {**record, "number": one.number, "subject": one.subject} == held
        assert json.loads(one.entry)["commitment"] == commitment(one.salt, one.record)
    assert len({one.salt for one in together}) == len({one.number for one in together}) == len(said)


def test_one_identity_number_among_many_records_refuses_them_all():
    many = [event("decision", reasons=f"seen on visit {at}") for at in range(50)]
    assert len(seal_all(many, KEY)) == 50
    for wrong in (event("decision", reasons="porteur du BK123456"), event("decision", officer="BK 12")):
        with pytest.raises(DataError, match="JZ-609"):
            seal_all([*many, wrong, *many], KEY)


def test_numbers_are_not_read_across_records():
    assert seal_all([event("decision", reasons="ends with AB"), event("decision", a="12345 pupils")], KEY)


@given(st.lists(st.text("AB12345é -_.7k\n٣", max_size=14), max_size=6))
def test_numbers_are_searched_as_the_plain_rule_says(parts):
    text = identity.plain(" ".join(parts))
    rule = re.compile(r"[0-9]{5,6}(?![\w-])")
    found = [match.start() for match in rule.finditer(text) if not text[match.start() - 1].isdigit()]
    expected = any(identity._BEFORE.search(text, max(0, at - 8), at) for at in found)
    assert identity.has_identity_number(text) == expected
