"""What predictions must be before anything is measured on them, and what is only worth a warning."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jazari.audit.suppression import FEWEST, is_small
from jazari.core.errors import DataError, did_you_mean

REQUIRED = ("pseudonym", "outcome", "selected")
FEW_SITES = 30
FEWEST_SITES = 5
_NUMBERS = ("probability", "score", "baseline", "challenger", "site_rate")
_WHERE = "predictions"
_STARTS = re.compile(r"(\d{4})(?:-(\d{2})(?!\d))?(?:-(\d{2})(?!\d))?")

# Sentences of the catalogues.
ONE_GROUP = "Column '{column}' holds one group only, so no gap can be measured."
SMALL_GROUPS = "{groups} groups of '{column}' have fewer than {fewest} people; their figures are not shown."
FEW_SITES_SENTENCE = "There are only {sites} sites, so the intervals by site are rough."
TOO_FEW_SITES = "There are only {sites} sites, so the intervals are drawn by person and not by site."


def check(
    table: pa.Table, audited: Sequence[str] = (), *, area: str | None = None, today: datetime.date | None = None
) -> list[dict[str, Any]]:
    """Refuse predictions that cannot be audited honestly; warn of those that can, but show less.

    Args:
        table: The predictions, in the columns of `predictions.parquet`.
        audited: The audited columns, by name.
        area: The column that cuts the areas of the places.
        today: The day after which a period is in the future; left out, today.

    Returns:
        Warnings as `{code, sentence, values, more}`; the sentence is a key of the catalogues.

    Raises:
        DataError: JZ-501 a column is absent or of the wrong type, JZ-502 too few people, JZ-503 missing outcomes,
            JZ-504 outcomes all equal, JZ-505 missing predictions, JZ-506 probabilities outside [0, 1], JZ-507
            duplicated keys, JZ-508 a period in the future, JZ-509 a list of nobody or of everybody.
    """
    _columns(table, (*REQUIRED, *audited, *([] if area is None else [area])))
    _outcomes(table)
    _predictions(table)
    _keys(table)
    _periods(table, today or datetime.datetime.now(tz=datetime.UTC).date())
    _list(table)
    return [*_groups(table, audited), *_sites(table)]


def _columns(table: pa.Table, needed: Sequence[str]) -> None:
    names = table.column_names
    for name in needed:
        if name not in names:
            raise DataError(
                "JZ-501", f"predictions have no column '{name}'", where=_WHERE, found=", ".join(names) or "no column",
                fix=f"{did_you_mean(name, names)}Otherwise add it; docs/reference/evidence-json.md lists the columns.",
            )  # fmt: skip
    numbers = [(name, pa.types.is_floating, "numbers (float)") for name in _NUMBERS]
    flags = [(name, pa.types.is_boolean, "true or false") for name in ("outcome", "selected")]
    for name, fits, words in (*numbers, *flags):
        if name in names and not (fits(table[name].type) or pa.types.is_null(table[name].type)):
            raise DataError(
                "JZ-501", f"column '{name}' of the predictions must hold {words}", where=_WHERE,
                found=str(table[name].type), fix="convert the column before the audit.",
            )  # fmt: skip


def _outcomes(table: pa.Table) -> None:
    people, missing = table.num_rows, table["outcome"].null_count
    if people < FEWEST:
        raise DataError(
            "JZ-502", "there are too few people to audit", where=_WHERE, found=f"{people} people",
            fix=f"bring the predictions on at least {FEWEST} people; fewer could be recognised in the figures.",
        )  # fmt: skip
    if missing:
        raise DataError(
            "JZ-503", "outcomes are missing", where=_WHERE, found=f"{missing} of {people} people without an outcome",
            fix="leave out the people whose outcome is not known yet, and say so.",
        )  # fmt: skip
    if len(pc.unique(table["outcome"])) == 1:
        found = "everybody with the outcome" if table["outcome"][0].as_py() else "nobody with the outcome"
        raise DataError(
            "JZ-504", "all outcomes are equal, so nothing can be told apart", where=_WHERE, found=found,
            fix="check which values mean that the outcome happened, and that the period is over.",
        )  # fmt: skip


def _predictions(table: pa.Table) -> None:
    for name in ("probability", "score", "challenger", "selected"):
        if name not in table.column_names:
            continue
        missing = table[name].null_count
        if pa.types.is_floating(table[name].type):
            missing += pc.sum(pc.invert(pc.is_finite(table[name]))).as_py() or 0
        if missing and (missing < table.num_rows or name == "selected"):
            raise DataError(
                "JZ-505", f"predictions are missing in column '{name}'", where=_WHERE,
                found=f"{missing} of {table.num_rows} people without a number",
                fix="give everybody a prediction, or nobody.",
            )  # fmt: skip
    if "probability" not in table.column_names:
        return
    outside = pc.sum(pc.or_(pc.less(table["probability"], 0.0), pc.greater(table["probability"], 1.0))).as_py() or 0
    if outside:
        raise DataError(
            "JZ-506", "probabilities lie outside [0, 1]", where=_WHERE, found=f"{outside} of {table.num_rows} people",
            fix="if these are scores that only rank, name the column 'score'; the audit then leaves calibration out.",
        )  # fmt: skip


def _keys(table: pa.Table) -> None:
    keys = ["pseudonym", "period"] if "period" in table.column_names else ["pseudonym"]
    missing = table["pseudonym"].null_count
    double = table.num_rows - table.select(keys).group_by(keys).aggregate([]).num_rows
    if double or missing:
        raise DataError(
            "JZ-507", "each person stands once in a period, under a key", where=_WHERE,
            found=f"{double} rows that repeat a key, {missing} without one",
            fix="keep one prediction a person and period; if folds repeat people, keep the held-out one.",
        )  # fmt: skip


def _periods(table: pa.Table, today: datetime.date) -> None:
    if "period" not in table.column_names:
        return
    for period in pc.unique(table["period"]).to_pylist():
        start = _STARTS.match(str(period or ""))
        if start and datetime.date(max(int(start[1]), 1), _month(start[2]), 1) > today:
            raise DataError(
                "JZ-508", "a period lies in the future, so its outcomes cannot be known", where=_WHERE,
                found=f"{period}, on {today.isoformat()}", fix="leave the period out, or correct it.",
            )  # fmt: skip


def _month(text: str | None) -> int:
    """The month of a period, 1 where it has none: 2024-2025 starts in 2024."""
    return min(max(int(text), 1), 12) if text else 1


def _list(table: pa.Table) -> None:
    listed = int(pc.sum(table["selected"]).as_py() or 0)
    if listed in (0, table.num_rows):
        raise DataError(
            "JZ-509", f"the list holds {'everybody' if listed else 'nobody'}", where=_WHERE,
            found=f"{listed} of {table.num_rows} people listed",
            fix="declare fewer places than people, and at least one.",
        )  # fmt: skip


def _groups(table: pa.Table, audited: Sequence[str]) -> list[dict[str, Any]]:
    warnings = []
    for name in audited:
        sizes = pc.value_counts(table[name].cast(pa.string())).field("counts").to_numpy()
        if len(sizes) == 1:
            warnings.append(_warning("JZ-510", ONE_GROUP, column=name))
        few = int(is_small(np.asarray(sizes)).sum())
        if few:
            warnings.append(_warning("JZ-511", SMALL_GROUPS, column=name, groups=few, fewest=FEWEST))
    return warnings


def _sites(table: pa.Table) -> list[dict[str, Any]]:
    if "site" not in table.column_names or table["site"].null_count == table.num_rows:
        return []
    sites = int(pc.count_distinct(table["site"], mode="all").as_py())
    if sites < FEWEST_SITES:
        return [_warning("JZ-512", TOO_FEW_SITES, sites=sites)]
    return [_warning("JZ-512", FEW_SITES_SENTENCE, sites=sites)] if sites < FEW_SITES else []


def _warning(code: str, sentence: str, **values: Any) -> dict[str, Any]:
    return {"code": code, "sentence": sentence, "values": values, "more": f"docs/errors/{code}.md"}
