"""What comes in: nothing is lost, nothing is added twice, nothing half-done counts."""

import datetime
import json

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from jazari.core.errors import DataError, DeclarationError, JazariError, VerificationError
from jazari.data.events.adding import add, enrol
from jazari.data.events.checking import check
from jazari.data.events.features import features
from jazari.data.events.joining import write_features, write_joined
from jazari.data.events.state import alone, create, open_state
from jazari.schema.events import Events, days_since, total, trend, within

ON = datetime.date(2025, 3, 1)
GOOD = [(1, 5, 0, "justified", 2), (2, 6, 1, "unjustified", 1), (1, 8, 0, "unjustified", 1)]


def aside(folder):
    state = open_state(folder)
    return [row for one in state.aside for row in pq.read_table(folder / "aside" / one).to_pylist()]


def table_of(folder, number, words):
    return features(folder, words.day(number)).read_all().to_pylist()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"pupil_id": None}, "no key"),
        ({"pupil_id": 77}, "key not in the register"),
        ({"absent_on": None}, "no date"),
        ({"recorded_on": None}, "no date"),
        ({"recorded_on": datetime.date(2025, 3, 2)}, "recorded in the future"),
        ({"recorded_on": datetime.date(2025, 1, 2)}, "recorded before it occurred"),
        ({"kind": "asleep"}, "unknown kind"),
        ({"kind": None}, "unknown kind"),
        ({"half_days": None}, "no amount"),
        ({"half_days": float("nan")}, "no amount"),
        ({"half_days": -1.0}, "negative amount"),
        ({"half_days": 0.5}, "amount is no multiple of the step"),
        ({"half_days": float("inf")}, "no amount"),
        ({"half_days": 1e12}, "amount too large"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["memory", "parquet", "csv"])
def test_a_row_that_does_not_fit_is_set_aside_with_its_reason(change, reason, form, make, words, tmp_path):
    good = words.rows(GOOD)
    bad = pa.Table.from_pylist([good.to_pylist()[0] | change], schema=good.schema)
    folder, data = make(), pa.concat_tables([good, bad])
    clean = table_of(made_of(make, good), 20, words)
    if form == "parquet":
        pq.write_table(data, tmp_path / "day.parquet")
        data = tmp_path / "day.parquet"
    if form == "csv":
        pa.csv.write_csv(data, tmp_path / "day.csv")
        data = tmp_path / "day.csv"
    said = add(folder, data, on=ON, aside_at_most=0.25)
    assert said["aside"] == {reason: 1}
    assert said["kept"] == 3 and said["rows"] == 4
    assert [row["reason"] for row in aside(folder)] == [reason]
    assert table_of(folder, 20, words) == clean


def made_of(make, table):
    folder = make()
    add(folder, table, on=ON)
    return folder


def test_a_file_of_which_much_does_not_fit_is_refused_whole(make, words):
    folder = make()
    data = words.rows([*GOOD, (9, 1, 0, "justified", 1)])
    with pytest.raises(DataError) as refused:
        add(folder, data, on=ON)
    assert refused.value.code == "JZ-376"
    assert "key not in the register 1" in refused.value.found
    assert open_state(folder).parts == [] and open_state(folder).files == [] and not list((folder / "log").iterdir())


def test_the_same_file_twice_changes_nothing(make, words, tmp_path):
    folder = make()
    pq.write_table(words.rows(GOOD), tmp_path / "day.parquet")
    first = add(folder, tmp_path / "day.parquet", on=ON)
    before = (folder / "state.json").read_bytes()
    again = add(folder, tmp_path / "day.parquet", on=ON)
    assert not first["already"] and again == first | {"already": True}
    assert (folder / "state.json").read_bytes() == before


def test_rows_wait_for_their_key_and_are_added_when_it_joins(make, words):
    folder = make((1, 2, 3))
    add(folder, words.rows([*GOOD, (8, 3, 0, "justified", 2), (8, 4, 0, "asleep", 2)]), on=ON, aside_at_most=1)
    features(folder, words.day(20))
    said = enrol(folder, pa.table({"pupil_id": [8, 2], "school": ["s0", "s1"]}), on=ON)
    assert said == {"keys": 4, "new": 1, "readmitted": 1}
    assert [row["reason"] for row in aside(folder)] == ["unknown kind"]
    assert len(list((folder / "aside").iterdir())) == 1
    one = [row for row in table_of(folder, 20, words) if row["pupil_id"] == 8]
    assert one[0]["total"] == 2 and one[0]["since"] == 17
    register = open_state(folder).read_register()
    assert [register.sites[at] for at in register.site] == ["s1", "s1", "s1", "s0"]


def test_keys_of_text_and_events_without_amounts(tmp_path, words):
    events = words.declared(amount="", features=(total("total"), within("last_7", days=7), trend("trend", days=7)))
    create(tmp_path / "st", events, pa.table({"pupil_id": ["ab", "cd", "007"], "school": ["x", "x", "y"]}))
    lines = ["pupil_id;school;absent_on;recorded_on;kind", "ab;x;06/01/2025;07/01/2025;justified",
             "007;y;2025-01-06;2025-01-06;unjustified", " ab ;x;2025-01-08;2025-01-08;unjustified"]  # fmt: skip
    (tmp_path / "day.csv").write_text("\n".join(lines), encoding="utf-8")
    assert add(tmp_path / "st", tmp_path / "day.csv", on=ON)["kept"] == 3
    made = {row["pupil_id"]: row["total"] for row in features(tmp_path / "st", words.day(8)).read_all().to_pylist()}
    assert made == {"ab": 2, "cd": 0, "007": 1}


def test_amounts_in_quarters_add_up_exactly(tmp_path, words):
    events = words.declared(step=0.25, features=(total("total"), days_since("since")))
    create(tmp_path / "st", events, pa.table({"pupil_id": [1], "school": ["x"]}))
    add(tmp_path / "st", words.rows([(1, n, 0, "justified", 0.25 * n) for n in range(1, 11)]), on=ON)
    assert features(tmp_path / "st", words.day(10)).read_all().to_pylist() == [
        {"pupil_id": 1, "total": 13.75, "since": 0}
    ]


def test_a_run_that_stopped_before_it_was_written_down_leaves_no_trace(make, words, monkeypatch):
    folder = make()
    add(folder, words.rows(GOOD[:1]), on=ON)
    before = table_of(folder, 20, words)
    monkeypatch.setattr("jazari.data.events.state.State.commit", lambda self: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        add(folder, words.rows(GOOD[1:]), on=ON)
    monkeypatch.undo()
    assert table_of(folder, 20, words) == before
    assert add(folder, words.rows(GOOD[1:]), on=ON)["kept"] == 2
    assert table_of(folder, 20, words) == table_of(made_of(make, words.rows(GOOD)), 20, words)


def test_accumulators_that_are_lost_are_made_again(make, words):
    folder = made_of(make, words.rows(GOOD))
    made = table_of(folder, 20, words)
    for one in [*folder.glob("sums-*"), *folder.glob("weeks-*")]:
        one.unlink()
    assert table_of(folder, 20, words) == made
    for one in folder.glob("sums-*"):
        one.write_bytes(b"noise")
    assert table_of(folder, 21, words) == table_of(made_of(make, words.rows(GOOD)), 21, words)


def test_a_log_that_is_cut_short_or_gone_is_said(make, words):
    folder = made_of(make, words.rows(GOOD))
    part = next((folder / "log").iterdir())
    part.write_bytes(part.read_bytes()[:100])
    with pytest.raises(VerificationError) as damaged:
        features(folder, words.day(20))
    assert damaged.value.code == "JZ-379"
    part.unlink()
    with pytest.raises(VerificationError) as damaged:
        open_state(folder)
    assert damaged.value.code == "JZ-379"


def test_two_commands_do_not_change_a_state_at_once(make, words):
    folder = make()
    with alone(folder), pytest.raises(DataError) as busy:
        add(folder, words.rows(GOOD), on=ON)
    assert busy.value.code == "JZ-398"
    assert add(folder, words.rows(GOOD), on=ON)["kept"] == 3


@pytest.mark.parametrize("text", ["", "{}", "[]", "noise", '{"format": "jazari.events/9"}'])
def test_a_folder_that_is_no_state_is_said(text, tmp_path, words):
    (tmp_path / "state.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as none:
        add(tmp_path, words.rows(GOOD), on=ON)
    assert none.value.code == "JZ-375"
    assert ("another version" in none.value.sentence) == ("events/9" in text)


def test_nothing_recorded_by_the_date_is_said(make, words):
    folder = made_of(make, words.rows(GOOD))
    with pytest.raises(DataError) as nothing:
        features(folder, words.day(4))
    assert nothing.value.code == "JZ-377"


@pytest.mark.parametrize(
    "register",
    [
        {"pupil_id": [1, 1], "school": ["a", "b"]},
        {"pupil_id": [1, None], "school": ["a", "b"]},
        {"pupil_id": pa.array([], pa.int64()), "school": pa.array([], pa.string())},
        {"pupil": [1], "school": ["a"]},
        {"pupil_id": [1], "place": ["a"]},
    ],
)
def test_a_register_that_does_not_fit_is_refused(register, tmp_path, words):
    with pytest.raises(DataError) as unfit:
        create(tmp_path / "st", words.declared(), pa.table(register))
    assert unfit.value.code == "JZ-374"
    assert not (tmp_path / "st").exists()


def test_a_missing_header_is_said(make, words):
    with pytest.raises(DataError) as missing:
        add(make(), words.rows(GOOD).drop_columns("recorded_on"), on=ON)
    assert missing.value.code == "JZ-310" and "recorded_on" in missing.value.sentence


@pytest.mark.parametrize(
    "change",
    [
        {"site": "pupil_id"}, {"kinds": ()}, {"kinds": ("a", "a")}, {"features": ()}, {"step": 0}, {"holes": 2},
        {"features": (total("a"), total("a"))}, {"features": (total("a", kinds=("asleep",)),)}, {"key": ""},
        {"features": (within("a", days=0),)}, {"closed": ("someday",)}, {"holidays": (("2025-02-01", "2025-01-01"),)},
        {"holidays": (("soon", "later"),)},
    ],
)  # fmt: skip
def test_a_declaration_that_cannot_be_kept_is_refused(change, words):
    with pytest.raises(DeclarationError) as wrong:
        words.declared(**change)
    assert wrong.value.code == "JZ-373"


def test_a_declaration_comes_back_from_its_document(words):
    events = words.declared()
    assert Events.from_json(json.loads(json.dumps(events.as_json()))) == events


def test_features_join_the_table_of_a_use_case(make, words, tmp_path):
    folder = made_of(make, words.rows(GOOD))
    pupils = pa.table({"pupil_id": ["2", "1", "99"], "grade": [3, 4, 5]})
    said = write_joined(features(folder, words.day(20)), pupils, tmp_path / "joined.parquet")
    assert said == {"rows": 3, "without": 1}
    joined = {row["pupil_id"]: row for row in pq.read_table(tmp_path / "joined.parquet").to_pylist()}
    assert (joined["1"]["grade"], joined["1"]["total"], joined["99"]["total"]) == (4, 3, None)
    assert write_features(features(folder, words.day(20)), tmp_path / "alone.parquet") == {"rows": 5, "without": 0}
    assert pq.read_table(tmp_path / "alone.parquet").equals(features(folder, words.day(20)).read_all())
    with pytest.raises(JazariError) as apart:
        write_joined(
            features(folder, words.day(20)), pa.table({"pupil_id": [1], "total": [1]}), tmp_path / "no.parquet"
        )
    assert apart.value.code == "JZ-394" and not (tmp_path / "no.parquet").exists()


@pytest.mark.parametrize("which", ["log/000001.arrow", "aside/000001.parquet", "register-1.arrow", "sums-*", "weeks-*"])
def test_a_bit_that_turned_is_found_by_check(which, make, words):
    folder = make()
    add(folder, words.rows([*GOOD, (99, 5, 0, "justified", 1)]), on=ON, aside_at_most=1)
    assert [one.safeguard for one in check(folder, words.day(20))] == ["events_fit", "records_complete"]
    path = next(folder.glob(which))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(VerificationError) as damaged:
        check(folder, words.day(20))
    assert damaged.value.code == "JZ-379"
    assert "1 of 5 files" in damaged.value.found and path.name in damaged.value.found


def test_check_goes_on_where_accumulators_were_removed(make, words):
    folder = made_of(make, words.rows(GOOD))
    first = check(folder, words.day(20))
    for one in [*folder.glob("sums-*"), *folder.glob("weeks-*")]:
        one.unlink()
    assert check(folder, words.day(20)) == first
    assert open_state(folder).verify() == 4
