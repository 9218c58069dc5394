"""A kingdom of feeders: hourly loads of which everything is known, for tests, benchmarks and demonstrations.

Every feeder has a size, a daily and a weekly shape, a season, a growth, holidays, Ramadan evenings, solar roofs, and a
noise whose size is written beside it: no forecast can be better than that. No real place or meter is in it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import holidays
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from jazari.core.errors import DeclarationError
from jazari.core.progress import Progress, Silent
from jazari.data.files import folder_beside

Floats = npt.NDArray[np.float64]

START = np.datetime64("2023-01-01T00:00:00", "s")
HOURS = 2 * 365 * 24
LONG_UP_TO = 100  # feeders for which a long table is written too
_CHUNK = 250
_MILIEUS = ("urban", "rural")


def make(out: Path, *, series: int, seed: int = 0, progress: Progress | None = None) -> dict[str, Any]:
    """Write a kingdom of feeders.

    Args:
        out: A folder. `feeders.parquet` has one row a feeder: `series`, `region`, `milieu`, `start`, `step`, `values`
            (kW, one list a feeder), in groups of 250; up to 100 feeders `feeders_long.parquet` has one row a feeder and
            hour. `truth.json` says how they were made.
        series: How many feeders.
        seed: Everything follows from it; feeder k is the same whatever the number of feeders.
        progress: Told of each group.

    Returns:
        What was made: how many series, from when, the files.

    Raises:
        DeclarationError: JZ-396, no feeder is asked for. DataError: JZ-360 the folder holds something, JZ-340, JZ-341.
    """
    if series < 1:
        raise DeclarationError(
            "JZ-396", "a kingdom has one series at least", found=str(series), fix="ask for --series 100, say."
        )
    told = progress or Silent()
    told.step("feeders", series)
    truth = {"series": series, "seed": seed, "noise": "column `noise`: the standard deviation of an hour's log load",
             "start": str(START), "hours": HOURS, "unit": "kW"}  # fmt: skip
    rows: list[pa.Table] = []
    with folder_beside(out) as beside:
        with pq.ParquetWriter(beside / "feeders.parquet", _SCHEMA, compression="lz4", use_dictionary=False) as writer:
            for first in range(0, series, _CHUNK):
                table = _group(first, min(first + _CHUNK, series), seed)
                writer.write_table(table)
                if series <= LONG_UP_TO:
                    rows.append(table)
                told.advance(table.num_rows)
        if rows:
            pq.write_table(_long(pa.concat_tables(rows)), beside / "feeders_long.parquet")
        (beside / "truth.json").write_text(json.dumps(truth, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return {**truth, "out": str(out / ("feeders_long.parquet" if rows else "feeders.parquet"))}


_SCHEMA = pa.schema(
    [
        ("series", pa.string()), ("region", pa.string()), ("milieu", pa.string()), ("start", pa.timestamp("s")),
        ("step", pa.string()), ("noise", pa.float64()), ("values", pa.list_(pa.float32())),
    ]
)  # fmt: skip


def _group(first: int, last: int, seed: int) -> pa.Table:
    loads, noises, regions, milieus = [], [], [], []
    weather, marks = _weather(seed), _marks()
    for each in range(first, last):
        draw = np.random.default_rng([seed, each])
        milieu = _MILIEUS[int(draw.random() < 0.35)]  # noqa: PLR2004  a third of the feeders are rural
        noise = float(draw.uniform(0.02, 0.05) * (1.6 if milieu == "rural" else 1.0))
        loads.append(_feeder(draw, milieu, noise, weather, marks))
        noises.append(noise)
        milieus.append(milieu)
        regions.append(f"MA-{draw.integers(1, 13):02d}")
    flat = np.concatenate(loads).astype(np.float32)
    ends = np.arange(last - first + 1, dtype=np.int32) * HOURS
    lists = pa.ListArray.from_arrays(pa.array(ends), pa.array(flat))
    count = last - first
    names = [f"feeder-{each:06d}" for each in range(first, last)]
    starts = pa.array(np.full(count, START))
    columns = [names, regions, milieus, starts, ["PT1H"] * count, noises, lists]
    return pa.table(dict(zip(_SCHEMA.names, columns, strict=True)), schema=_SCHEMA)


def _feeder(draw: np.random.Generator, milieu: str, noise: float, weather: Floats, marks: dict[str, Floats]) -> Floats:
    hour, day = np.arange(HOURS) % 24, np.arange(HOURS) // 24
    shape = _shape(draw, milieu)
    weekend = np.where(marks["weekday"][day] >= 5, draw.uniform(-0.18, 0.03), 0.0)  # noqa: PLR2004  Saturday and Sunday
    rest = marks["holiday"][day] * draw.uniform(-0.2, -0.02)
    ramadan = marks["ramadan"][day] * (np.exp(-0.5 * ((hour - 20) / 2.0) ** 2) * 0.25 - 0.04)
    heat = draw.uniform(0.004, 0.02) * np.maximum(weather - 22, 0) + draw.uniform(0.002, 0.012) * np.maximum(
        14 - weather, 0
    )
    growth = draw.normal(0.03, 0.03) * day / 365
    slow = _red(draw, HOURS // 24 + 1, 0.9, 0.03)[day]
    log = shape[hour] + weekend + rest + ramadan + heat + growth + slow + _red(draw, HOURS, 0.7, noise)
    sun = np.maximum(np.sin((hour - 6.5) / 12 * np.pi), 0) * draw.uniform(0, 0.25 if milieu == "rural" else 0.12)
    size = np.exp(draw.normal(6.0, 0.8))
    return np.asarray(size * np.maximum(np.exp(log) - sun * marks["clear"][day], 0.02))


def _shape(draw: np.random.Generator, milieu: str) -> Floats:
    hour = np.arange(24)
    evening = np.exp(-0.5 * ((hour - 20.5) / 2.2) ** 2) * draw.uniform(0.3, 0.8 if milieu == "rural" else 0.6)
    morning = np.exp(-0.5 * ((hour - 11) / 3.2) ** 2) * draw.uniform(0.1, 0.5)
    night = -0.35 * np.exp(-0.5 * ((hour - 4) / 2.5) ** 2)
    return np.asarray(evening + morning + night)


def _red(draw: np.random.Generator, steps: int, keep: float, size: float) -> Floats:
    """Noise that remembers: variance size**2 at each step."""
    from scipy.signal import lfilter

    fresh = draw.normal(0.0, size * np.sqrt(1 - keep**2), steps)
    return np.asarray(lfilter([1.0], [1.0, -keep], fresh))


def _weather(seed: int) -> Floats:
    draw = np.random.default_rng([seed, 1_000_003])
    hour = np.arange(HOURS)
    season = 18 - 8 * np.cos(2 * np.pi * (hour / 24 - 20) / 365.25)
    return np.asarray(season + 5 * np.sin(2 * np.pi * (hour % 24 - 9) / 24) + _red(draw, HOURS, 0.99, 3.0))


def _marks() -> dict[str, Floats]:
    days = START.astype("datetime64[D]") + np.arange(HOURS // 24 + 1)
    listed = holidays.country_holidays("MA", years=[2023, 2024, 2025])
    number = days.astype(np.int64)
    clear = 0.7 + 0.3 * np.sin(number * 0.7) * np.sin(number * 0.13)
    in_ramadan = [
        (np.datetime64("2023-03-23"), np.datetime64("2023-04-21")),
        (np.datetime64("2024-03-12"), np.datetime64("2024-04-09")),
    ]
    return {
        "weekday": ((number + 3) % 7).astype(float),
        "holiday": np.array([float(day.item() in listed) for day in days]),
        "ramadan": np.any([(days >= low) & (days <= high) for low, high in in_ramadan], axis=0).astype(float),
        "clear": clear,
    }


def _long(packed: pa.Table) -> pa.Table:
    times = START + np.timedelta64(3600, "s") * np.arange(HOURS)
    count = packed.num_rows
    return pa.table(
        {
            "series": pa.array(np.repeat(packed.column("series").to_numpy(zero_copy_only=False), HOURS)),
            "time": pa.array(np.tile(times, count)),
            "load_kw": packed.column("values").combine_chunks().flatten(),
        }
    )
