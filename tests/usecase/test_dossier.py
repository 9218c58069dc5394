"""A dossier is opened whole or refused with a code, whatever somebody made by hand."""

import contextlib
import copy
import json

import pytest

from jazari.core.canonical import digest_without, encode
from jazari.core.errors import JazariError, VerificationError
from jazari.usecase.dossier import DOCUMENT, FORM, Dossier, misfit
from jazari.usecase.verify import verify

TABLE = {"name": "pupils", "columns": [{"name": "absences"}]}
DOCUMENT_OF_A_RUN = {
    "schema": "jazari.dossier/1", "case": "a.b", "status": "publishable", "seed": 0, "settings": {},
    "fingerprints": {"declaration": "0" * 64, "data": "1" * 64}, "run": {"finished": "2026-11-22T10:00:00+00:00"},
    "files": {"card.fr.html": {"sha256": "2" * 64, "audience": "public"}},
    "findings": [{"safeguard": "expires", "state": "holds", "waivable": False}],
    "declaration": {
        "name": "a.b", "title": "A", "purpose": "B", "owner": "", "contact": "", "legal_basis": [], "help": None,
        "engine": {"ability": "risk"}, "safeguards": [{"safeguard": "expires"}], "table": TABLE,
    },
}  # fmt: skip


def written(folder, document):
    folder.mkdir(exist_ok=True)
    (folder / DOCUMENT).write_bytes(encode({**document, "digest": digest_without(document, "digest")}))
    return folder


def paths(form, document, way=()):
    """The ways to every field of the form that a document has."""
    if isinstance(form, dict):
        for name in document if "*" in form else form:
            yield (*way, name)
            yield from paths(form.get(name, form.get("*")), document[name], (*way, name))
    elif isinstance(form, list):
        for at, one in enumerate(document):
            yield from paths(form[0], one, (*way, at))


def test_what_a_run_writes_is_opened(tmp_path):
    assert Dossier.open(written(tmp_path / "d", DOCUMENT_OF_A_RUN)).status == "publishable"
    assert misfit({**DOCUMENT_OF_A_RUN, "digest": ""}, FORM) == ""


@pytest.mark.parametrize("put", ["missing", None, 7.5, [7], {"x": 7}])
def test_a_field_that_is_missing_or_of_another_kind_is_named(tmp_path, put):
    tried = 0
    for way in paths({one: kind for one, kind in FORM.items() if one != "digest"}, DOCUMENT_OF_A_RUN):
        spoilt = copy.deepcopy(DOCUMENT_OF_A_RUN)
        inner = spoilt
        for name in way[:-1]:
            inner = inner[name]
        if put == "missing":
            del inner[way[-1]]
        else:
            inner[way[-1]] = put
        if misfit({**spoilt, "digest": ""}, FORM) == "":
            continue  # the form asks for any value here, or for any number of files
        tried += 1
        with pytest.raises(VerificationError, match="JZ-226") as refused:
            Dossier.open(written(tmp_path / "d", spoilt))
        assert str(way[0]) in refused.value.found
    assert tried >= 20


def test_a_hand_made_dossier_with_a_good_digest_leaks_nothing(tmp_path):
    for way in paths(FORM, {**DOCUMENT_OF_A_RUN, "digest": ""}):
        spoilt = json.loads(json.dumps(DOCUMENT_OF_A_RUN))
        inner = spoilt
        for name in way[:-1]:
            inner = inner[name]
        inner.pop(way[-1], None)
        folder = written(tmp_path / "d", spoilt)
        with contextlib.suppress(JazariError):
            verify(folder)


@pytest.mark.parametrize("when", ["yesterday", "2026-11-22T10:00:00", "", "2026-13-01T00:00:00+00:00"])
def test_the_end_of_a_run_is_a_moment_with_its_offset(tmp_path, when):
    with pytest.raises(VerificationError, match="JZ-226") as refused:
        Dossier.open(written(tmp_path / "d", {**DOCUMENT_OF_A_RUN, "run": {"finished": when}}))
    assert "run.finished" in refused.value.found
