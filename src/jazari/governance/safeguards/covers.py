"""`covers`: of 100 readings, as many fall inside the band of a forecast as it promised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist, median
from typing import Any, ClassVar

from jazari.core.errors import DeclarationError
from jazari.governance.safeguards.safeguard import Safeguard, figure, share, word
from jazari.schema.inspection import Inspection
from jazari.schema.records import Finding
from jazari.schema.table import Table

UNKNOWN = "How many readings fall inside the band that should hold {level:.0%} was not measured."
HOLDS = (
    "Inside the band that should hold {level:.0%} of readings fell {low:.1%} to {high:.1%}, series by series; "
    "nothing shows that one is off by more than {within:.1%}."
)
BROKEN = (
    "Inside the band that should hold {level:.0%} of readings fell {share:.1%} in series '{series}': off by more than "
    "{within:.1%}, even at the near end of its interval. Series of which this is so: {count} of {all}."
)
_MANY = 1000  # origins, where it is not said how many there were


@dataclass(frozen=True)
class Covers(Safeguard):
    """The share of readings inside a central band is what was promised, give or take.

    Attributes:
        level: The share that the band should hold, between 0 and 1.
        within: How far the share may be off, between 0 and 1.
        by: The series column, each of whose series must hold by itself; empty: all of them together.
    """

    level: float
    within: float
    by: str = ""

    name: ClassVar[str] = "covers"

    def __post_init__(self) -> None:
        object.__setattr__(self, "level", share(self.name, "level", self.level))
        object.__setattr__(self, "within", share(self.name, "within", self.within))
        if self.by:
            object.__setattr__(self, "by", word(self.name, "by", self.by, 'by="zone"'))

    def fit_to(self, table: Table) -> None:
        """Refuse a column that names no series.

        Raises:
            DeclarationError: JZ-245.
        """
        if self.by and table.column(self.by).role != "series":
            raise DeclarationError(
                "JZ-245", f"covers looks series by series, and '{self.by}' names no series",
                where=f"table '{table.name}'", found=table.column(self.by).role,
                fix=f'declare series("{self.by}"), or leave by= out for all series together.',
            )  # fmt: skip

    def check(self, run: Inspection) -> Finding:
        """Read `evidence["coverage_interval"][level]`, or `evidence["coverage"][level]` where no interval was made."""
        shares = _figures(run.evidence, f"{self.level:g}")
        if not shares:
            return self.finding("not yet", UNKNOWN, level=self.level)
        if not self.by:
            mean = sum(one["value"] for one in shares.values()) / len(shares)
            shares = {"all": {"value": mean, "low": mean, "high": mean}}
        shares = _judged_together(shares, (run.evidence.get("origins") or {}).get("count"))
        off = {name: one for name, one in shares.items() if self._is_off(one)}
        values = [one["value"] for one in shares.values()]
        evidence = {"level": self.level, "off": {name: dict(one) for name, one in sorted(off.items())[:20]}}
        if off:
            worst = max(sorted(off), key=lambda name: abs(off[name]["value"] - self.level))
            return self.finding(
                "broken", BROKEN, evidence=evidence, level=self.level, within=self.within, series=worst,
                share=float(off[worst]["value"]), count=len(off), all=len(shares),
            )  # fmt: skip
        return self.finding(
            "holds", HOLDS, evidence=evidence, level=self.level, within=self.within, low=min(values), high=max(values)
        )

    def _is_off(self, one: Mapping[str, Any]) -> bool:
        """Whether the whole interval of a share lies outside what is allowed: nobody is blocked for chance."""
        far = 1e-9  # 0.77 is within 0.03 of 0.80, whatever binary makes of it
        return bool(one["low"] > self.level + self.within + far or one["high"] < self.level - self.within - far)


def _judged_together(shares: Mapping[str, Mapping[str, Any]], origins: int | None) -> dict[str, Mapping[str, Any]]:
    """Shares with intervals that hold for all series at once: of many, one in 20 lies outside its own by chance alone.

    An interval is at least as wide as the usual one: a few days that all fell inside a band say little of it.

    Source: O. J. Dunn, Journal of the American Statistical Association 56 (1961) 52-64 (Bonferroni).
    """
    if len(shares) < 2:  # noqa: PLR2004  one alone is judged by its own interval
        return dict(shares)
    from scipy.special import stdtrit

    half = {name: (one["high"] - one["low"]) / 2 for name, one in shares.items()}
    usual = median(half.values())
    wider = float(stdtrit(max((origins or _MANY) - 1, 1), 1 - 0.025 / len(shares))) / NormalDist().inv_cdf(0.975)
    return {
        name: {**one, "low": one["value"] - wider * max(half[name], usual),
               "high": one["value"] + wider * max(half[name], usual)}
        for name, one in shares.items()
    }  # fmt: skip


def _figures(evidence: Mapping[str, Any], level: str) -> dict[str, Mapping[str, Any]]:
    """The share of each series as a figure."""
    intervals = (evidence.get("coverage_interval") or {}).get(level) or {}
    plain = (evidence.get("coverage") or {}).get(level) or {}
    figures = {name: figure(intervals, name) for name in intervals} if intervals else {}
    if not intervals:
        figures = {name: figure({"it": {"value": one}}, "it") for name, one in plain.items()}
    return {name: one for name, one in figures.items() if one is not None}


def covers(level: float, *, within: float, by: str = "") -> Covers:
    """Declare what a band must hold: `covers(0.80, within=0.03, by="zone")`."""
    return Covers(level, within, by)
