from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from jazari.engines.forecast.calendar import daily
from jazari.engines.forecast.panel import Panel

SHARED = Path(__file__).parents[3].parent / "shared" / "data"


def _loads(series: int = 3, days: int = 150, *, cycle: int = 24, seed: int = 0, is_net: bool = False) -> Panel:
    draw = np.random.default_rng(seed)
    step = np.timedelta64(86_400 // cycle, "s")
    times = np.datetime64("2023-01-02", "s") + step * np.arange(days * cycle)
    hour = np.arange(days * cycle) % cycle * 24 / cycle
    day = np.arange(days * cycle) // cycle
    shape = 1 + 0.4 * np.sin((hour - 9) / 24 * 2 * np.pi) - 0.15 * (day % 7 >= 5)
    wander = np.cumsum(draw.normal(0, 0.02, (series, days)), axis=1)[:, day]
    values = (
        100 * (1 + np.arange(series))[:, None] * shape * np.exp(0.3 * wander + draw.normal(0, 0.03, (series, len(day))))
    )
    if is_net:
        values = values - 160 * (1 + np.arange(series))[:, None] * np.maximum(np.sin((hour - 6) / 12 * np.pi), 0)
    calendar = daily(np.arange(times[0].astype("datetime64[D]"), times[-1].astype("datetime64[D]") + 4))
    return Panel(times, values, tuple(f"zone {each}" for each in range(series)), cycle, {}, "kW", calendar)


def _midnights(panel: Panel, count: int) -> np.ndarray:
    """The last midnights that have a whole day behind them."""
    return panel.times[len(panel.times) - panel.cycle * np.arange(count, 0, -1)]


@pytest.fixture
def shared() -> Path:
    if not SHARED.exists():
        pytest.skip("the shared data lie beside the project, and are not there")
    return SHARED


@pytest.fixture(scope="session")
def loads():
    return _loads


@pytest.fixture(scope="session")
def midnights():
    return _midnights
