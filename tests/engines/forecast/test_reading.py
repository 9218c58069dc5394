from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv

from jazari.core.errors import DataError
from jazari.engines.forecast.calendar import clock_changes, daily, hijri
from jazari.engines.forecast.reading import discover, read_panel

START = np.datetime64("2017-01-01", "s")


def wide(days: int = 10, minutes: int = 60) -> dict[str, np.ndarray]:
    times = START + np.timedelta64(60 * minutes, "s") * np.arange(days * 1440 // minutes)
    load = 100 + 20 * np.sin(np.arange(len(times)) / 7) + np.arange(len(times)) % 5
    return {"time": times, "north load": load, "south load": 2 * load}


def read(columns: dict[str, np.ndarray], **more: object) -> object:
    return read_panel(pa.table(columns), time="time", values=("north load", "south load"), ahead=24, **more)


def test_a_long_table_reads_as_the_wide_one_does() -> None:
    columns = wide()
    long = pa.table(
        {
            "time": np.concatenate([columns["time"]] * 2),
            "zone": ["north load"] * 240 + ["south load"] * 240,
            "load": np.concatenate([columns["north load"], columns["south load"]]),
        }
    )
    one, other = read(columns).panel, read_panel(long, time="time", values=("load",), series="zone", ahead=24).panel
    np.testing.assert_array_equal(one.values, other.values)
    assert one.names == other.names == ("north load", "south load")
    assert discover(long) == {"time": "time", "values": ["load"], "series": "zone"}
    assert discover(pa.table(columns))["values"] == ["north load", "south load"]


def test_ten_minute_steps_are_averaged_to_the_hour_and_said_so() -> None:
    columns = wide(minutes=10)
    reading = read(columns)
    assert reading.averaged == 6
    np.testing.assert_allclose(reading.panel.values[0], columns["north load"].reshape(-1, 6).mean(axis=1))


def test_the_tetouan_file_is_read_as_it_stands(shared) -> None:
    table = csv.read_csv(shared / "tetuan_power_2017" / "tetuan_power_2017.csv.gz")
    reading = read_panel(table, **discover(table), ahead=24)
    assert reading.panel.values.shape == (3, 8736)
    assert reading.averaged == 6
    assert reading.remarks == ()


def test_missing_steps_stay_missing_and_are_counted() -> None:
    columns = wide()
    keep = np.ones(240, dtype=bool)
    keep[50:57] = False
    reading = read({name: each[keep] for name, each in columns.items()})
    assert np.isnan(reading.panel.values[:, 50:57]).all()
    assert {(one.code, one.values["missing"]) for one in reading.remarks} == {("JZ-385", 7)}


def test_empty_short_constant_and_sparse_series_are_set_aside_and_the_others_go_on() -> None:
    times = wide()["time"]
    good = np.random.default_rng(0).normal(100, 5, 240)
    series = {f"s{each:04d}": good + each for each in range(300)}
    series["empty"] = np.full(240, np.nan)
    series["flat"] = np.full(240, 7.0)
    series["short"] = np.where(np.arange(240) < 200, np.nan, good)
    series["sparse"] = np.where(np.arange(240) % 3 == 0, good, np.nan)
    reading = read_panel(pa.table({"time": times, **series}), time="time", values=tuple(series), ahead=24)
    assert len(reading.panel.names) == 300
    assert {one.series: one.code for one in reading.remarks if one.aside} == {
        "empty": "JZ-390", "flat": "JZ-392", "short": "JZ-391", "sparse": "JZ-393",
    }  # fmt: skip


def test_flat_lines_and_negative_loads_are_said() -> None:
    columns = wide()
    columns["north load"][60:140] = 55.0
    columns["south load"][3] = -1.0
    assert {(one.code, one.series) for one in read(columns).remarks} == {
        ("JZ-387", "north load"),
        ("JZ-388", "south load"),
    }


def _twice(columns: dict[str, np.ndarray], at: int) -> dict[str, np.ndarray]:
    return {name: np.insert(each, at, each[at]) for name, each in columns.items()}


def _from(start: str) -> dict[str, np.ndarray]:
    columns = wide()
    columns["time"] = np.datetime64(start, "s") + (columns["time"] - START)
    return columns


BROKEN = {
    "JZ-383": lambda: _twice(wide(), 30),
    "JZ-382": lambda: {
        **wide(),
        "time": START + np.cumsum(np.random.default_rng(0).integers(3000, 4000, 240)).astype("timedelta64[s]"),
    },
    "JZ-386": lambda: {**wide(), "north load": np.where(np.arange(240) < 120, 1.0, 0.001) * wide()["north load"]},
    "JZ-389": lambda: {**wide(), "north load": np.full(240, np.nan), "south load": np.full(240, 3.0)},
    "JZ-381": lambda: {**wide(), "time": np.array(["yesterday"] * 240)},
    "JZ-380": lambda: {**wide(), "north load": np.array(["many"] * 240)},
}


@pytest.mark.parametrize("code", BROKEN)
def test_bad_input_is_refused_with_its_code(code: str) -> None:
    with pytest.raises(DataError) as refusal:
        read(BROKEN[code]())
    assert refusal.value.code == code
    assert refusal.value.fix


def test_a_clock_change_read_twice_is_told_from_other_repetitions() -> None:
    columns = _from("2017-10-20")
    at = int(np.searchsorted(columns["time"], np.datetime64("2017-10-29T02:00:00")))
    with pytest.raises(DataError) as refusal:
        read(_twice(columns, at), zone="Africa/Casablanca")
    assert refusal.value.code == "JZ-384"


def test_dates_that_fit_two_orders_are_decided_by_the_clock_they_make() -> None:
    days = np.arange(np.datetime64("2017-01-01"), np.datetime64("2017-01-11"))
    text = [f"{day.item().month}/{day.item().day}/17 {hour}:00" for day in days for hour in range(24)]
    columns = {**wide(), "time": np.array(text)}
    assert read(columns).panel.times[-1] == np.datetime64("2017-01-10T23:00:00")


def test_hijri_dates_and_the_moroccan_calendar() -> None:
    days = np.array(["2017-05-27", "2024-03-11", "2000-01-01", "2024-07-08"], dtype="datetime64[D]")
    np.testing.assert_array_equal(hijri(days), [[1438, 9, 1], [1445, 9, 1], [1420, 9, 24], [1446, 1, 1]])
    year = np.arange(np.datetime64("2024-01-01"), np.datetime64("2025-01-01"))
    moved = clock_changes(year)
    assert {str(year[at]): moved[at] for at in np.flatnonzero(moved)} == {"2024-03-10": -1.0, "2024-04-14": 1.0}
    calendar = daily(year)
    assert calendar["holiday"][np.searchsorted(year, np.datetime64("2024-11-18"))] == 1
    assert 28 <= calendar["ramadan"].sum() <= 31
