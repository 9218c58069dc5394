"""`never_for`: purposes that the answers must never serve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jazari.governance.safeguards.safeguard import Safeguard, words
from jazari.schema.inspection import Inspection
from jazari.schema.records import Finding

ENFORCED = "A list will open for the declared purpose only, every view is recorded, and none opens for: {purposes}."
OFFERED = "The help that is offered, {help}, is a purpose that was ruled out."
OPENED = "A list was opened for a purpose that was ruled out: {purposes}."
KEPT = "Every list was opened for another purpose than: {purposes}."


@dataclass(frozen=True)
class NeverFor(Safeguard):
    """The answers never serve these purposes: sanction, admission, grading.

    Source: law 09-08 art. 3 (purpose) and art. 12 b (another purpose needs the CNDP's authorisation). Never waivable.

    Attributes:
        purposes: The forbidden purposes.
    """

    purposes: tuple[str, ...]

    name: ClassVar[str] = "never_for"
    waivable: ClassVar[bool] = False

    def __post_init__(self) -> None:
        words(self.name, "the list of purposes", self.purposes, 'never_for("sanction", "admission")')

    def check(self, run: Inspection) -> Finding:
        """Before use: what will be enforced. After: whether `history["purposes"]` names one that was ruled out."""
        if run.help is not None and self.forbids(run.help.what):
            return self.finding("broken", OFFERED, help=run.help.what)
        opened = run.history.get("purposes")
        if not opened:
            return self.finding("not yet", ENFORCED, purposes=", ".join(self.purposes))
        wrong = sorted(purpose for purpose in set(opened) if self.forbids(purpose))
        evidence = {"opened_for": sorted(set(opened))}
        if wrong:
            return self.finding("broken", OPENED, evidence=evidence, purposes=", ".join(wrong))
        return self.finding("holds", KEPT, evidence=evidence, purposes=", ".join(self.purposes))

    def forbids(self, purpose: str) -> bool:
        """Whether a list may not open for this purpose: it is one that was ruled out, however it is written."""
        return purpose.strip().casefold() in {one.strip().casefold() for one in self.purposes}


def never_for(*purposes: str) -> NeverFor:
    """Declare forbidden purposes: `never_for("sanction", "admission", "grading")`."""
    return NeverFor(purposes)
