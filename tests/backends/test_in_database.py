"""The same model inside PostgreSQL, Spark and DuckDB: equal to the engine to 1e-9, reasons and rest included."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from jazari.core.errors import JazariError
from jazari.engines.risk.expression import with_reasons
from jazari.usecase.risk.in_database import _fence_of
from jazari.usecase.run import run
from jazari.usecase.score import score, score_in_database

pytestmark = [
    pytest.mark.backends,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # Ibis 12 on DuckDB 2.0, Spark on Python 3.11
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # sockets that py4j leaves to its gateway
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def equal_to_the_engine(model, rows, answer):
    answer = answer.sort_by("id")
    told = model.reasons(rows)
    parts = {i: answer[f"contribution_{i}"].to_numpy() for i in range(1, 5)}
    assert answer.num_rows == rows.num_rows
    assert np.abs(answer["logit"].to_numpy() - model.logit(rows)).max() < 1e-9
    for i in range(1, 5):
        assert (answer[f"reason_{i}"].to_numpy() == told.reason[:, i - 1]).all()
        assert np.abs(parts[i] - told.contribution[:, i - 1]).max() < 1e-6  # the engine's are float32
    total = model.intercept + sum(parts.values()) + answer["rest"].to_numpy()
    assert np.abs(total - answer["logit"].to_numpy()).max() < 1e-9


def test_postgresql_scores_as_the_engine_does(model, hard, postgresql):
    import ibis

    database = ibis.postgres.connect(host=str(postgresql), user="postgres", database="postgres")
    table = database.create_table("hard", hard, temp=True)
    asked = with_reasons(model.intercept, model.terms, table, fence=_fence_of(table))
    equal_to_the_engine(model, hard, asked.to_pyarrow())
    database.disconnect()


def test_spark_scores_as_the_engine_does(model, hard, spark, tmp_path):
    import ibis

    pq.write_table(hard, tmp_path / "hard.parquet")
    table = ibis.pyspark.connect(spark).read_parquet(str(tmp_path / "hard.parquet"), table_name="hard")
    equal_to_the_engine(model, hard, with_reasons(model.intercept, model.terms, table).to_pyarrow())


def test_duckdb_scores_as_the_engine_does(model, hard):
    import ibis

    table = ibis.duckdb.connect().create_table("hard", hard)
    equal_to_the_engine(model, hard, with_reasons(model.intercept, model.terms, table).to_pyarrow())


@pytest.fixture(scope="module")
def loaded(kingdom, postgresql):
    """The last year of the small kingdom in PostgreSQL."""
    import ibis

    rows = pq.read_table(max(kingdom.glob("*.parquet")))
    database = ibis.postgres.connect(host=str(postgresql), user="postgres", database="postgres")
    database.create_table("pupils", rows)
    yield "postgresql:///postgres#pupils"
    database.disconnect()


@pytest.fixture(scope="module")
def dossier(kingdom, tmp_path_factory):
    return run("education.dropout", kingdom, tmp_path_factory.mktemp("dossier") / "d")


def test_a_table_of_postgresql_is_scored_where_it_lies(dossier, kingdom, loaded, tmp_path):
    told = score_in_database(dossier, loaded, "postgresql:///postgres#public.scores")
    score(dossier, kingdom, tmp_path / "list.parquet")
    listed = pq.read_table(tmp_path / "list.parquet").sort_by("key")
    assert told["rows"] == listed.num_rows
    import ibis

    scores = ibis.postgres.connect(database="postgres").table("scores").order_by("key").to_pyarrow()
    assert scores["key"].to_pylist() == listed["key"].to_pylist()
    assert np.abs(scores["logit"].to_numpy() - listed["logit"].to_numpy()).max() < 1e-5  # a list holds float32
    for place in range(1, 5):
        assert scores[f"reason_{place}"].to_pylist() == listed[f"reason_{place}"].to_pylist()
    with pytest.raises(JazariError, match="JZ-414"):
        score_in_database(dossier, loaded, "postgresql:///postgres#public.scores")


def test_values_that_do_not_fit_are_refused_by_count_alone(dossier, loaded, postgresql):
    import psycopg

    with psycopg.connect(dbname="postgres", autocommit=True) as server:
        server.execute("CREATE TABLE worse AS SELECT * FROM pupils")
        server.execute("UPDATE worse SET age = 97 WHERE pupil_id IN (SELECT pupil_id FROM worse LIMIT 3)")
    with pytest.raises(JazariError) as told:
        score_in_database(dossier, loaded.replace("pupils", "worse"), "postgresql:///postgres#public.worse_scores")
    assert told.value.code == "JZ-416"
    assert "'age' is out of its bounds: 3 rows" in told.value.found
    assert "97" not in str(told.value)


def test_the_command_says_where_the_scores_are(dossier, loaded):
    command = str(Path(sys.executable).with_name("jazari"))
    words = [command, "score", str(dossier.path), "--data", loaded, "--in-database"]
    words += ["--out", "postgresql:///postgres#by_command"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "4,000 rows scored: postgresql://...#by_command\n"
