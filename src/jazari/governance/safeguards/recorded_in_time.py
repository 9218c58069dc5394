"""`recorded_in_time`: values were recorded before the prediction date, not after the fact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jazari.governance.safeguards.safeguard import Safeguard, share


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


def recorded_in_time(limit: float) -> RecordedInTime:
    """Declare the largest share of late records: `recorded_in_time(0.05)`."""
    return RecordedInTime(limit)
