"""Series that are sums of others: declared or set, made where missing, brought to add up, verified, gone on with."""

import json
import shutil

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jazari.core.canonical import digest_without, encode, file_digest
from jazari.core.errors import DeclarationError, EngineError, VerificationError
from jazari.usecase import Forecast, Table, UseCase, audited, column, series, time
from jazari.usecase.forecast.again import forecast_again
from jazari.usecase.forecast.sums import gap, parts_of
from jazari.usecase.run import run
from jazari.usecase.verify import verify
from tests.usecase.forecast.conftest import DAYS, declared, loads


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A dossier whose sum is set on the command line and is not in the file."""
    settings = {"hierarchy": "town=*"}
    return run(declared(), loads(), tmp_path_factory.mktemp("sums") / "d", settings=settings)


def test_a_sum_that_is_not_in_the_file_is_made_and_forecasts_add_up(town):
    rows = pq.read_table(town.path / "forecasts.parquet")
    assert sorted(set(rows["series"].to_pylist())) == ["Load east", "Load west", "town"]
    assert gap(rows, {"town": ("Load east", "Load west")}) < 1e-9
    assert town.evidence["adds_up"]["gap"] < 1e-9
    assert set(town.evidence["reconciled"]) == {"Load east", "Load west", "town"}
    assert 0 < town.evidence["reconciled"]["town"] < 0.1
    assert town.document["settings"]["hierarchy"] == "town=*"
    assert verify(town.path).recomputed


def test_verify_finds_a_forecast_that_no_longer_adds_up_even_under_new_fingerprints(town, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(town.path, copy)
    document = json.loads((copy / "dossier.json").read_bytes())
    rows = pq.read_table(copy / "forecasts.parquet")
    is_ahead = pc.is_null(rows["actual"])
    moved = pc.if_else(is_ahead, pc.multiply(rows["q0.5"], 1.0 + 1e-6), rows["q0.5"])
    is_town = pc.equal(rows["series"], "town")
    moved = pc.if_else(is_town, moved, rows["q0.5"])
    pq.write_table(rows.set_column(rows.schema.get_field_index("q0.5"), "q0.5", moved), copy / "forecasts.parquet")
    document["files"]["forecasts.parquet"]["sha256"] = file_digest(copy / "forecasts.parquet")
    document["digest"] = digest_without(document, "digest")
    (copy / "dossier.json").write_bytes(encode(document))
    with pytest.raises(VerificationError) as raised:
        verify(copy)
    assert "adds_up" in raised.value.found


def test_the_next_day_adds_up_too(town, tmp_path):
    day = loads(DAYS + 1).slice(DAYS * 48)
    found = forecast_again(town, day, tmp_path / "next.parquet", state=tmp_path / "state")
    assert found["series"] == 3
    assert gap(pq.read_table(tmp_path / "next.parquet"), {"town": ("Load east", "Load west")}) < 1e-9
    after = loads(DAYS + 2).slice((DAYS + 1) * 48)
    forecast_again(town, after, tmp_path / "after.parquet", state=tmp_path / "state")
    assert gap(pq.read_table(tmp_path / "after.parquet"), {"town": ("Load east", "Load west")}) < 1e-9


def test_the_card_says_what_adds_up_and_how_far_it_was_moved(town):
    assert "What adds up" in town.card("en")
    assert "town" in town.card("fr")


def test_a_declared_sum_is_read_where_the_file_has_it(tmp_path):
    rows = loads()
    whole = pc.add(rows["Load east"], rows["Load west"])
    table = Table("loads", time("time"), series("zone", like=("load",)), column("load"),
                  hierarchy={"Load of all": ("Load east", "Load west")})  # fmt: skip
    case = UseCase("toys.sum", purpose="Try.", table=table, engine=Forecast(of="load", variant="lear", test_days=7))
    dossier = run(case, rows.append_column("Load of all", whole), tmp_path / "d")
    assert dossier.evidence["adds_up"]["parts"] == {"Load of all": ["Load east", "Load west"]}
    assert dossier.evidence["adds_up"]["gap"] < 1e-9
    apart = rows.append_column("Load of all", pc.multiply(whole, 1.2))
    with pytest.raises(EngineError) as raised:
        run(case, apart, tmp_path / "other")
    assert raised.value.code == "JZ-435"


def test_every_value_of_a_column_is_a_sum(tmp_path):
    wide = loads()
    zones = {"north": "Load east", "south": "Load west", "west": "Load east"}
    rows = pa.table({
        "time": pa.concat_arrays([wide["When"].combine_chunks()] * 3),
        "zone": [name for name in zones for _ in range(wide.num_rows)],
        "milieu": ["rural" if name == "south" else "urban" for name in zones for _ in range(wide.num_rows)],
        "load": pa.concat_arrays([wide[each].combine_chunks() for each in zones.values()]),
    })  # fmt: skip
    table = Table("loads", time("time"), series("zone"), column("load"), audited("milieu", among=("rural", "urban")))
    engine = Forecast(of="load", variant="lear", test_days=7, hierarchy="milieu; land=milieu rural+milieu urban")
    dossier = run(UseCase("toys.milieus", purpose="Try.", table=table, engine=engine), rows, tmp_path / "d")
    assert dossier.evidence["adds_up"]["parts"]["milieu urban"] == ["north", "west"]
    assert dossier.evidence["adds_up"]["gap"] < 1e-9
    assert "land" in dossier.evidence["by_series"]


@pytest.mark.parametrize(
    ("text", "code"),
    [("town=", "JZ-249"), ("=Load east", "JZ-249"), ("region", "JZ-249"), ("town=Load north", "JZ-433"),
     ("town=town", "JZ-433")],
)  # fmt: skip
def test_a_hierarchy_that_cannot_be_is_refused(text, code, tmp_path):
    with pytest.raises((DeclarationError, EngineError)) as raised:
        run(declared(), loads(), tmp_path / "d", settings={"hierarchy": text})
    assert raised.value.code == code
    assert not (tmp_path / "d").exists()


@given(st.dictionaries(st.text("abc", min_size=1), st.lists(st.text("xyz", min_size=1), min_size=1), min_size=1))
def test_what_is_written_is_read_back(parts):
    text = ";".join(f"{whole}={'+'.join(each)}" for whole, each in parts.items())
    assert parts_of(text, None, [], {}) == {whole: tuple(each) for whole, each in parts.items()}


def test_gaps_of_a_part_are_gaps_of_the_sum(tmp_path):
    rows = loads()
    holes = rows["Load west"].to_numpy().copy()
    holes[60 * 48 : 60 * 48 + 12] = np.nan
    rows = rows.set_column(3, "Load west", pa.array(holes, from_pandas=True))
    dossier = run(declared(test_days=7), rows, tmp_path / "d", settings={"hierarchy": "town=*"})
    kept = pq.read_table(dossier.path / "state_readings.parquet")
    assert kept["town"].null_count == kept["Load west"].null_count == 6
