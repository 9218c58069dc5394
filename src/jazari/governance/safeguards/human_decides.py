"""`human_decides`: a named person decides, with reasons, and no decision rests on the score alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jazari.governance.safeguards.safeguard import Safeguard, word
from jazari.schema.inspection import Inspection
from jazari.schema.records import Finding

ENFORCED = "Each decision will be taken by a {who}, with reasons; `jazari decide` refuses a list copied without any."
COPIED = "{copied} of {decisions} decisions copied the list without reasons."
STAMPED = (
    "None of {decisions} decisions departed from the list, and half took less than {seconds} seconds each: "
    "the list decides, not the {who}."
)
REVIEWED = "A {who} took all {decisions} decisions with reasons, and departed from the list in {departed}."

ENOUGH = 30  # decisions: where one in ten departs from the list, none of 30 does so 4 times in 100
LEAST_SECONDS = 20.0  # enough to read a name and a reason, not a file


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

    def check(self, run: Inspection) -> Finding:
        """Before use: what will be enforced. After: whether the person decided.

        `history["decisions"]` holds `n`, `copied` (followed the list without reasons), `departed` (modified or
        overrode it) and `median_seconds` a case, null where the times were not recorded.
        """
        taken = run.history.get("decisions") or {}
        count, copied, departed = (int(taken.get(word, 0)) for word in ("n", "copied", "departed"))
        seconds = taken.get("median_seconds")
        if not count:
            return self.finding("not yet", ENFORCED, who=self.who)
        if copied:
            return self.finding("broken", COPIED, evidence=taken, copied=copied, decisions=count)
        if count >= ENOUGH and not departed and seconds is not None and seconds < LEAST_SECONDS:
            return self.finding(
                "broken", STAMPED, evidence=taken, who=self.who, decisions=count, seconds=round(LEAST_SECONDS)
            )
        return self.finding("holds", REVIEWED, evidence=taken, who=self.who, decisions=count, departed=departed)


def human_decides(who: str) -> HumanDecides:
    """Declare who decides: `human_decides("school head")`."""
    return HumanDecides(who)
