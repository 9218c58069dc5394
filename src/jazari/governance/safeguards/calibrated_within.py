"""`calibrated_within`: a probability of 30 % means that 30 in 100 leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jazari.governance.safeguards.safeguard import Safeguard, share


@dataclass(frozen=True)
class CalibratedWithin(Safeguard):
    """The expected calibration error stays within a limit.

    Attributes:
        limit: The largest expected calibration error, between 0 and 1.
    """

    limit: float

    name: ClassVar[str] = "calibrated_within"

    def __post_init__(self) -> None:
        object.__setattr__(self, "limit", share(self.name, "limit", self.limit))


def calibrated_within(limit: float) -> CalibratedWithin:
    """Declare the largest calibration error: `calibrated_within(0.02)`."""
    return CalibratedWithin(limit)
