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
    """The forecasts of origins of which nothing was known: what was issued, and not what a gap of the audit left."""
    known = pc.unique(table.filter(pc.is_valid(table["actual"]))["origin"])
    return table.filter(pc.invert(pc.is_in(table["origin"], known)))


def over(issued: pa.Table, panel: Panel) -> pa.Table:
    """The forecasts whose whole horizon has been read."""
    return issued.filter(_is_over(issued, panel))


def not_over(issued: pa.Table, panel: Panel) -> pa.Table:
    """The forecasts whose horizon is not over yet; they are scored when it is."""
    return issued.filter(pc.invert(_is_over(issued, panel)))


def _is_over(issued: pa.Table, panel: Panel) -> pa.ChunkedArray:
    last = issued.group_by("origin", use_threads=False).aggregate([("time", "max")])
    end = pa.scalar(panel.times[-1].item(), last["time_max"].type)
    return pc.is_in(issued["origin"], last.filter(pc.less_equal(last["time_max"], end))["origin"])


def with_truth(issued: pa.Table, panel: Panel) -> pa.Table:
    """Forecasts with what came true of them in a panel; what is not read in it stays as it was known before."""
    times = issued["time"].cast(pa.timestamp("s"), safe=False).to_numpy().astype("datetime64[s]")
    place = {name: at for at, name in enumerate(panel.names)}
    series = np.array([place.get(name, -1) for name in issued["series"].to_pylist()], dtype=np.int64)
    step = np.searchsorted(panel.times, times)
    is_there = (step < len(panel.times)) & (series >= 0)
    step = np.where(is_there, step, 0)
    is_there &= panel.times[step] == times
    actual = np.where(is_there, panel.values[np.maximum(series, 0), step], np.nan)
    known = pc.coalesce(pa.array(actual, from_pandas=True), issued["actual"])
    return issued.set_column(issued.schema.get_field_index("actual"), "actual", known)


def scored(issued: pa.Table, *, seed: int) -> dict[str, Any] | None:
    """How forecasts fared, their truth beside them; None where no truth has come."""
    if issued.num_rows == issued["actual"].null_count:
        return None
    found: Mapping[str, Any] = measured(_rectangular(issued), {}, seed=seed)
    return {name: found[name] for name in _FIGURES}


def _rectangular(issued: pa.Table) -> pa.Table:
    """Forecasts of which some truth has come, with empty rows where a series was not forecast, on its first scale."""
    origins = pc.unique(issued.filter(pc.is_valid(issued["actual"]))["origin"])
    issued = issued.filter(pc.is_in(issued["origin"], origins))
    pairs = issued.group_by(["series", "origin"], use_threads=False).aggregate([("mase_scale", "first")])
    scale = dict(zip(pairs["series"].to_pylist(), pairs["mase_scale_first"].to_pylist(), strict=True))
    times = {
        origin.as_py(): pc.unique(issued.filter(pc.equal(issued["origin"], origin))["time"]).to_pylist()
        for origin in origins
    }
    there = set(zip(pairs["series"].to_pylist(), pairs["origin"].to_pylist(), strict=True))
    absent = [
        {"series": series, "origin": origin, "time": time, "mase_scale": scale[series]}
        for series in scale
        for origin, each in times.items()
        if (series, origin) not in there
        for time in each
    ]
    whole = pa.concat_tables([issued, pa.Table.from_pylist(absent, schema=issued.schema)])
    first = pa.array([scale[series] for series in whole["series"].to_pylist()], pa.float64())
    return whole.set_column(whole.schema.get_field_index("mase_scale"), "mase_scale", first)
