"""Attendance: absences as a school register records them, their features, and a synthetic year of them.

The synthetic year has what makes real registers hard: schools that record late as a habit, absences that are justified
or withdrawn days later, and schools that stop recording. Nothing of it says anything about real schools.
"""

# ruff: noqa: PLR2004  the figures of an invented register stand where they act

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from jazari.core.canonical import pretty
from jazari.core.errors import DeclarationError
from jazari.core.progress import Progress, Silent
from jazari.data.events.register import fitting, read_table
from jazari.data.files import folder_beside
from jazari.schema.events import Events, days_since, days_with, longest_run, share, total, trend, within

HOLIDAYS = (
    ("2024-10-20", "2024-10-27"),
    ("2024-12-08", "2024-12-15"),
    ("2025-01-26", "2025-02-02"),
    ("2025-03-16", "2025-03-23"),
    ("2025-05-04", "2025-05-11"),
)
MOST_DAYS = 170

attendance = Events(
    "attendance",
    key="pupil_id",
    site="school",
    occurred_at="absent_on",
    recorded_at="recorded_on",
    kind="kind",
    kinds=("unjustified", "justified"),
    amount="half_days",
    features=(
        within("absences_7", days=7),
        within("absences_30", days=30),
        within("absences_90", days=90),
        total("absences_total"),
        share("unjustified_share", of=("unjustified",)),
        days_with("days_absent"),
        longest_run("longest_absence"),
        days_since("days_since_absence"),
        trend("absences_trend", days=30),
    ),
    holidays=HOLIDAYS,
)

_FIRST = datetime.date(2024, 9, 2)
_SCHOOL = 310  # pupils in a school


def make(
    out: Path, *, pupils: int, days: int, seed: int = 0, register: str | None = None, progress: Progress | None = None
) -> dict[str, Any]:
    """Write the absences of so many school days, a file a day of recording.

    Args:
        out: The folder to make: `register.parquet`, `recorded/YYYY-MM-DD.parquet`, and `truth/`.
        pupils: How many pupils there are, 10 to 20,000,000; those of `register` where it is given.
        days: School days from the second of September 2024, 1 to 170.
        seed: Any whole number from 0; the same seed gives the same rows.
        register: A table with `pupil_id` and `school` whose pupils are absent, such as a year of the kingdom.
        progress: Whom to tell.

    Returns:
        The summary that also lies in `truth/attendance.json`: pupils, days, records, schools that stopped recording.

    Raises:
        DeclarationError: JZ-378, pupils, days or seed out of bounds.
        DataError: JZ-360 the folder holds something, JZ-374 the register does not fit, JZ-340, JZ-341.
    """
    bounds = (("pupils", pupils, 10, 20_000_000), ("days", days, 1, MOST_DAYS), ("seed", seed, 0, 1 << 62))
    for name, value, low, high in bounds:
        if not low <= value <= high:
            raise DeclarationError(
                "JZ-378", f"attendance has {low:,} to {high:,} {name}", where="jazari kingdom attendance",
                found=f"{value}", fix=f"choose --{name} in these bounds.",
            )  # fmt: skip
    with folder_beside(out) as folder:
        rng = np.random.default_rng([seed, 0])
        table = _read(register) if register else _invent(pupils, rng)
        summary = _Year(table, days, rng).write(folder, seed, progress or Silent())
        (folder / "truth/attendance.json").write_text(pretty(summary), encoding="utf-8")
    return summary


def school_days(count: int) -> list[datetime.date]:
    """The first school days of the year: Monday to Saturday, without the holidays."""
    held = [(datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)) for first, last in HOLIDAYS]
    found: list[datetime.date] = []
    day = _FIRST
    while len(found) < count:
        if day.isoweekday() != 7 and not any(first <= day <= last for first, last in held):
            found.append(day)
        day += datetime.timedelta(days=1)
    return found


def _read(path: str) -> pa.Table:
    return fitting(read_table(path, "pupil_id", "school"), "pupil_id", "school", path)


def _invent(pupils: int, rng: np.random.Generator) -> pa.Table:
    schools = max(2, pupils // _SCHOOL)
    at = np.sort(rng.choice(schools, pupils, p=rng.dirichlet(np.full(schools, 4.0))).astype(np.int32))
    names = pa.array([f"S{number:05d}" for number in range(schools)])
    return pa.table({
        "key": np.arange(1, pupils + 1), "site": pa.DictionaryArray.from_arrays(pa.array(at), names),
    })  # fmt: skip


class _Year:
    """The pupils and schools of a year, and what they do day by day."""

    def __init__(self, table: pa.Table, days: int, rng: np.random.Generator) -> None:
        site = table["site"].combine_chunks()
        self.sites = site if pa.types.is_dictionary(site.type) else site.dictionary_encode()
        self.keys = table["key"].combine_chunks()
        self.school = pc.fill_null(self.sites.indices, 0).to_numpy().astype(np.int32)
        n, schools = len(self.keys), len(self.sites.dictionary)
        self.days = school_days(days)
        self.rate = (0.05 * rng.gamma(0.6, 1 / 0.6, n)).clip(0, 0.6).astype(np.float32)
        self.excused = rng.random(n, dtype=np.float32)
        lag = np.where(rng.random(schools) < 0.12, rng.integers(2, 21, schools), 0)
        self.lag = lag.astype(np.int32)
        # one school in fifty stops recording, at some point after the first fifth of the year
        stops = rng.integers(days // 5, max(days, days // 5 + 1), schools)
        self.stops = np.where(rng.random(schools) < 0.02, stops, days).astype(np.int32)
        self.missed = np.zeros(n, np.int32)
        self.away = np.zeros(n, np.bool_)
        self.waiting: dict[datetime.date, list[pa.Table]] = {}

    def write(self, folder: Path, seed: int, progress: Progress) -> dict[str, Any]:
        (folder / "recorded").mkdir()
        (folder / "truth").mkdir()
        pq.write_table(pa.table({"pupil_id": self.keys, "school": self.sites}), folder / "register.parquet")
        progress.step("making attendance", len(self.days))
        rows = nights = 0
        for number, day in enumerate(self.days):
            self._live(number, day, np.random.default_rng([seed, number + 1]))
            until = self.days[number + 1] if number + 1 < len(self.days) else datetime.date.max
            for night in sorted(one for one in self.waiting if one < until):
                rows += self._write(folder / f"recorded/{night}.parquet", self.waiting.pop(night))
                nights += 1
            progress.advance()
        self._write_truth(folder / "truth")
        return {
            "pupils": len(self.keys), "schools": len(self.stops), "days": len(self.days), "nights": nights,
            "records": rows, "half_days": int(self.missed.sum()),
            "schools_that_stopped_recording": int((self.stops < len(self.days)).sum()),
            "first_day": self.days[0].isoformat(), "last_day": self.days[-1].isoformat(),
        }  # fmt: skip

    def _write_truth(self, folder: Path) -> None:
        """What no register says: who was away how long, which schools stopped recording and which are late."""
        stopped = [self.days[one] if one < len(self.days) else None for one in self.stops]
        schools = {
            "school": self.sites.dictionary, "stopped_on": pa.array(stopped, pa.date32()), "late_by_at_most": self.lag
        }  # fmt: skip
        pq.write_table(pa.table(schools), folder / "schools.parquet")
        pq.write_table(pa.table({"pupil_id": self.keys, "half_days": self.missed}), folder / "pupils.parquet")

    def _live(self, number: int, day: datetime.date, rng: np.random.Generator) -> None:
        """A school day: who is away, what is recorded of it and when."""
        draw = rng.random(len(self.rate), dtype=np.float32)
        self.away = draw < np.where(self.away, np.float32(0.35) + self.rate, self.rate)
        who = np.flatnonzero(self.away)
        half_days = np.where(rng.random(len(who)) < 0.55, 2, 1).astype(np.int8)
        self.missed[who] += half_days
        seen = number < self.stops[self.school[who]]
        who, half_days = who[seen], half_days[seen]
        justified = rng.random(len(who)) < self.excused[who]
        lag = self.lag[self.school[who]]
        lag = np.where(lag > 0, rng.integers(0, lag + 1), 0)
        self._say(day, who, half_days, justified, lag)
        # a paper that the family brings later, and the rare mistake that is taken back
        turn = rng.random(len(who))
        later = lag + rng.integers(1, 15, len(who))
        brings, taken_back = (turn < 0.05) & ~justified, turn > 0.997
        self._say(day, who[brings], half_days[brings], np.ones(brings.sum(), np.bool_), later[brings])
        self._say(day, who[taken_back], 0 * half_days[taken_back], justified[taken_back], later[taken_back])

    def _say(
        self, day: datetime.date, who: NDArray[np.int64], half_days: NDArray[np.int8], justified: NDArray[np.bool_],
        lag: NDArray[np.int64],
    ) -> None:  # fmt: skip
        for late, which in _by(lag):
            recorded = day + datetime.timedelta(days=int(late))
            rows = who[which]
            at = pa.array(rows)
            kinds = pa.DictionaryArray.from_arrays(justified[which].astype(np.int8), list(attendance.kinds))
            table = pa.table({
                "pupil_id": self.keys.take(at), "school": self.sites.take(at),
                "absent_on": pa.repeat(pa.scalar(day, pa.date32()), len(rows)),
                "recorded_on": pa.repeat(pa.scalar(recorded, pa.date32()), len(rows)),
                "kind": kinds, "half_days": half_days[which],
            })  # fmt: skip
            self.waiting.setdefault(recorded, []).append(table)

    @staticmethod
    def _write(path: Path, tables: list[pa.Table]) -> int:
        table = pa.concat_tables(tables)
        pq.write_table(table, path, compression="zstd")
        return int(table.num_rows)


def _by(values: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Each value with where it stands."""
    order = np.argsort(values, kind="stable")
    found, starts = np.unique(values[order], return_index=True)
    if len(found):
        yield from zip(found.tolist(), np.split(order, starts[1:]), strict=True)
