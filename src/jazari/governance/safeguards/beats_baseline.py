"""`beats_baseline`: the system finds more than the simple rule that anybody could apply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jazari.governance.safeguards.safeguard import Safeguard, share


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


def beats_baseline(*, by: float) -> BeatsBaseline:
    """Declare the gain over the simple rule: `beats_baseline(by=0.05)`."""
    return BeatsBaseline(by)
