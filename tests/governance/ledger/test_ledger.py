"""A ledger as institutions use it: append from threads and processes, prove, read, forget."""

import errno
import json
import multiprocessing
import os
import sqlite3
import threading
from dataclasses import replace

import pytest

from jazari.core.errors import JazariError, LedgerError, VerificationError
from jazari.governance import custody
from jazari.governance.events import Event, create_ledger, open_ledger
from jazari.governance.ledger import receipts
from jazari.governance.ledger.files import Disk
from jazari.governance.ledger.ledger import Ledger
from jazari.governance.ledger.store_sqlite import SqliteStore


def test_what_is_appended_is_proved_read_and_verified(ledger, make):
    given = ledger.append([make["decision"](at) for at in range(700)])
    assert [one.index for one in given] == list(range(700))
    assert len({one.number for one in given}) == 700
    opened = receipts.verify(given[300].text(), ledger.policy())
    assert (opened.index, opened.record["reasons"], opened.entry["system"]) == (
        300,
        "seen on visit 300",
        "education.dropout",
    )
    assert ledger.receipt(given[300].number) == given[300]
    assert [one["record"]["number"] for one in ledger.records(number=given[9].number)] == [given[9].number]
    assert [entry["kind"] for entry in ledger.entries(695)] == ["decision"] * 5
    assert sum(1 for _ in ledger.records(kind="decision")) == 700
    assert custody.verify(ledger.folder).size == 700


def test_nothing_private_lies_under_the_log(ledger, make):
    given = ledger.append([make["decision"](at) for at in range(3)])
    public = b"".join(path.read_bytes() for path in (ledger.folder / "log").rglob("*") if path.is_file())
    for secret in (b"officer", b"seen on", given[0].number.encode(), ledger.pseudonym("1").encode(), b"PRIVATE"):
        assert secret not in public
    assert (ledger.folder / "keys").stat().st_mode & 0o777 == 0o700
    for path in [*(ledger.folder / "keys").iterdir(), ledger.folder / "records.sqlite"]:
        assert path.stat().st_mode & 0o777 == 0o600


def test_an_append_is_all_or_nothing(ledger, make):
    with pytest.raises(JazariError, match="JZ-607"):
        ledger.append([make["decision"](1), Event("decision", {}, make["facts"])])
    assert len(ledger) == 0
    assert ledger.append([]) == []


def test_events_about_a_decision_are_found_by_its_number(ledger, make):
    number = ledger.append([make["decision"](1)])[0].number
    ledger.append([Event("notice", {"channel": "letter", "language": "ar"}, number=number), make["decision"](2)])
    ledger.append([Event("objection", {"grounds": "he was ill"}, number=number)])
    assert [one["kind"] for one in ledger.records(number=number)] == ["decision", "notice", "objection"]
    assert [one["index"] for one in ledger.records(start=2)] == [2, 3]


def test_many_threads_share_writes_and_each_gets_its_own_receipts(ledger, make):
    found, writes = {}, []
    write = ledger._gathering._write
    ledger._gathering._write = lambda batch: (writes.append(len(batch)), write(batch))[1]

    def work(who):
        found[who] = [
            one
            for step in range(8)
            for one in ledger.append([make["decision"](f"{who}-{step}-{at}") for at in range(3)])
        ]

    threads = [threading.Thread(target=work, args=(who,)) for who in range(16)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    held = {one["index"]: one["record"] for one in ledger.records()}
    assert sorted(held) == list(range(16 * 8 * 3))
    for who, given in found.items():
        assert [held[one.index]["reasons"] for one in given] == [
            f"seen on visit {who}-{step}-{at}" for step in range(8) for at in range(3)
        ]
        assert [held[one.index]["number"] for one in given] == [one.number for one in given]
    assert sum(writes) == 384
    assert len(writes) < 128
    assert custody.verify(ledger.folder).size == 384


def test_one_thread_that_fails_does_not_take_the_others_with_it(ledger, make):
    outcomes = []

    def work(who):
        event = make["decision"](who) if who % 2 else Event("decision", {}, make["facts"])
        try:
            outcomes.append(len(ledger.append([event])))
        except JazariError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=work, args=(who,)) for who in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(map(str, outcomes)) == ["1"] * 10 + ["JZ-607"] * 10
    assert len(ledger) == 10


def _append(path, who, make, out):
    with open_ledger(path) as ledger:
        for step in range(10):
            out.put(
                [(one.index, one.number) for one in ledger.append([make(f"{who}-{step}-{at}") for at in range(30)])]
            )


def test_several_processes_append_to_one_log(ledger, make):
    context = multiprocessing.get_context("fork")
    out = context.Queue()
    workers = [context.Process(target=_append, args=(ledger.folder, who, make["decision"], out)) for who in range(4)]
    for one in workers:
        one.start()
    given = [pair for _ in range(40) for pair in out.get(timeout=60)]
    for one in workers:
        one.join()
    assert sorted(index for index, _ in given) == list(range(1200))
    assert len(ledger.append([make["decision"]("after")])) == 1
    held = {one["index"]: one["number"] for one in ledger.records()}
    assert all(held[index] == number for index, number in given)
    assert custody.verify(ledger.folder).size == 1201


def test_a_ledger_does_not_follow_a_fork(ledger, make):
    ledger._process += 1
    with pytest.raises(LedgerError, match="JZ-616"):
        ledger.append([make["decision"](1)])


def test_a_ledger_is_made_once_and_opened_where_it_is(tmp_path, ledger):
    with pytest.raises(LedgerError, match="JZ-601"):
        create_ledger(ledger.folder, "pole.example")
    for wrong in (tmp_path / "nothing", tmp_path):
        with pytest.raises(LedgerError, match="JZ-600"):
            open_ledger(wrong)
    for name in ("", "with space", "a+b", "x" * 300):
        with pytest.raises(LedgerError, match="JZ-602"):
            create_ledger(tmp_path / "new", name)
    (ledger.folder / "ledger.json").write_text("[]")
    with pytest.raises(LedgerError, match="JZ-600"):
        open_ledger(ledger.folder)


def test_keys_that_others_may_read_or_that_are_damaged_are_not_used(ledger):
    path = ledger.folder / "keys" / "subjects"
    path.chmod(0o644)
    with pytest.raises(LedgerError, match="JZ-615"):
        open_ledger(ledger.folder)
    path.chmod(0o600)
    path.write_text("zz")
    with pytest.raises(LedgerError, match="JZ-615"):
        open_ledger(ledger.folder)


def test_a_number_that_was_never_given_has_no_receipt(ledger):
    from jazari.governance.ledger import numbers

    with pytest.raises(LedgerError, match="JZ-611"):
        ledger.receipt(numbers.new())
    with pytest.raises(LedgerError, match="JZ-612"):
        ledger.receipt("12")
    with pytest.raises(LedgerError, match="JZ-611"):
        ledger.prove(0)


def test_forgetting_destroys_the_records_and_leaves_every_other_proof(ledger, make):
    kept, gone = ledger.append([make["decision"](1), make["decision"](2, reasons="a reason that must disappear")])
    ledger.append([Event("notice", {"channel": "letter of Fatima Z", "language": "ar"}, number=gone.number)])
    erasure = ledger.forget(gone.number, "law 09-08 art. 8", "data protection officer")
    assert next(ledger.entries(erasure.index))["entries"] == [1, 2]
    assert [one["record"] is None for one in ledger.records()] == [False, True, True, False]
    stored = b"".join(path.read_bytes() for path in ledger.folder.glob("records.sqlite*"))
    for trace in (b"must disappear", b"Fatima", gone.number.encode()):
        assert trace not in stored
    with pytest.raises(LedgerError, match="JZ-611"):
        ledger.receipt(gone.number)
    with pytest.raises(LedgerError, match="JZ-613"):
        gone.text()
    assert receipts.verify(kept.text(), ledger.policy()).index == 0
    assert custody.verify(ledger.folder).size == 4
    with pytest.raises(LedgerError, match="JZ-611"):
        ledger.forget(gone.number, "again", "nobody")


class Failing(Disk):
    """A disk that refuses once."""

    def __init__(self, root, act, number):
        super().__init__(root)
        self._act, self._number = act, number

    def __getattribute__(self, name):
        if name == object.__getattribute__(self, "__dict__").get("_act"):
            self._act = None
            raise OSError(self._number, os.strerror(self._number))
        return super().__getattribute__(name)


@pytest.mark.parametrize("act", ["write", "sync", "sync_folder", "make_folder", "rename"])
@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, "JZ-603"), (errno.EROFS, "JZ-604"), (errno.EIO, "JZ-603")])
def test_a_disk_that_refuses_gives_a_coded_error_and_the_log_goes_on_when_it_may(ledger, make, act, number, code):
    ledger.append([make["decision"](0)])
    ledger._files = Failing(ledger.folder, act, number)
    if act == "make_folder":  # the folder of the first partial tiles is there; the second bundle needs another
        ledger._files._act = None
        ledger.append([make["decision"](at) for at in range(255)])
        ledger._files._act = act
    with pytest.raises(LedgerError, match=code):
        ledger.append([make["decision"]("refused")])
    before = len(ledger)
    given = ledger.append([make["decision"]("taken")])
    assert given[0].index in (before, before + 1)  # the refused one may stand where the disk failed after the commit
    assert custody.verify(ledger.folder).size == given[0].index + 1


def test_a_store_without_room_gives_a_coded_error_and_the_log_goes_on_when_there_is_some(ledger, make):
    ledger.append([make["decision"](0)])
    connection = ledger.store._writing
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LedgerError, match="JZ-605"):
        ledger.append([make["decision"](at) for at in range(500)])
    assert custody.verify(ledger.folder).size == 1 == len(ledger)
    connection.execute("PRAGMA max_page_count = 1000000")
    ledger.append([make["decision"](at) for at in range(500)])
    assert custody.verify(ledger.folder).size == 501


def test_a_folder_that_cannot_be_written_gives_a_coded_error(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(os, "mkdir", refuse)
    with pytest.raises(LedgerError, match="JZ-604"):
        create_ledger(tmp_path / "new", "pole.example")


def test_a_store_that_is_not_one_gives_a_coded_error(tmp_path):
    (tmp_path / "records.sqlite").write_bytes(b"not a database, and long enough to be told from an empty file" * 99)
    with pytest.raises(LedgerError, match="JZ-605"):
        SqliteStore(tmp_path / "records.sqlite")


def test_a_store_from_an_older_copy_is_noticed(ledger, make):
    ledger.append([make["decision"](0)])
    copy = sqlite3.connect(":memory:")
    ledger.store._reading.backup(copy)
    ledger.append([make["decision"](1)])
    ledger.close()
    for path in ledger.folder.glob("records.sqlite*"):
        path.unlink()
    restored = sqlite3.connect(ledger.folder / "records.sqlite")
    copy.backup(restored)
    restored.close()
    copy.close()
    with pytest.raises(VerificationError, match="JZ-626"):
        Ledger.open(ledger.folder)


def test_a_crash_before_the_checkpoint_was_published_is_finished_on_opening(ledger, make):
    ledger.append([make["decision"](0)])
    old = (ledger.folder / "log" / "checkpoint").read_bytes()
    ledger.append([make["decision"](1)])
    (ledger.folder / "log" / "checkpoint").write_bytes(old)
    (ledger.folder / "log" / "tile" / "0" / "000.p" / "9").write_bytes(bytes(288))
    with open_ledger(ledger.folder) as again:
        assert len(again) == 2
        assert custody.verify(again.folder).size == 2


def test_the_record_of_an_entry_is_the_one_that_was_sealed(ledger, make):
    given = ledger.append([make["decision"](0)])[0]
    connection = ledger.store._writing
    record = json.loads(connection.execute("SELECT record FROM records").fetchone()[0]) | {"outcome": "none"}
    connection.execute(
        "UPDATE records SET record = ?", (json.dumps(record, sort_keys=True, separators=(",", ":")).encode(),)
    )
    with pytest.raises(VerificationError, match="JZ-628"):
        receipts.verify(given.text(), ledger.policy())


def test_records_are_found_by_version_person_and_officer(ledger, make):
    events = []
    for at in range(60):
        one = make["decision"](at % 20, officer=f"officer-{at % 3}")
        events.append(replace(one, facts={**one.facts, "version": f"{at // 20}.0"}))
    ledger.append(events)

    def found(**asked):
        return [row["index"] for row in ledger.records("decision", **asked)]

    assert found(version="1.0") == list(range(20, 40))
    assert found(version="1.0", subjects=[ledger.pseudonym("7")], officers=[]) == [27]
    assert found(version="2.0", officers=["officer-1"]) == [at for at in range(40, 60) if at % 3 == 1]
    assert found(version="2.0", officers=["officer-1"], subjects=[ledger.pseudonym("0")], start=41) == [
        at for at in range(41, 60) if at % 3 == 1
    ]
    assert found(version="1.0", subjects=[], officers=[]) == []
    assert list(ledger.records("review", version="1.0")) == []


def test_a_forgotten_person_and_officer_leave_the_stores_index_too(ledger, make):
    number = ledger.append([make["decision"](3)])[0].number
    ledger.forget(number, "asked for", "keeper")
    assert list(ledger.records("decision", version="1.0.0", subjects=[ledger.pseudonym("3")])) == []
    (row,) = ledger.records("decision", version="1.0.0")
    assert row == {"index": 0, "kind": "decision", "number": None, "record": None}
