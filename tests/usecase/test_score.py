"""`jazari score` on another table: the same list from every form, in parts, stopped and taken up again."""

import shutil

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from pyarrow import csv

from jazari.core.errors import JazariError
from jazari.data.source import open_source
from jazari.usecase.risk import pieces, scoring
from jazari.usecase.risk.national import Published
from jazari.usecase.risk.pieces import NativePieces
from jazari.usecase.score import keep_binned, score, score_in_database


@pytest.fixture
def small_pieces(monkeypatch):
    """Pieces of a thousand rows, so that a small kingdom is cut like a country."""
    monkeypatch.setattr(pieces, "ROWS", 1_000)


@pytest.fixture(scope="module")
def cut(kingdom, tmp_path_factory):
    """The last two years in row groups of 700, one file of both years among them."""
    folder = tmp_path_factory.mktemp("cut")
    years = sorted(kingdom.glob("*.parquet"))[-2:]
    both = pa.concat_tables([pq.read_table(one) for one in years])
    pq.write_table(both.slice(0, 6_000), folder / "a.parquet", row_group_size=700)
    pq.write_table(both.slice(6_000), folder / "b.parquet", row_group_size=700)
    return folder


@pytest.fixture(scope="module")
def whole(listed, kingdom, tmp_path_factory):
    """The list of the last year, from the kingdom as it was written."""
    out = tmp_path_factory.mktemp("whole") / "list.parquet"
    score(listed, kingdom, out)
    return pq.read_table(out)


def test_the_list_of_a_run_and_of_score_are_the_same(listed, whole):
    assert whole.equals(pq.read_table(listed.path / "list.parquet"))


def test_reasons_add_up_to_the_logit(listed, whole):
    parts = [whole[f"contribution_{i}"].to_numpy().astype(float) for i in range(1, 5)]
    total = listed.model["intercept"] + sum(parts) + whole["rest"].to_numpy()
    assert np.abs(total - whole["logit"].to_numpy()).max() < 1e-4


def test_only_the_last_period_is_listed_however_the_files_are_cut(listed, cut, whole, small_pieces, tmp_path):
    told = score(listed, cut, tmp_path / "l.parquet")
    assert told == {
        "rows": 4_000,
        "selected": int(pc.sum(whole["selected"]).as_py()),
        "out": str(tmp_path / "l.parquet"),
    }
    assert pq.read_table(tmp_path / "l.parquet").equals(whole)


def test_a_csv_gives_the_same_list(listed, kingdom, whole, tmp_path):
    csv.write_csv(pq.read_table(max(kingdom.glob("*.parquet"))), tmp_path / "rows.csv")
    score(listed, tmp_path / "rows.csv", tmp_path / "l.parquet")
    told = pq.read_table(tmp_path / "l.parquet")
    assert told.drop(["key"]).equals(whole.drop(["key"]))
    assert told["key"].cast(pa.int64()).equals(whole["key"])


def test_a_binned_table_gives_the_same_list(listed, cut, whole, small_pieces, tmp_path):
    told = keep_binned(listed, cut, tmp_path / "rows.arrow")
    assert told["rows"] == 4_000
    score(listed, tmp_path / "rows.arrow", tmp_path / "l.parquet")
    assert pq.read_table(tmp_path / "l.parquet").equals(whole)


def test_a_binned_table_is_of_one_model(listed, dossier, kingdom, tmp_path):
    keep_binned(listed, kingdom, tmp_path / "rows.arrow")
    other = shutil.copytree(listed.path, tmp_path / "other")
    text = (other / "model.json").read_text(encoding="utf-8")
    edge = f"{listed.model['terms'][0]['axes'][0]['edges'][0]:g}"
    (other / "model.json").write_text(
        text.replace(f'"edges":[{edge},', f'"edges":[{float(edge) - 0.25},', 1), encoding="utf-8"
    )
    with pytest.raises(JazariError, match="JZ-410"):
        score(other, tmp_path / "rows.arrow", tmp_path / "l.parquet")
    whole = (tmp_path / "rows.arrow").read_bytes()
    (tmp_path / "short.arrow").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(JazariError, match="JZ-412"):
        score(listed, tmp_path / "short.arrow", tmp_path / "l.parquet")
    assert not (tmp_path / "l.parquet").exists()


def test_a_stopped_run_goes_on_and_its_list_is_the_same(listed, cut, small_pieces, tmp_path, monkeypatch):
    score(listed, cut, tmp_path / "straight.parquet")
    written = scoring.Parts.write

    def stop_at_the_third(self, place, rows):
        if place >= 2:
            raise KeyboardInterrupt
        written(self, place, rows)

    monkeypatch.setattr(scoring.Parts, "write", stop_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        score(listed, cut, tmp_path / "l.parquet")
    folder = tmp_path / ".l.parquet.parts"
    assert sorted(one.name for one in folder.glob("*.arrow")) == ["000000.arrow", "000001.arrow"]
    assert folder.stat().st_mode & 0o077 == 0
    again = []
    monkeypatch.setattr(
        scoring.Parts, "write", lambda self, place, rows: (again.append(place), written(self, place, rows))
    )
    score(listed, cut, tmp_path / "l.parquet")
    assert min(again) == 2
    assert (tmp_path / "l.parquet").read_bytes() == (tmp_path / "straight.parquet").read_bytes()
    assert not folder.exists()


def test_parts_of_other_rows_are_not_taken_up(listed, cut, small_pieces, tmp_path, monkeypatch):
    data = shutil.copytree(cut, tmp_path / "data")
    monkeypatch.setattr(scoring, "ranks", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        score(listed, data, tmp_path / "l.parquet")
    monkeypatch.undo()
    rows = pq.read_table(data / "b.parquet")
    pq.write_table(rows.set_column(rows.column_names.index("age"), "age", pc.add(rows["age"], pa.scalar(1, pa.int8()))),
                   data / "b.parquet")  # fmt: skip
    score(listed, data, tmp_path / "l.parquet")
    score(listed, data, tmp_path / "fresh.parquet")
    assert pq.read_table(tmp_path / "l.parquet").equals(pq.read_table(tmp_path / "fresh.parquet"))


def test_two_runs_do_not_share_their_parts(listed, cut, tmp_path):
    from jazari.usecase.risk.parts import parts_beside

    with parts_beside(tmp_path / "l.parquet", {}), pytest.raises(JazariError, match="JZ-411"):
        score(listed, cut, tmp_path / "l.parquet")


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [("age", 97, "JZ-313"), ("cycle", "kindergarten", "JZ-314"), ("moved_in", 2, "JZ-315"), ("pupil_id", None, "JZ-3")],
)
def test_a_value_that_does_not_fit_is_refused_and_nothing_is_left(listed, kingdom, tmp_path, column, value, code):
    rows = pq.read_table(max(kingdom.glob("*.parquet")))
    place = rows.column_names.index(column)
    values = rows[column].to_pylist()
    values[3_500] = value
    kind = rows[column].type
    spoilt = pa.array(values, pa.string() if pa.types.is_dictionary(kind) else kind)
    pq.write_table(rows.set_column(place, column, spoilt), tmp_path / "rows.parquet")
    with pytest.raises(JazariError) as told:
        score(listed, tmp_path / "rows.parquet", tmp_path / "l.parquet")
    assert told.value.code.startswith(code)
    assert [one.name for one in tmp_path.iterdir()] == ["rows.parquet"]


@pytest.mark.parametrize("as_text", [False, True], ids=["numbers", "texts"])
def test_a_key_that_stands_twice_is_refused(listed, kingdom, tmp_path, as_text):
    rows = pq.read_table(max(kingdom.glob("*.parquet")))
    keys = rows["pupil_id"].cast(pa.string()) if as_text else rows["pupil_id"]
    twice = pa.concat_tables(
        [rows.set_column(0, "pupil_id", keys), rows.slice(7, 1).set_column(0, "pupil_id", keys[7:8])]
    )
    pq.write_table(twice, tmp_path / "rows.parquet")
    with pytest.raises(JazariError, match="stand") as told:
        score(listed, tmp_path / "rows.parquet", tmp_path / "l.parquet")
    assert told.value.code.startswith("JZ-3")


def test_late_values_are_missing_in_files_and_in_databases(listed, kingdom, tmp_path):
    """The kingdom records some marks late: parquet as it stands and DuckDB must forget the same ones."""
    import duckdb

    with open_source(kingdom) as source:
        published = Published.of(listed)
        rows = NativePieces(source, published.table, published.names)
        nulls = sum(batch["term_average"].null_count for piece in rows for batch in piece())
    plain = pq.read_table(max(kingdom.glob("*.parquet")), columns=["term_average"])["term_average"].null_count
    assert nulls > plain
    with duckdb.connect(str(tmp_path / "d.db")) as database:
        database.execute(f"CREATE TABLE pupils AS SELECT * FROM read_parquet('{kingdom}/*.parquet')")
    place = f"duckdb:///{tmp_path}/d.db"
    told = score_in_database(listed, f"{place}#pupils", f"{place}#scores")
    assert told["rows"] == 4_000
    score(listed, kingdom, tmp_path / "l.parquet")
    with duckdb.connect(str(tmp_path / "d.db")) as database:
        apart = database.execute(
            f"SELECT count(*), max(abs(a.logit - b.logit)), count(*) FILTER (a.reason_1 <> b.reason_1) "
            f"FROM scores a JOIN read_parquet('{tmp_path}/l.parquet') b USING (key)"
        ).fetchone()
    assert (apart[0], apart[2]) == (4_000, 0)
    assert apart[1] < 1e-5  # a list holds float32
    with pytest.raises(JazariError, match="JZ-414"):
        score_in_database(listed, f"{place}#pupils", f"{place}#scores")
    with pytest.raises(JazariError, match="JZ-414"):
        score_in_database(listed, f"{place}#pupils", "duckdb:///elsewhere.db#scores")


def test_a_binned_table_keeps_what_the_model_never_saw_apart(listed, kingdom, tmp_path):
    """Raw and binned agree where values are missing, and where words are declared but new to the model."""
    rows = pq.read_table(max(kingdom.glob("*.parquet")))
    draw = np.random.default_rng(5)
    guardian = rows["guardian"].cast(pa.string()).to_pylist()
    known = {word for term in listed.model["terms"] if "guardian" in term["columns"]
             for axis in term["axes"] for cell in axis.get("categories", ()) for word in cell}  # fmt: skip
    assert known
    hidden = min(known)
    text = (listed.path / "model.json").read_text(encoding="utf-8")
    older = shutil.copytree(listed.path, tmp_path / "older")
    (older / "model.json").write_text(text.replace(f'"{hidden}"', '"a word of another year"'), encoding="utf-8")
    spoilt = [None if draw.random() < 0.2 else hidden if draw.random() < 0.2 else one for one in guardian]
    changed = rows.set_column(rows.column_names.index("guardian"), "guardian", pa.array(spoilt, pa.string()))
    pq.write_table(changed, tmp_path / "rows.parquet")
    score(older, tmp_path / "rows.parquet", tmp_path / "raw.parquet")
    keep_binned(older, tmp_path / "rows.parquet", tmp_path / "rows.arrow")
    score(older, tmp_path / "rows.arrow", tmp_path / "binned.parquet")
    assert (tmp_path / "raw.parquet").read_bytes() == (tmp_path / "binned.parquet").read_bytes()
    with pytest.raises(JazariError, match="JZ-410"):
        score(listed, tmp_path / "rows.arrow", tmp_path / "l.parquet")
