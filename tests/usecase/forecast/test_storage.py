"""Reservoirs pass through the chain: storage, inflow and alerts, each recomputed from its table."""

import datetime

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from jazari.core.errors import DataError, DeclarationError, EngineError
from jazari.sectors.water.kingdom import make
from jazari.sectors.water.storage import storage
from jazari.usecase import Storage
from jazari.usecase.drift import drift
from jazari.usecase.run import run
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


def test_truth_is_the_storage_at_the_end_of_the_day(dossier, kingdom):
    first = pq.read_table(dossier.path / "forecasts.parquet").slice(0, 1)
    rows = pq.read_table(kingdom)
    next_day = first["time"][0].as_py().date() + datetime.timedelta(days=1)
    is_mine = pc.and_(pc.equal(rows["reservoir"], first["series"][0]), pc.equal(rows["day"].cast("date32"), next_day))
    mine = rows.filter(is_mine)
    assert first["actual"][0].as_py() == pytest.approx(mine["storage"][0].as_py())


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


def test_drift_asks_for_a_new_run(dossier, kingdom):
    with pytest.raises(EngineError) as raised:
        drift(dossier, kingdom)
    assert raised.value.code == "JZ-466"
