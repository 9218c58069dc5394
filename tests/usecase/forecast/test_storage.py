"""Reservoirs pass through the chain: storage, inflow and alerts, each recomputed from its table."""

import datetime

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from jazari.core.errors import DataError, DeclarationError
from jazari.governance.events import create_ledger, open_ledger
from jazari.sectors.water.kingdom import make
from jazari.sectors.water.storage import storage
from jazari.usecase import Storage
from jazari.usecase.drift import drift
from jazari.usecase.forecast.again import forecast_again
from jazari.usecase.run import run
from jazari.usecase.sealing import seal_run
from jazari.usecase.verify import verify

QUICK = {"paths": "60", "test_days": "400", "every_days": "60"}


@pytest.fixture(scope="module")
def kingdom(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reservoirs")
    make(folder, series=2)
    return folder / "reservoirs.parquet"


@pytest.fixture(scope="module")
def dossier(kingdom, tmp_path_factory):
    return run(storage, kingdom, tmp_path_factory.mktemp("storage") / "d", settings=QUICK)


def test_storage_beats_last_year_and_every_figure_follows_from_the_tables(dossier):
    assert dossier.evidence["skill"]["mae"] > 0
    assert dossier.evidence["balance_gap"] < 1e-6
    assert verify(dossier.path).recomputed


def test_truth_is_the_storage_of_the_day_that_is_named(dossier, kingdom):
    first = pq.read_table(dossier.path / "forecasts.parquet").slice(0, 1)
    rows = pq.read_table(kingdom)
    day = first["time"][0].as_py().date()
    assert day - first["origin"][0].as_py().date() == datetime.timedelta(days=1)
    is_mine = pc.and_(pc.equal(rows["reservoir"], first["series"][0]), pc.equal(rows["day"].cast("date32"), day))
    assert first["actual"][0].as_py() == pytest.approx(rows.filter(is_mine)["storage"][0].as_py())


def test_alerts_are_scored_and_those_ahead_are_not_yet(dossier):
    table = pq.read_table(dossier.path / "alerts.parquet")
    assert set(dossier.evidence["alerts"]) == {"P30D", "P90D"}
    assert all(0 <= one["brier"] <= 1 for one in dossier.evidence["alerts"].values())
    ahead = table.filter(pc.is_null(table["happened"]))
    assert ahead.num_rows == 4  # two reservoirs, two horizons
    assert all(0 <= one <= 1 for one in table["probability"].to_pylist())


def test_the_card_speaks_of_scarcity(dossier):
    assert "Alertes de pénurie" in dossier.card("fr")
    assert "تنبيهات الخصاص" in dossier.card("ar")


def test_a_table_that_says_no_capacity_is_refused(kingdom, tmp_path):
    with pytest.raises(DataError) as raised:
        run(storage, pq.read_table(kingdom).drop_columns(["full"]), tmp_path / "d", settings=QUICK)
    assert raised.value.code == "JZ-247"


def test_a_short_record_is_refused(kingdom, tmp_path):
    rows = pq.read_table(kingdom)
    short = rows.filter(pc.less(rows["day"].cast("date32"), datetime.date(2012, 1, 1)))
    with pytest.raises(DataError) as raised:
        run(storage, short, tmp_path / "d", settings=QUICK)
    assert raised.value.code == "JZ-248"


def test_an_alert_beyond_the_horizon_is_refused():
    with pytest.raises(DeclarationError) as raised:
        Storage(of="s", inflow="i", demand="d", evaporation="e", ahead="P10D", alerts=("P30D",))
    assert raised.value.code == "JZ-246"


def until(kingdom, *days):
    """The rows between two days, the first included."""
    rows = pq.read_table(kingdom)
    day = rows["day"].cast("date32")
    return rows.filter(pc.and_(pc.greater_equal(day, days[0]), pc.less(day, days[1])))


@pytest.fixture(scope="module")
def early(kingdom, tmp_path_factory):
    """A dossier that ends half a year before the record does."""
    rows = until(kingdom, datetime.date(2010, 1, 1), datetime.date(2025, 2, 1))
    return run(storage, rows, tmp_path_factory.mktemp("early") / "d", settings=QUICK)


def test_storage_is_foretold_again_and_scored_as_truth_comes(early, kingdom, tmp_path):
    create_ledger(tmp_path / "ledger", "toys.example").close()
    seal_run(early, tmp_path / "ledger")
    month = until(kingdom, datetime.date(2025, 2, 1), datetime.date(2025, 3, 1))
    found = forecast_again(early, month, tmp_path / "a.parquet", state=tmp_path / "s", ledger=tmp_path / "ledger")
    assert (found["origin"], found["series"], found["changed"]) == ("2025-02-28T00:00:00", 2, 0)
    assert found["balance_gap"] < 1e-9
    assert {one["by"] for one in found["scarcity"]} == {"P30D", "P90D"}
    assert found["scored"]["mae"]["n"] == 2 * 28
    next_ = until(kingdom, datetime.date(2025, 3, 1), datetime.date(2025, 4, 1))
    found = forecast_again(early, next_, tmp_path / "b.parquet", state=tmp_path / "s", ledger=tmp_path / "ledger")
    assert found["scored"]["origins"]["count"] == 2
    with open_ledger(tmp_path / "ledger") as ledger:
        sealed = [row["record"] for row in ledger.records("forecast_issued")]
    assert [one["origin"] for one in sealed] == [
        "2025-01-31 00:00",
        "2025-02-28T00:00:00",
        "2025-03-31T00:00:00",
    ]
    assert sealed[2]["scored"]["mae"]["value"] == pytest.approx(found["scored"]["mae"]["value"])


def test_it_is_foretold_as_if_all_had_been_read_at_once(early, kingdom, tmp_path):
    month = until(kingdom, datetime.date(2025, 2, 1), datetime.date(2025, 3, 1))
    forecast_again(early, month, tmp_path / "a.parquet")
    rows = until(kingdom, datetime.date(2010, 1, 1), datetime.date(2025, 3, 1))
    whole = pq.read_table(run(storage, rows, tmp_path / "d", settings=QUICK).path / "forecasts.parquet")
    ahead = whole.filter(pc.is_null(whole["actual"]))
    assert np.allclose(pq.read_table(tmp_path / "a.parquet")["q0.5"].to_numpy(), ahead["q0.5"].to_numpy())


def test_nothing_new_of_reservoirs_is_refused(early, kingdom, tmp_path):
    old = until(kingdom, datetime.date(2024, 2, 1), datetime.date(2024, 3, 1))
    with pytest.raises(DataError) as raised:
        forecast_again(early, old, tmp_path / "a.parquet")
    assert raised.value.code == "JZ-471"
    assert not (tmp_path / "a.parquet").exists()


def test_drift_compares_what_was_foretold_with_what_came(early, kingdom):
    month = until(kingdom, datetime.date(2025, 2, 1), datetime.date(2025, 3, 1))
    found = drift(early, month)
    assert found["verdict"] in ("stable", "watch")
    assert found["scored"]["mae"]["n"] == 2 * 28


def test_the_card_shows_inflow_by_season(dossier):
    assert "Inflow" in dossier.card("en")
    assert set(dossier.evidence["inflow"]["by_season"]) <= {"autumn", "winter", "spring", "summer"}
