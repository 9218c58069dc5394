"""Findings follow from the declaration and the evidence, or the dossier is not believed."""

import copy
import json

import pytest

from jazari.usecase.judged import judged


@pytest.fixture
def documents(dossier):
    """The two documents of a dossier that a run wrote."""
    return copy.deepcopy(dict(dossier.document)), copy.deepcopy(dict(dossier.evidence))


def test_what_a_run_wrote_follows(documents):
    assert judged(*documents) == []


def test_findings_left_out_are_missed(documents):
    document, evidence = documents
    document["findings"] = []
    assert "0 findings stand" in judged(document, evidence)[0]


def test_a_broken_safeguard_that_is_said_to_hold_is_found(documents):
    document, evidence = documents
    rule = next(one for one in document["declaration"]["safeguards"] if one["safeguard"] == "beats_baseline")
    rule["by"] = 0.99
    assert "beats_baseline is said to be" in judged(document, evidence)[0]


def test_what_cannot_be_waived_is_not_said_to_be(documents):
    document, evidence = documents
    fixed = next(one for one in document["findings"] if not one["waivable"])
    fixed["waivable"] = True
    assert "waivable" in judged(document, evidence)[0]


def test_a_status_that_is_not_that_of_the_findings_is_found(documents):
    document, evidence = documents
    document["status"] = "blocked" if document["status"] == "publishable" else "publishable"
    assert "status" in judged(document, evidence)[0]


def test_documents_of_any_shape_are_said_not_to_follow_and_never_raise(documents):
    document, evidence = documents
    for broken in ({}, {"declaration": {}}, {**document, "findings": [1]}, {**document, "declaration": "x"}):
        assert judged(json.loads(json.dumps(broken)), evidence)
