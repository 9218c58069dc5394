"""`small_cells`: no public figure describes a handful of people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jazari.governance.safeguards.safeguard import Safeguard, whole

LEAST = 3  # below this a cell hides nobody


@dataclass(frozen=True)
class SmallCells(Safeguard):
    """Figures on fewer people than this are suppressed, and so is what would give them away.

    Source: law 09-08 art. 1 (a row of outcome and groups is personal data). Never waivable.

    Attributes:
        least: The smallest number of people that a published figure may describe.
    """

    least: int = 11

    name: ClassVar[str] = "small_cells"
    waivable: ClassVar[bool] = False

    def __post_init__(self) -> None:
        whole(self.name, "the smallest cell", self.least, LEAST)


def small_cells(least: int = 11) -> SmallCells:
    """Declare the smallest published cell: `small_cells(11)`."""
    return SmallCells(least)
