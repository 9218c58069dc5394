"""`notice`: whom a decision concerns is told, in their language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jazari.core.languages import known
from jazari.governance.safeguards.safeguard import Safeguard, word, words
from jazari.schema.inspection import Inspection
from jazari.schema.records import Finding

ENFORCED = (
    "Each decision will come with a notice to the {to}, in {languages}: what was decided, why, and the "
    "last day of each route."
)
MISSING = "A notice in {languages} was declared, and the use case does not speak it."
LATE = "{missing} of {decisions} decisions have no notice."
SENT = "All {decisions} decisions have their notice."


@dataclass(frozen=True)
class Notice(Safeguard):
    """The person concerned, or who speaks for them, gets a notice of each decision.

    Source: law 09-08 art. 5 and 7 (c); law 03-01 and law 55-19 art. 18 (reasons in writing). Never waivable.

    Attributes:
        to: Who gets it: `guardian`.
        languages: The languages it can be had in.
    """

    to: str
    languages: tuple[str, ...] = ("ar", "fr")

    name: ClassVar[str] = "notice"
    waivable: ClassVar[bool] = False

    def __post_init__(self) -> None:
        example = 'notice("guardian", languages=("ar", "fr"))'
        word(self.name, "who gets the notice", self.to, example)
        spoken = tuple(known(one) for one in words(self.name, "the list of languages", self.languages, example))
        object.__setattr__(self, "languages", spoken)

    def check(self, run: Inspection) -> Finding:
        """Before use: what will be enforced. After: `history["notices"]`, of `decisions` how many are `missing`."""
        unspoken = [one for one in self.languages if one not in run.languages]
        if unspoken:
            return self.finding("broken", MISSING, languages=", ".join(unspoken))
        counts = run.history.get("notices") or {}
        decisions, missing = int(counts.get("decisions", 0)), int(counts.get("missing", 0))
        if not decisions:
            return self.finding("not yet", ENFORCED, to=self.to, languages=", ".join(self.languages))
        if missing:
            return self.finding("broken", LATE, evidence=counts, missing=missing, decisions=decisions)
        return self.finding("holds", SENT, evidence=counts, decisions=decisions)


def notice(to: str, *, languages: tuple[str, ...] = ("ar", "fr")) -> Notice:
    """Declare who is told, and in which languages: `notice("guardian", languages=("ar", "zgh", "fr"))`."""
    return Notice(to, languages)
