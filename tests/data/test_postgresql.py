"""PostgreSQL through Ibis, where a server answers: `PGHOST`, `PGUSER` and the like say which."""

import os
import uuid

import pytest

from jazari.core.errors import DataError
from jazari.data.conform import check
from jazari.data.snapshot import take
from jazari.data.source import open_source
from jazari.schema.columns import audited, column, key, outcome
from jazari.schema.table import Table

pytestmark = [
    pytest.mark.backends,
    pytest.mark.filterwarnings("ignore:.*is deprecated:DeprecationWarning"),  # Ibis 12 on DuckDB 2.0
]


@pytest.fixture(scope="module")
def place():
    psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")
    database = os.environ.get("PGDATABASE", "postgres")
    try:
        server = psycopg.connect(dbname=database, connect_timeout=3, autocommit=True)
    except psycopg.OperationalError:
        pytest.skip("no PostgreSQL answers: set PGHOST, PGUSER and PGPASSWORD")
    name = f"jazari_{uuid.uuid4().hex[:8]}"
    with server:
        server.execute(f"CREATE SCHEMA {name}")
        server.execute(
            f"CREATE TABLE {name}.pupils AS SELECT n AS id, gen_random_uuid() AS code, (n % 101)::numeric AS absences, "
            f"CASE WHEN n % 2 = 0 THEN 'f' ELSE 'm' END AS sex, n % 11 = 0 AS \"Left\" FROM generate_series(1, 70000) n"
        )
        yield f"postgresql:///{database}#{name}", name
        server.execute(f"DROP SCHEMA {name} CASCADE")


def test_a_table_of_postgresql_is_read_like_any_other(place):
    table = Table(
        "pupils", key("id"), column("absences", within=(0, 100)), column("code", kind="category"),
        audited("sex", among=("f", "m")), outcome("left", source="Left"),
    )  # fmt: skip
    with open_source(f"{place[0]}.pupils") as source:
        assert source.headers == ("id", "code", "absences", "sex", "Left")
        assert check(source, table).fits
        with take(source, table) as one:
            assert sorted(one.table(["id"]).column(0).to_pylist()) == list(range(1, 70_001))
            assert sum(one.table(["absences"]).column(0).to_pylist()) == sum(n % 101 for n in range(1, 70_001))


def test_an_unknown_table_is_named_with_the_nearest(place):
    with pytest.raises(DataError) as told:
        open_source(f"{place[0]}.pupil")
    assert told.value.code == "JZ-309"
    assert "did you mean 'pupils'" in told.value.fix
