"""Lists open for their purpose, area by area, and every opening is sealed before anybody sees a row."""

import dataclasses
import datetime

import pyarrow.parquet as pq
import pytest

from jazari.core.errors import JazariError, SafeguardError
from jazari.governance.events import create_ledger, open_ledger
from jazari.usecase.decisions.permission import run_at
from jazari.usecase.views import Listed, areas, open_list

PURPOSE = "Offer tutoring, transport or a grant before a pupil leaves."


@pytest.fixture
def ledger(tmp_path):
    create_ledger(tmp_path / "ledger", "test.example").close()
    return tmp_path / "ledger"


def views(ledger):
    with open_ledger(ledger) as opened:
        return [row["record"] for row in opened.records("view")]


def test_a_list_opens_area_by_area_and_every_opening_is_sealed(listed, ledger):
    rows = pq.read_table(listed.path / "list.parquet")
    selected = set(map(str, rows.filter(rows["selected"])["key"].to_pylist()))
    seen = []
    for area in areas(listed):
        part = open_list(listed, ledger, purpose="tutoring", officer="officer 1", area=area)
        assert [one.place for one in part] == list(range(1, len(part) + 1))
        seen += [one.key for one in part]
    assert (set(seen), len(seen)) == (selected, len(selected))
    ranks = dict(zip(map(str, rows["key"].to_pylist()), rows["rank"].to_pylist(), strict=True))
    assert [ranks[one.key] for one in part] == [one.place for one in part]
    assert [one["area"] for one in views(ledger)] == areas(listed)
    assert {one["purpose"] for one in views(ledger)} == {"tutoring"}


def test_an_officer_sees_the_offer_and_what_weighed_and_no_number(listed, ledger):
    part = open_list(listed, ledger, purpose=PURPOSE, officer="officer 1", area=areas(listed)[0])
    assert {one.name for one in dataclasses.fields(Listed)} == {"key", "place", "site", "help", "factors"}
    assert all(one.help == "tutoring" for one in part)
    assert any(one.factors.written for one in part)
    assert all("contribution" not in factor for one in part for factor in one.factors.written)


@pytest.mark.parametrize("purpose", ["sanction", " Admission ", "police", "", "tutoring and sanction"])
def test_no_list_opens_for_another_purpose(listed, ledger, purpose):
    with pytest.raises(SafeguardError) as error:
        open_list(listed, ledger, purpose=purpose, officer="officer 1", area=areas(listed)[0])
    assert error.value.code == "JZ-694"
    assert views(ledger) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"area": None}, "JZ-695"),
        ({"area": "nowhere"}, "JZ-696"),
        ({"officer": "  "}, "JZ-681"),
        ({"officer": "BK12345"}, "JZ-609"),
    ],
)
def test_no_list_opens_without_its_area_and_a_name(listed, ledger, change, code):
    said = {"purpose": "tutoring", "officer": "officer 1", "area": areas(listed)[0], **change}
    with pytest.raises(JazariError) as error:
        open_list(listed, ledger, **said)
    assert error.value.code == code
    assert views(ledger) == []


def test_no_list_opens_after_its_end(listed, ledger):
    with pytest.raises(SafeguardError, match="JZ-691"):
        open_list(
            listed, ledger, purpose="tutoring", officer="officer 1", area=areas(listed)[0],
            now=run_at(listed) + datetime.timedelta(days=400),
        )  # fmt: skip
