"""`person_beats_site`: a list of persons finds more than a list of sites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jazari.governance.safeguards.safeguard import Safeguard, share


@dataclass(frozen=True)
class PersonBeatsSite(Safeguard):
    """Choosing persons beats choosing whole sites, for the same number of places.

    Source: Perdomo et al., "Difficult Lessons on Social Prediction from Wisconsin Public Schools" (arXiv 2304.06205).

    Attributes:
        by: The absolute gain in recall that is asked for, between 0 and 1.
    """

    by: float

    name: ClassVar[str] = "person_beats_site"

    def __post_init__(self) -> None:
        object.__setattr__(self, "by", share(self.name, "by", self.by))


def person_beats_site(*, by: float) -> PersonBeatsSite:
    """Declare the gain over a list of sites: `person_beats_site(by=0.05)`."""
    return PersonBeatsSite(by)
