"""`no_future`: nothing that the engine read was known only after the prediction date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from jazari.governance.safeguards.safeguard import Safeguard, figure
from jazari.schema.inspection import Inspection
from jazari.schema.records import Finding

UNKNOWN = "Of the columns that the engine reads, {undated} of {columns} do not say when they are recorded."
FOREIGN = "It is not known which columns this model read."
BROKEN = "The system sorts people too well to be true (AUC {auc:.3f}): it has seen what came later."
HOLDS = "All {columns} columns that the engine reads were recorded before the prediction date."
EARLY = "{early} forecasts are of a time before they were issued: they have seen what came."
AHEAD = "Every forecast is of a time after it was issued, and was made from what had come by then alone."

TOO_GOOD = 0.995  # the same AUC at which one column alone is refused as a leak (JZ-319)


@dataclass(frozen=True)
class NoFuture(Safeguard):
    """The engine read no value that was not recorded on the prediction date."""

    name: ClassVar[str] = "no_future"

    def check(self, run: Inspection) -> Finding:
        """Read `evidence["no_future"]` of forecasts; else `evidence["auc"]` and the dates of recording.

        A column recorded later was refused already (JZ-213).

        Source: Kaufman et al., "Leakage in data mining", ACM TKDD 6(4), 2012.
        """
        looked: Any = run.evidence.get("no_future")
        if looked:
            return self.finding(
                "holds" if looked["holds"] else "broken", AHEAD if looked["holds"] else EARLY, evidence=dict(looked),
                early=looked["early"],
            )  # fmt: skip
        auc = figure(run.evidence, "auc")
        if auc is not None and auc["low"] > TOO_GOOD:
            return self.finding("broken", BROKEN, evidence={"auc": dict(auc)}, auc=float(auc["value"]))
        if run.table is None:
            return self.finding("not yet", FOREIGN)
        undated = [one.name for one in run.table.inputs if not one.known_at]
        counts = {"columns": len(run.table.inputs), "undated": len(undated)}
        if undated:
            return self.finding("not yet", UNKNOWN, evidence={"undated": undated}, **counts)
        return self.finding("holds", HOLDS, columns=counts["columns"])


def no_future() -> NoFuture:
    """Declare that nothing comes from the future: `no_future()`."""
    return NoFuture()
