"""Drift is a finding like any other: the same rows have not moved, other rows have."""

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from jazari.core.errors import VerificationError
from jazari.usecase.drift import drift


def test_on_the_rows_that_it_was_measured_on_no_figure_and_no_column_of_persons_has_moved(dossier, kingdom):
    found = drift(dossier, kingdom)
    assert not any(one["state"] == "moved" for one in found["figures"].values())
    assert not {"absences", "term_average", "years_repeated", "age"} & set(found["moved"])


def test_a_world_in_which_everybody_lives_far_away_has_moved(dossier, kingdom, tmp_path):
    year = pq.read_table(max(kingdom.glob("*.parquet")))
    at = year.column_names.index("absences")
    doubled = pc.min_element_wise(pc.add(pc.multiply(year["absences"], 3), 20), pa.scalar(100))
    moved = year.set_column(at, "absences", doubled.cast(year["absences"].type))
    pq.write_table(moved, tmp_path / "new.parquet")
    found = drift(dossier, tmp_path / "new.parquet")
    assert found["verdict"] == "moved"
    assert "absences" in found["moved"]
    assert found["finding"]["state"] == "broken"


def test_a_dossier_without_its_reference_cannot_be_compared(dossier, kingdom, copy_of):
    copy = copy_of(dossier)
    (copy.path / "reference.json").unlink()
    with pytest.raises(VerificationError, match="JZ-226"):
        drift(copy, kingdom)
