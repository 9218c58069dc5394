"""What a forecast run answers: quantiles by origin, series, time and level, and their table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from jazari.engines.forecast.panel import Floats, Times

LEVELS: tuple[float, ...] = (0.025, *(round(0.05 * each, 2) for each in range(1, 20)), 0.975)


@dataclass(frozen=True)
class Forecasts:
    """Forecasts and, where it is known, what came true.

    Attributes:
        names: S series.
        origins: (O,) when each forecast was issued: nothing from then on was seen.
        times: (O, H) the start of each step that is forecast.
        levels: (L,) of the quantiles.
        quantiles: (O, S, H, L) in the unit of the series, rising along the levels.
        actual: (O, S, H), NaN where unknown.
        baseline: (O, S, H) the declared simple rule, NaN where it has no reading.
        mase_scale: (S,) mean absolute error of the baseline on what came before the first origin.
        notes: What the variant says of itself: members, what it ran without.
        state: The model as an open document (`State.document`), and its tables.
    """

    names: tuple[str, ...]
    origins: Times
    times: Times
    levels: Floats
    quantiles: Floats
    actual: Floats
    baseline: Floats
    mase_scale: Floats
    notes: Mapping[str, Any] = field(default_factory=dict)
    state: State | None = None

    def table(self) -> pa.Table:
        """One row a series, origin and time, in that order; missing values are null.

        Columns: `series`, `origin`, `time`, `q0.025` ... `q0.975`, `actual`, `baseline`, `mase_scale`.
        """
        issued, series, steps = self.actual.shape

        def by_series(each: Floats) -> Floats:
            return np.ascontiguousarray(np.swapaxes(each, 0, 1)).ravel()

        names = pa.array(np.repeat(np.arange(series, dtype=np.int32), issued * steps))
        columns: dict[str, pa.Array] = {
            "series": pa.DictionaryArray.from_arrays(names, pa.array(self.names, pa.string())).cast(pa.string()),
            "origin": pa.array(np.tile(np.repeat(self.origins.astype("datetime64[s]"), steps), series)),
            "time": pa.array(np.tile(self.times.astype("datetime64[s]").ravel(), series)),
        }
        for at, level in enumerate(self.levels):
            columns[f"q{level:.12g}"] = pa.array(by_series(self.quantiles[..., at]))
        columns["actual"] = pa.array(by_series(self.actual), from_pandas=True)
        columns["baseline"] = pa.array(by_series(self.baseline), from_pandas=True)
        columns["mase_scale"] = pa.array(np.repeat(self.mase_scale, issued * steps), from_pandas=True)
        return pa.table(columns)


@dataclass(frozen=True)
class State:
    """What goes on: settings and models as JSON, the last readings and errors as tables. Never a pickle.

    Attributes:
        document: Settings, models and moved levels (JSON).
        tables: `readings` (`time`, one column a series, `known:NAME`: the last days, from which lags and regressions
            are refreshed), `errors` (`day`, `step`, one column a series, on the engines' scale) and `issued` (`day`,
            `what`, `step`, one column a series: forecasts whose truth is still to come, on the same scale).
    """

    document: Mapping[str, Any]
    tables: Mapping[str, pa.Table]
