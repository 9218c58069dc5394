"""`beats_baseline`: the system finds more than the simple rule that anybody could apply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

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
SMALLER = "The error of the forecasts is {gain:.1%} smaller than that of the simple rule; {by:.1%} is asked for."
LARGER = (
    "The error of the forecasts is {gain:.1%} smaller than that of the simple rule, less than the {by:.1%} asked for: "
    "the rule may do."
)


@dataclass(frozen=True)
class BeatsBaseline(Safeguard):
    """The answers beat the declared simple rule: recall at the places, or the error of forecasts.

    Attributes:
        by: The gain that is asked for, between 0 and 1: in recall, absolute; in error, as a share of the rule's.
    """

    by: float

    name: ClassVar[str] = "beats_baseline"

    def __post_init__(self) -> None:
        object.__setattr__(self, "by", share(self.name, "by", self.by))

    def check(self, run: Inspection) -> Finding:
        """Read `baseline.recall_gain`, or `skill.mae` of forecasts: the gain itself, not that it might be reached."""
        skill: Any = (run.evidence.get("skill") or {}).get("mae")
        if skill is not None:
            enough = skill >= self.by
            return self.finding(
                "holds" if enough else "broken", SMALLER if enough else LARGER, evidence={"skill": {"mae": skill}},
                gain=float(skill), by=self.by,
            )  # fmt: skip
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
