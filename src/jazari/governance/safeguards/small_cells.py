"""`small_cells`: no public figure describes a handful of people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from jazari.governance.safeguards.safeguard import Safeguard, whole
from jazari.schema.inspection import Inspection
from jazari.schema.records import Finding

UNKNOWN = "No figures by group have been made yet."
HOLDS = "No public figure describes fewer than {least} people."
BROKEN = "{cells} public figures describe fewer than {least} people."

LEAST = 3  # below this a cell hides nobody
_COUNTS = ("n", "positives", "listed", "listed_positives")


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

    def check(self, run: Inspection) -> Finding:
        """Look through the public figures: a count of 1 to `least` - 1 people breaks it; suppressed ones do not."""
        if not run.evidence.get("groups"):
            return self.finding("not yet", UNKNOWN)
        small = sum(1 for count in _counts(run.evidence) if 0 < count < self.least)
        if small:
            return self.finding("broken", BROKEN, evidence={"cells": small}, cells=small, least=self.least)
        return self.finding("holds", HOLDS, least=self.least)


def _counts(document: Any) -> Iterator[int]:
    """Every count of people that a document shows."""
    if isinstance(document, Mapping):
        yield from (value for name in _COUNTS if isinstance(value := document.get(name), int))
        for value in document.values():
            yield from _counts(value)
    elif isinstance(document, (list, tuple)):
        for value in document:
            yield from _counts(value)


def small_cells(least: int = 11) -> SmallCells:
    """Declare the smallest published cell: `small_cells(11)`."""
    return SmallCells(least)
