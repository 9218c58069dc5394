"""The store in PostgreSQL, where a server answers: `PGHOST`, `PGUSER` and the like say which."""

import os
import uuid

import pytest

from jazari.core.errors import LedgerError
from jazari.governance import custody
from jazari.governance.events import Event, create_ledger, open_ledger
from jazari.governance.ledger import receipts

pytestmark = pytest.mark.backends


@pytest.fixture
def url():
    psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")
    database = os.environ.get("PGDATABASE", "postgres")
    try:
        server = psycopg.connect(dbname=database, connect_timeout=3, autocommit=True)
    except psycopg.OperationalError:
        pytest.skip("no PostgreSQL answers: set PGHOST, PGUSER and PGPASSWORD")
    name = f"jazari_{uuid.uuid4().hex[:8]}"
    with server:
        server.execute(f"CREATE SCHEMA {name}")
        yield f"postgresql:///{database}?options=-csearch_path%3D{name}"
        server.execute(f"DROP SCHEMA {name} CASCADE")


def test_a_ledger_lives_in_postgresql_as_in_a_file(url, tmp_path, make):
    with create_ledger(tmp_path / "ledger", "pole.example", url) as ledger:
        given = ledger.append([make["decision"](at) for at in range(2500)])
        ledger.append([Event("notice", {"channel": "letter", "language": "ar"}, number=given[7].number)])
        assert [one["kind"] for one in ledger.records(number=given[7].number)] == ["decision", "notice"]
        assert receipts.verify(given[9].text(), ledger.policy()).index == 9
        erasure = ledger.forget(given[7].number, "asked", "the keeper")
        assert next(ledger.entries(erasure.index))["entries"] == [7, 2500]
    with open_ledger(tmp_path / "ledger") as ledger:
        assert sum(1 for one in ledger.records(kind="decision") if one["record"]) == 2499
    assert custody.verify(tmp_path / "ledger").size == 2502


def test_a_server_that_does_not_answer_gives_a_coded_error(tmp_path):
    with pytest.raises(LedgerError, match="JZ-605"):
        create_ledger(tmp_path / "ledger", "pole.example", "postgresql://127.0.0.1:1/nothing?connect_timeout=2")
