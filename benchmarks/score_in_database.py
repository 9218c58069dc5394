"""A million rows scored where they lie: DuckDB, PostgreSQL, Spark on two local cores. Seconds; reported, no limit.

    PGHOST=... PGUSER=... python benchmarks/score_in_database.py DOSSIER KINGDOM [ROWS]

The rows are the first of the kingdom's last year. PostgreSQL is the server that the environment names; Spark is used
where pyspark is installed (`make test-backends` installs it). Each counts what does not fit, then writes a table of
scores with four reasons and the rest; the tables are dropped. Spark is started before, and warms up inside.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
import warnings
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jazari.usecase.dossier import Dossier
from jazari.usecase.risk.in_database import scores_of
from jazari.usecase.risk.national import Published
from jazari.usecase.risk.places_of_data import Place

warnings.simplefilter("ignore")


def timed(name, published, rows):
    start = time.monotonic()
    scores, count = scores_of(published, rows)
    checked = time.monotonic()
    Place(rows, "jazari_benchmark_scores", None, name).write(scores)
    print(
        f"{name:<24} {count:,} rows: checked {checked - start:6.1f} s, scored {time.monotonic() - checked:6.1f} s",
        flush=True,
    )


def rows_of(path, count):
    table = pq.read_table(path).slice(0, count)
    plain = [one.cast(pa.string()) if pa.types.is_dictionary(one.type) else one for one in table.columns]
    return pa.table(dict(zip(table.schema.names, plain, strict=True)))


def main():
    import ibis

    published = Published.of(Dossier.open(sys.argv[1]))
    rows = rows_of(max(Path(sys.argv[2]).glob("*.parquet")), int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        database = ibis.duckdb.connect(f"{folder}/d.db", threads=2)
        timed("DuckDB, two threads", published, database.create_table("pupils", rows))
        if os.environ.get("PGHOST"):
            server = ibis.postgres.connect(database="postgres")
            table = server.create_table("jazari_benchmark_pupils", rows)
            timed("PostgreSQL", published, table)
            server.drop_table("jazari_benchmark_scores")
            server.drop_table("jazari_benchmark_pupils")
        try:
            from pyspark.sql import SparkSession
        except ModuleNotFoundError:
            print("Spark                    absent (pyspark)")
            return
        pq.write_table(rows, f"{folder}/pupils.parquet")
        session = (
            SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
            .config("spark.driver.memory", "3g").config("spark.sql.warehouse.dir", f"{folder}/warehouse")
            .config("spark.sql.codegen.wholeStage", "false").getOrCreate()
        )  # fmt: skip
        os.chdir(folder)
        place = ibis.pyspark.connect(session)
        timed("Spark, two local cores", published, place.read_parquet(f"{folder}/pupils.parquet", table_name="pupils"))
        java = session.sparkContext._gateway.proc.pid  # noqa: SLF001  nothing public says it
        own = Path(f"/proc/{java}/stat").read_text().rpartition(")")[2].split()
        print(f"{'':<24} {sum(map(int, own[11:13])) / os.sysconf('SC_CLK_TCK'):.0f} CPU-s of Java, its start included")
        session.stop()


if __name__ == "__main__":
    main()
