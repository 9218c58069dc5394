"""The hub's ledger under `/log/`: what anyone may fetch, nothing beside it, and cosignatures for trusted logs."""

from __future__ import annotations

import pytest

from jazari.governance import custody
from jazari.governance.ledger.event import Event
from jazari.governance.ledger.files import Disk
from jazari.governance.ledger.ledger import Ledger
from jazari.governance.ledger.witness import request as witness_request

FACTS = {"system": "education.dropout", "version": "1.0.0", "model": "a" * 64, "declaration": "b" * 64}


def seal(folder, many):
    record = {"outcome": "tutoring", "action": "followed", "reasons": "seen", "officer": "officer-3"}
    with Ledger.open(folder) as ledger:
        ledger.append([Event("decision", record, FACTS, subject=str(at)) for at in range(many)])


@pytest.fixture
def log(db, tmp_path):
    """The hub's ledger with 300 decisions."""
    custody.create(tmp_path / "ledger", "hub.example")
    seal(tmp_path / "ledger", 300)
    return tmp_path / "ledger"


def test_what_is_fetched_under_log_is_a_log_that_verifies(client, log, tmp_path):
    copy = tmp_path / "copy"
    paths = [path.relative_to(log / "log").as_posix() for path in (log / "log").rglob("*") if path.is_file()]
    assert "tile/0/000" in paths
    assert "tile/entries/000" in paths
    for path in paths:
        answer = client().get(f"/log/{path}")
        assert answer.status_code == 200, path
        kind = "text/plain; charset=utf-8" if path == "checkpoint" else "application/octet-stream"
        assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == (kind, "nosniff")
        assert ("immutable" in answer["Cache-Control"]) is (path != "checkpoint")
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        (copy / path).write_bytes(answer.content)
    (tmp_path / "policy").write_bytes(client().get("/log/policy").content)
    assert custody.verify(copy, trust=tmp_path / "policy").size == 300


@pytest.mark.parametrize(
    "path",
    [
        "ledger.json",
        "keys/log",
        "../ledger.json",
        "tile/../../ledger.json",
        "%2e%2e/ledger.json",
        "tile/0/000/../001",
        "tile/0/0",
        "tile/0/000.p/0",
        "tile/0/999",
        "tile/64/000",
        "store.sqlite3",
        "/etc/passwd",
        "checkpoint/",
        "tile/%00",
    ],
)
def test_nothing_beside_the_log_is_given(client, log, path):
    assert client().get(f"/log/{path}").status_code == 404


def test_a_hub_without_a_ledger_says_that_there_is_none(client, db):
    assert client().get("/log/checkpoint").status_code == 404
    assert client().post("/witness/add-checkpoint", b"old 0\n\n", content_type="text/plain").status_code == 404


def test_a_log_that_the_keeper_trusts_is_cosigned_and_a_stranger_is_not(client, log, tmp_path):
    pole = tmp_path / "pole"
    custody.create(pole, "pole.example")
    seal(pole, 5)

    def ask(old):
        body = witness_request(Disk(pole), "log", old)
        return client().post("/witness/add-checkpoint", body, content_type="text/plain")

    assert ask(0).status_code == 404
    custody.witness(log, pole)
    seal(pole, 3)
    answer = ask(5)
    assert (answer.status_code, answer.content[:4]) == (200, "\N{EM DASH} ".encode())
    again = ask(5)
    assert (again.status_code, again.content, again["Content-Type"]) == (409, b"8\n", "text/x.tlog.size")


def test_a_witness_takes_no_long_body_and_not_for_ever(client, log):
    browser = client()
    send = {"path": "/witness/add-checkpoint", "content_type": "text/plain"}
    assert browser.post(data=b"x" * (65 << 10), **send).status_code == 400
    codes = [browser.post(data=b"rubbish", **send).status_code for _ in range(121)]
    assert (set(codes[:120]), codes[-1]) == ({400}, 429)
