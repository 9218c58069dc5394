"""Drift: stability of columns, change of figures, and a verdict."""

import numpy as np
import pyarrow as pa
import pytest

from jazari.audit.drift import cells, drift, stability
from jazari.core import canonical
from jazari.core.errors import DataError
from jazari.schema.columns import column
from jazari.schema.records import TableRows

COLUMNS = (column("absences"), column("language", among=("ar", "fr", "zgh")))


def rows(size, seed, *, more=0.0, missing=0.05, languages=(0.6, 0.3, 0.1)):
    rng = np.random.default_rng(seed)
    absences = np.where(rng.random(size) < missing, np.nan, rng.poisson(6, size) + more)
    language = rng.choice(["ar", "fr", "zgh"], size, p=languages)
    return TableRows(pa.table({"absences": pa.array(absences, from_pandas=True), "language": language}), size=700)


def compared(then, now):
    reference = cells(then, COLUMNS)
    return drift(reference, cells(now, COLUMNS, like=reference))


def test_counts_hold_everybody_and_the_missing_stand_last():
    counted = cells(rows(3000, 0), COLUMNS)
    assert all(sum(one["counts"]) == 3000 for one in counted.values())
    assert counted["absences"]["counts"][-1] == pytest.approx(150, abs=45)
    assert counted["language"]["values"] == ["ar", "fr", "zgh"]


def test_the_index_by_hand():
    assert stability(np.array([499.5, 499.5]), np.array([599.5, 399.5])) == pytest.approx(
        0.1 * np.log(0.6 / 0.5) - 0.1 * np.log(0.4 / 0.5), abs=1e-9
    )


def test_the_same_world_is_stable_even_in_small_samples():
    verdicts = [compared(rows(20_000, 0), rows(150, seed))["verdict"] for seed in range(1, 21)]
    assert verdicts.count("stable") >= 19


def test_a_moved_column_is_named_with_its_interval():
    found = compared(rows(5000, 0), rows(5000, 1, more=3.0))
    assert found["verdict"] == "moved"
    assert found["moved"] == ["absences"]
    psi = found["columns"]["absences"]["psi"]
    assert 0.25 < psi["low"] <= psi["value"] <= psi["high"]
    canonical.encode(found)


def test_a_new_value_and_more_missing_are_movements():
    now = rows(5000, 1, missing=0.5)
    table = now.table.set_column(1, "language", pa.array(["en"] * 5000))
    assert compared(rows(5000, 0), TableRows(table))["moved"] == ["absences", "language"]


def test_an_absent_column_is_refused():
    with pytest.raises(DataError, match="JZ-514"):
        cells(TableRows(pa.table({"absences": [1.0]})), COLUMNS)


def test_other_cells_are_refused():
    reference = cells(rows(500, 0), COLUMNS)
    with pytest.raises(DataError, match="JZ-514"):
        drift(reference, {"absences": {"edges": [], "counts": [3, 4]}})


def test_new_outcomes_show_a_gap_that_opened(population, measured):
    reference = cells(rows(500, 0), COLUMNS)
    then, same = measured(population(6000, seed=1), ("sex",)), measured(population(6000, seed=2), ("sex",))
    apart = measured(population(6000, seed=3, shift=1.2), ("sex",))
    assert drift(reference, reference, then=then, now=same)["gaps"]["sex recall"]["state"] == "stable"
    opened = drift(reference, reference, then=then, now=apart)
    assert opened["verdict"] == "moved"
    assert "sex recall" in opened["moved"]
    assert opened["gaps"]["sex recall"]["change"]["low"] > 0
