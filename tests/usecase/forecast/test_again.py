"""Forecasts go on from a dossier: the same as if nothing had stopped, scored when the truth comes, sealed before."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from jazari.cli.forecast import forecast
from jazari.core.canonical import file_digest
from jazari.core.errors import DeclarationError, JazariError, SafeguardError, VerificationError
from jazari.governance.events import create_ledger, open_ledger
from jazari.usecase import UseCase, beats_baseline
from jazari.usecase.forecast.again import forecast_again
from jazari.usecase.run import run
from jazari.usecase.sealing import seal_run
from tests.usecase.forecast.conftest import DAYS, declared, loads


def day(number):
    """The readings of one day alone."""
    return loads(DAYS + 3).slice(number * 48, 48)


def test_the_next_day_is_forecast_and_the_last_one_scored(forecast_dossier, tmp_path):
    found = forecast_again(forecast_dossier, day(DAYS), tmp_path / "next.parquet")
    rows = pq.read_table(tmp_path / "next.parquet")
    assert found["origin"] == "2024-05-01T00:00:00"
    assert rows.num_rows == 48
    assert rows["actual"].null_count == 48
    assert found["scored"]["origins"]["count"] == 1
    assert found["scored"]["mae"]["value"] > 0


def test_a_state_goes_on_day_after_day_as_if_it_had_seen_both_at_once(forecast_dossier, tmp_path):
    state = tmp_path / "state"
    forecast_again(forecast_dossier, day(DAYS), tmp_path / "one.parquet", state=state)
    step = forecast_again(forecast_dossier, day(DAYS + 1), tmp_path / "two.parquet", state=state)
    both = loads(DAYS + 3).slice(DAYS * 48, 96)
    forecast_again(forecast_dossier, both, tmp_path / "both.parquet")
    assert step["scored"]["origins"]["count"] == 1
    two, once = (pq.read_table(tmp_path / f"{name}.parquet") for name in ("two", "both"))
    assert np.allclose(two["q0.5"].to_numpy(), once["q0.5"].to_numpy(), rtol=1e-6)


def test_a_forecast_is_sealed_before_its_truth_and_scored_after(tmp_path):
    create_ledger(tmp_path / "ledger", "toys.example").close()
    dossier = run(declared(test_days=7), loads(), tmp_path / "d")
    seal_run(dossier, tmp_path / "ledger")
    found = forecast_again(dossier, day(DAYS), tmp_path / "next.parquet", ledger=tmp_path / "ledger")
    with open_ledger(tmp_path / "ledger") as ledger:
        sealed = [row["record"] for row in ledger.records("forecast_issued")]
    assert [one["origin"] for one in sealed] == ["2024-04-30 00:00", "2024-05-01T00:00:00"]
    assert sealed[0]["forecasts"] == dossier.document["files"]["forecasts.parquet"]["sha256"]
    assert sealed[1]["forecasts"] == found["sha256"]
    assert sealed[1]["scored"]["mae"]["value"] == pytest.approx(found["scored"]["mae"]["value"])


def stale(rows, *headers):
    """New readings of which those of some series end after a week."""
    late = pc.greater_equal(rows["When"], rows["When"][7 * 48])
    for header in headers:
        rows = rows.set_column(rows.schema.get_field_index(header), header, pc.if_else(late, None, rows[header]))
    return rows


def test_a_stale_series_is_left_out_and_said_and_the_others_go_on(forecast_dossier, tmp_path):
    rows = stale(loads(DAYS + 10).slice(DAYS * 48), "Load west")
    found = forecast_again(forecast_dossier, rows, tmp_path / "next.parquet", state=tmp_path / "state")
    assert found["left_out"] == {"Load west": 72.0}
    assert set(pq.read_table(tmp_path / "next.parquet")["series"].to_pylist()) == {"Load east"}
    back = loads(DAYS + 11).slice((DAYS + 7) * 48)
    found = forecast_again(forecast_dossier, back, tmp_path / "after.parquet", state=tmp_path / "state")
    assert (found["left_out"], found["series"], found["changed"]) == ({}, 2, 0)


def test_of_sums_all_parts_are_fresh_or_nothing_is_forecast(tmp_path):
    dossier = run(declared(test_days=7, hierarchy="town=*"), loads(), tmp_path / "d")
    rows = stale(loads(DAYS + 10).slice(DAYS * 48), "Load west")
    with pytest.raises(SafeguardError) as raised:
        forecast_again(dossier, rows, tmp_path / "next.parquet", state=tmp_path / "state")
    assert raised.value.code == "JZ-464"
    assert not (tmp_path / "next.parquet").exists()
    assert not (tmp_path / "state").exists()


def test_a_series_that_brings_nothing_that_day_is_still_forecast(forecast_dossier, tmp_path):
    rows = day(DAYS).drop_columns(["Load west"])
    found = forecast_again(forecast_dossier, rows, tmp_path / "next.parquet")
    assert (found["series"], found["left_out"], found["silent"]) == (2, {}, ["Load west"])
    strangers = day(DAYS).rename_columns(["When", "Load north", "Temperature", "Load west"])
    found = forecast_again(forecast_dossier, strangers, tmp_path / "other.parquet")
    assert (found["series"], found["unknown"]) == (2, 1)


def in_megawatts(rows):
    for header in ("Load east", "Load west"):
        small = pc.divide(rows[header], 1000.0)
        rows = rows.set_column(rows.schema.get_field_index(header), header, small)
    return rows


@pytest.mark.parametrize(
    ("bring", "code"),
    [
        (lambda: in_megawatts(day(DAYS)), "JZ-386"),
        (lambda: loads(DAYS).slice(90 * 48), "JZ-471"),
        (lambda: loads(DAYS + 60).slice((DAYS + 50) * 48), "JZ-425"),
        (lambda: day(DAYS).rename_columns(["When", "Load a", "Temperature", "Load b"]), "JZ-425"),
    ],
)
def test_readings_that_do_not_go_on_are_refused_and_nothing_is_written(bring, code, forecast_dossier, tmp_path):
    with pytest.raises(JazariError) as raised:
        forecast_again(forecast_dossier, bring(), tmp_path / "next.parquet", state=tmp_path / "state")
    assert raised.value.code == code
    assert not (tmp_path / "next.parquet").exists()
    assert not (tmp_path / "state").exists()


def test_a_past_that_comes_again_with_other_values_is_counted(forecast_dossier, tmp_path):
    rows = loads(DAYS + 1).slice((DAYS - 1) * 48)
    other = rows.set_column(1, "Load east", pc.multiply(rows["Load east"], 1.5))
    found = forecast_again(forecast_dossier, other, tmp_path / "next.parquet")
    assert found["changed"] == 48  # a day of two series


def test_a_dossier_without_its_private_files_has_no_state(forecast_dossier, tmp_path):
    for name in forecast_dossier.names("auditor"):
        (tmp_path / name).write_bytes((forecast_dossier.path / name).read_bytes())
    (tmp_path / "dossier.json").write_bytes((forecast_dossier.path / "dossier.json").read_bytes())
    with pytest.raises(VerificationError) as raised:
        forecast_again(tmp_path, day(DAYS), tmp_path / "next.parquet")
    assert raised.value.code == "JZ-460"


def test_a_dossier_of_another_ability_is_refused(forecast_dossier, tmp_path):
    document = json.loads((forecast_dossier.path / "dossier.json").read_bytes())
    document["declaration"]["engine"]["ability"] = "risk"
    (tmp_path / "dossier.json").write_text(json.dumps(document))
    with pytest.raises(DeclarationError) as raised:
        forecast_again(tmp_path, day(DAYS), tmp_path / "next.parquet")
    assert raised.value.code == "JZ-463"


def test_the_command_says_what_it_did(forecast_dossier, tmp_path):
    pq.write_table(day(DAYS), tmp_path / "new.parquet")
    words = [str(forecast_dossier.path), "--data", str(tmp_path / "new.parquet"), "--out", str(tmp_path / "f.parquet")]
    ran = CliRunner().invoke(forecast, words, catch_exceptions=False)
    assert "2 series forecast from 2024-05-01" in ran.output
    assert "Issued before, and true since: 1 forecasts" in ran.output


def test_a_forecast_is_scored_as_it_was_sealed_or_not_at_all(forecast_dossier, tmp_path):
    create_ledger(tmp_path / "ledger", "toys.example").close()
    state, ledger = tmp_path / "state", tmp_path / "ledger"
    found = forecast_again(forecast_dossier, day(DAYS), tmp_path / "one.parquet", state=state, ledger=ledger)
    with open_ledger(ledger) as opened:
        (record,) = (row["record"] for row in opened.records("forecast_issued"))
    assert found["scored"] is not None
    assert record["scored"] is None  # what the dossier issued was never sealed here
    (file,) = state.glob("issued-*.parquet")
    rows = pq.read_table(file)
    pq.write_table(rows.set_column(rows.schema.get_field_index("q0.5"), "q0.5", pc.add(rows["q0.5"], 1.0)), file)
    index = json.loads((state / "issued.json").read_bytes())
    index["files"][file.name] = file_digest(file)  # as a forger would
    (state / "issued.json").write_text(json.dumps(index))
    with pytest.raises(VerificationError) as raised:
        forecast_again(forecast_dossier, day(DAYS + 1), tmp_path / "two.parquet", state=state, ledger=ledger)
    assert raised.value.code == "JZ-472"
    assert not (tmp_path / "two.parquet").exists()


def test_one_missing_reading_in_the_audit_stops_nothing(tmp_path):
    rows = loads()
    holes = rows["Load west"].to_numpy().copy()
    holes[(DAYS - 3) * 48 : (DAYS - 3) * 48 + 2] = np.nan
    dossier = run(
        declared(test_days=7), rows.set_column(3, "Load west", pa.array(holes, from_pandas=True)), tmp_path / "d"
    )
    found = forecast_again(dossier, day(DAYS), tmp_path / "next.parquet")
    assert found["scored"]["origins"]["count"] == 1


def test_half_a_day_is_scored_when_it_is_whole(forecast_dossier, tmp_path):
    half = day(DAYS).slice(0, 24)
    found = forecast_again(forecast_dossier, half, tmp_path / "one.parquet", state=tmp_path / "state")
    assert found["scored"] is None


def test_a_state_goes_on_from_its_own_dossier_as_it_was_kept(forecast_dossier, tmp_path):
    state = tmp_path / "state"
    forecast_again(forecast_dossier, day(DAYS), tmp_path / "one.parquet", state=state)
    other = run(declared(test_days=7), loads(), tmp_path / "other")
    with pytest.raises(VerificationError) as raised:
        forecast_again(other, day(DAYS + 1), tmp_path / "two.parquet", state=state)
    assert raised.value.code == "JZ-474"
    rows = pq.read_table(state / "state_readings.parquet")
    pq.write_table(rows.slice(1), state / "state_readings.parquet")
    with pytest.raises(VerificationError) as raised:
        forecast_again(forecast_dossier, day(DAYS + 1), tmp_path / "two.parquet", state=state)
    assert raised.value.code == "JZ-474"


def test_that_a_dossier_is_blocked_is_said_and_sealed(tmp_path):
    create_ledger(tmp_path / "ledger", "toys.example").close()
    case = declared(test_days=7)
    strict = UseCase(case.name, purpose="Try.", table=case.table, engine=case.engine,
                     safeguards=(beats_baseline(by=0.99),))  # fmt: skip
    dossier = run(strict, loads(), tmp_path / "d")
    found = forecast_again(dossier, day(DAYS), tmp_path / "next.parquet", ledger=tmp_path / "ledger")
    with open_ledger(tmp_path / "ledger") as ledger:
        (record,) = (row["record"] for row in ledger.records("forecast_issued"))
    assert found["status"] == record["status"] == "blocked"
