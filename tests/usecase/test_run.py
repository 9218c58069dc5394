"""A run leaves a whole dossier or nothing; the same seed and data give the same bytes."""

import json
import math

import numpy as np
import pyarrow.parquet as pq
import pytest

from jazari.core.canonical import digest_without, file_digest
from jazari.core.errors import DataError, DeclarationError
from jazari.usecase import dossier as folder
from jazari.usecase.find import find
from jazari.usecase.run import run
from jazari.usecase.score import score

PREDICTIONS = [
    "pseudonym", "site", "territory", "period", "fold", "probability", "outcome", "baseline", "challenger", "site_rate",
    "selected",
]  # fmt: skip
LIST = [
    "key", "site", "territory", "logit", "probability", *(f"reason_{i}" for i in range(1, 5)),
    *(f"contribution_{i}" for i in range(1, 5)), "rest", "rank", "selected",
]  # fmt: skip


def read(dossier, name):
    return pq.read_table(dossier.path / name)


def test_every_file_is_fingerprinted_and_has_an_audience(dossier):
    document = dossier.document
    assert document["digest"] == digest_without(document, "digest")
    for name, file in document["files"].items():
        assert file_digest(dossier.path / name) == file["sha256"]
    audiences = {name: file["audience"] for name, file in document["files"].items()}
    assert audiences["predictions.parquet"] == "auditor"
    assert {audiences[one] for one in ("keys.parquet", "list.parquet", "inputs.parquet")} == {"private"}
    assert {audiences[one] for one in ("model.json", "evidence.json", "card.ar.html")} == {"public"}


def test_the_tables_have_their_schemas(dossier):
    audited = [one["name"] for one in dossier.document["declaration"]["table"]["columns"] if one["role"] == "audited"]
    assert read(dossier, "predictions.parquet").column_names == PREDICTIONS + audited
    assert read(dossier, "list.parquet").column_names == LIST
    types = {name: str(read(dossier, "list.parquet").schema.field(name).type) for name in LIST}
    assert (types["logit"], types["reason_1"], types["rank"], types["selected"]) == ("float", "uint8", "int32", "bool")


def test_the_reasons_and_the_rest_sum_to_the_logit(dossier):
    rows = read(dossier, "list.parquet").to_pydict()
    total = (
        dossier.model["intercept"]
        + np.array(rows["rest"])
        + sum(np.array(rows[f"contribution_{i}"]) for i in range(1, 5))
    )
    assert np.abs(total - np.array(rows["logit"])).max() < 1e-4
    assert np.abs(1 / (1 + np.exp(-np.array(rows["logit"]))) - np.array(rows["probability"])).max() < 1e-5


def test_the_last_period_is_held_out_and_listed_and_fits_nothing(dossier):
    split = dossier.evidence["split"]
    assert split["method"] == "period"
    assert max(split["fit"]) < split["calibrate"] < split["test"] == split["listed"]
    assert set(read(dossier, "predictions.parquet")["period"].to_pylist()) == {split["test"]}


def test_no_audited_column_and_no_key_is_in_the_model(dossier):
    text = (dossier.path / "model.json").read_text()
    for one in dossier.document["declaration"]["table"]["columns"]:
        if one["role"] != "column":
            assert f'"{one["name"]}"' not in text


def test_an_auditor_sees_pseudonyms_and_no_key_school_or_commune(dossier, kingdom):
    keys = set(read(dossier, "keys.parquet")["key"].to_pylist())
    seen = read(dossier, "predictions.parquet")
    year = pq.read_table(next(kingdom.glob("*.parquet")))
    for name, hidden in (
        ("pseudonym", keys),
        ("site", set(year["school"].to_pylist())),
        ("territory", set(year["commune"].to_pylist())),
    ):
        assert not set(seen[name].to_pylist()) & hidden
    assert set(seen["pseudonym"].to_pylist()) <= set(read(dossier, "keys.parquet")["pseudonym"].to_pylist())


def test_people_are_selected_where_the_places_are(dossier):
    rows = read(dossier, "list.parquet").to_pandas()
    for _, area in rows.groupby("territory"):
        assert abs(area["selected"].sum() - 0.04 * len(area)) < 1
        assert area.loc[area["selected"], "rank"].max() <= area["selected"].sum() or not area["selected"].any()
    assert abs(rows["selected"].sum() - 0.04 * len(rows)) <= 1


def test_the_inputs_are_those_of_the_selected_and_of_nobody_else(dossier):
    rows = read(dossier, "list.parquet")
    chosen = set(rows.filter(rows["selected"])["key"].to_pylist())
    assert set(read(dossier, "inputs.parquet")["key"].to_pylist()) == chosen


def test_the_same_seed_and_data_give_the_same_bytes(dossier, kingdom, tmp_path):
    again = run("education.dropout", kingdom, tmp_path / "again")
    assert again.document["files"] == dossier.document["files"]
    ours, theirs = ({k: v for k, v in one.document.items() if k not in ("run", "digest")} for one in (again, dossier))
    assert ours == theirs


def test_scoring_the_same_table_gives_the_same_list(dossier, kingdom, tmp_path):
    score(dossier, kingdom, tmp_path / "list.parquet")
    assert pq.read_table(tmp_path / "list.parquet").equals(read(dossier, "list.parquet"))


def test_a_setting_is_overridden_and_recorded(kingdom, tmp_path):
    dossier = run("education.dropout", kingdom, tmp_path / "d", settings={"pairs": "0", "challenger": ""})
    assert dossier.document["settings"]["pairs"] == 0
    assert all(len(term["columns"]) == 1 for term in dossier.model["terms"])
    assert dossier.evidence["challenger"] is None


def test_a_folder_that_holds_something_is_refused_before_the_work(kingdom, tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "mine.txt").write_text("kept")
    with pytest.raises(DataError, match="JZ-360"):
        run("education.dropout", kingdom, tmp_path / "d")
    assert (tmp_path / "d" / "mine.txt").read_text() == "kept"


def test_a_run_that_is_stopped_leaves_nothing(kingdom, tmp_path, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(folder, "file_digest", stopped)
    with pytest.raises(KeyboardInterrupt):
        run("education.dropout", kingdom, tmp_path / "d", settings={"pairs": "0", "challenger": ""})
    assert list(tmp_path.iterdir()) == []


def test_a_challenger_is_never_the_model(kingdom, tmp_path):
    with pytest.raises(Exception, match="JZ-450"):
        run("education.dropout", kingdom, tmp_path / "d", settings={"variant": "boosted"})


def test_a_case_is_found_by_name_and_by_file(tmp_path):
    assert find("education.dropout").name == "education.dropout"
    with pytest.raises(DeclarationError, match="JZ-201"):
        find("education.dropuot")
    with pytest.raises(DeclarationError, match="JZ-220"):
        find("nowhere.py:x")
    (tmp_path / "broken.py").write_text("def")
    with pytest.raises(DeclarationError, match="JZ-221"):
        find(f"{tmp_path}/broken.py:x")


def test_the_evidence_is_plain_json_with_finite_numbers(dossier):
    def finite(value):
        if isinstance(value, dict):
            return all(map(finite, value.values()))
        if isinstance(value, list):
            return all(map(finite, value))
        return not isinstance(value, float) or math.isfinite(value)

    assert finite(json.loads((dossier.path / "evidence.json").read_text()))


def test_rows_that_do_not_fit_in_memory_give_the_same_answers(quick, listed, kingdom, tmp_path, monkeypatch):
    """Beyond forty million cells rows lie on the disk: a national run."""
    monkeypatch.setattr("jazari.data.snapshot._IN_MEMORY", 0)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    national = run(quick, kingdom, tmp_path / "d")
    for name in ("model.json", "evidence.json", "list.parquet", "predictions.parquet", "inputs.parquet"):
        assert (national.path / name).read_bytes() == (listed.path / name).read_bytes(), name
    assert list((tmp_path / "scratch").iterdir()) == []
