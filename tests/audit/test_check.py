"""What cannot be audited honestly is refused with a code; what can is warned of."""

import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from jazari.audit.predictions import check
from jazari.core.errors import DataError

ERRORS = Path(__file__).parents[2] / "docs" / "errors"


def put(table, name, values):
    names = table.column_names
    return table.set_column(names.index(name), name, values) if name in names else table.append_column(name, values)


@pytest.fixture(scope="module")
def small(population):
    return population(300)


SPOILT = {
    "JZ-502": lambda table: table.slice(0, 10),
    "JZ-503": lambda table: put(table, "outcome", pa.array([None, *table["outcome"].to_pylist()[1:]])),
    "JZ-504": lambda table: put(table, "outcome", pa.array([False] * 300)),
    "JZ-505": lambda table: put(table, "probability", pa.array([None, *table["probability"].to_pylist()[1:]])),
    "JZ-506": lambda table: put(table, "probability", pa.array(np.linspace(-1, 1, 300))),
    "JZ-507": lambda table: put(table, "pseudonym", pa.array(["a", "a", *table["pseudonym"].to_pylist()[2:]])),
    "JZ-508": lambda table: put(table, "period", pa.array(["2031-2032"] * 300)),
    "JZ-509": lambda table: put(table, "selected", pa.array([True] * 300)),
}


@pytest.mark.parametrize("code", SPOILT)
def test_spoilt_predictions_are_refused(small, code, measured):
    with pytest.raises(DataError, match=code) as refused:
        measured(SPOILT[code](small))
    assert refused.value.exit_code == 3
    assert refused.value.fix
    assert (ERRORS / f"{code}.md").is_file()


@pytest.mark.parametrize("name", ["pseudonym", "outcome", "selected", "sex", "territory"])
def test_an_absent_column_is_named(small, name, measured):
    with pytest.raises(DataError, match=f"JZ-501.*{name}"):
        measured(small.drop_columns([name]))


@pytest.mark.parametrize(("name", "values"), [("outcome", ["yes"] * 300), ("probability", ["0.5"] * 300)])
def test_a_column_of_the_wrong_type_is_refused(small, name, values):
    with pytest.raises(DataError, match="JZ-501"):
        check(put(small, name, pa.array(values)))


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_nan_and_infinity_are_missing_predictions(small, bad):
    with pytest.raises(DataError, match="JZ-505"):
        check(put(small, "probability", pa.array([bad, *small["probability"].to_pylist()[1:]])))


def test_one_person_in_two_periods_is_no_double(small):
    assert check(put(pa.concat_tables([small, small]), "period", pa.array(["2023"] * 300 + ["2024"] * 300))) == []


@pytest.mark.parametrize(
    ("period", "future"),
    [("2026-2027", False), ("2027-2028", True), ("2026-12", True), ("2026-11", False), ("2027", True), ("T1", False)],
)
def test_a_period_is_in_the_future_once_it_starts_after_today(small, period, future):
    table, today = put(small, "period", pa.array([period] * 300)), datetime.date(2026, 11, 22)
    if future:
        with pytest.raises(DataError, match="JZ-508"):
            check(table, today=today)
    else:
        assert check(table, today=today) == []


def test_one_group_only_is_a_warning_and_has_no_gap(small, measured):
    found = measured(put(small, "sex", pa.array(["f"] * 300)), ("sex",))
    assert [one["code"] for one in found["warnings"]] == ["JZ-510"]
    assert found["groups"]["sex"]["gaps"]["recall"] is None


def test_groups_of_one_are_a_warning_and_stay_hidden(small, measured):
    found = measured(put(small, "sex", pa.array(["x", *small["sex"].to_pylist()[1:]])), ("sex",))
    assert [one["code"] for one in found["warnings"]] == ["JZ-511"]
    assert {"values": {"sex": "x"}, "suppressed": True} in found["groups"]["sex"]["groups"]


def test_few_sites_are_a_warning_and_under_five_are_not_drawn(population, measured):
    few, fewer = measured(population(500, sites=12)), measured(population(500, sites=3))
    assert few["warnings"][0]["code"] == fewer["warnings"][0]["code"] == "JZ-512"
    assert few["bootstrap"]["unit"] == "site"
    assert fewer["bootstrap"]["unit"] == "person"


def test_warnings_have_pages(small):
    table = put(put(small, "sex", pa.array(["f"] * 300)), "site", pa.array(["a", "b"] * 150))
    for one in check(table, ("sex",)):
        assert (Path(__file__).parents[2] / one["more"]).is_file()
        assert one["sentence"].format(**one["values"])
