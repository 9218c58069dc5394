"""A small table of events, states of it, and what its features should be by plain counting."""

import datetime
import itertools
from collections import defaultdict

import pyarrow as pa
import pytest

from jazari.data.events.state import create
from jazari.schema.events import Events, days_since, days_with, longest_run, share, total, trend, within

EPOCH = datetime.date(2025, 1, 1)
SCHEMA = pa.schema([
    ("pupil_id", pa.int64()), ("school", pa.string()), ("absent_on", pa.date32()), ("recorded_on", pa.date32()),
    ("kind", pa.string()), ("half_days", pa.float64()),
])  # fmt: skip


def declared(**changes):
    said = {
        "key": "pupil_id", "site": "school", "occurred_at": "absent_on", "recorded_at": "recorded_on",
        "kind": "kind", "kinds": ("unjustified", "justified"), "amount": "half_days", "holes": 1.0,
        "holidays": (("2025-01-13", "2025-01-17"),),
        "features": (
            within("last_7", days=7), within("last_30", days=30),
            within("unjustified_30", days=30, kinds=("unjustified",)),
            total("total"), share("unjustified_share", of=("unjustified",)), days_with("days"), longest_run("longest"),
            days_since("since"), trend("trend", days=14), share("share_14", of=("justified",), days=14),
        ),
    }  # fmt: skip
    return Events("attendance", **(said | changes))


def day(number):
    return EPOCH + datetime.timedelta(days=number)


def rows(listed):
    """A table of rows (key, day, lag of recording, kind, amount)."""
    made = [
        {"pupil_id": key, "school": f"s{key % 2}", "absent_on": day(at), "recorded_on": day(at + lag), "kind": kind,
         "half_days": amount}
        for key, at, lag, kind, amount in listed
    ]  # fmt: skip
    return pa.Table.from_pylist(made, schema=SCHEMA)


def _open(date, events):
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    held = any(first <= date.isoformat() <= last for first, last in events.holidays)
    return names[date.weekday()] not in events.closed and not held


def _longest(days, events):
    best = run = 0
    previous = None
    for one in sorted(days):
        if previous is None:
            apart = 2
        else:
            between = (previous + datetime.timedelta(days=n) for n in range(1, (one - previous).days + 1))
            apart = sum(_open(each, events) for each in between)
        run = 1 if apart > 1 else run + apart
        best, previous = max(best, run), one
    return best


def counted(listed, keys, as_of, events):
    """The features by plain counting: one dictionary a key."""
    records = defaultdict(list)
    for key, at, lag, kind, amount in listed:
        if at + lag <= as_of:
            records[key, at].append((at + lag, amount == 0, events.kinds.index(kind), -amount))
    effective = defaultdict(list)
    for (key, at), found in records.items():
        _, withdrawn, kind, amount = max(found)
        if not withdrawn:
            effective[key].append((at, kind, -amount))
    made = []
    for key in keys:
        mine = effective[key]

        def summed(start, stop, kind=None, mine=mine):
            return sum(a for d, k, a in mine if start <= as_of - d < stop and kind in (None, k))

        every, last_14 = summed(0, 9999), summed(0, 14)
        made.append({
            "pupil_id": key, "last_7": summed(0, 7), "last_30": summed(0, 30), "unjustified_30": summed(0, 30, 0),
            "total": every, "unjustified_share": summed(0, 9999, 0) / every if every else None, "days": len(mine),
            "longest": _longest([day(d) for d, _, _ in mine], events),
            "since": as_of - max(d for d, _, _ in mine) if mine else None, "trend": last_14 - summed(14, 28),
            "share_14": summed(0, 14, 1) / last_14 if last_14 else None,
        })  # fmt: skip
    return made


@pytest.fixture(scope="session")
def make(tmp_path_factory):
    """Make a state in a new folder: `make(keys, **changes of the declaration)`."""
    numbers = itertools.count()
    root = tmp_path_factory.mktemp("events")

    def made(keys=(1, 2, 3, 4, 5), **changes):
        folder = root / str(next(numbers))
        create(folder, declared(**changes), pa.table({"pupil_id": list(keys), "school": [f"s{k % 2}" for k in keys]}))
        return folder

    return made


@pytest.fixture(scope="session")
def words():
    """`rows`, `counted`, `declared` and `day` for the tests."""
    import types

    return types.SimpleNamespace(rows=rows, counted=counted, declared=declared, day=day)
