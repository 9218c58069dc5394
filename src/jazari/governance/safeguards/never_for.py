"""`never_for`: purposes that the answers must never serve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jazari.governance.safeguards.safeguard import Safeguard, words


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


def never_for(*purposes: str) -> NeverFor:
    """Declare forbidden purposes: `never_for("sanction", "admission", "grading")`."""
    return NeverFor(purposes)
