"""`recorded_in_time`: values were recorded before the prediction date, not after the fact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jazari.governance.safeguards.safeguard import Safeguard, share
from jazari.schema.inspection import Inspection
from jazari.schema.records import Finding

UNKNOWN = "No column says when its values were recorded."
HOLDS = "At most {late:.1%} of the values of a column were recorded after the prediction date ({column})."
BROKEN = "{late:.1%} of the values of {column} were recorded after the prediction date; at most {limit:.1%} may be."


@dataclass(frozen=True)
class RecordedInTime(Safeguard):
    """In every column that says when it was recorded, few values came after the prediction date.

    Attributes:
        limit: The largest share of late values in a column, between 0 and 1.
    """

    limit: float

    name: ClassVar[str] = "recorded_in_time"

    def __post_init__(self) -> None:
        object.__setattr__(self, "limit", share(self.name, "limit", self.limit))

    def check(self, run: Inspection) -> Finding:
        """Read `snapshot["recorded_late"]`, the share of late values by column: all rows, so no interval."""
        late = dict(run.snapshot.get("recorded_late", {}))
        if not late:
            return self.finding("not yet", UNKNOWN)
        worst = max(sorted(late), key=lambda column: late[column])
        broken = late[worst] > self.limit
        return self.finding(
            "broken" if broken else "holds", BROKEN if broken else HOLDS, evidence={"recorded_late": late},
            late=float(late[worst]), column=worst, limit=self.limit,
        )  # fmt: skip


def recorded_in_time(limit: float) -> RecordedInTime:
    """Declare the largest share of late records: `recorded_in_time(0.05)`."""
    return RecordedInTime(limit)
