"""The how-to on scoring, run as a stranger would: every block, in order; databases by make test-backends."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

PAGE = Path(__file__).parents[2] / "docs/how-to/score-where-the-data-live.md"
BLOCK = re.compile(r"^```(\w+)(?: backend=(\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
STARTS = {"sh": ["bash", "-e", "-c"], "python": [sys.executable, "-c"]}


def do(language, text, folder, **more):
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"} | more
    ran = subprocess.run(
        [*STARTS[language], text], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, f"{text}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """An empty folder in which the blocks without a backend were run, and what they said."""
    folder = tmp_path_factory.mktemp("page")
    said = [do(language, text, folder) for language, backend, text in BLOCKS if not backend]
    return folder, "".join(said)


def block(backend):
    found = [(language, text) for language, needs, text in BLOCKS if needs == backend]
    assert len(found) == 1
    return found[0]


def test_files_and_duckdb_as_the_page_says(followed):
    folder, said = followed
    assert "4,000 rows listed" in said
    assert "4,000 rows binned, 53 columns" in said
    assert "4,000 rows scored: duckdb://...#scores" in said
    assert pq.read_metadata(folder / "list.parquet").num_rows == 4_000


@pytest.mark.backends
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_postgresql_as_the_page_says(followed, postgresql):
    import ibis
    import psycopg

    folder, _ = followed
    with psycopg.connect(dbname="postgres", autocommit=True) as server:
        server.execute("CREATE DATABASE registers")
    there = ibis.postgres.connect(database="registers")
    years = sorted((folder / "registers").glob("*.parquet"))
    there.create_table("pupils", pa.concat_tables(map(pq.read_table, years)).unify_dictionaries())
    assert "4,000 rows scored: postgresql://...#scores" in do(*block("postgresql"), folder)
    assert there.table("scores").count().execute() == 4_000
    there.disconnect()


@pytest.mark.backends
def test_spark_as_the_page_says(followed, tmp_path):
    pytest.importorskip("pyspark", reason="Spark is installed by make test-backends alone")
    folder, _ = followed
    (tmp_path / "spark-defaults.conf").write_text(
        "spark.master local[2]\nspark.ui.enabled false\n"
        "spark.driver.bindAddress 127.0.0.1\nspark.driver.host 127.0.0.1\n"
        f"spark.sql.warehouse.dir {tmp_path}/warehouse\nspark.sql.shuffle.partitions 2\n"
    )
    said = do(*block("spark"), folder, SPARK_CONF_DIR=str(tmp_path))
    assert "'rows': 4000" in said
    assert "contribution_1" in said
