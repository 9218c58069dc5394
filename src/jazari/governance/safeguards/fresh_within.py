"""`fresh_within`: a forecast is made from readings that have just come, not from stale ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from jazari.core.periods import Duration
from jazari.governance.safeguards.safeguard import Safeguard, duration
from jazari.schema.inspection import Inspection
from jazari.schema.records import Finding

UNKNOWN = "How old the last readings were when the forecast was issued was not measured."
HOLDS = "The last reading of every series ended at most {hours:.0f} hours before the forecast; {after} are allowed."
BROKEN = (
    "The last reading of series '{series}' ended {hours:.0f} hours before the forecast; {after} are allowed. "
    "Series of which this is so: {count} of {all}."
)
_DAY_HOURS = 24


@dataclass(frozen=True)
class FreshWithin(Safeguard):
    """The last reading of each series is not older than this when a forecast is issued.

    Attributes:
        after: The oldest that a last reading may be (ISO 8601 duration).
    """

    after: str

    name: ClassVar[str] = "fresh_within"

    def __post_init__(self) -> None:
        duration(self.name, "after", self.after)

    def check(self, run: Inspection) -> Finding:
        """Read `evidence["age_hours"]`: hours from the end of each last reading to the origin of the forecast."""
        ages: Any = run.evidence.get("age_hours")
        if not ages:
            return self.finding("not yet", UNKNOWN)
        limit = Duration.parse(self.after).days_at_least() * _DAY_HOURS
        stale = {name: hours for name, hours in ages.items() if hours > limit}
        oldest = max(sorted(ages), key=ages.__getitem__)
        hours = float(ages[oldest])
        if stale:
            return self.finding(
                "broken", BROKEN, evidence={"stale": dict(sorted(stale.items())[:20])}, series=oldest, hours=hours,
                after=self.after, count=len(stale), all=len(ages),
            )  # fmt: skip
        return self.finding("holds", HOLDS, evidence={"oldest_hours": hours}, hours=hours, after=self.after)


def fresh_within(after: str) -> FreshWithin:
    """Declare how old the last readings may be: `fresh_within("P2D")`."""
    return FreshWithin(after)
