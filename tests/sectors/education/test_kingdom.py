"""The kingdom: what it promises of its register, its truth and its people."""

import hashlib
import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from jazari.core.errors import DataError, DeclarationError
from jazari.core.progress import Silent
from jazari.data.conform import check
from jazari.data.source import open_source
from jazari.sectors.education.dropout import dropout
from jazari.sectors.education.kingdom import make
from jazari.sectors.education.kingdom.ceiling import PLACES, choose
from jazari.sectors.education.kingdom.places import shares
from jazari.sectors.education.kingdom.provinces import PROVINCES, REGIONS

YEARS = ("2021-2022", "2022-2023", "2023-2024", "2024-2025")
PUPILS = 30_000
GROUPS = (("sex f", "sex m"), ("milieu rural", "milieu urban"))


@pytest.fixture(scope="module")
def fair(tmp_path_factory):
    out = tmp_path_factory.mktemp("fair") / "k"
    return out, make(out, pupils=PUPILS, seed=11, unfair=False, progress=Silent())


@pytest.fixture(scope="module")
def unfair(tmp_path_factory):
    out = tmp_path_factory.mktemp("unfair") / "k"
    return out, make(out, pupils=PUPILS, seed=11, unfair=True, progress=Silent())


def rows(out, year, *columns):
    return pq.read_table(out / f"{year}.parquet", columns=list(columns) or None)


def digests(out):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(out.rglob("*")) if path.is_file()
    }


def test_every_year_has_as_many_pupils_as_were_asked_for_each_once(fair):
    for year in YEARS:
        ids = rows(fair[0], year, "pupil_id")["pupil_id"]
        assert len(ids) == len(ids.unique()) == PUPILS


def test_the_regions_are_twelve_and_the_provinces_seventy_five(fair):
    assert len(REGIONS) == 12
    assert len({one.code for one in PROVINCES}) == len({one.name for one in PROVINCES}) == 75
    table = rows(fair[0], YEARS[-1], "region", "province")
    assert len(table["region"].unique()) == 12
    assert len(table["province"].unique()) == 75


def test_the_table_fits_its_declaration(fair):
    with open_source(fair[0]) as source:
        report = check(source, dropout.table)
    assert report.errors == []
    assert report.rows == 4 * PUPILS


def test_there_are_at_least_forty_inputs_of_three_kinds():
    assert len(dropout.table.inputs) >= 40
    assert {one.kind for one in dropout.table.inputs} == {"number", "flag", "category"}


def test_pupils_stay_from_year_to_year_and_grow_a_year_older(fair):
    before, after = (rows(fair[0], year, "pupil_id", "age", "grade", "sex") for year in YEARS[1:3])
    both = before.join(after, "pupil_id", join_type="inner", right_suffix="_next")
    assert both.num_rows > 0.8 * PUPILS
    assert set(np.unique(both["age_next"].to_numpy() - both["age"].to_numpy())) == {1}
    assert set(np.unique(both["grade_next"].to_numpy() - both["grade"].to_numpy())) == {0, 1}
    assert both["sex"].to_pylist() == both["sex_next"].to_pylist()


def test_who_dropped_out_is_never_seen_again_and_who_came_back_is(fair):
    truth = pq.read_table(fair[0] / "truth" / f"{YEARS[0]}.parquet")
    later = set(rows(fair[0], YEARS[1], "pupil_id")["pupil_id"].to_pylist())
    fates = dict(zip(truth["pupil_id"].to_pylist(), truth["fate"].to_pylist(), strict=True))
    seen = {fate: [one in later for one, what in fates.items() if what == fate] for fate in set(fates.values())}
    assert not any(seen["dropped out"] + seen["emigrated"] + seen["transferred without trace"] + seen["finished"])
    assert all(seen["stayed"])
    assert any(seen["came back unrecorded"])
    assert any(seen["transferred"])


def test_the_register_confuses_some_fates_with_leaving(fair):
    truth = pq.read_table(fair[0] / "truth" / f"{YEARS[0]}.parquet")
    left = rows(fair[0], YEARS[0], "left_school")["left_school"].to_pylist()
    said = {(fate, one) for fate, one in zip(truth["fate"].to_pylist(), left, strict=True)}
    assert {fate for fate, one in said if one} == {
        "dropped out", "came back unrecorded", "transferred without trace", "emigrated undeclared",
    }  # fmt: skip
    assert ("dropped out, filed as transfer", False) in said


def test_the_base_rate_is_near_that_of_the_country(fair, unfair):
    for _, summary in (fair, unfair):
        rates = [year["expected_rate"] for year in summary["years"].values()]
        assert np.mean(rates) == pytest.approx(280_000 / 9_000_000, rel=0.15)  # which communes there are is chance


@pytest.mark.long
def test_at_a_million_pupils_the_base_rate_is_that_of_the_country_and_the_kingdom_is_fair(tmp_path):
    summary = make(tmp_path / "k", pupils=1_000_000, seed=0, unfair=False, progress=Silent())
    years = summary["years"].values()
    assert np.mean([year["expected_rate"] for year in years]) == pytest.approx(280_000 / 9_000_000, rel=0.04)
    assert (
        max(abs(year["recall_at_places"][a] - year["recall_at_places"][b]) for year in years for a, b in GROUPS) < 0.02
    )


def test_the_ceiling_is_the_auc_of_the_true_probabilities(fair):
    for year in YEARS:
        truth = pq.read_table(fair[0] / "truth" / f"{year}.parquet")["probability"].to_numpy()
        left = rows(fair[0], year, "left_school")["left_school"].to_numpy()
        assert fair[1]["years"][year]["auc"] == pytest.approx(roc_auc_score(left, truth), abs=1e-4)
        assert left.mean() == pytest.approx(truth.mean(), abs=4 * np.sqrt(0.03 / PUPILS))


def test_the_fair_kingdom_is_fair_and_the_unfair_one_is_not(fair, unfair):
    gaps = {
        name: [abs(year["recall_at_places"][a] - year["recall_at_places"][b]) for year in summary["years"].values()
               for a, b in GROUPS]
        for name, (_, summary) in {"fair": fair, "unfair": unfair}.items()
    }  # fmt: skip
    assert max(gaps["fair"]) <= 0.05
    assert max(gaps["unfair"]) >= 0.20


def test_the_same_seed_makes_the_same_bytes_and_another_seed_others(tmp_path):
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        make(tmp_path / name, pupils=1500, seed=seed, unfair=False, progress=Silent())
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    assert digests(tmp_path / "a") != digests(tmp_path / "c")


def test_some_values_are_missing_and_some_recorded_after_the_prediction_date(fair):
    with open_source(fair[0]) as source:
        report = {one.name: one for one in check(source, dropout.table).columns}
    assert 0.10 < report["homework_done"].missing < 0.30
    late = [report[name].recorded_late for name in ("absences", "term_average", "poverty_index")]
    assert min(late) > 0.01
    assert max(late) < 0.25


def test_the_truth_is_not_among_the_data(fair):
    headers = rows(fair[0], YEARS[0]).column_names
    assert not {"probability", "fate"} & set(headers)
    with open_source(fair[0]) as source:
        assert "probability" not in source.headers


def test_a_very_small_kingdom_works(tmp_path):
    summary = make(tmp_path / "k", pupils=200, seed=1, unfair=False, progress=Silent())
    assert [year["pupils"] for year in summary["years"].values()] == [200] * 4
    assert json.loads((tmp_path / "k/truth/kingdom.json").read_text()) == summary


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("JZ-290", {"pupils": 199}),
        ("JZ-290", {"pupils": 10**9}),
        ("JZ-290", {"pupils": True}),
        ("JZ-291", {"seed": -1}),
    ],
)
def test_wrong_arguments_are_coded_errors_and_leave_nothing(tmp_path, code, wrong):
    with pytest.raises(DeclarationError) as caught:
        make(tmp_path / "k", **({"pupils": 300, "seed": 0, "unfair": False, "progress": Silent()} | wrong))
    assert caught.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_a_former_kingdom_is_replaced_and_anything_else_left_alone(tmp_path):
    for seed in (1, 2):
        make(tmp_path / "k", pupils=300, seed=seed, unfair=False, progress=Silent())
    assert json.loads((tmp_path / "k/truth/kingdom.json").read_text())["seed"] == 2
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("years of work")
    with pytest.raises(DeclarationError, match="JZ-292"):
        make(tmp_path / "mine", pupils=300, seed=1, unfair=False, progress=Silent())
    assert (tmp_path / "mine/thesis.txt").read_text() == "years of work"


def test_a_disk_that_refuses_is_a_coded_error_and_leaves_nothing(tmp_path, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq.ParquetWriter, "write_table", full)
    with pytest.raises(DataError) as caught:
        make(tmp_path / "k", pupils=300, seed=1, unfair=False, progress=Silent())
    assert caught.value.code == "JZ-293"
    assert list(tmp_path.iterdir()) == []


@given(total=st.integers(0, 10_000), weights=st.lists(st.floats(0.01, 100), min_size=1, max_size=50))
@settings(max_examples=100, deadline=None)
def test_shares_sum_to_the_whole_and_stay_within_one_of_the_exact_part(total, weights):
    given_out = shares(total, np.array(weights))
    assert given_out.sum() == total
    assert np.abs(given_out - np.array(weights) / sum(weights) * total).max() < 1 + 1e-6


@given(st.data())
@settings(max_examples=50, deadline=None)
def test_the_places_of_each_commune_go_to_its_highest_chances(data):
    n = data.draw(st.integers(30, 300))
    commune = np.array(data.draw(st.lists(st.integers(0, 5), min_size=n, max_size=n)))
    chance = np.random.default_rng(data.draw(st.integers(0, 99))).random(n)
    chosen = choose(chance, commune)
    assert chosen.sum() == round(PLACES * n)
    for one in np.unique(commune):
        here = commune == one
        assert max(chance[here & ~chosen], default=0) <= min(chance[here & chosen], default=1)
