"""Split: which rows fit, which calibrate, which are held out. By period where there is one: the future never leaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jazari.core.errors import DataError
from jazari.data.snapshot import Snapshot
from jazari.schema.records import Rows
from jazari.schema.table import Table

LEAST_PERIODS = 3


@dataclass(frozen=True)
class Split:
    """How the rows are divided.

    Attributes:
        by: `period`; else `site`, folds of whole sites; else `stratified`, folds with the same share of outcomes.
        fit: The periods that fit.
        calibrate: The period that calibrates.
        test: The period held out.
        listed: The period that is listed: the last of the table, its outcome known or not.
        folds: The number of folds, where there are no periods.
        seed: Where the folds start.
    """

    by: str
    fit: tuple[str, ...] = ()
    calibrate: str = ""
    test: str = ""
    listed: str = ""
    folds: int = 0
    seed: int = 0

    def as_json(self) -> dict[str, Any]:
        """The split as it stands in `evidence.json`."""
        if self.by == "period":
            return {
                "method": self.by, "fit": list(self.fit), "calibrate": self.calibrate, "test": self.test,
                "listed": self.listed,
            }  # fmt: skip
        return {"method": self.by, "folds": self.folds, "seed": self.seed}


@dataclass(frozen=True)
class Known:
    """The rows whose outcome is known."""

    rows: Rows
    outcome: str

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that can be read."""
        return self.rows.names

    def count(self) -> int:
        """The number of rows with a known outcome."""
        return sum(batch.num_rows for batch in self.batches([self.outcome]))

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows in their order, without those whose outcome is not known yet."""
        wanted = list(columns) if columns is not None else None
        read = wanted if wanted is None or self.outcome in wanted else [*wanted, self.outcome]
        for batch in self.rows.batches(read):
            kept = batch.filter(pc.is_valid(batch[self.outcome]))
            if kept.num_rows:
                yield kept if wanted is None else kept.select(wanted)


def split(table: Table, snapshot: Snapshot, *, folds: int, seed: int) -> Split:
    """Divide the rows of a table: by period from three known periods on, else by folds.

    With periods the model is fitted on all but the last two, calibrated on the last but one, and measured on the last.

    Raises:
        DataError: JZ-370, too few rows of either outcome for the folds asked for.
    """
    known = _known_by_period(table, snapshot)
    periods = sorted(period for period, counts in known.items() if period and counts[True] and counts[False])
    if len(periods) >= LEAST_PERIODS:
        return Split("period", tuple(periods[:-2]), periods[-2], periods[-1], max(snapshot.periods))
    totals = sum(known.values(), Counter())
    fewest = min(totals[True], totals[False])
    if folds < 2 or fewest < folds:  # noqa: PLR2004  a fold needs another to be held out from
        raise DataError(
            "JZ-370", f"too few rows to hold {folds} folds out", where=f"table '{table.name}'",
            found=f"{fewest} rows of the rarer outcome", fix="bring more rows, or ask for fewer folds: --set folds=2.",
        )  # fmt: skip
    return Split("site" if table.one("site") else "stratified", folds=folds, seed=seed)


def _known_by_period(table: Table, snapshot: Snapshot) -> dict[str, Counter[bool]]:
    outcome, period = table.of_role("outcome")[0].name, table.one("period")
    counts: dict[str, Counter[bool]] = {}
    for batch in snapshot.batches([outcome, *([period.name] if period else [])]):
        happened = batch[outcome]
        labels = batch[period.name].cast(pa.string()) if period else pa.nulls(batch.num_rows, pa.string())
        for label in pc.unique(labels).to_pylist():
            here = pc.is_null(labels) if label is None else pc.fill_null(pc.equal(labels, label), fill_value=False)
            chosen = happened.filter(here)
            true = int(pc.sum(chosen).as_py() or 0)
            known = len(chosen) - chosen.null_count
            counts.setdefault(label or "", Counter()).update({True: true, False: known - true})
    return counts


def fold_of(how: Split, outcome: np.ndarray[Any, Any], site: np.ndarray[Any, Any] | None) -> np.ndarray[Any, Any]:
    """The fold of every row, from 0 (shape (n,), int64).

    Args:
        how: The split.
        outcome: Whether it happened, shape (n,).
        site: The site of every row, where folds keep sites whole.
    """
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    grouped = how.by == "site" and site is not None
    maker = StratifiedGroupKFold if grouped else StratifiedKFold
    cut = maker(n_splits=how.folds, shuffle=True, random_state=how.seed)
    folds = np.zeros(len(outcome), dtype=np.int64)
    for number, (_, held_out) in enumerate(cut.split(outcome, outcome, groups=site if grouped else None)):
        folds[held_out] = number
    return folds
