"""`human_decides`: a named person decides, with reasons, and no decision rests on the score alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jazari.governance.safeguards.safeguard import Safeguard, word


@dataclass(frozen=True)
class HumanDecides(Safeguard):
    """A named person in this role takes each decision.

    Source: law 09-08 art. 11. Never waivable: the law forbids decisions on the sole ground of a score.

    Attributes:
        who: The role: `school head`.
    """

    who: str

    name: ClassVar[str] = "human_decides"
    waivable: ClassVar[bool] = False

    def __post_init__(self) -> None:
        word(self.name, "who decides", self.who, 'human_decides("school head")')


def human_decides(who: str) -> HumanDecides:
    """Declare who decides: `human_decides("school head")`."""
    return HumanDecides(who)
