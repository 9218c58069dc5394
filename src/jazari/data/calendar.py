"""When a period starts, and what the prediction date of its rows is."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable

from jazari.core.errors import DataError
from jazari.core.periods import Duration
from jazari.schema.table import Table

_FORMS = re.compile(
    r"(?P<year>\d{4})"
    r"(?:-(?P<next>\d{4})|-(?P<month>\d{2})(?:-(?P<day>\d{2}))?|-W(?P<week>\d{2})|-Q(?P<quarter>[1-4]))?$"
)
_SEPTEMBER = 9


def start_of(label: str) -> datetime.date | None:
    """The first day of a period, or None where the label is none.

    A school year `2024-2025` starts on 1 September 2024. `2024`, `2024-Q3`, `2024-11`, `2024-W47` and `2024-11-22`
    start as ISO 8601-1:2019 says (a quarter as its first month).
    """
    match = _FORMS.match(label)
    if match is None:
        return None
    year = int(match["year"])
    try:
        if match["next"]:
            return datetime.date(year, _SEPTEMBER, 1) if int(match["next"]) == year + 1 else None
        if match["week"]:
            return datetime.date.fromisocalendar(year, int(match["week"]), 1)
        month = 3 * int(match["quarter"]) - 2 if match["quarter"] else int(match["month"] or 1)
        return datetime.date(year, month, int(match["day"] or 1))
    except ValueError:
        return None


def prediction_dates(table: Table, periods: Iterable[str]) -> dict[str, datetime.date]:
    """The prediction date of each period; of the empty period where the table declares none.

    Nothing where the table does not say when it predicts.

    Raises:
        DataError: JZ-327, the prediction date is a duration and there is no period to count it from.
    """
    if not table.predict_at:
        return {}
    labels = list(periods)
    if not table.predict_at.startswith("P"):
        day = datetime.date.fromisoformat(table.predict_at)
        return dict.fromkeys(labels or [""], day)
    if table.one("period") is None:
        raise DataError(
            "JZ-327", "the prediction date cannot be placed", where=f"table '{table.name}'",
            found=f"predict_at {table.predict_at} and no period",
            fix="declare a period, or write predict_at as a date.",
        )  # fmt: skip
    after = Duration.parse(table.predict_at)
    starts = {label: start_of(label) for label in labels}
    return {label: after.after(start) for label, start in starts.items() if start is not None}
