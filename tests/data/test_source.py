"""What `--data` may name, and how a csv is written."""

import gzip
import os

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jazari.core.errors import DataError
from jazari.data.relation import RELATION
from jazari.data.source import open_source

ROWS = [("é1", "1,5", "oui"), ("b", "-2,25", "non"), ("", "", "")]


def cells(source):
    with source:
        return source.rows(f"SELECT * FROM {RELATION}")


def written(separator=";", quote='"'):
    lines = [f"{quote}Élève {quote}{separator}note{separator}redoublé"]
    lines += [separator.join(f"{quote}{cell}{quote}" for cell in row) for row in ROWS]
    return "\r\n".join(lines) + "\r\n"


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_csv_is_read_as_it_is_written(tmp_path, separator, encoding, packed):
    path = tmp_path / ("pupils.csv.gz" if packed else "pupils.csv")
    raw = written(separator).encode(encoding)
    path.write_bytes(gzip.compress(raw) if packed else raw)
    source = open_source(path)
    assert source.headers == ("Élève", "note", "redoublé")
    assert [row[:2] for row in cells(source)[:2]] == [("é1", "1,5"), ("b", "-2,25")]


def test_rows_of_a_csv_keep_their_order(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("n,x\n" + "".join(f"{n},{n % 7}\n" for n in range(300_000)))
    with open_source(path) as source:
        assert source.rows(
            f"SELECT count(*) FROM (SELECT row_number() OVER () - 1 AS i, c0 FROM {RELATION}) WHERE i <> c0::INT"
        ) == [(0,)]


def test_a_folder_is_its_parquet_files_by_name_and_no_deeper(tmp_path):
    (tmp_path / "truth").mkdir()
    for name, value in (("b", 2), ("a", 1), ("truth/c", 3)):
        pq.write_table(pa.table({"x": [value]}), tmp_path / f"{name}.parquet")
    (tmp_path / "notes.txt").write_text("x")
    assert cells(open_source(tmp_path)) == [(1,), (2,)]


def test_a_file_name_is_no_pattern(tmp_path):
    for name, value in (("a[1]", 1), ("a1", 2)):
        pq.write_table(pa.table({"x": [value]}), tmp_path / f"{name}.parquet")
    assert cells(open_source(tmp_path / "a[1].parquet")) == [(1,)]


def test_whole_numbers_and_reals_of_two_files_lose_nothing(tmp_path):
    pq.write_table(pa.table({"x": [1]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"x": [1.5]}), tmp_path / "b.parquet")
    assert cells(open_source(tmp_path)) == [(1.0,), (1.5,)]


@pytest.mark.filterwarnings("ignore:.*is deprecated:DeprecationWarning")  # Ibis 12 on DuckDB 2.0
def test_a_duckdb_file_is_read_without_being_written(tmp_path, monkeypatch):
    path = tmp_path / "registers.db"
    with duckdb.connect(str(path)) as database:
        database.execute(
            "CREATE SCHEMA edu; CREATE TABLE edu.pupils AS SELECT 1 AS x; CREATE TABLE pupils AS SELECT 2 AS y"
        )
    before = path.read_bytes()
    assert cells(open_source(f"duckdb:///{path}#edu.pupils")) == [(1,)]
    monkeypatch.chdir(tmp_path)
    with open_source("duckdb:///registers.db#pupils") as source:
        assert source.headers == ("y",)
        assert source.table.count().to_pyarrow().as_py() == 1
    assert path.read_bytes() == before
    with pytest.raises(DataError) as told:
        open_source(f"duckdb:///{path}#pupil")
    assert (told.value.code, "did you mean 'pupils'" in told.value.fix) == ("JZ-309", True)


def test_a_source_is_an_ibis_table_under_its_own_headers(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Name;name;;Name\n1;2;3;4\n")
    with open_source(path) as source:
        assert tuple(source.table.columns) == ("Name", "name_2", "_3", "Name_4")
        assert source.doubled == {"Name"}


def test_a_password_is_refused_and_never_repeated():
    for url in ("postgresql://amal:s3cret@host/db#t", "postgresql://host/db?password=s3cret#t"):
        with pytest.raises(DataError) as told:
            open_source(url)
        assert told.value.code == "JZ-307"
        assert "s3cret" not in str(told.value)
        assert "amal" not in str(told.value)


def test_what_cannot_be_read_is_said_in_coded_errors(tmp_path):
    noise, cut = tmp_path / "noise.parquet", tmp_path / "cut.parquet"
    noise.write_bytes(os.urandom(5000))
    pq.write_table(pa.table({"x": list(range(10_000))}), cut)
    cut.write_bytes(cut.read_bytes()[:-500])
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "blank.csv").write_bytes(b"\n\n")
    (tmp_path / "noise.csv").write_bytes(os.urandom(5000))
    (tmp_path / "sheet.xlsx").write_bytes(b"PK\x03\x04" + bytes(100))
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(os.urandom(9000))[:3000])
    (tmp_path / "folder").mkdir()
    (tmp_path / "noise.db").write_bytes(os.urandom(5000))
    expected = {
        "noise.parquet": "JZ-305", "cut.parquet": "JZ-305", "empty.csv": "JZ-303", "blank.csv": "JZ-303",
        "noise.csv": "JZ-306", "sheet.xlsx": "JZ-302", "cut.csv.gz": "JZ-306", "folder": "JZ-302", "nowhere": "JZ-300",
    }  # fmt: skip
    for name, code in expected.items():
        with pytest.raises(DataError) as told:
            open_source(tmp_path / name)
        assert (name, told.value.code) == (name, code)
    for url, code in (
        (f"duckdb:///{tmp_path}/noise.db#t", "JZ-308"), (f"duckdb:///{tmp_path}/no.db#t", "JZ-300"),
        ("duckdb:///x.db", "JZ-302"), ("https://host/x.csv", "JZ-302"), ("postgresql:///db", "JZ-302"),
        ("postgresql://localhost:1/db#t", "JZ-308"), ("postgresql://[/db#t", "JZ-302"), ("a\0b", "JZ-302"),
    ):  # fmt: skip
        with pytest.raises(DataError) as told:
            open_source(url)
        assert (url, told.value.code) == (url, code)


def test_pages_of_noise_inside_a_good_parquet_are_found(tmp_path):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"x": [str(n) for n in range(50_000)]}), path, compression="snappy")
    raw = bytearray(path.read_bytes())
    raw[100:20_000] = os.urandom(19_900)
    path.write_bytes(raw)
    with open_source(path) as source, pytest.raises(DataError) as told:
        source.rows(f"SELECT count(DISTINCT c0) FROM {RELATION}")
    assert told.value.code == "JZ-305"


def test_a_ragged_line_is_named_by_its_number_alone(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("x;y;z\n1;2;3\nAmal;Fès\n1;2;3\n")
    with open_source(path) as source, pytest.raises(DataError) as told:
        source.rows(f"SELECT * FROM {RELATION}")
    assert told.value.code == "JZ-306"
    assert "line 3" in told.value.found
    assert "Amal" not in str(told.value)
