"""`expires`: answers end; after that day a list no longer opens."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import ClassVar

from jazari.core.periods import Duration
from jazari.governance.safeguards.safeguard import Safeguard, duration
from jazari.schema.inspection import Inspection
from jazari.schema.records import Finding

ENFORCED = "The answers end {after} after the run; after that day no list opens."
LIVE = "The answers are used until {day}."
ENDED = "The answers ended on {day} and were used after it."


@dataclass(frozen=True)
class Expires(Safeguard):
    """Answers are used for this long after the run, then no more.

    Source: law 09-08 art. 3 (kept no longer than necessary).

    Attributes:
        after: How long answers live (ISO 8601 duration).
    """

    after: str

    name: ClassVar[str] = "expires"

    def __post_init__(self) -> None:
        duration(self.name, "after", self.after)

    def end(self, run_on: datetime.date) -> datetime.date:
        """The last day on which the answers of a run of that day may be used."""
        return Duration.parse(self.after).after(run_on)

    def check(self, run: Inspection) -> Finding:
        """Before use: what will be enforced. After: `history["run_on"]` and the day of the last use, `used_on`."""
        run_on, used_on = (run.history.get(word) for word in ("run_on", "used_on"))
        if not run_on or not used_on:
            return self.finding("not yet", ENFORCED, after=self.after)
        end = self.end(datetime.date.fromisoformat(run_on))
        late = datetime.date.fromisoformat(used_on) > end
        return self.finding("broken" if late else "holds", ENDED if late else LIVE, day=end.isoformat())


def expires(after: str) -> Expires:
    """Declare how long answers live: `expires("P12M")`."""
    return Expires(after)
