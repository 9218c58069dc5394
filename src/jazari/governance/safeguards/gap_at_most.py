"""`gap_at_most`: a measure does not differ too much between groups of people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jazari.core.errors import DeclarationError, did_you_mean
from jazari.governance.safeguards.safeguard import Safeguard, share, words

METRICS = ("recall", "precision", "false_positive_rate", "selection_rate")


@dataclass(frozen=True)
class GapAtMost(Safeguard):
    """Largest minus smallest value of a measure, at the places, between the groups of each column.

    Attributes:
        limit: The largest gap, between 0 and 1.
        metric: The measure: one of `METRICS`.
        across: The audited columns, each looked at by itself.
    """

    limit: float
    metric: str
    across: tuple[str, ...]

    name: ClassVar[str] = "gap_at_most"

    def __post_init__(self) -> None:
        object.__setattr__(self, "limit", share(self.name, "limit", self.limit))
        if self.metric not in METRICS:
            raise DeclarationError(
                "JZ-235", f"gap_at_most knows no measure '{self.metric}'", where="safeguard 'gap_at_most'",
                found=repr(self.metric),
                fix=f"{did_you_mean(str(self.metric), METRICS)}Choose one of {', '.join(METRICS)}.",
            )  # fmt: skip
        example = 'gap_at_most(0.10, metric="recall", across=("sex", "milieu"))'
        object.__setattr__(self, "across", words(self.name, "across", self.across, example))


def gap_at_most(limit: float, *, metric: str, across: tuple[str, ...]) -> GapAtMost:
    """Declare the largest gap: `gap_at_most(0.10, metric="recall", across=("sex", "milieu"))`."""
    return GapAtMost(limit, metric, across)
