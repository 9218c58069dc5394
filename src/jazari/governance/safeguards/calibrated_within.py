"""`calibrated_within`: a probability of 30 % means that 30 in 100 leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jazari.governance.safeguards.safeguard import Safeguard, figure, share
from jazari.schema.inspection import Inspection
from jazari.schema.records import Finding

UNKNOWN = "The model gives no probabilities whose calibration could be measured."
HOLDS = "Probabilities are off by {error:.1%} on average; nothing shows that they are off by more than {limit:.1%}."
BROKEN = (
    "Probabilities are off by {error:.1%} on average, by more than {limit:.1%} even at the low end of its interval."
)


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

    def check(self, run: Inspection) -> Finding:
        """Read `evidence["ece"]`: broken where the lower end of its 95 % interval exceeds the limit."""
        error = figure(run.evidence, "ece")
        if error is None:
            return self.finding("not yet", UNKNOWN)
        broken = error["low"] > self.limit
        return self.finding(
            "broken" if broken else "holds", BROKEN if broken else HOLDS, evidence={"ece": dict(error)},
            error=float(error["value"]), limit=self.limit,
        )  # fmt: skip


def calibrated_within(limit: float) -> CalibratedWithin:
    """Declare the largest calibration error: `calibrated_within(0.02)`."""
    return CalibratedWithin(limit)
