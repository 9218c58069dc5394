"""`shadow_first`: a new system watches a full cycle before it lists anyone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jazari.governance.safeguards.safeguard import Safeguard, whole
from jazari.schema.inspection import Inspection
from jazari.schema.records import Finding

WATCHING = "The system has watched {seen} of {cycles} full cycles; until then `jazari decide` refuses its list."
HOLDS = "The system watched {seen} full cycles before it listed anyone."


@dataclass(frozen=True)
class ShadowFirst(Safeguard):
    """A new system answers in the shadow, and nobody is listed, until full cycles have been watched.

    Never waivable: it protects the children whom an untried system would list.

    Attributes:
        cycles: The full cycles to watch.
    """

    cycles: int = 1

    name: ClassVar[str] = "shadow_first"
    waivable: ClassVar[bool] = False

    def __post_init__(self) -> None:
        whole(self.name, "the number of cycles", self.cycles, 1)

    def check(self, run: Inspection) -> Finding:
        """Read `history["shadow_cycles"]`, the full cycles watched; never broken, since nothing was listed before."""
        seen = int(run.history.get("shadow_cycles", 0))
        if seen < self.cycles:
            return self.finding("not yet", WATCHING, seen=seen, cycles=self.cycles)
        return self.finding("holds", HOLDS, seen=seen)


def shadow_first(*, cycles: int = 1) -> ShadowFirst:
    """Declare the cycles to watch first: `shadow_first(cycles=1)`."""
    return ShadowFirst(cycles)
