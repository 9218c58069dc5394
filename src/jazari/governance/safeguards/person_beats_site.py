"""`person_beats_site`: a list of persons finds more than a list of sites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jazari.governance.safeguards.safeguard import Safeguard, figure, share
from jazari.schema.inspection import Inspection
from jazari.schema.records import Finding

UNKNOWN = "Persons cannot be compared with whole sites: there are no sites, or no earlier periods."
HOLDS = (
    "At the same places, {gain:+.1%} of those concerned are listed compared with a list of whole sites, "
    "and at least {by:+.1%} are asked for."
)
BROKEN = (
    "At the same places, {gain:+.1%} of those concerned are listed compared with a list of whole sites, "
    "less than the {by:+.1%} asked for: help whole sites."
)


@dataclass(frozen=True)
class PersonBeatsSite(Safeguard):
    """Choosing persons beats choosing whole sites, for the same number of places.

    Source: Perdomo et al., "Difficult Lessons on Social Prediction from Wisconsin Public Schools" (arXiv 2304.06205).

    Attributes:
        by: The absolute gain in recall that is asked for, between 0 and 1.
    """

    by: float

    name: ClassVar[str] = "person_beats_site"

    def __post_init__(self) -> None:
        object.__setattr__(self, "by", share(self.name, "by", self.by))

    def check(self, run: Inspection) -> Finding:
        """Read `evidence["targeting"]["recall_gain"]`: the gain itself is asked for, not that it might be reached."""
        gain = figure(run.evidence, "targeting", "recall_gain")
        if gain is None:
            return self.finding("not yet", UNKNOWN)
        enough = gain["value"] >= self.by
        return self.finding(
            "holds" if enough else "broken", HOLDS if enough else BROKEN, evidence={"recall_gain": dict(gain)},
            gain=float(gain["value"]), by=self.by,
        )  # fmt: skip


def person_beats_site(*, by: float) -> PersonBeatsSite:
    """Declare the gain over a list of sites: `person_beats_site(by=0.05)`."""
    return PersonBeatsSite(by)
