"""Where periods start."""

import datetime

import pytest

from jazari.data.calendar import prediction_dates, start_of
from jazari.schema.columns import column, period
from jazari.schema.table import Table


@pytest.mark.parametrize(
    ("label", "start"),
    [
        ("2024-2025", "2024-09-01"), ("2024", "2024-01-01"), ("2024-11", "2024-11-01"), ("2024-Q3", "2024-07-01"),
        ("2026-W01", "2025-12-29"), ("2024-02-29", "2024-02-29"), ("2024-2026", None), ("2024-13", None),
        ("2025-02-29", None),
        ("2024-W54", None), ("autumn", None), ("", None),
    ],
)  # fmt: skip
def test_a_period_starts_where_the_standard_says(label, start):
    assert start_of(label) == (datetime.date.fromisoformat(start) if start else None)


def test_a_prediction_date_lies_in_its_period():
    table = Table("t", period("year"), column("x"), predict_at="P3M20D")
    assert prediction_dates(table, ["2024-2025"]) == {"2024-2025": datetime.date(2024, 12, 21)}
    fixed = Table("t", column("x"), predict_at="2025-12-20")
    assert prediction_dates(fixed, []) == {"": datetime.date(2025, 12, 20)}
    assert prediction_dates(Table("t", column("x")), []) == {}
