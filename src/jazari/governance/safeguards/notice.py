"""`notice`: whom a decision concerns is told, in their language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jazari.core.languages import known
from jazari.governance.safeguards.safeguard import Safeguard, word, words


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


def notice(to: str, *, languages: tuple[str, ...] = ("ar", "fr")) -> Notice:
    """Declare who is told, and in which languages: `notice("guardian", languages=("ar", "zgh", "fr"))`."""
    return Notice(to, languages)
