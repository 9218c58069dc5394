"""Databases that the tests start and stop themselves: PostgreSQL on a private socket, Spark on two local cores.

And what they are asked: a model with pairs, and 100,000 rows with missing, unseen and boundary values.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from jazari.core.progress import Silent
from jazari.engines.risk.glass import ENGINE
from jazari.schema.columns import column
from jazari.schema.records import TableRows

INPUTS = (
    column("absences", direction="up"),
    column("mark"),
    column("distance"),
    column("travel"),
    column("track", kind="category"),
    column("bus", kind="flag"),
)
ROWS = 100_000


def register(rows, seed):
    draw = np.random.default_rng(seed)
    absences, mark = draw.poisson(4, rows).astype(float), np.clip(draw.normal(11, 3, rows), 0, 20).round(1)
    distance, travel = draw.normal(0, 1, rows), draw.normal(0, 1, rows)
    track = draw.choice(np.array(["a", "b", "c", "l'été"]), rows, p=[0.5, 0.3, 0.1, 0.1])
    logit = -1.5 + 0.25 * absences - 0.2 * np.maximum(mark - 9, 0) + 1.6 * np.sign(distance * travel) + (track == "b")
    return {
        "absences": pa.array(absences, mask=draw.random(rows) < 0.1), "mark": pa.array(mark),
        "distance": pa.array(distance, mask=draw.random(rows) < 0.05), "travel": pa.array(travel),
        "track": pa.array(track.tolist(), pa.string()), "bus": pa.array((draw.random(rows) < 0.3).astype(float)),
        "left": pa.array(draw.random(rows) < 1 / (1 + np.exp(-logit))),
    }  # fmt: skip


@pytest.fixture(scope="session")
def model():
    fitted = ENGINE.fit(
        TableRows(pa.table(register(30_000, 10))), INPUTS, "left", seed=0, settings={}, progress=Silent()
    )
    assert any(len(term.columns) == 2 for term in fitted.terms), "the pair must be asked of the databases too"
    return fitted


@pytest.fixture(scope="session")
def hard(model):
    """Every fifth number stands on an edge of the model; words that no cell lists; missing values everywhere."""
    known, draw = register(ROWS, 3), np.random.default_rng(4)
    edges = {name: axis.edges for term in model.terms for name, axis in zip(term.columns, term.axes, strict=True)
             if hasattr(axis, "edges")}  # fmt: skip
    for name, cuts in edges.items():
        values = known[name].to_numpy(zero_copy_only=False).copy()
        at = draw.random(ROWS) < 0.2
        values[at] = draw.choice(np.array([*cuts, -1e300, 1e300, 0.0]), at.sum())
        known[name] = pa.array(values, mask=np.isnan(values) | (draw.random(ROWS) < 0.02))
    words = draw.choice(np.array(["a", "b", "c", "l'été", "never seen", '"; DROP'], dtype=object), ROWS)
    words[draw.random(ROWS) < 0.05] = None
    return pa.table({"id": pa.array(np.arange(ROWS)), **known, "track": pa.array(words.tolist(), pa.string())}).drop(
        ["left"]
    )


@pytest.fixture(scope="session")
def postgresql():
    """The place of a server of our own, in a folder that goes with it."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin")) or [Path(shutil.which("pg_ctl") or "").parent]
    if not (found[-1] / "pg_ctl").is_file():
        pytest.skip("no PostgreSQL server is installed (apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="jazari-pg-"))
    as_user = []
    if os.geteuid() == 0:  # the server refuses to run as root
        os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
        runuser = shutil.which("runuser", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin{os.pathsep}/sbin")
        as_user = [runuser or "runuser", "-u", "postgres", "--"]

    def run(program, *words):
        subprocess.run([*as_user, str(found[-1] / program), *words], check=True, capture_output=True, cwd=folder)

    data = str(folder / "data")
    try:
        run("initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        run("pg_ctl", "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("PGHOST", str(folder))
                patch.setenv("PGUSER", "postgres")
                yield folder
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    """A session of Spark on two local cores."""
    pyspark = pytest.importorskip("pyspark.sql", reason="Spark is installed by make test-backends alone")
    if shutil.which("java") is None:
        pytest.skip("Spark needs a Java runtime (apt-get install default-jre-headless)")
    folder = tmp_path_factory.mktemp("spark")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # workers need what this process has
    session = (
        pyspark.SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.memory", "2g")
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .config("spark.driver.extraJavaOptions", f"-Dderby.system.home={folder}")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    yield session
    session.stop()
