"""`gap_at_most`: a measure does not differ too much between groups of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from jazari.core.errors import DeclarationError, did_you_mean
from jazari.governance.safeguards.safeguard import Safeguard, figure, share, words
from jazari.schema.inspection import Inspection
from jazari.schema.records import Finding, State
from jazari.schema.table import Table

UNKNOWN = "Groups of {columns} cannot be compared: too few people, or not measured."
HOLDS = {
    "recall": "Of those concerned, the share listed differs by {gap:.1%} between groups of {column}; "
    "nothing shows more than {limit:.1%}.",
    "precision": "Of those listed, the share concerned differs by {gap:.1%} between groups of {column}; "
    "nothing shows more than {limit:.1%}.",
    "false_positive_rate": "Of those not concerned, the share listed differs by {gap:.1%} between groups of {column}; "
    "nothing shows more than {limit:.1%}.",
    "selection_rate": "Of all people, the share listed differs by {gap:.1%} between groups of {column}; "
    "nothing shows more than {limit:.1%}.",
    "calibration_error": "The error of the probabilities differs by {gap:.1%} between groups of {column}; "
    "nothing shows more than {limit:.1%}.",
}
BROKEN = {
    "recall": "Of those concerned, the share listed differs by {gap:.1%} between groups of {column}, "
    "and by more than {limit:.1%} even at the low end of its interval.",
    "precision": "Of those listed, the share concerned differs by {gap:.1%} between groups of {column}, "
    "and by more than {limit:.1%} even at the low end of its interval.",
    "false_positive_rate": "Of those not concerned, the share listed differs by {gap:.1%} between groups of {column}, "
    "and by more than {limit:.1%} even at the low end of its interval.",
    "selection_rate": "Of all people, the share listed differs by {gap:.1%} between groups of {column}, "
    "and by more than {limit:.1%} even at the low end of its interval.",
    "calibration_error": "The error of the probabilities differs by {gap:.1%} between groups of {column}, "
    "and by more than {limit:.1%} even at the low end of its interval.",
}
METRICS = tuple(HOLDS)
_PAIR = " × "


@dataclass(frozen=True)
class GapAtMost(Safeguard):
    """Largest minus smallest value of a measure, at the places, between the groups of each column.

    Broken where the lower end of the 95 % interval of that gap exceeds the limit: the largest of many differences is
    above 0 by chance alone, and a system is not blocked for chance.

    Attributes:
        limit: The largest gap, between 0 and 1.
        metric: The measure: one of `METRICS`.
        across: The audited columns, or pairs such as `sex × milieu`, each looked at by itself.
    """

    limit: float
    metric: str
    across: tuple[str, ...]

    name: ClassVar[str] = "gap_at_most"

    def __post_init__(self) -> None:
        object.__setattr__(self, "limit", share(self.name, "limit", self.limit))
        if self.metric not in METRICS:
            raise DeclarationError(
                "JZ-235", f"gap_at_most knows no measure '{self.metric}'", where="safeguard 'gap_at_most'",
                found=repr(self.metric),
                fix=f"{did_you_mean(str(self.metric), METRICS)}Choose one of {', '.join(METRICS)}.",
            )  # fmt: skip
        example = 'gap_at_most(0.10, metric="recall", across=("sex", "milieu"))'
        object.__setattr__(self, "across", words(self.name, "across", self.across, example))

    def fit_to(self, table: Table) -> None:
        """Refuse a column that the audit does not read.

        Raises:
            DeclarationError: JZ-236.
        """
        audited = [one.name for one in table.audited]
        for word in (word for margin in self.across for word in margin.split(_PAIR)):
            if word not in audited:
                raise DeclarationError(
                    "JZ-236", f"gap_at_most looks across '{word}', which is no audited column",
                    where=f"table '{table.name}'", found=", ".join(audited) or "no audited column",
                    fix=f'{did_you_mean(word, audited)}Otherwise declare it: audited("{word}", "...").',
                )  # fmt: skip

    def check(self, run: Inspection) -> Finding:
        """Read `evidence["groups"][column]["gaps"][metric]` for each column."""
        gaps = {column: figure(run.evidence, "groups", column, "gaps", self.metric) for column in self.across}
        known = {column: gap for column, gap in gaps.items() if gap is not None}
        evidence = {"metric": self.metric, "gaps": {column: dict(gap) for column, gap in known.items()}}
        broken = {column: gap for column, gap in known.items() if gap["low"] > self.limit}
        if broken:
            return self._judged("broken", BROKEN[self.metric], broken, evidence)
        if len(known) < len(gaps):
            unknown = ", ".join(column for column in gaps if column not in known)
            return self.finding("not yet", UNKNOWN, evidence=evidence, columns=unknown)
        return self._judged("holds", HOLDS[self.metric], known, evidence)

    def _judged(
        self, state: State, sentence: str, gaps: Mapping[str, Mapping[str, Any]], evidence: Mapping[str, Any]
    ) -> Finding:
        """The finding on the widest of these gaps."""
        column = max(sorted(gaps), key=lambda one: gaps[one]["value"])
        gap = float(gaps[column]["value"])
        return self.finding(state, sentence, evidence=evidence, column=column, gap=gap, limit=self.limit)


def gap_at_most(limit: float, *, metric: str, across: tuple[str, ...]) -> GapAtMost:
    """Declare the largest gap: `gap_at_most(0.10, metric="recall", across=("sex", "milieu"))`."""
    return GapAtMost(limit, metric, across)
