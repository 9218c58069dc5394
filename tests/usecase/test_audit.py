"""Anybody's predictions travel the same chain: a pipeline of scikit-learn, a plain rule, a vendor's list."""

import csv

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from jazari.core.errors import DataError, EngineError
from jazari.usecase.audit import audit
from jazari.usecase.reprint import reprint
from jazari.usecase.score import score
from jazari.usecase.verify import verify


@pytest.fixture(scope="module")
def year(kingdom):
    return pq.read_table(max(kingdom.glob("*.parquet")))


def table(year, **columns):
    return pa.table({"pupil_id": year["pupil_id"], "school_year": year["school_year"], **columns})


def vendor(year, noise=1.0):
    """A vendor's probabilities: something like the truth, with noise."""
    draw = np.random.default_rng(5)
    absences = np.nan_to_num(year["absences"].to_numpy(zero_copy_only=False).astype(float), nan=3.0)
    left = year["left_school"].to_numpy(zero_copy_only=False).astype(float)
    logit = -4 + 0.05 * absences + 1.5 * left + noise * draw.normal(size=year.num_rows)
    return 1 / (1 + np.exp(-logit))


def test_a_vendors_probabilities_get_a_dossier_that_says_what_is_unknown(year, kingdom, tmp_path):
    pacsv.write_csv(table(year, probability=vendor(year)), tmp_path / "vendor.csv")
    dossier = audit("education.dropout", tmp_path / "vendor.csv", tmp_path / "d", data=kingdom)
    assert dossier.evidence["kind"] == "probability"
    assert dossier.evidence["split"] == {"method": "foreign"}
    assert dossier.evidence["auc"]["n"] == year.num_rows
    assert dossier.evidence["baseline"]["recall_gain"]["value"] is not None
    assert dossier.evidence["targeting"] is not None
    assert "The seed of the model is not known." in dossier.document["unknown"]
    assert "model.json" not in dossier.document["files"]
    assert "La graine du modèle" in reprint(dossier, "fr")
    assert verify(dossier.path).recomputed


def test_a_rule_of_yes_and_no_is_measured_at_the_places_it_took_itself(year, kingdom, tmp_path):
    absences = np.nan_to_num(year["absences"].to_numpy(zero_copy_only=False).astype(float))
    listed = pa.array(np.where(absences > np.quantile(absences, 0.95), "yes", "no"))
    pq.write_table(table(year, listed=listed), tmp_path / "rule.parquet")
    dossier = audit("education.dropout", tmp_path / "rule.parquet", tmp_path / "d", data=kingdom)
    assert dossier.evidence["kind"] == "decision"
    assert dossier.evidence["auc"] is None
    assert dossier.evidence["people"]["listed"] == int((absences > np.quantile(absences, 0.95)).sum())
    assert verify(dossier.path).recomputed


def test_a_score_that_only_ranks_is_said_to_be_one(year, kingdom, tmp_path):
    pq.write_table(table(year, score=vendor(year) * 700), tmp_path / "score.parquet")
    dossier = audit("education.dropout", tmp_path / "score.parquet", tmp_path / "d", data=kingdom)
    assert dossier.evidence["kind"] == "score"
    assert dossier.evidence["brier"] is None
    assert dossier.evidence["auc"]["value"] > 0.6


def test_predictions_that_bring_their_own_groups_need_no_other_table(year, tmp_path):
    whole = table(
        year, probability=vendor(year), left_school=year["left_school"], sex=year["sex"], milieu=year["milieu"],
        commune=year["commune"], school=year["school"], region=year["region"],
    )  # fmt: skip
    pq.write_table(whole, tmp_path / "alone.parquet")
    dossier = audit("education.dropout", tmp_path / "alone.parquet", tmp_path / "d")
    assert dossier.evidence["groups"]["sex"]["gaps"]["recall"] is not None
    assert dossier.evidence["baseline"] is None


def test_reasons_that_come_with_the_predictions_are_kept_as_terms(year, kingdom, tmp_path):
    reasons = pa.array(["absences" if index % 2 else "distance" for index in range(year.num_rows)])
    pq.write_table(table(year, probability=vendor(year), reason_1=reasons), tmp_path / "p.parquet")
    dossier = audit("education.dropout", tmp_path / "p.parquet", tmp_path / "d", data=kingdom)
    assert [term["columns"] for term in dossier.model["terms"]] == [["absences"], ["distance"]]
    assert set(pq.read_table(dossier.path / "list.parquet")["reason_1"].to_pylist()) == {0, 1}


def test_somebody_elses_model_cannot_list_another_table(year, kingdom, tmp_path):
    pq.write_table(table(year, probability=vendor(year)), tmp_path / "p.parquet")
    dossier = audit("education.dropout", tmp_path / "p.parquet", tmp_path / "d", data=kingdom)
    with pytest.raises(EngineError, match="JZ-451"):
        score(dossier, kingdom, tmp_path / "l.parquet")


def spoil(year, how):
    probability = vendor(year)
    if how == "outside":
        return table(year, probability=probability * 2)
    if how == "missing":
        return table(year, probability=pa.array([None, *probability[1:]], pa.float64()))
    if how == "nobody":
        return table(year, percentage=probability)
    if how == "twice":
        return pa.concat_tables([table(year, probability=probability)] * 2)
    if how == "strangers":
        strangers = pa.array([f"nobody-{index}" for index in range(year.num_rows)])
        return pa.table({"pupil_id": strangers, "school_year": year["school_year"], "probability": probability})
    return table(year, probability=probability, left_school=pa.array([True] * year.num_rows))


@pytest.mark.parametrize("how", ["outside", "missing", "nobody", "twice", "strangers", "all alike"])
def test_predictions_that_cannot_be_audited_honestly_are_refused_with_a_code_and_leave_nothing(
    year, kingdom, tmp_path, how
):
    pq.write_table(spoil(year, how), tmp_path / "p.parquet")
    with pytest.raises(DataError, match="JZ-") as caught:
        audit("education.dropout", tmp_path / "p.parquet", tmp_path / "d", data=kingdom)
    assert caught.value.fix
    assert not (tmp_path / "d").exists()


def test_a_pipeline_of_scikit_learn_and_a_plain_rule_are_audited_on_real_students(shared, tmp_path):
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    path = shared / "student_dropout_uci697" / "data.csv"
    with path.open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    numbers = np.array([[float(value) for name, value in row.items() if name != "Target"] for row in rows])
    left = np.array([row["Target"] == "Dropout" for row in rows])
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    probability = cross_val_predict(pipeline, numbers, left, cv=5, method="predict_proba")[:, 1]
    approved = np.array([float(row["Curricular units 2nd sem (approved)"]) for row in rows])
    for name, column in (("probability", probability), ("listed", approved < 2)):
        pacsv.write_csv(pa.table({"key": np.arange(len(rows)), name: column}), tmp_path / f"{name}.csv")
        dossier = audit("education.student_dropout", tmp_path / f"{name}.csv", tmp_path / name, data=path)
        assert dossier.evidence["people"]["n"] == len(rows)
        assert verify(dossier.path).recomputed
