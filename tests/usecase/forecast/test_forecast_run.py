"""A use case of forecasts passes through the chain: run, card, verify, pack, audit, drift, and refusals on the way."""

import json
import shutil

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from jazari.core.errors import DataError, DeclarationError, EngineError, VerificationError
from jazari.usecase import (
    Forecast,
    Risk,
    Table,
    UseCase,
    audited,
    column,
    covers,
    known_ahead,
    outcome,
    series,
    time,
)
from jazari.usecase.audit import audit
from jazari.usecase.drift import drift
from jazari.usecase.forecast.sections import by_series, unit_of
from jazari.usecase.pack import pack
from jazari.usecase.run import run
from jazari.usecase.score import score
from jazari.usecase.section import Voice
from jazari.usecase.verify import verify
from tests.usecase.forecast.conftest import DAYS, START, declared, loads


def test_only_the_window_and_the_day_ahead_are_forecast(forecast_dossier):
    rows = pq.read_table(forecast_dossier.path / "forecasts.parquet")
    origins = sorted(set(rows["origin"].to_pylist()))
    assert len(origins) == 22
    assert str(origins[-1]) == "2024-04-30 00:00:00"  # the day after the last reading
    ahead = rows.filter(pc.equal(rows["origin"], pa.scalar(origins[-1], rows["origin"].type)))
    assert ahead["actual"].null_count == ahead.num_rows == 48
    assert rows["actual"].null_count == 48
    assert {"q0.025", "q0.05", "q0.5", "q0.95", "q0.975", "baseline", "mase_scale"} <= set(rows.column_names)


def test_series_are_found_by_their_words_and_half_hours_averaged(forecast_dossier):
    reading = forecast_dossier.evidence["reading"]
    assert reading["columns"] == {"time": "When", "series": "", "values": ["Load east", "Load west"], "known": []}
    assert reading["averaged"] == 2
    rows = pq.read_table(forecast_dossier.path / "forecasts.parquet")
    first = rows.filter(pc.equal(rows["series"], "Load east")).slice(0, 24)
    table = loads()
    at = int((first["time"][0].as_py() - START.item()).total_seconds() // 1800)
    averaged = table["Load east"].to_numpy()[at : at + 48].reshape(24, 2).mean(axis=1)
    assert np.allclose(first["actual"].to_numpy(), averaged)


def test_the_evidence_has_what_is_promised_and_follows_from_the_table(forecast_dossier):
    evidence = forecast_dossier.evidence
    for name in ("mae", "mape", "mase", "crps"):
        assert set(evidence[name]) == {"value", "low", "high", "n"}
        assert evidence[name]["low"] <= evidence[name]["value"] <= evidence[name]["high"]
    assert set(evidence["coverage"]) == {"0.8", "0.95"}
    assert evidence["origins"]["count"] == 21
    assert evidence["skill"]["mae"] == pytest.approx(1 - evidence["mae"]["value"] / evidence["baseline"]["mae"])
    assert verify(forecast_dossier.path).recomputed


def test_a_changed_forecast_is_found(forecast_dossier, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(forecast_dossier.path, copy)
    rows = pq.read_table(copy / "forecasts.parquet")
    better = rows.set_column(rows.schema.get_field_index("q0.5"), "q0.5", rows["actual"])
    pq.write_table(better, copy / "forecasts.parquet")
    with pytest.raises(VerificationError) as raised:
        verify(copy)
    assert raised.value.code == "JZ-560"


def test_cards_speak_and_draw_and_have_no_places(forecast_dossier):
    french = forecast_dossier.card("fr")
    assert "Ce qui est attendu" in french
    assert french.count("<svg") == 4  # two fans, levels, the calendar
    assert "Aide proposée" not in french
    assert 'href="ahead.csv"' in french
    assert "ما هو منتظر" in forecast_dossier.card("ar")
    assert "2 readings a step were averaged" in forecast_dossier.card("en")


def test_readings_travel_to_nobody(forecast_dossier, tmp_path):
    names = pack(forecast_dossier, "auditor", tmp_path / "auditor.zip")
    assert "forecasts.parquet" in names
    assert not [name for name in names if name.startswith("state")]


def test_a_window_is_set_and_recorded(tmp_path):
    settings = {"test_window": "2024-04-01:2024-04-10"}
    dossier = run(declared(), loads(), tmp_path / "d", settings=settings)
    assert dossier.evidence["origins"] == {
        "count": 10,
        "first": "2024-04-01T00:00:00",
        "last": "2024-04-10T00:00:00",
    }
    assert dossier.document["settings"]["test_window"] == "2024-04-01:2024-04-10"


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"test_window": "yesterday"}, "JZ-242"),
        ({"test_window": "2024-04-10:2024-04-01"}, "JZ-242"),
        ({"test_days": "many"}, "JZ-224"),
        ({"colour": "blue"}, "JZ-224"),
        ({"against": "the stars"}, "JZ-241"),
    ],
)
def test_a_wrong_setting_is_refused(settings, code, tmp_path):
    with pytest.raises(DeclarationError) as raised:
        run(declared(), loads(), tmp_path / "d", settings=settings)
    assert raised.value.code == code
    assert not (tmp_path / "d").exists()


def test_a_window_without_readings_is_refused(tmp_path):
    with pytest.raises(DataError) as raised:
        run(declared(test_window="2031-01-01:2031-01-10"), loads(), tmp_path / "d")
    assert raised.value.code == "JZ-244"


def test_a_table_without_the_series_is_refused(tmp_path):
    with pytest.raises(DataError) as raised:
        run(declared(), loads().select(["When", "Temperature"]), tmp_path / "d")
    assert raised.value.code == "JZ-243"


def test_duplicated_times_are_refused_and_nothing_is_left(tmp_path):
    twice = pa.concat_tables([loads(), loads().slice(10, 5)])
    with pytest.raises(DataError) as raised:
        run(declared(), twice, tmp_path / "d")
    assert raised.value.code == "JZ-383"
    assert not (tmp_path / "d").exists()


def test_a_constant_series_is_reported_and_the_others_go_on(tmp_path):
    rows = loads().append_column("Load stuck", pa.array(np.ones(DAYS * 48)))
    dossier = run(declared(test_days=7), rows, tmp_path / "d")
    assert list(dossier.evidence["by_series"]) == ["Load east", "Load west"]
    assert [(one["code"], one["series"]) for one in dossier.evidence["reading"]["remarks"]] == [
        ("JZ-399", ""),  # the temperature was not read
        ("JZ-392", "Load stuck"),
    ]
    assert "Load stuck" in dossier.card("fr")


def test_a_long_csv_is_read_with_who_is_served(tmp_path):
    wide = loads()
    lines = ["time,zone,milieu,load"]
    for at in range(0, wide.num_rows, 2):
        when = str(wide["When"][at].as_py())
        lines += [
            f"{when},7,rural,{wide['Load east'][at].as_py():.3f}",
            f"{when},12,urban,{wide['Load west'][at].as_py():.3f}",
        ]
    (tmp_path / "long.csv").write_text("\n".join(lines))
    table = Table("loads", time("time"), series("zone"), column("load"), audited("milieu", among=("rural", "urban")))
    case = UseCase("toys.long", purpose="Try.", table=table, engine=Forecast(of="load", variant="lear", test_days=7))
    dossier = run(case, tmp_path / "long.csv", tmp_path / "d")
    assert list(dossier.evidence["by_series"]) == ["12", "7"]
    assert set(dossier.evidence["gaps"]["milieu"]["by_territory"]) == {"rural", "urban"}
    assert verify(dossier.path).recomputed


def test_somebody_elses_forecasts_are_measured_alike(forecast_dossier, tmp_path):
    theirs = pq.read_table(forecast_dossier.path / "forecasts.parquet")
    pq.write_table(theirs, tmp_path / "theirs.parquet")
    audited = audit(declared(), tmp_path / "theirs.parquet", tmp_path / "audit")
    assert audited.evidence["crps"] == forecast_dossier.evidence["crps"]
    assert verify(audited.path).recomputed
    pq.write_table(theirs.drop_columns(["origin"]), tmp_path / "no_origin.parquet")
    with pytest.raises(DataError) as raised:
        audit(declared(), tmp_path / "no_origin.parquet", tmp_path / "other")
    assert raised.value.code == "JZ-465"


def test_drift_scores_what_was_issued(forecast_dossier):
    assert drift(forecast_dossier, loads())["verdict"] == "unknown"  # no truth yet
    found = drift(forecast_dossier, loads(DAYS + 1))
    assert found["verdict"] in ("stable", "watch")
    assert found["scored"]["origins"]["count"] == 1


def test_a_forecast_lists_nobody(forecast_dossier, tmp_path):
    pq.write_table(loads(), tmp_path / "new.parquet")
    with pytest.raises(EngineError) as raised:
        score(forecast_dossier, tmp_path / "new.parquet", tmp_path / "list.parquet")
    assert raised.value.code == "JZ-462"


def test_help_is_asked_of_questions_about_people_alone():
    people = Table("people", column("absences"), outcome("left"))
    with pytest.raises(DeclarationError) as raised:
        UseCase("toys.list", purpose="Try.", table=people, engine=Risk(of="left", against="absences"))
    assert raised.value.code == "JZ-216"
    assert declared().document()["help"] is None


@pytest.mark.parametrize(
    ("build", "code"),
    [
        (lambda: Forecast(of="load").fit_to(Table("t", column("load"))), "JZ-240"),
        (lambda: Forecast(of="kind").fit_to(Table("t", time("time"), column("kind", among=("a", "b")))), "JZ-240"),
        (lambda: Forecast(of="load", quantiles=(0.5, 0.1)), "JZ-241"),
        (lambda: Forecast(of="load", issue="25:00"), "JZ-241"),
        (lambda: Forecast(of="load", issue="00:30"), "JZ-241"),
        (lambda: Forecast(of="load", ahead="PT10M"), "JZ-241"),
        (lambda: covers(0.8, within=0.03, by="load").fit_to(Table("t", time("time"), column("load"))), "JZ-245"),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(build, code):
    with pytest.raises(DeclarationError) as raised:
        build()
    assert raised.value.code == code


def test_the_same_run_gives_the_same_files(forecast_dossier, tmp_path):
    again = run(declared(), loads(), tmp_path / "again")
    same, other = (json.dumps(one.document["files"], sort_keys=True) for one in (forecast_dossier, again))
    assert same == other


def test_what_is_declared_known_ahead_and_is_not_is_said(tmp_path):
    table = Table("loads", time("time"), series("zone", like=("load",)), column("load"), known_ahead("Temperature"))
    case = UseCase("toys.warm", purpose="Try.", table=table, engine=Forecast(of="load", variant="lear", test_days=7))
    dossier = run(case, loads(), tmp_path / "d")
    (remark,) = dossier.evidence["reading"]["remarks"]
    assert (remark["code"], remark["values"]) == ("JZ-385", {"column": "Temperature", "missing": 24, "steps": 24})
    ahead = loads(DAYS + 1)
    for header in ("Load east", "Load west"):
        short = pc.if_else(pc.less_equal(ahead["When"], pa.scalar(loads()["When"][-1].as_py())), ahead[header], None)
        ahead = ahead.set_column(ahead.schema.get_field_index(header), header, short)
    assert run(case, ahead, tmp_path / "known").evidence["reading"]["remarks"] == []


def test_the_card_of_many_series_says_how_they_spread():
    declared_ = {"engine": {"of": "load"}, "table": {"columns": [{"name": "load", "unit": "kW"}]}}
    many = {f"s{at:03}": {"mae": 1.0, "mase": 0.5 + at / 100, "mape": 1.0} for at in range(100)}
    section = by_series({"by_series": many, "coverage": {}}, unit_of(declared_), Voice("en"))
    assert section.sentences[0] == "The 24 series that fare worst, of 100."
    assert "between 0.75 and 1.25, the middle one 1.00; the best is 's000' with 0.50; 50% are" in section.sentences[1]
    assert len(section.grid.rows) == 24
