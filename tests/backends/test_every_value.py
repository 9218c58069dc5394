"""100,000 rows of every sort of value, the whole way in: DuckDB, PostgreSQL and Spark give what the engine gives.

And what comes back out of a database: a handful of counts, never a row.
"""

from __future__ import annotations

import contextlib
import socket
import threading

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jazari.core.errors import JazariError
from jazari.data.source import open_source
from jazari.usecase import (
    Risk,
    Table,
    UseCase,
    column,
    expires,
    human_decides,
    key,
    never_for,
    notice,
    objection,
    outcome,
    places,
)
from jazari.usecase.risk import listing
from jazari.usecase.risk.in_database import scores_of
from jazari.usecase.risk.national import Published
from jazari.usecase.risk.pieces import NativePieces
from jazari.usecase.risk.places_of_data import Place
from jazari.usecase.run import run
from jazari.usecase.score import score_in_database

pytestmark = [
    pytest.mark.backends,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # Ibis 12 on DuckDB 2.0, Spark on Python 3.11
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # sockets that py4j leaves to its gateway
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
ROWS = 100_000
TRACKS = ["father", "farming", "vocational", "l'été", 'a "b"', "c\\d", "نعم", "ⵢⴰⵀ", "50%_"]
REALS = ("absences", "mark", "distance", "travel")


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A model of numbers without bounds, words, a flag and a pair, fitted on 30,000 rows."""
    folder, draw = tmp_path_factory.mktemp("every"), np.random.default_rng(10)
    known = {
        "id": np.arange(30_000), "absences": draw.poisson(4, 30_000).astype(float),
        "mark": np.clip(draw.normal(11, 3, 30_000), 0, 20).round(1),
        "distance": draw.normal(0, 1, 30_000), "travel": draw.normal(0, 1, 30_000),
        "siblings": draw.poisson(2, 30_000), "track": draw.choice(np.array(TRACKS), 30_000),
        "bus": draw.random(30_000) < 0.3,
    }  # fmt: skip
    logit = (0.25 * known["absences"] - 0.2 * np.maximum(known["mark"] - 9, 0) + (known["track"] == "father")
             + 1.6 * np.sign(known["distance"] * known["travel"]) - 0.5 * known["bus"] - 1.5)  # fmt: skip
    left = draw.random(30_000) < 1 / (1 + np.exp(-logit))
    gaps = {
        name: pa.array(known[name], mask=draw.random(30_000) < 0.05) for name in (*REALS, "siblings", "track", "bus")
    }
    pq.write_table(pa.table({"id": pa.array(known["id"]), **gaps, "left": pa.array(left)}), folder / "rows.parquet")
    case = UseCase(
        "test.values", purpose="Tell values apart.", title="Values", owner="nobody", legal_basis="none",
        table=Table("rows", key("id"), *(column(name) for name in (*REALS, "siblings")),
                    column("track", kind="category"), column("bus", kind="flag"), outcome("left", known_after="P1M"),
                    row="one row"),
        engine=Risk(of="left", against="absences", challenger=""), help=places("tutoring", share=0.04),
        safeguards=(human_decides("clerk"), never_for("sanction"), notice("person"),
                    objection(open_for="P30D", within="P15D"), expires("P12M")),
    )  # fmt: skip
    made = Published.of(run(case, folder / "rows.parquet", folder / "d"))
    assert any(len(term.columns) == 2 for term in made.scorer.terms), "a pair must be asked of the databases too"
    return made


@pytest.fixture(scope="module")
def every(published):
    """Edges and their neighbours, both zeros, the largest and smallest doubles, NaN, null, words that no cell lists."""
    draw = np.random.default_rng(4)
    edges = {grid.name: np.array(grid.axis.edges) for grid in published.scorer.grids if hasattr(grid.axis, "edges")}
    made = {"id": pa.array(draw.permutation(ROWS))}
    for name in REALS:
        cuts = edges[name]
        hard = [*cuts, *np.nextafter(cuts, -np.inf), *np.nextafter(cuts, np.inf), 0.0, -0.0, 5e-324, -5e-324,
                1e300, -1e300, 1.7976931348623157e308, -1.7976931348623157e308, np.nan]  # fmt: skip
        values = np.where(draw.random(ROWS) < 0.6, draw.choice(np.array(hard), ROWS), draw.normal(3, 5, ROWS))
        made[name] = pa.array(values, mask=draw.random(ROWS) < 0.05)
        assert np.isnan(made[name].drop_null().to_numpy()).any() and made[name].null_count
    whole = draw.choice(np.array([0, 1, 2, 5, -7, 2**31 - 1, -(2**31), 2**53, -(2**53)]), ROWS)
    made["siblings"] = pa.array(whole, mask=draw.random(ROWS) < 0.05)
    words = np.array(
        [*TRACKS, "", "  ", "\tfather ", "ather", "FATHER", "never seen", "'; DROP TABLE rows; --"], dtype=object
    )
    made["track"] = pa.array(draw.choice(words, ROWS).tolist(), pa.string(), mask=draw.random(ROWS) < 0.05)
    made["bus"] = pa.array(draw.random(ROWS) < 0.4, mask=draw.random(ROWS) < 0.05)
    return pa.table(made)


@pytest.fixture(scope="module")
def told(published, every, tmp_path_factory):
    """What the engine says of these rows, read as `jazari score` reads them, by key."""
    path = tmp_path_factory.mktemp("told") / "every.parquet"
    pq.write_table(every, path)
    with open_source(path) as source:
        pieces = NativePieces(source, published.table, published.names)
        parts = [published.score(batch) for piece in pieces for batch in piece()]
    return pa.concat_tables(parts).unify_dictionaries().sort_by("key")


def equal(published, told, scores):
    scores = scores.sort_by("key")
    assert scores["key"].to_pylist() == told["key"].to_pylist()
    logit = scores["logit"].to_numpy()
    assert np.abs(logit - told["exact"].to_numpy()).max() < 1e-9
    assert np.abs(scores["probability"].to_numpy() - 1 / (1 + np.exp(-logit))).max() < 1e-12
    for place in range(1, listing.REASONS + 1):
        assert (scores[f"reason_{place}"].to_numpy() == told[f"reason_{place}"].to_numpy()).all()
        ours = told[f"contribution_{place}"].to_numpy().astype(float)
        assert np.abs(scores[f"contribution_{place}"].to_numpy() - ours).max() < 1e-6  # the engine's are float32
    parts = sum(scores[f"contribution_{place}"].to_numpy() for place in range(1, listing.REASONS + 1))
    assert np.abs(published.model.intercept + parts + scores["rest"].to_numpy() - logit).max() < 1e-9


@contextlib.contextmanager
def answers():
    """How many rows each answer of a database had."""
    import ibis

    seen, patch = [], pytest.MonkeyPatch()
    for name in ("to_pyarrow", "execute"):
        plain = getattr(ibis.expr.types.Expr, name)

        def watched(self, *words, plain=plain, **named):
            answer = plain(self, *words, **named)
            seen.append(len(answer) if hasattr(answer, "__len__") and not isinstance(answer, str) else 1)
            return answer

        patch.setattr(ibis.expr.types.Expr, name, watched)
    for name in ("to_pyarrow_batches", "to_pandas_batches", "to_polars", "to_parquet", "to_csv"):
        patch.setattr(ibis.expr.types.Expr, name, lambda *_, **__: pytest.fail("rows are fetched"))
    try:
        yield seen
    finally:
        patch.undo()


def scored(published, rows):
    """The table of scores, made in the database; nothing but counts came back meanwhile."""
    with answers() as seen:
        scores, count = scores_of(published, rows)
        Place(rows, "scores", None, "here").write(scores)
    assert seen
    assert max(seen) == 1
    assert count == ROWS
    return rows.get_backend().table("scores").to_pyarrow()


def test_duckdb_gives_what_the_engine_gives(published, every, told):
    import ibis

    rows = ibis.duckdb.connect().create_table("every", every)
    equal(published, told, scored(published, rows))


def test_postgresql_gives_what_the_engine_gives(published, every, told, postgresql):
    import ibis
    import psycopg

    database = ibis.postgres.connect(host=str(postgresql), user="postgres", database="postgres")
    database.create_table("every", schema=ibis.memtable(every).schema())
    with (
        psycopg.connect(host=str(postgresql), user="postgres", dbname="postgres") as server,
        server.cursor() as cursor,
        cursor.copy(f"COPY every ({', '.join(every.column_names)}) FROM STDIN") as copy,  # keeps NaN and null apart
    ):
        for row in zip(*(one.to_pylist() for one in every.columns), strict=True):
            copy.write_row(row)
    equal(published, told, scored(published, database.table("every")))
    database.drop_table("scores")
    database.disconnect()


def test_spark_gives_what_the_engine_gives(published, every, told, spark, tmp_path):
    import ibis

    pq.write_table(every, tmp_path / "every.parquet")
    rows = ibis.pyspark.connect(spark).read_parquet(str(tmp_path / "every.parquet"), table_name="every")
    equal(published, told, scored(published, rows))
    spark.sql("DROP TABLE scores")


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_infinity_is_refused_by_its_count(published, every, engine, request, tmp_path):
    import ibis

    reals = every["mark"].to_numpy(zero_copy_only=False).copy()
    reals[[5, 50]] = [np.inf, -np.inf]
    worse = every.set_column(every.column_names.index("mark"), "mark", pa.array(reals))
    pq.write_table(worse, tmp_path / "worse.parquet")
    database = ibis.duckdb.connect() if engine == "duckdb" else ibis.pyspark.connect(request.getfixturevalue("spark"))
    rows = database.read_parquet(str(tmp_path / "worse.parquet"), table_name="worse")
    with pytest.raises(JazariError, match="JZ-416") as told:
        scores_of(published, rows)
    assert told.value.found == "'mark' is out of its bounds: 2 rows"


class Counting(threading.Thread):
    """Stands before a server's socket and counts the bytes that it answers."""

    def __init__(self, folder, server):
        super().__init__(daemon=True)
        self.answered, self._server = 0, str(server / ".s.PGSQL.5432")
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(folder / ".s.PGSQL.5432"))
        self._door.listen()

    def run(self):
        while True:
            near, _ = self._door.accept()
            far = socket.socket(socket.AF_UNIX)
            far.connect(self._server)
            threading.Thread(target=self._carry, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self._carry, args=(far, near, True), daemon=True).start()

    def _carry(self, here, there, counted):
        with contextlib.suppress(OSError):
            while data := here.recv(65_536):
                self.answered += len(data) if counted else 0
                there.sendall(data)
            there.shutdown(socket.SHUT_WR)


def test_what_postgresql_sends_back_does_not_grow_with_the_rows(published, every, postgresql, tmp_path, monkeypatch):
    import ibis

    database = ibis.postgres.connect(host=str(postgresql), user="postgres", database="postgres")
    door = Counting(tmp_path, postgresql)
    door.start()
    sent = {}
    for rows in (1_000, 20_000):
        database.create_table(f"some_{rows}", every.slice(0, rows))
        with monkeypatch.context() as patch:
            patch.setenv("PGHOST", str(tmp_path))
            before = door.answered
            score_in_database(
                published.dossier, f"postgresql:///postgres#some_{rows}", f"postgresql:///postgres#scores_{rows}"
            )
        sent[rows] = door.answered - before
        assert database.table(f"scores_{rows}").count().execute() == rows
    database.disconnect()
    assert 0 < sent[1_000] < 100_000
    assert abs(sent[20_000] - sent[1_000]) < 200
