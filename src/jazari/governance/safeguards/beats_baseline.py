"""`beats_baseline`: the system finds more than the simple rule that anybody could apply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jazari.governance.safeguards.safeguard import Safeguard, figure, share
from jazari.schema.inspection import Inspection
from jazari.schema.records import Finding

UNKNOWN = "There is no simple rule to compare with."
HOLDS = (
    "At the same places, {gain:+.1%} of those concerned are listed compared with the simple rule, "
    "and at least {by:+.1%} are asked for."
)
BROKEN = (
    "At the same places, {gain:+.1%} of those concerned are listed compared with the simple rule, "
    "less than the {by:+.1%} asked for: the rule may do."
)


@dataclass(frozen=True)
class BeatsBaseline(Safeguard):
    """The recall at the places beats that of the declared simple rule.

    Attributes:
        by: The absolute gain in recall that is asked for, between 0 and 1.
    """

    by: float

    name: ClassVar[str] = "beats_baseline"

    def __post_init__(self) -> None:
        object.__setattr__(self, "by", share(self.name, "by", self.by))

    def check(self, run: Inspection) -> Finding:
        """Read `evidence["baseline"]["recall_gain"]`: the gain itself is asked for, not that it might be reached."""
        gain = figure(run.evidence, "baseline", "recall_gain")
        if gain is None:
            return self.finding("not yet", UNKNOWN)
        enough = gain["value"] >= self.by
        return self.finding(
            "holds" if enough else "broken", HOLDS if enough else BROKEN, evidence={"recall_gain": dict(gain)},
            gain=float(gain["value"]), by=self.by,
        )  # fmt: skip


def beats_baseline(*, by: float) -> BeatsBaseline:
    """Declare the gain over the simple rule: `beats_baseline(by=0.05)`."""
    return BeatsBaseline(by)
