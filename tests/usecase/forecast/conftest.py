"""Two made-up loads of four months, wide and by the half-hour, and their use case."""

import numpy as np
import pyarrow as pa
import pytest

from jazari.usecase import (
    Forecast,
    Table,
    UseCase,
    beats_baseline,
    column,
    covers,
    fresh_within,
    no_future,
    series,
    time,
)
from jazari.usecase.run import run

DAYS = 120
START = np.datetime64("2024-01-01T00:00", "s")


def loads(days=DAYS, seed=0):
    """A wide table: two loads every half-hour, and a temperature that is no load."""
    draw = np.random.default_rng(seed)
    steps = np.arange(days * 48)
    shape = 100 + 30 * np.sin(2 * np.pi * steps / 48) + 10 * (steps // 48 % 7 == 5)
    noise = np.repeat(draw.normal(0, 3, (2, days * 24)), 2, axis=1)
    times = START + np.timedelta64(1800, "s") * steps
    return pa.table(
        {"When": times, "Load east": shape + noise[0], "Temperature": draw.normal(20, 3, len(steps)),
         "Load west": 2 * shape + noise[1]}
    )  # fmt: skip


def declared(**words):
    """A use case on them, quick to run."""
    table = Table("loads", time("time"), series("zone", like=("load",)), column("load", unit="kW"))
    said = {"of": "load", "variant": "lear", "test_days": 21} | words
    return UseCase(
        "toys.load", purpose="Try.", table=table, engine=Forecast(**said),
        safeguards=(no_future(), covers(0.80, within=0.05, by="zone"), beats_baseline(by=0.05), fresh_within("P2D")),
    )  # fmt: skip


@pytest.fixture(scope="session")
def forecast_dossier(tmp_path_factory):
    """A dossier of forecasts, made once."""
    return run(declared(), loads(), tmp_path_factory.mktemp("forecast") / "dossier")
