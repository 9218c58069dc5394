"""A kingdom of reservoirs: fifteen years of daily inflow, demand, evaporation and storage of which everything is known.

Wet winters and dry summers, years that are wet or dry as a whole, floods that recede. Storage follows from the balance,
so a check of it must close. No real reservoir is in it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from jazari.core.errors import DeclarationError
from jazari.core.progress import Progress, Silent
from jazari.data.files import folder_beside, refuse_taken

Floats = npt.NDArray[np.float64]

START = np.datetime64("2010-09-01", "D")
DAYS = 15 * 365
_WET = 150.0  # day of the year, from 1 September, at which inflow is highest


def make(out: Path, *, series: int, seed: int = 0, progress: Progress | None = None) -> dict[str, Any]:
    """Write a kingdom of reservoirs.

    Args:
        out: A folder. `reservoirs.parquet` has one row a reservoir and day: `reservoir`, `day`, `inflow`, `demand`
            (Mm3), `evaporation` (mm), `storage` (Mm3, at the start of the day), `release`, `spill`, `lost` (Mm3);
            what it can hold, `full`, `dead` (Mm3) and `area` (km2);
            `declared.json` has full, dead and area of each; `truth.json` how they were made.
        series: How many reservoirs.
        seed: Everything follows from it; reservoir k is the same whatever the number of reservoirs.
        progress: Told of each reservoir.

    Returns:
        What was made: how many series, from when, the files.

    Raises:
        DeclarationError: JZ-396, no reservoir is asked for. DataError: JZ-360 the folder holds something, JZ-340,
            JZ-341.
    """
    if series < 1:
        raise DeclarationError(
            "JZ-396", "a kingdom has one series at least", found=str(series), fix="ask for --series 12, say."
        )
    told = progress or Silent()
    told.step("reservoirs", series)
    refuse_taken(out)
    declared: dict[str, dict[str, float]] = {}
    tables = []
    for each in range(series):
        name = f"reservoir-{each:03d}"
        table, declared[name] = _reservoir(name, np.random.default_rng([seed, each]))
        tables.append(table)
        told.advance()
    truth = {"series": series, "seed": seed, "start": str(START), "days": DAYS, "unit": "Mm3"}
    with folder_beside(out) as beside:
        pq.write_table(pa.concat_tables(tables), beside / "reservoirs.parquet", compression="zstd")
        for name, document in (("declared.json", declared), ("truth.json", truth)):
            (beside / name).write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return {**truth, "out": str(out / "reservoirs.parquet")}


def _reservoir(name: str, draw: np.random.Generator) -> tuple[pa.Table, dict[str, float]]:
    day = np.arange(DAYS)
    season = 0.5 + 0.5 * np.cos(2 * np.pi * (day - _WET) / 365.25)
    mean = float(np.exp(draw.normal(-0.5, 0.7)))  # Mm3 a day
    inflow = mean * _flow(draw, season)
    full = mean * 365 * float(draw.uniform(0.8, 2.0))
    declared = {"full": full, "dead": full * 0.06, "area": full**0.67 * 0.25, "shape": 2 / 3}
    demand = mean * float(draw.uniform(0.6, 0.85)) * (0.7 + 0.9 * (1 - season) ** 2)
    evaporation = np.maximum(1.5 + 6.0 * (1 - season) + draw.normal(0, 0.4, DAYS), 0.0)
    storage, lost, release, spill = _run(declared, inflow, demand, evaporation, full * float(draw.uniform(0.4, 0.8)))
    columns = {
        "reservoir": pa.array([name] * DAYS), "day": pa.array(START + day), "inflow": inflow, "demand": demand,
        "evaporation": evaporation, "storage": storage, "release": release, "spill": spill, "lost": lost,
        **{name: np.full(DAYS, declared[name]) for name in ("full", "dead", "area")},
    }  # fmt: skip
    return pa.table(columns), declared


def _flow(draw: np.random.Generator, season: Floats) -> Floats:
    """Daily flow of mean about one: rain in spells, wet and dry years, two stores that empty slowly."""
    years = np.exp(draw.normal(0, 0.45, DAYS // 365 + 2))[np.arange(DAYS) // 365]
    rain = (draw.random(DAYS) < 0.04 + 0.25 * season) * draw.gamma(0.7, 1.0, DAYS) * years
    quick = slow = 0.2
    out = np.empty(DAYS)
    for step in range(DAYS):
        quick = 0.6 * quick + 0.7 * rain[step]
        slow = 0.985 * slow + 0.3 * rain[step]
        out[step] = 0.4 * quick + 0.015 * slow
    return np.asarray(out / out.mean())


def _run(
    declared: dict[str, float], inflow: Floats, demand: Floats, evaporation: Floats, start: float
) -> tuple[Floats, ...]:
    storage, lost, release, spill = (np.empty(DAYS) for _ in range(4))
    level = start
    for step in range(DAYS):
        storage[step] = level
        surface = declared["area"] * (level / declared["full"]) ** declared["shape"]
        available = level + inflow[step]
        lost[step] = min(surface * evaporation[step] * 1e-3, available)
        release[step] = min(demand[step], max(available - lost[step] - declared["dead"], 0.0))
        left = available - lost[step] - release[step]
        spill[step] = max(left - declared["full"], 0.0)
        level = left - spill[step]
    return storage, lost, release, spill
