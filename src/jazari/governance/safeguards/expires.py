"""`expires`: answers end; after that day a list no longer opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jazari.governance.safeguards.safeguard import Safeguard, duration


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


def expires(after: str) -> Expires:
    """Declare how long answers live: `expires("P12M")`."""
    return Expires(after)
