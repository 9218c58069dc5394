"""Storage ahead: paths of inflow run through the balance, with quantiles and the probability of scarcity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jazari.core.errors import EngineError
from jazari.engines.forecast import inflow as flows
from jazari.engines.forecast.answer import LEVELS
from jazari.engines.forecast.panel import Floats, Times
from jazari.engines.forecast.reservoir import Balance, Reservoir, alert, balance


@dataclass(frozen=True)
class Outlook:
    """What may become of a reservoir.

    Attributes:
        times: (H,) days ahead.
        levels: (L,) of the quantiles.
        inflow: (H, L) Mm3 a day.
        storage: (H, L) Mm3 at the end of each day.
        under: (H,) probability of having fallen under the declared level by then.
        balance: Every path, with its closure: `balance.gap()`.
    """

    times: Times
    levels: Floats
    inflow: Floats
    storage: Floats
    under: Floats
    balance: Balance


def outlook(
    reservoir: Reservoir,
    times: Times,
    inflow: Floats,
    *,
    storage: float,
    demand: Floats,
    evaporation: Floats,
    under: float,
    paths: int = 500,
    levels: tuple[float, ...] = LEVELS,
    seed: int = 0,
) -> Outlook:
    """Look ahead from the last day of a record of inflow.

    Args:
        reservoir: What holds the water.
        times: (T,) days of the record, without a gap.
        inflow: (T,) Mm3 a day, NaN where missing.
        storage: Mm3 at the end of the record.
        demand: (H,) Mm3 a day that will be asked for.
        evaporation: (H,) mm a day, usual for the season.
        under: The declared level of scarcity, Mm3.
        paths: How many paths are drawn.
        levels: Of the quantiles.
        seed: Of the draws.

    Raises:
        EngineError: JZ-431 missing or negative amounts, JZ-432 too short a record.
    """
    flowing = np.flatnonzero(np.isfinite(inflow))
    if not len(flowing):
        raise EngineError("JZ-432", "a season is learnt from a year of inflow that flows, and is never negative",
                          found="no reading", fix="give at least 365 days of inflow.")  # fmt: skip
    season = flows.fit(times, inflow)
    ahead: Times = np.arange(1, len(demand) + 1).astype("timedelta64[D]") + times[-1].astype("datetime64[D]")
    drawn = flows.paths(season, ahead, float(inflow[flowing[-1]]), count=paths, seed=seed)
    run = balance(reservoir, storage, drawn, demand, evaporation)
    share = np.asarray(levels)
    return Outlook(
        times=ahead,
        levels=share,
        inflow=np.quantile(drawn, share, axis=0).T,
        storage=np.quantile(run.storage[:, 1:], share, axis=0).T,
        under=alert(run.storage, under),
        balance=run,
    )
