"""What two declarations say differently is said thing by thing, and nothing is left out."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jazari.hub.register.declared import differences

GAP = {"safeguard": "gap_at_most", "limit": 0.1, "across": ["sex"], "waivable": True}
DECLARED = {
    "name": "education.dropout",
    "owner": "Academy",
    "help": {"what": "tutoring", "share": 0.04, "of": "commune", "count": None},
    "legal_basis": ["Law 09-08, art. 4"],
    "safeguards": [GAP, {"safeguard": "objection", "open_for": "P30D", "within": "P15D", "waivable": False}],
    "table": {
        "row": "a pupil",
        "columns": [{"name": "canteen", "label": "Eats at the canteen", "face_to_face": False, "role": "column"}],
    },
}


def changed(change):
    after = copy.deepcopy(DECLARED)
    change(after)
    return {one["what"]: (one["before"]["en"], one["after"]["en"]) for one in differences(DECLARED, after)}


def test_nothing_differs_from_itself():
    assert differences(DECLARED, copy.deepcopy(DECLARED)) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda d: d["safeguards"][0].update(limit=0.3), ("Safeguards", "limit: 0.1", "limit: 0.3")),
        (lambda d: d["safeguards"][1].update(open_for="P5D"), ("Safeguards", "open for: P30D", "open for: P5D")),
        (lambda d: d["safeguards"].pop(0), ("Safeguards", "gap_at_most: present", "")),
        (lambda d: d["help"].update(share=0.02), ("Help and places", "share: 0.04", "share: 0.02")),
        (lambda d: d["legal_basis"].append("Law 54-19"), ("Legal basis", "", "Law 54-19: present")),
        (
            lambda d: d["table"]["columns"][0].update(face_to_face=True),
            ("Data that it reads", "told in person only: no", "told in person only: yes"),
        ),
        (
            lambda d: d["table"]["columns"].append({"name": "age", "label": "Age", "role": "column"}),
            ("Data that it reads", "", "Age: present"),
        ),
        (lambda d: d.update(owner="Another"), ("Other parts of the declaration", "owner: Academy", "owner: Another")),
    ],
)
def test_what_changed_is_said_before_and_after(change, expected):
    what, before, after = expected
    told = changed(change)
    assert list(told) == [what]
    assert before in told[what][0]
    assert after in told[what][1]


def leaves(value, path=()):
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if inside is None:
        yield path
    for key, one in inside or ():
        yield from leaves(one, (*path, key))


@settings(max_examples=40)
@given(st.sampled_from(sorted(leaves(DECLARED), key=json.dumps)), st.text("abc", min_size=12, max_size=12))
def test_whatever_value_changes_something_is_said(path, value):
    after = copy.deepcopy(DECLARED)
    inside = after
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = value
    assert differences(DECLARED, after)
