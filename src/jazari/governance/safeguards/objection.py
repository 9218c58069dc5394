"""`objection`: a decision can be contested, and somebody else answers by a day that is known."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import ClassVar

from jazari.core.periods import Duration
from jazari.governance.clocks import Clock, clock
from jazari.governance.clocks.counting import last_day
from jazari.governance.safeguards.safeguard import Safeguard, duration
from jazari.schema.inspection import Inspection
from jazari.schema.records import Finding

ENFORCED = (
    "An objection will be taken for {open_for} after the notice and answered within {within} by somebody "
    "who did not decide."
)
LATE = "{late} of {filed} objections were not answered in time."
ANSWERED = "All {filed} objections were answered in time."


@dataclass(frozen=True)
class Objection(Safeguard):
    """The person concerned may object, and is answered in time by somebody who did not decide.

    Source: law 09-08 art. 9 and 11 (observations of the person); the times are a commitment of the use case
    (clock SERVICE_REVIEW) and shorten no legal route. Never waivable.

    Attributes:
        open_for: How long after the notice an objection is taken (ISO 8601 duration).
        within: How soon it is answered (ISO 8601 duration).
    """

    open_for: str
    within: str

    name: ClassVar[str] = "objection"
    waivable: ClassVar[bool] = False

    def __post_init__(self) -> None:
        duration(self.name, "open_for", self.open_for)
        duration(self.name, "within", self.within)
        _ = self.clock  # a promise longer than a legal clock is refused when it is declared

    @property
    def clock(self) -> Clock:
        """The clock that the answer runs against.

        Raises:
            DeclarationError: JZ-662, the promise is longer than a legal clock that also runs.
        """
        return clock("SERVICE_REVIEW").declared(self.within)

    def last_day(self, noticed: datetime.date) -> datetime.date:
        """The last day on which an objection is taken, counted in full days from the day of the notice."""
        return last_day(noticed, Duration.parse(self.open_for))

    def check(self, run: Inspection) -> Finding:
        """Before use: what will be enforced. After: `history["objections"]`, of those `filed` how many are `late`."""
        counts = run.history.get("objections") or {}
        filed, late = int(counts.get("filed", 0)), int(counts.get("late", 0))
        if not filed:
            return self.finding("not yet", ENFORCED, open_for=self.open_for, within=self.within)
        if late:
            return self.finding("broken", LATE, evidence=counts, late=late, filed=filed)
        return self.finding("holds", ANSWERED, evidence=counts, filed=filed)


def objection(*, open_for: str, within: str) -> Objection:
    """Declare the times of an objection: `objection(open_for="P30D", within="P15D")`."""
    return Objection(open_for, within)
