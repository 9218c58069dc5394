"""Settings: how a forecast is made."""

from __future__ import annotations

from dataclasses import dataclass

from jazari.core.errors import EngineError
from jazari.engines.forecast.answer import LEVELS


@dataclass(frozen=True)
class Settings:
    """How a forecast is made.

    Attributes:
        ahead: The horizon in steps.
        issue: The step of the day at which forecasts are issued; 0 is midnight.
        levels: Levels of the quantiles, between 0 and 1, rising.
        variant: A name of the entry-point group `jazari.engines.forecast`.
        seed: Every draw follows from it.
        keeps: Whether the state is kept, so that a later forecast goes on from it.
    """

    ahead: int
    issue: int = 0
    levels: tuple[float, ...] = LEVELS
    variant: str = "ensemble"
    seed: int = 0
    keeps: bool = True

    def __post_init__(self) -> None:
        rising = all(low < high for low, high in zip(self.levels, self.levels[1:], strict=False))
        if not self.levels or not rising or not 0 < self.levels[0] <= self.levels[-1] < 1 or self.ahead < 1:
            raise EngineError(
                "JZ-421", "levels of quantiles rise between 0 and 1, and the horizon is a step at least",
                found=f"levels {self.levels}, ahead {self.ahead}", fix="leave levels out, or give (0.1, 0.5, 0.9).",
            )  # fmt: skip
