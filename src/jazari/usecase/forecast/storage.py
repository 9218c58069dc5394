"""Storage: the question how much water a reservoir will hold, and how likely it falls under a declared level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from jazari.core.errors import DeclarationError
from jazari.core.periods import Duration
from jazari.schema.table import Table
from jazari.usecase.forecast.question import overridden, refuse_no_clock, refuse_no_numbers


@dataclass(frozen=True, kw_only=True)
class Storage:
    """Ask for storage and inflow of reservoirs ahead, day by day, with the probability of scarcity.

    Attributes:
        of: The column of storage at the start of each day, Mm3.
        inflow: Mm3 a day.
        demand: Mm3 a day.
        evaporation: Millimetres a day that an open surface loses.
        full: Storage at the full level, Mm3; the same in every row of a reservoir, as `dead` and `area`.
        dead: Storage under which nothing can be released, Mm3.
        area: Surface at the full level, km2.
        under: The level of scarcity, as a share of the full storage, between 0 and 1.
        ahead: How far each forecast looks.
        alerts: By when falling under the level is foretold and scored, each within `ahead`.
        every_days: Days between two origins of the audit.
        test_days: How many of the last days the audit is made on.
        paths: How many paths of inflow are drawn at each origin.

    Raises:
        DeclarationError: JZ-246.
    """

    ability: ClassVar[str] = "storage"
    about_people: ClassVar[bool] = False

    of: str
    inflow: str
    demand: str
    evaporation: str
    full: str = "full"
    dead: str = "dead"
    area: str = "area"
    under: float = 0.30
    ahead: str = "P90D"
    alerts: tuple[str, ...] = ("P30D", "P90D")
    every_days: int = 30
    test_days: int = 1095
    paths: int = 500

    def __post_init__(self) -> None:
        late = [one for one in self.alerts if not 0 < _days(one) <= self.steps]
        if not 0 < self.under < 1 or late or not self.alerts or min(self.every_days, self.test_days, self.paths) < 1:
            raise DeclarationError(
                "JZ-246", "alerts are of a level between empty and full, by a day within the horizon",
                where="engine=Storage(...)", found=f"under {self.under}, alerts {self.alerts}, ahead {self.ahead}",
                fix='write under=0.30, ahead="P90D", alerts=("P30D", "P90D").',
            )  # fmt: skip

    @property
    def steps(self) -> int:
        """The horizon in days."""
        return _days(self.ahead)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read, storage first."""
        return (self.of, self.inflow, self.demand, self.evaporation, self.full, self.dead, self.area)

    def fit_to(self, table: Table) -> None:
        """Refuse a table without a time, or one of whose columns holds no number (JZ-240)."""
        refuse_no_clock(table, "Storage")
        refuse_no_numbers(table, self.columns, "Storage")

    def overridden(self, settings: Mapping[str, str]) -> Storage:
        """The same question with settings from the command line.

        Raises:
            DeclarationError: JZ-224, JZ-246.
        """
        changed: Storage = overridden(self, settings, fixed=("of", "alerts"))
        return changed


def _days(text: str) -> int:
    return round(Duration.parse(text).days_at_least())
