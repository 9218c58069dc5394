"""Does a table fit: each way in which it may not, said with where, what was found and how to mend it."""

import datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jazari.core.errors import DataError
from jazari.data.conform import check, stream
from jazari.data.source import open_source
from jazari.schema.columns import Column, audited, column, key, outcome, period, site, territory
from jazari.schema.table import Table

PUPILS = Table(
    "pupils",
    key("pupil"), period("year"), site("school"), territory("commune"),
    column("absences", within=(0, 180)), column("track", among=("a", "b")), column("bus", kind="flag"),
    audited("sex", among=("f", "m")), outcome("left"),
)  # fmt: skip


def good(rows=200):
    at = np.arange(rows)
    return {
        "pupil": pa.array(at), "year": pa.array(["2024-2025"] * rows), "school": pa.array([f"S{n % 7}" for n in at]),
        "commune": pa.array([f"C{n % 3}" for n in at]), "absences": pa.array((at * 37 % 101).astype(float)),
        "track": pa.array(np.where(at % 3, "a", "b")), "bus": pa.array(at % 2),
        "sex": pa.array(np.where(at % 5 < 2, "f", "m")), "left": pa.array(at % 11 == 0),
    }  # fmt: skip


def report(**changed):
    columns = {name: values for name, values in (good() | changed).items() if values is not None}
    return check(open_source(pa.table(columns)), PUPILS)


def codes(one):
    return [error.code for error in one.errors]


def test_a_good_table_fits():
    one = report()
    assert (one.fits, codes(one), one.rows, one.periods) == (True, [], 200, {"2024-2025": 200})
    assert one.as_json()["fits"] is True


def test_a_missing_header_is_named_with_the_nearest():
    columns = good()
    columns["absenses"] = columns.pop("absences")
    told = check(open_source(pa.table(columns)), PUPILS).errors
    assert [one.code for one in told] == ["JZ-310"]
    assert "did you mean 'absenses'?" in told[0].fix


def test_headers_are_not_shown_where_they_may_be_a_persons_data():
    told = check(open_source(pa.table({"Amal Idrissi": [1], "Fès": [2]})), PUPILS).errors
    assert {one.code for one in told} == {"JZ-310"}
    assert "Amal" not in "".join(map(str, told))


def test_a_file_without_headers_is_recognised(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("1;2024-2025;S1;C1;3;a;0;f;1\n2;2024-2025;S1;C1;3;a;0;f;0\n")
    told = check(open_source(path), PUPILS).errors
    assert [one.code for one in told] == ["JZ-311"]


@pytest.mark.parametrize(
    ("changed", "code", "found"),
    [
        ({"absences": pa.array(["12"] * 198 + ["many", "few"])}, "JZ-312", "2 values, the first at row 199"),
        ({"absences": pa.array([np.inf] + [1.0] * 199)}, "JZ-312", "1 value, the first at row 1"),
        ({"absences": pa.array([datetime.date(2024, 1, 1)] * 200)}, "JZ-312", "200 values"),
        ({"absences": pa.array([1.0, 181, -1] + [2.0] * 197)},
         "JZ-313", "2 values outside 0 to 180, the first at row 2"),
        ({"track": pa.array(["a", "B"] + ["b"] * 198)}, "JZ-314", "1 value not among a, b; the first at row 2"),
        ({"sex": pa.array(["f", "x"] + ["m"] * 198)}, "JZ-314", "1 value"),
        ({"bus": pa.array([1, 2] + [0] * 198)}, "JZ-315", "1 value, the first at row 2"),
        ({"pupil": pa.array([1, 1, *range(2, 200)])}, "JZ-316", "1 keys on 2 rows"),
        ({"pupil": pa.array([None, *range(199)])}, "JZ-317", "1 rows, the first at row 1"),
        ({"left": pa.array([False] * 200)}, "JZ-318", "0 yes and 200 no"),
        ({"left": pa.array([None] * 200, pa.bool_())}, "JZ-321", "0 known"),
        ({"left": pa.array(["stayed"] * 200)}, "JZ-315", "200 values"),
        ({"year": pa.array(["2024-2025"] * 198 + ["autumn", None])}, "JZ-322", "2 different values on 2 rows"),
    ],
)  # fmt: skip
def test_each_wrong_value_has_its_code_its_count_and_its_row(changed, code, found):
    told = report(**changed).errors
    assert [one.code for one in told] == [code]
    assert found in told[0].found
    assert told[0].fix


def test_nan_and_empty_are_missing_not_wrong():
    one = report(absences=pa.array([np.nan, None] + [1.0, 2.0] * 99), track=pa.array(["", None] + ["a", "b"] * 99))
    assert one.fits
    shares = {column.name: column.missing for column in one.columns}
    assert shares["absences"] == shares["track"] == pytest.approx(0.01)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_column_that_knows_the_outcome_is_found_in_either_direction(sign):
    rng = np.random.default_rng(0)
    left = rng.random(2000) < 0.1
    base = good(2000) | {"left": pa.array(left)}
    leak = np.clip(90 + sign * (left * 60.0) + rng.normal(0, 5, 2000), 0, 180)
    assert codes(check(open_source(pa.table(base | {"absences": pa.array(leak)})), PUPILS)) == ["JZ-319"]
    gone = pa.array(leak, mask=~left)
    assert codes(check(open_source(pa.table(base | {"absences": gone})), PUPILS)) == ["JZ-319"]
    middle = np.where(left, 90.0, np.where(rng.random(2000) < 0.5, 10.0, 170.0))
    assert codes(check(open_source(pa.table(base | {"absences": pa.array(middle)})), PUPILS)) == ["JZ-319"]
    fair = pa.array(np.clip(90 + left * 20.0 + rng.normal(0, 15, 2000), 0, 180))
    assert codes(check(open_source(pa.table(base | {"absences": fair})), PUPILS)) == []


def test_warnings_do_not_stop_a_run():
    one = report(
        bus=pa.array([0] * 200), absences=pa.array([1.0, 2.0] * 40 + [None] * 120),
        school=pa.array([None] + ["S"] * 199),
    )  # fmt: skip
    assert one.fits
    assert [warning.code for warning in one.warnings] == ["JZ-332", "JZ-331", "JZ-330"]


def test_a_table_that_says_nothing_is_refused():
    rows = 200
    one = report(absences=pa.array([1.0] * rows), track=pa.array(["a"] * rows), bus=pa.array([None] * rows, pa.int8()))
    assert codes(one) == ["JZ-320"]


def test_a_scored_table_needs_no_outcome():
    columns = good()
    del columns["left"]
    assert check(open_source(pa.table(columns)), PUPILS, need_outcome=False).fits


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,5", 1.5),
        ("1 234,5", 1234.5),
        ("-2,25", -2.25),
        ("1\u202f000", 1000.0),
        ("7", 7.0),
        ("1e2", 100.0),
        ("NA", None),
    ],
)
def test_numbers_of_a_csv_are_read_as_people_write_them(tmp_path, text, value):
    path = tmp_path / "a.csv"
    path.write_text(f"x;y\n{text};1\n{text};2\n", encoding="utf-8")
    table = Table("t", column("x"), column("y"))
    with open_source(path) as source:
        assert next(stream(source, table, ["x"])).column("x").to_pylist() == [value, value]


def test_commas_and_points_in_one_column_are_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("x;y\n1,234;1\n1.234;2\n")
    told = check(open_source(path), Table("t", column("x"), column("y")), need_outcome=False).errors
    assert [one.code for one in told] == ["JZ-328"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (pa.array([33, None]), ["33", None]), (pa.array([33.0, 1.5]), ["33", "1.5"]), (pa.array([True, False]),
        ["true", "false"]),
        (pa.array([np.nan, 2.0], pa.float32()), [None, "2"]), (pa.array([" a ", ""]), ["a", None]),
        (pa.array(["a", "b"]).dictionary_encode(), ["a", "b"]),
    ],
)  # fmt: skip
def test_categories_are_texts_whatever_they_were_stored_as(values, words):
    table = Table("t", column("x", kind="category"))
    source = open_source(pa.table({"x": values}))
    assert next(stream(source, table, ["x"])).column("x").to_pylist() == words


@pytest.mark.parametrize("words", [("1", "0"), ("true", "FALSE"), ("yes", "no"), ("Oui", "Non"), ("1.0", "0.0")])
def test_flags_are_read_in_the_words_of_registers(tmp_path, words):
    path = tmp_path / "a.csv"
    path.write_text("x;y\n" + "".join(f"{word};1\n" for word in words))
    source = open_source(path)
    batch = next(stream(source, Table("t", column("x", kind="flag"), column("y")), ["x"]))
    assert batch.column("x").to_pylist() == [1.0, 0.0]


def test_a_stream_finds_what_is_wrong_and_reads_nan_as_missing(tmp_path):
    table = Table("t", column("x", within=(0, 10)), column("y"))
    good, bad = tmp_path / "good.parquet", tmp_path / "bad.parquet"
    pq.write_table(pa.table({"x": [1.0, np.nan, 3.0], "y": [1.0, 2.0, 3.0]}), good)
    pq.write_table(pa.table({"x": [1.0] * 100_000 + [11.0], "y": [1.0] * 100_001}), bad)
    with open_source(good) as source:
        read = pa.Table.from_batches(list(stream(source, table, ["key", "x"])))
    assert read.to_pydict() == {"key": [0, 1, 2], "x": [1.0, None, 3.0]}
    with open_source(bad) as source, pytest.raises(DataError) as told:
        list(stream(source, table, ["x"]))
    assert (told.value.code, "row 100001" in told.value.found) == ("JZ-313", True)


def test_late_recordings_are_counted_and_read_as_missing(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "year;x;seen\n2024-2025;1;2024-12-20\n2024-2025;2;2024-12-21\n2025-2026;3;20/12/2025\n2025-2026;4;\n"
    )
    table = Table("t", period("year"), column("x", recorded="seen"), predict_at="P3M19D")
    with open_source(path) as source:
        one = check(source, table, need_outcome=False)
        assert one.columns[1].recorded_late == 0.25
        assert [warning.code for warning in one.warnings] == ["JZ-333", "JZ-334"]
        assert next(stream(source, table, ["x"])).column("x").to_pylist() == [1.0, None, 3.0, 4.0]
    path.write_text("year;x;seen\n2024-2025;1;soon\n2024-2025;2;\n")
    with open_source(path) as source:
        assert codes(check(source, table, need_outcome=False)) == ["JZ-323"]
    undated = Table("t", column("x", recorded="seen"), predict_at="P3M19D")
    with open_source(path) as source:
        assert codes(check(source, undated, need_outcome=False)) == ["JZ-327"]


def test_positive_words_of_an_outcome_are_found_in_any_storage():
    for values, positive in (
        (["Dropout", "Graduate"], "dropout"),
        ([1, 0], 1),
        ([1.0, 0.0], "1"),
        ([True, False], True),
    ):
        table = Table("t", column("x"), outcome("left", positive=(positive,)))
        source = open_source(pa.table({"x": [1.0, 2.0], "left": values}))
        assert next(stream(source, table, ["left"])).column("left").to_pylist() == [True, False]


def test_an_error_never_repeats_a_value(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("x;y;left\nAmal Idrissi;1;1\nSecret;2;0\n")
    one = check(open_source(path), Table("t", column("x"), column("y"), outcome("left")))
    assert not one.fits
    assert "Amal" not in str(one.as_json())


def test_the_kind_of_a_declared_column_is_kept():
    assert Column("x", "column").kind == "number"


def test_the_rows_of_a_large_csv_keep_their_order(tmp_path):
    """DuckDB makes a join of a long IN, and a join in several threads gives rows as they come."""
    table = Table("people", key("id"), column("age"), column("town", kind="category"),
                  outcome("left", positive=("a", "b", "c", "d", "e", "f", "g", "h"), known_after="P1M"),
                  row="one person")  # fmt: skip
    rows = [f"{place:07d}-{'x' * 40},{place % 90},t{place % 7},{'abz'[place % 3]}" for place in range(250_000)]
    (tmp_path / "people.csv").write_text("id,age,town,left\n" + "\n".join(rows))
    with open_source(tmp_path / "people.csv") as source:
        batches = list(stream(source, table, ["id", "left"]))
    keys = [one for batch in batches for one in batch["id"].to_pylist()]
    assert keys == [row.partition(",")[0] for row in rows]
    assert [one for batch in batches for one in batch["left"].to_pylist()][:6] == [True, True, False] * 2
