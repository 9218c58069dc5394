"""Spark: the same groups forecast on its workers, one group a task; the driver never holds more than one of them.

The session is the one that is running, or that the environment describes (SPARK_REMOTE, a `spark-defaults.conf`,
`spark-submit`). Each worker needs Jazari in its Python, and the path of a packed file must lead to it everywhere.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from jazari.core.errors import EngineError, JazariError
from jazari.core.progress import Progress
from jazari.usecase.forecast.carried import error_bytes, group_bytes, group_of, part_bytes, part_of
from jazari.usecase.forecast.group import Part, forecast_group
from jazari.usecase.forecast.question import Forecast, asked
from jazari.usecase.forecast.series import Group

_COLUMNS = "at int, carried binary"
Batches = Iterator[pa.RecordBatch]


def each_on_spark(groups: Sequence[Group], question: Forecast, seed: int, progress: Progress) -> Iterator[Part]:
    """What came of each group, in their order.

    Raises:
        EngineError: JZ-473, Spark is not here. JazariError: what a worker met.
    """
    session, storage = _session()
    given = session.createDataFrame([(at, bytearray(group_bytes(one))) for at, one in enumerate(groups)], _COLUMNS)
    made = given.repartition(len(groups), "at").mapInArrow(_worker(json.dumps(asdict(question)), seed), _COLUMNS)
    made = made.persist(storage)
    try:
        made.count()  # all groups at once, onto the disks of the workers; then they come one by one
        for at in range(len(groups)):
            (row,) = made.where(f"at = {at}").collect()
            yield part_of(bytes(row["carried"]))
            progress.advance()
    finally:
        made.unpersist()


def _worker(question: str, seed: int) -> Callable[[Batches], Batches]:
    def work(batches: Batches) -> Batches:
        for batch in batches:
            for at, carried in zip(batch.column("at").to_pylist(), batch.column("carried").to_pylist(), strict=True):
                made = forecast_bytes(carried, question, seed)
                yield pa.record_batch({"at": pa.array([at], pa.int32()), "carried": pa.array([made], pa.binary())})

    return work


def forecast_bytes(carried: bytes, question: str, seed: int) -> bytes:
    """What a worker does with a group."""
    try:
        return part_bytes(forecast_group(group_of(carried), asked(Forecast, json.loads(question)), seed))
    except JazariError as error:
        return error_bytes(error)


def _session() -> tuple[Any, Any]:
    """The session of Spark, and where it keeps what is made.

    Raises:
        EngineError: JZ-473.
    """
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        spark, sql, errors = (importlib.import_module(name) for name in ("pyspark", "pyspark.sql", "pyspark.errors"))
    except ImportError:
        raise _absent("pyspark is not installed") from None
    try:
        return sql.SparkSession.builder.appName("jazari").getOrCreate(), spark.StorageLevel.DISK_ONLY
    except (errors.PySparkException, OSError) as error:
        raise _absent(type(error).__name__) from None


def _absent(found: str) -> EngineError:
    return EngineError(
        "JZ-473", "Spark was asked for and cannot be reached", where="--set on=spark", found=found,
        fix="install pyspark and a Java runtime, or leave on= out: this process forecasts the same, group by group.",
    )  # fmt: skip
