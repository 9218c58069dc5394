"""Reservoirs: storage from inflow, release, evaporation and demand, closed to the last drop.

    storage[t + 1] = storage[t] + inflow[t] - evaporation[t] - release[t] - spill[t]

Evaporation is what the surface loses, never more than what is there; release is demand as far as the water above the
dead storage goes; spill is what stands above the full level. `shortage` is demand that was not met.

Source: D. P. Loucks, E. van Beek, Water Resource Systems Planning and Management, Springer 2017, 4.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from jazari.core.errors import EngineError

Floats = npt.NDArray[np.float64]
_M3_PER_MM_KM2 = 1e-3  # Mm3 that one millimetre over one square kilometre is


@dataclass(frozen=True)
class Reservoir:
    """A reservoir, in million cubic metres (Mm3), square kilometres and millimetres.

    Attributes:
        name: Of the reservoir.
        full: Storage at the full level, Mm3.
        dead: Storage below which nothing can be released, Mm3.
        area: Surface at the full level, km2; it shrinks as (storage / full) ** `shape`.
        shape: Of the surface: 2/3 is a cone.
    """

    name: str
    full: float
    dead: float = 0.0
    area: float = 0.0
    shape: float = 2 / 3

    def __post_init__(self) -> None:
        if not 0 <= self.dead < self.full or self.area < 0 or not 0 <= self.shape <= 1:
            raise EngineError(
                "JZ-430", "a reservoir holds more than its dead storage, and its surface is no less than nothing",
                where=f"reservoir '{self.name}'", found=f"full {self.full}, dead {self.dead}, area {self.area}",
                fix="give full > dead >= 0 in Mm3, area >= 0 in km2 and shape between 0 and 1.",
            )  # fmt: skip


@dataclass(frozen=True)
class Balance:
    """Every term of the balance, each (..., T) in Mm3; `storage` is (..., T + 1), the first one as given."""

    storage: Floats
    inflow: Floats
    evaporation: Floats
    release: Floats
    spill: Floats
    shortage: Floats

    def gap(self) -> float:
        """The largest amount by which the balance does not close, as a share of the largest storage."""
        change = np.diff(self.storage, axis=-1)
        terms = self.inflow - self.evaporation - self.release - self.spill
        return float(
            np.max(np.abs(change - terms), initial=0.0) / max(float(np.max(np.abs(self.storage), initial=0.0)), 1e-12)
        )


def balance(reservoir: Reservoir, start: Any, inflow: Floats, demand: Floats, evaporation_mm: Floats) -> Balance:
    """Run a reservoir through paths of inflow.

    Args:
        reservoir: What holds the water.
        start: (...) storage at the start, Mm3.
        inflow: (..., T) Mm3 a step, at least 0.
        demand: (T,) or (..., T) Mm3 a step, at least 0.
        evaporation_mm: (T,) or (..., T) millimetres that an open surface loses a step.

    Raises:
        EngineError: JZ-431, a missing or negative amount, or a start outside the reservoir.
    """
    paths = np.asarray(inflow, dtype=np.float64)
    asked = np.broadcast_to(np.asarray(demand, dtype=np.float64), paths.shape)
    lost = np.broadcast_to(np.asarray(evaporation_mm, dtype=np.float64), paths.shape)
    level = np.broadcast_to(np.asarray(start, dtype=np.float64), paths.shape[:-1]).copy()
    for name, each in (("inflow", paths), ("demand", asked), ("evaporation", lost), ("storage at the start", level)):
        if not (np.isfinite(each).all() and (each >= 0).all()):
            raise EngineError(
                "JZ-431", f"{name} is missing or negative in some steps", where=f"reservoir '{reservoir.name}'",
                found=f"{int((~(np.isfinite(each) & (each >= 0))).sum())} of {each.size} amounts",
                fix="bring the amounts to Mm3 a step, and say what is missing before the balance is run.",
            )  # fmt: skip
    if (level > reservoir.full).any():
        raise EngineError("JZ-431", "the reservoir starts above its full level", where=f"reservoir '{reservoir.name}'",
                          found=f"{float(level.max()):g} of {reservoir.full:g} Mm3",
                          fix="give storage in Mm3.")  # fmt: skip
    steps = paths.shape[-1]
    storage = np.empty((*paths.shape[:-1], steps + 1))
    storage[..., 0] = level
    terms = {name: np.empty(paths.shape) for name in ("evaporation", "release", "spill", "shortage")}
    for step in range(steps):
        before = storage[..., step]
        surface = reservoir.area * (before / reservoir.full) ** reservoir.shape
        available = before + paths[..., step]
        gone = np.minimum(surface * lost[..., step] * _M3_PER_MM_KM2, available)
        given = np.minimum(asked[..., step], np.maximum(available - gone - reservoir.dead, 0.0))
        left = available - gone - given
        over = np.maximum(left - reservoir.full, 0.0)
        storage[..., step + 1] = left - over
        for name, each in (
            ("evaporation", gone),
            ("release", given),
            ("spill", over),
            ("shortage", asked[..., step] - given),
        ):
            terms[name][..., step] = each
    return Balance(storage, paths, **terms)


def alert(storage: Floats, under: float) -> Floats:
    """Probability of falling under a level by each step: the share of paths that have been under it by then.

    Args:
        storage: (paths, T + 1) Mm3.
        under: The declared level, Mm3.

    Returns:
        (T,) rising.
    """
    fell = np.maximum.accumulate(storage[:, 1:] < under, axis=1)
    return np.asarray(fell.mean(axis=0))
