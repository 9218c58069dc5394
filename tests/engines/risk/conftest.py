from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from jazari.core.progress import Silent
from jazari.engines.risk.glass import ENGINE
from jazari.schema.columns import column
from jazari.schema.records import TableRows

INPUTS = (
    column("absences", direction="up"),
    column("mark", direction="down"),
    column("distance"),
    column("travel"),
    column("track", kind="category"),
    column("bus", kind="flag"),
    column("same"),
)


def register(rows: int = 6_000, seed: int = 0) -> pa.Table:
    """Pupils with a nonlinear cause, a pair that no sum of columns can say, missing values and a rare category."""
    draw = np.random.default_rng(seed)
    absences = draw.poisson(4, rows).astype(float)
    mark = np.clip(draw.normal(11, 3, rows), 0, 20).round(1)
    distance, travel = draw.normal(0, 1, rows), draw.normal(0, 1, rows)
    track = draw.choice(np.array(["a", "b", "c", "rare"]), rows, p=[0.5, 0.3, 0.199, 0.001])
    logit = -1.5 + 0.25 * absences - 0.2 * np.maximum(mark - 9, 0) + 1.6 * np.sign(distance * travel)
    logit += np.where(track == "b", 0.8, 0.0)
    return pa.table(
        {
            "absences": pa.array(absences, mask=draw.random(rows) < 0.1),
            "mark": pa.array(mark),
            "distance": pa.array(distance),
            "travel": pa.array(travel),
            "track": pa.array(track.tolist(), pa.string()),
            "bus": pa.array((draw.random(rows) < 0.3).astype(float)),
            "same": pa.array(np.ones(rows)),
            "sex": pa.array(draw.choice(np.array(["f", "m"]), rows).tolist()),
            "left": pa.array(draw.random(rows) < 1 / (1 + np.exp(-logit))),
        }
    )


@pytest.fixture(scope="session")
def inputs():
    return INPUTS


@pytest.fixture(scope="session")
def pupils():
    return register()


@pytest.fixture(scope="session")
def fresh_pupils():
    return register(seed=99)


@pytest.fixture(scope="session")
def many_pupils():
    return register(30_000, seed=10)


@pytest.fixture(scope="session")
def model(pupils):
    return ENGINE.fit(TableRows(pupils), INPUTS, "left", seed=0, settings={}, progress=Silent())


@pytest.fixture(scope="session")
def hard_rows():
    """Missing, unseen and boundary values in every combination that one column allows."""
    edges = np.concatenate([np.arange(-1, 22, 0.5), [-1e9, 1e9, 0.0, np.nan]])
    draw = np.random.default_rng(1)
    pick = lambda: pa.array([None if np.isnan(v) else v for v in draw.choice(edges, 3_000)], pa.float64())  # noqa: E731
    columns = {one.name: pick() for one in INPUTS if one.kind != "category"}
    words = draw.choice(np.array(["a", "b", "c", "rare", "never seen", "?"]), 3_000)
    return pa.table({**columns, "track": pa.array([None if w == "?" else w for w in words], pa.string())})
