"""Help: what is offered, how many places, where. A list without help is refused."""

from __future__ import annotations

from dataclasses import dataclass

from jazari.core.errors import DeclarationError
from jazari.schema.columns import Label


@dataclass(frozen=True)
class Places:
    """Places of a help, and the area in which they are given out.

    Attributes:
        what: The help, in one word: `tutoring`.
        share: The places as a share of the people of an area, between 0 and 1; or
        count: the places as a number an area.
        of: The column that cuts the areas: the site, the territory or an audited column. Empty: one area, everybody.
        label: What a person reads.
    """

    what: str
    share: float | None = None
    count: int | None = None
    of: str = ""
    label: Label = ""

    def __post_init__(self) -> None:
        wrong = ""
        if (self.share is None) == (self.count is None):
            wrong = "say a share or a count of places, one of the two"
        elif self.share is not None and not 0 < self.share < 1:
            wrong = "a share of places lies between 0 and 1"
        elif self.count is not None and self.count < 1:
            wrong = "a count of places is at least 1"
        elif not self.what:
            wrong = "say what is offered"
        if wrong:
            raise DeclarationError(
                "JZ-215", wrong, where=f"help '{self.what}'", found=f"share {self.share}, count {self.count}",
                fix='write places("tutoring", share=0.04, of="commune").',
            )  # fmt: skip


def places(
    what: str, *, share: float | None = None, count: int | None = None, of: str = "", label: Label = ""
) -> Places:
    """Declare a help: `places("tutoring", share=0.04, of="commune")`."""
    return Places(what, share, count, of, label)
