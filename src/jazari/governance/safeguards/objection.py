"""`objection`: a decision can be contested, and somebody else answers by a day that is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jazari.governance.safeguards.safeguard import Safeguard, duration


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


def objection(*, open_for: str, within: str) -> Objection:
    """Declare the times of an objection: `objection(open_for="P30D", within="P15D")`."""
    return Objection(open_for, within)
