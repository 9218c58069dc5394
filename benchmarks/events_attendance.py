"""Attendance: 100,000,000 events of 9,000,000 pupils to nine features, then one more night; DuckDB and Polars beside.

    python benchmarks/events_attendance.py [--peers PYTHON] [PUPILS DAYS]       9,000,000 and 142 unless said

The data are those of `jazari kingdom attendance`: late records, corrections, withdrawn absences, schools that stop
recording. They are made in a temporary folder and removed. Every part runs in a process of its own with one thread;
user and system time and the peak of resident memory are those of that process. DuckDB computes the same features, as of
the same date and with the same rule for corrections, in SQL; the results are compared value by value. The sites whose
records are incomplete are compared before the features are masked. Polars (of the Python that `--peers` names, else of
this one) computes the same but the longest run. The limit is a plain read of the same columns with pyarrow. 142 school
days are the 100,000,000 records of the figure to reach; a whole year is 170.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TARGET = "20 CPU-s and 2.0 GB for 100,000,000 events; 1 CPU-s for one more day of 600,000"


def nights(folder):
    return sorted((folder / "att/recorded").glob("*.parquet"))


def date_of(path):
    return datetime.date.fromisoformat(path.stem)


def last_night(folder):
    """The night of the last school day: what comes after it are late records."""
    summary = json.loads((folder / "att/truth/attendance.json").read_text())
    return folder / f"att/recorded/{summary['last_day']}.parquet"


def make(folder, pupils, days):
    from jazari.sectors.education.attendance import make as attendance

    print(json.dumps(attendance(folder / "att", pupils=int(pupils), days=int(days))))
    (folder / "before").mkdir()
    for path in nights(folder):
        if path < last_night(folder):
            os.link(path, folder / "before" / path.name)


def limit(folder):
    import pyarrow.parquet as pq

    rows = 0
    for path in sorted((folder / "before").glob("*.parquet")):
        with pq.ParquetFile(path) as opened:
            rows += sum(batch.num_rows for batch in opened.iter_batches(1 << 20, use_threads=False))
    print(f"{rows:,} rows read")


def register(folder):
    from jazari.data.events.register import read_table
    from jazari.data.events.state import create
    from jazari.sectors.education.attendance import attendance

    create(folder / "state", attendance, read_table(str(folder / "att/register.parquet"), "pupil_id", "school"))


def _started():
    """What Python and its libraries take before the first row is read; a nightly command pays it once."""
    import jazari.data.events.adding
    import jazari.data.events.features
    import jazari.data.events.joining  # noqa: F401  imported to be timed

    print(f"    Python and libraries: {time.process_time():.2f} CPU-s")


def _clocked(name, work):
    start = time.process_time()
    made = work()
    print(f"    {name}: {time.process_time() - start:.2f} CPU-s", flush=True)
    return made


def ours(folder):
    from jazari.data.events.adding import add
    from jazari.data.events.features import features
    from jazari.data.events.joining import write_features

    _started()
    before = max(date_of(path) for path in (folder / "before").glob("*.parquet"))
    said = _clocked("add to the log", lambda: add(folder / "state", folder / "before"))
    made = _clocked("add up", lambda: features(folder / "state", before))
    names = made.schema.names[1:]
    rows = _clocked("make the features and write them", lambda: write_features(made, folder / "ours.parquet"))["rows"]
    print(f"    {said['rows']:,} events, {rows:,} x {len(names)} features as of {before}")


def night(folder):
    """One more day: what was recorded is added, the accumulators are brought on, every feature of every pupil made."""
    from jazari.data.events.adding import add
    from jazari.data.events.features import features

    _started()
    path = last_night(folder)
    said = _clocked("add to the log", lambda: add(folder / "state", path))
    made = _clocked("bring on by a day", lambda: features(folder / "state", date_of(path)))
    rows = _clocked("make the features", lambda: sum(batch.num_rows for batch in made))
    print(f"    {said['rows']:,} events, {rows:,} x {len(made.schema.names) - 1} features as of {date_of(path)}")


def publish(folder):
    from jazari.data.events.features import features
    from jazari.data.events.joining import write_features

    made = features(folder / "state", date_of(last_night(folder)))
    _clocked("make and write", lambda: write_features(made, folder / "night.parquet"))


def again(folder):
    """The features of that night made from the whole log, without what was kept, are the same bytes."""
    import hashlib

    from jazari.data.events.features import features
    from jazari.data.events.joining import write_features

    for one in (folder / "state").glob("sums-*"):
        one.unlink()
    write_features(features(folder / "state", date_of(last_night(folder))), folder / "again.parquet")
    same = {hashlib.sha256((folder / one).read_bytes()).hexdigest() for one in ("night.parquet", "again.parquet")}
    print(f"    {'equal, byte by byte' if len(same) == 1 else 'NOT EQUAL'}")


SQL = """
COPY (
WITH known AS (SELECT * FROM read_parquet({files}) WHERE recorded_on <= DATE '{day}'),
counting AS (
  SELECT pupil_id, absent_on,
    arg_max(struct_pack(k := kind, a := half_days),
            (recorded_on, half_days = 0, CASE kind WHEN 'justified' THEN 1 ELSE 0 END, -half_days::INTEGER)) AS r
  FROM known GROUP BY pupil_id, absent_on),
event AS (
  SELECT pupil_id, absent_on, r.k AS kind, r.a::INTEGER AS a, n FROM counting JOIN calendar USING (absent_on)
  WHERE r.a > 0),
island AS (
  SELECT *, n - row_number() OVER (PARTITION BY pupil_id ORDER BY absent_on) AS i FROM event),
run AS (SELECT pupil_id, i, count(*) AS c FROM island GROUP BY pupil_id, i),
longest AS (SELECT pupil_id, max(c) AS longest_absence FROM run GROUP BY pupil_id),
sums AS (
  SELECT pupil_id,
    sum(a) FILTER (absent_on > DATE '{day}' - 7) AS absences_7,
    sum(a) FILTER (absent_on > DATE '{day}' - 30) AS absences_30,
    sum(a) FILTER (absent_on > DATE '{day}' - 90) AS absences_90,
    sum(a) AS absences_total, sum(a) FILTER (kind = 'unjustified') AS unjustified, count(*) AS days_absent,
    DATE '{day}' - max(absent_on) AS days_since_absence,
    sum(a) FILTER (absent_on <= DATE '{day}' - 30 AND absent_on > DATE '{day}' - 60) AS earlier
  FROM event GROUP BY pupil_id)
SELECT pupil_id, coalesce(absences_7, 0) AS absences_7, coalesce(absences_30, 0) AS absences_30,
  coalesce(absences_90, 0) AS absences_90, coalesce(absences_total, 0) AS absences_total,
  coalesce(unjustified, 0) / absences_total AS unjustified_share, coalesce(days_absent, 0) AS days_absent,
  coalesce(longest_absence, 0) AS longest_absence, days_since_absence,
  coalesce(absences_30, 0) - coalesce(earlier, 0) AS absences_trend
FROM read_parquet('{register}') LEFT JOIN sums USING (pupil_id) LEFT JOIN longest USING (pupil_id)
) TO '{out}' (FORMAT parquet)
"""


def duckdb(folder):
    import duckdb as engine
    import pyarrow as pa

    print(f"    DuckDB {engine.__version__}")

    from jazari.data.events.accumulators import open_days
    from jazari.sectors.education.attendance import attendance

    before = max(date_of(path) for path in (folder / "before").glob("*.parquet"))
    days = [datetime.date(2024, 9, 1) + datetime.timedelta(days=one) for one in range(400)]
    counted = open_days(attendance)
    ordinal = [int(counted[(one - datetime.date(1970, 1, 1)).days]) for one in days]
    calendar = pa.table({"absent_on": pa.array(days, pa.date32()), "n": ordinal})
    spill = {"threads": 1, "temp_directory": str(folder / "spill"), "memory_limit": "8GB"}
    with engine.connect(config=spill) as database:
        database.register("calendar", calendar)
        files = f"'{folder / 'before'}/*.parquet'"
        register_file, out = folder / "att/register.parquet", folder / "duckdb.parquet"
        database.execute(SQL.format(files=files, day=before, register=register_file, out=out))


def polars(folder):
    try:
        import polars as pl
    except ModuleNotFoundError:
        print("    not installed: skipped")
        return
    print(f"    Polars {pl.__version__}")
    day = max(date_of(path) for path in (folder / "before").glob("*.parquet"))
    back = {n: day - datetime.timedelta(days=n) for n in (7, 30, 60, 90)}
    a, at = pl.col("half_days").cast(pl.Int32), pl.col("absent_on")
    event = (
        pl.scan_parquet(str(folder / "before/*.parquet"))
        .filter(pl.col("recorded_on") <= day)
        .with_columns(pl.col("kind").cast(pl.String) == "justified")
        .group_by("pupil_id", "absent_on")
        .agg(pl.all().sort_by("recorded_on", a == 0, "kind", -a).last())
        .filter(a > 0)
    )
    sums = event.group_by("pupil_id").agg(
        *(a.filter(at > back[n]).sum().alias(f"absences_{n}") for n in (7, 30, 90)),
        a.sum().alias("absences_total"), (a.filter(~pl.col("kind")).sum() / a.sum()).alias("unjustified_share"),
        pl.len().alias("days_absent"), (pl.lit(day) - at.max()).dt.total_days().alias("days_since_absence"),
        (a.filter(at > back[30]).sum() - a.filter((at <= back[30]) & (at > back[60])).sum()).alias("absences_trend"),
    )  # fmt: skip
    keys = pl.scan_parquet(str(folder / "att/register.parquet")).select("pupil_id")
    keys.join(sums, on="pupil_id", how="left").sink_parquet(folder / "polars.parquet")


def equal(folder):
    """Ours and DuckDB's, value by value, where ours is not missing for a site that stopped recording."""
    import numpy as np
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    mine, theirs = pq.read_table(folder / "ours.parquet"), pq.read_table(folder / "duckdb.parquet")
    seat = np.empty(mine.num_rows + 1, np.int64)
    seat[theirs["pupil_id"].to_numpy()] = np.arange(theirs.num_rows)
    at = seat[mine["pupil_id"].to_numpy()]
    for name in mine.column_names[1:]:
        ours_, other = mine[name].to_numpy().astype(float), theirs[name].to_numpy().astype(float)[at]
        seen = pc.is_valid(mine[name]).to_numpy()
        worst = float(np.abs(ours_[seen] - other[seen]).max())
        alone = int((~seen & ~np.isnan(other)).sum())
        print(
            f"    {name:<20} {seen.sum():>11,} compared, largest difference {worst:g}; {alone:,} masked as incomplete"
        )


def sites(folder):
    """Which schools are found incomplete, against the truth."""
    import pyarrow.parquet as pq

    from jazari.data.events.features import judged_as_of

    before = max(date_of(path) for path in (folder / "before").glob("*.parquet"))
    _, names, judged = judged_as_of(folder / "state", before)
    truth = pq.read_table(folder / "att/truth/schools.parquet").to_pylist()
    stopped = {one["school"]: one["stopped_on"] for one in truth if one["stopped_on"] and one["stopped_on"] <= before}
    late = {one["school"] for one in truth if one["late_by_at_most"]}
    found = {names.sites[one] for one in judged.incomplete.any(axis=1).nonzero()[0]}
    print(
        f"    {len(stopped)} of {len(names.sites)} schools stopped, {len(set(stopped) & found)} of them found; "
        f"besides: {len((found - set(stopped)) & late)} that record late, {len(found - set(stopped) - late)} others"
    )
    missed = sorted((before - stopped[one]).days for one in set(stopped) - found)
    print(f"    not found, by days since they stopped: {missed[:40]}")


PARTS = {
    "make the data": make, "limit: plain read": limit, "register (once)": register, "ours": ours, "sites": sites,
    "ours, one more night": night, "ours, writing the features of that night": publish,
    "ours, that night from the whole log": again, "DuckDB": duckdb, "Polars": polars, "equal": equal,
}  # fmt: skip


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("size", nargs="*", type=int, default=[9_000_000, 142], metavar="PUPILS DAYS")
    words.add_argument("--peers", default=sys.executable, help="the Python that has Polars")
    said = words.parse_args()
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}; to reach: {TARGET}")
    print(subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout)
    threads = dict.fromkeys(("OMP_NUM_THREADS", "ARROW_NUM_THREADS", "POLARS_MAX_THREADS"), "1")
    with tempfile.TemporaryDirectory(prefix="jz-events-") as folder:
        for name in PARTS:
            size = [str(one) for one in said.size] if name == "make the data" else []
            python = said.peers if name == "Polars" else sys.executable
            subprocess.run([python, __file__, "--part", name, folder, *size], check=True, env=os.environ | threads)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--part"]:
        PARTS[sys.argv[2]](Path(sys.argv[3]), *sys.argv[4:])
        used = resource.getrusage(resource.RUSAGE_SELF)
        spent, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / 1e6
        print(f"{sys.argv[2]:<42} {spent:8.2f} CPU-s {peak:6.2f} GB", flush=True)
    else:
        main()
