"""`shadow_first`: a new system watches a full cycle before it lists anyone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jazari.governance.safeguards.safeguard import Safeguard, whole


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


def shadow_first(*, cycles: int = 1) -> ShadowFirst:
    """Declare the cycles to watch first: `shadow_first(cycles=1)`."""
    return ShadowFirst(cycles)
