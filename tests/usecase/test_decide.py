"""Decisions: sealed with all that a notice needs, or refused for a reason that has a code; never half of a batch."""

import datetime
import json
import shutil
import threading
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from jazari.core.canonical import digest_without, encode
from jazari.core.errors import DataError, JazariError, SafeguardError
from jazari.core.languages import LANGUAGES
from jazari.governance import custody
from jazari.governance.events import create_ledger, open_ledger
from jazari.usecase.decide import Decision, decide, read
from jazari.usecase.decisions.permission import run_at
from jazari.usecase.dossier import Dossier
from jazari.usecase.sealing import seal_run, seal_waiver
from jazari.usecase.waivers import waive

SEEN = ("the road was closed", "the mother is ill", "marks fell in maths", "moved in October", "works at harvest")
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def ledger(tmp_path):
    create_ledger(tmp_path / "ledger", "test.example").close()
    return tmp_path / "ledger"


@pytest.fixture(scope="module")
def selected(listed):
    rows = pq.read_table(listed.path / "list.parquet")
    return rows.filter(rows["selected"])["key"].to_pylist()


@pytest.fixture
def batch(selected):
    """Twelve honest decisions by two officers."""
    return [
        Decision(
            str(key), "tutoring" if at % 4 else "none", "followed" if at % 4 else "overrode",
            f"{SEEN[at % 5]}; {SEEN[(at // 5 + at) % 5]}, seen {at + 1} December", f"officer {at % 2}",
        )
        for at, key in enumerate(selected[:12])
    ]  # fmt: skip


@pytest.fixture
def later(listed):
    return run_at(listed) + HOUR


@pytest.fixture
def redeclared(listed, tmp_path):
    """The dossier with other words in its document, made whole again."""

    def made(**changes):
        shutil.copytree(listed.path, tmp_path / "other", dirs_exist_ok=True)
        document = {**listed.document, **changes}
        document["digest"] = digest_without(document, "digest")
        (tmp_path / "other" / "dossier.json").write_bytes(encode(document))
        return Dossier(tmp_path / "other")

    return made


def records(ledger, kind="decision"):
    with open_ledger(ledger) as opened:
        return [row["record"] for row in opened.records(kind)]


def entries(ledger):
    with open_ledger(ledger) as opened:
        return list(opened.entries())


def refused(code, dossier, ledger, batch, now=None):
    """Decide, see it refused with this code, and see that nothing was sealed."""
    before = len(entries(ledger))
    with pytest.raises(JazariError) as error:
        decide(dossier, ledger, batch, now=now)
    assert error.value.code == code
    assert len(entries(ledger)) == before
    for one in batch:  # no personal data in the text
        assert one.officer.strip() == "" or one.officer not in str(error.value)
        assert one.reasons == "" or one.reasons not in str(error.value)
    return error.value


def test_a_batch_is_sealed_whole_and_each_decision_has_its_number(listed, ledger, batch, later):
    done = decide(listed, ledger, batch, now=later)
    assert list(done.numbers) == [one.key for one in batch]
    assert len(set(done.numbers.values())) == len(batch)
    assert [one.state for one in done.review] == ["holds", "holds"]
    assert custody.verify(ledger).size == len(batch)
    opened = records(ledger)
    assert [one["number"] for one in opened] == [one.replace("-", "") for one in done.numbers.values()]
    assert [(one["officer"], one["action"], one["reasons"]) for one in opened] == [
        (one.officer, one.action, one.reasons) for one in batch
    ]


def test_the_public_entry_names_the_exact_version_and_nothing_of_the_person(listed, ledger, batch, later):
    decide(listed, ledger, batch, now=later)
    files = listed.document["files"]
    for entry in entries(ledger):
        assert entry["version"] == listed.digest
        assert entry["model"] == files["model.json"]["sha256"]
        assert entry["declaration"] == listed.document["fingerprints"]["declaration"]
        assert set(entry) == {"v", "kind", "at", "commitment", "system", "version", "model", "declaration"}


def test_a_record_holds_what_a_notice_needs(listed, ledger, batch, later):
    decide(listed, ledger, batch, now=later)
    for record in records(ledger):
        assert record["legal_basis"] == listed.document["declaration"]["legal_basis"]
        assert record["role"] == "school head"
        assert {one["route"] for one in record["routes"]} == {"objection", "reasons_ask", "complaint_answer", "rect"}
        assert record["factors"] or record["factors_face_to_face"]
        for factor in record["factors"]:
            assert set(factor["words"]) == set(LANGUAGES)


def test_no_family_s_poverty_is_sealed_on_any_of_the_list(listed, ledger, selected, later):
    everybody = [
        Decision(str(key), "tutoring", "modified", f"{SEEN[at % 5]} {SEEN[at % 3]} {at}", f"officer {at // 7}")
        for at, key in enumerate(selected)
    ]
    decide(listed, ledger, everybody, now=later)
    hidden = {one["name"] for one in listed.document["declaration"]["table"]["columns"] if one["face_to_face"]}
    sealed = records(ledger)
    assert "poverty_index" in hidden
    assert not hidden & {name for one in sealed for factor in one["factors"] for name in factor["columns"]}
    assert sum(one["factors_face_to_face"] for one in sealed) > 0  # it weighed for some of them, and was left out


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"officer": ""}, "JZ-681"),
        ({"officer": "  "}, "JZ-681"),
        ({"outcome": ""}, "JZ-681"),
        ({"key": ""}, "JZ-681"),
        ({"reasons": "", "action": "overrode"}, "JZ-681"),
        ({"reasons": "", "action": "followed"}, "JZ-693"),
        ({"action": "folowed"}, "JZ-682"),
        ({"key": "nobody"}, "JZ-683"),
        ({"key": "99999999"}, "JZ-683"),
        ({"key": "9" * 30}, "JZ-683"),
        ({"reasons": "card AB123456 seen"}, "JZ-609"),
        ({"officer": "BK12345"}, "JZ-609"),
    ],
)
def test_one_wrong_decision_refuses_the_batch(listed, ledger, batch, later, change, code):
    refused(code, listed, ledger, [*batch[:5], replace(batch[5], **change), *batch[6:]], later)


def test_a_person_whom_the_list_did_not_select_is_not_decided_on_here(listed, ledger, batch, later):
    rows = pq.read_table(listed.path / "list.parquet")
    left = rows.filter(pc.invert(rows["selected"]))["key"][0].as_py()
    assert "help request" in refused("JZ-684", listed, ledger, [replace(batch[0], key=str(left))], later).fix


def test_a_decision_has_its_moment_after_the_run_and_not_in_the_future(listed, ledger, batch, later):
    one, run = batch[0], run_at(listed)
    minute = datetime.timedelta(minutes=1)
    for times in (
        {"decided_at": run - HOUR},
        {"decided_at": later + HOUR},
        {"opened_at": later, "decided_at": later - minute},
        {"opened_at": run - HOUR, "decided_at": later},
    ):
        refused("JZ-685", listed, ledger, [replace(one, **times)], later)
    with pytest.raises(DataError, match="JZ-685"):
        replace(one, decided_at=later.replace(tzinfo=None))
    decide(listed, ledger, [replace(one, opened_at=run + minute, decided_at=run + 3 * minute)], now=later)
    assert records(ledger)[0]["decided_at"] == (run + 3 * minute).isoformat(timespec="seconds")


def test_a_copied_list_is_refused_whole_or_in_pieces(listed, ledger, batch, later):
    same = [replace(one, action="followed", reasons="agreed", officer="officer 1") for one in batch]
    assert refused("JZ-693", listed, ledger, same, later).exit_code == 5
    for one in same[:4]:
        decide(listed, ledger, [one], now=later)
    refused("JZ-693", listed, ledger, same[4:5], later)


def test_a_weaker_pattern_is_returned_and_sealed_once(listed, ledger, selected, later):
    counted = [
        Decision(str(key), "tutoring" if at % 3 else "none", "followed" if at % 3 else "overrode", f"visit {at}", "a")
        for at, key in enumerate(selected[:20])
    ]
    assert [one.state for one in decide(listed, ledger, counted[:12], now=later).review] == ["not yet"]
    assert [one.state for one in decide(listed, ledger, counted[12:], now=later).review] == ["not yet"]
    (review,) = records(ledger, "review")
    assert review["dossier"] == listed.digest
    assert [one["values"]["officer"] for one in review["findings"]] == ["a"]


def test_a_person_is_decided_on_once_and_a_correction_names_what_it_replaces(listed, ledger, batch, later):
    refused("JZ-686", listed, ledger, [batch[0], batch[0]], later)
    same = replace(batch[0], key=f"0{batch[0].key}")
    refused("JZ-686", listed, ledger, [batch[0], same], later)
    first = decide(listed, ledger, batch[:2], now=later).numbers
    refused("JZ-686", listed, ledger, batch[:1], later)
    refused("JZ-686", listed, ledger, [same], later)
    again = replace(batch[0], outcome="transport", action="modified", reasons="a bus was added")
    other = first[batch[1].key]
    refused("JZ-687", listed, ledger, [replace(again, corrects=other)], later)
    refused("JZ-687", listed, ledger, [replace(batch[5], corrects=other)], later)
    second = decide(listed, ledger, [replace(again, corrects=first[batch[0].key])], now=later).numbers
    assert records(ledger)[-1]["corrects"] == first[batch[0].key].replace("-", "")
    refused("JZ-687", listed, ledger, [replace(again, corrects=first[batch[0].key])], later)
    decide(listed, ledger, [replace(again, corrects=second[batch[0].key].lower())], now=later)


def test_of_two_who_decide_on_one_person_at_once_one_is_refused(listed, ledger, batch, later):
    codes = []

    def try_it():
        try:
            decide(listed, ledger, batch[:1], now=later)
            codes.append("sealed")
        except DataError as error:
            codes.append(error.code)

    threads = [threading.Thread(target=try_it) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(codes) == ["JZ-686", "JZ-686", "JZ-686", "sealed"]


def test_a_blocked_dossier_decides_on_nobody_until_it_is_waived(listed, redeclared, ledger, batch):
    broken = {"safeguard": "beats_baseline", "state": "broken", "waivable": True, "sentence": "", "values": {}}
    dossier = redeclared(status="blocked", findings=[*listed.document["findings"], broken])
    assert refused("JZ-690", dossier, ledger, batch).exit_code == 5
    until = (datetime.datetime.now(tz=datetime.UTC) + datetime.timedelta(days=30)).date().isoformat()
    reason = "A pilot of one term in two communes"
    waiver = waive(dossier, safeguard="beats_baseline", reason=reason, by="R. Alami", until=until)
    seal_waiver(dossier, waiver, ledger)
    assert records(ledger, "waiver")[0]["reasons"] == reason
    assert len(decide(dossier, ledger, batch).numbers) == len(batch)


@pytest.mark.parametrize("status", ["unaudited", "blocked", "anything else"])
def test_only_a_publishable_dossier_decides(redeclared, ledger, batch, status):
    broken = {"safeguard": "never_for", "state": "broken", "waivable": False, "sentence": "", "values": {}}
    dossier = redeclared(status=status, findings=[broken])
    assert isinstance(refused("JZ-690", dossier, ledger, batch), SafeguardError)


def test_answers_end_when_the_declaration_said(listed, ledger, batch):
    run = run_at(listed)
    end = datetime.datetime(run.year + 1, run.month, run.day, 12, tzinfo=datetime.UTC)
    refused("JZ-691", listed, ledger, batch, end + datetime.timedelta(days=1))
    assert decide(listed, ledger, batch[:1], now=end).numbers


def test_a_new_system_watches_a_whole_cycle_first(listed, redeclared, ledger, batch, tmp_path):
    declaration = listed.document["declaration"]
    watched = [{"safeguard": "shadow_first", "cycles": 1, "waivable": False}]
    dossier = redeclared(declaration={**declaration, "safeguards": watched})
    now = datetime.datetime.now(tz=datetime.UTC)
    known = now + datetime.timedelta(days=280)  # the outcome is known after nine months
    assert refused("JZ-692", dossier, ledger, batch, now).exit_code == 5
    seal_run(dossier, ledger)  # the same period: it is not an earlier cycle
    refused("JZ-692", dossier, ledger, batch, known)
    shutil.copytree(listed.path, tmp_path / "earlier")
    evidence = {**listed.evidence, "split": {**listed.evidence["split"], "listed": "2023-2024"}}
    (tmp_path / "earlier" / "evidence.json").write_text(json.dumps(evidence))
    seal_run(Dossier(tmp_path / "earlier"), ledger)
    refused("JZ-692", dossier, ledger, batch, now)  # nobody knows yet what became of them
    assert decide(dossier, ledger, batch, now=known).numbers


def test_a_file_that_was_changed_is_noticed(listed, ledger, batch, later, tmp_path):
    for name, code in (("list.parquet", "JZ-227"), ("inputs.parquet", "JZ-227"), ("dossier.json", "JZ-226")):
        shutil.copytree(listed.path, tmp_path / name)
        path = tmp_path / name / name
        path.write_bytes(
            path.read_bytes().replace(b'"seed":0', b'"seed":1') + (b" " if name != "dossier.json" else b"")
        )
        assert refused(code, Dossier(tmp_path / name), ledger, batch, later).exit_code == 4
    (tmp_path / "list.parquet" / "list.parquet").unlink()
    refused("JZ-688", Dossier(tmp_path / "list.parquet"), ledger, batch, later)


def test_without_a_ledger_nothing_is_decided(listed, batch, later, tmp_path):
    with pytest.raises(JazariError, match="JZ-600"):
        decide(listed, tmp_path / "nothing", batch, now=later)


def test_decisions_are_read_from_csv_parquet_and_tables_alike(tmp_path, selected):
    now = datetime.datetime(2026, 1, 12, 12, tzinfo=datetime.UTC)
    columns = {
        "officer": ["a", " b "], "key": selected[:2], "outcome": ["tutoring", "none"], "ignored": [1, 2],
        "action": ["followed", "overrode"], "reasons": ['said "yes", twice', "left"],
        "opened_at": ["2026-01-12T09:00:00+01:00", None], "decided_at": ["2026-01-12T09:10:00+01:00", "2026-01-11"],
    }  # fmt: skip
    table = pa.table(columns)
    pq.write_table(table, tmp_path / "d.parquet")
    pa.csv.write_csv(table, tmp_path / "d.csv")
    from_csv, from_parquet, from_memory = (
        read(one, now) for one in (tmp_path / "d.csv", tmp_path / "d.parquet", table)
    )
    assert from_csv == from_parquet == from_memory
    assert from_csv[0].seconds == 600
    assert from_csv[0].reasons == 'said "yes", twice'
    assert (from_csv[1].key, from_csv[1].officer) == (str(selected[1]), "b")
    assert from_csv[1].decided_at == datetime.datetime(2026, 1, 11, 22, 59, 59, tzinfo=datetime.UTC)


def test_moments_of_a_parquet_file_are_read_with_their_own_type_and_else_as_morocco_s(tmp_path, selected):
    naive = datetime.datetime(2026, 1, 12, 9, 0)  # noqa: DTZ001  as a spreadsheet writes it
    words = {
        "key": selected[:1],
        "outcome": ["tutoring"],
        "action": ["followed"],
        "reasons": ["seen"],
        "officer": ["a"],
    }
    kinds = {"s": naive, "us": naive.replace(tzinfo=datetime.UTC)}
    for unit, hour in (("s", 8), ("us", 9)):
        kind = pa.timestamp(unit, tz="UTC" if kinds[unit].tzinfo else None)
        pq.write_table(pa.table({**words, "decided_at": pa.array([kinds[unit]], kind)}), tmp_path / f"{unit}.parquet")
        (one,) = read(tmp_path / f"{unit}.parquet", datetime.datetime.now(tz=datetime.UTC))
        assert one.decided_at == datetime.datetime(2026, 1, 12, hour, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("key,outcome,action,reason,officer\n1,a,followed,b,c\n", "JZ-680"),
        ("key,outcome,action,reasons,officer\n", "JZ-680"),
        ("key,outcome,action,reasons,officer,decided_at\n1,a,followed,b,c,yesterday\n", "JZ-685"),
        ("", "JZ-303"),
    ],
)
def test_a_table_that_holds_no_decisions_is_refused(tmp_path, text, code):
    path = tmp_path / "d.csv"
    path.write_text(text)
    with pytest.raises(DataError) as error:
        read(path, datetime.datetime.now(tz=datetime.UTC))
    assert error.value.code == code
