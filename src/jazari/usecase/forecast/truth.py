"""Truth: forecasts that were issued, beside the readings that have come since, and how they fared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jazari.engines.forecast.panel import Panel
from jazari.usecase.forecast.measured import measured

_FIGURES = ("mae", "mape", "mase", "crps", "coverage", "origins")


def open_rows(table: pa.Table) -> pa.Table:
    """The forecasts whose truth is not known yet."""
    return table.filter(pc.is_null(table["actual"]))


def with_truth(issued: pa.Table, panel: Panel) -> pa.Table:
    """Forecasts with what came true of them in a panel; null where it has not come, or was not read."""
    times = issued["time"].cast(pa.timestamp("s"), safe=False).to_numpy().astype("datetime64[s]")
    place = {name: at for at, name in enumerate(panel.names)}
    series = np.array([place.get(name, -1) for name in issued["series"].to_pylist()], dtype=np.int64)
    step = np.searchsorted(panel.times, times)
    is_there = (step < len(panel.times)) & (series >= 0)
    step = np.where(is_there, step, 0)
    is_there &= panel.times[step] == times
    actual = np.where(is_there, panel.values[np.maximum(series, 0), step], np.nan)
    return issued.set_column(issued.schema.get_field_index("actual"), "actual", pa.array(actual, from_pandas=True))


def scored(issued: pa.Table, *, seed: int) -> dict[str, Any] | None:
    """How forecasts fared, their truth beside them; None where no truth has come."""
    if issued.num_rows == issued["actual"].null_count:
        return None
    found: Mapping[str, Any] = measured(issued, {}, seed=seed)
    return {name: found[name] for name in _FIGURES}
