"""Series of a source, laid on their clock: in groups that are read, forecast and measured one after another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np

from jazari.core.errors import DataError
from jazari.data.files import Scratch
from jazari.engines.forecast import packed
from jazari.engines.forecast.inspection import refuse_none
from jazari.engines.forecast.panel import Panel, Remark
from jazari.usecase.forecast.question import Forecast
from jazari.usecase.forecast.sums import with_sums


@dataclass(frozen=True)
class Held:
    """A group of series that lies in memory; `sums` says which of them are sums of which."""

    panel: Panel
    sums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def read(self) -> tuple[Panel | None, list[Remark]]:
        """Its series; what was found in them was said when the table was read."""
        return self.panel, []


@dataclass(frozen=True)
class Packed:
    """A group of series in a packed file; `ahead` None leaves none of them out."""

    group: packed.Group
    ahead: int | None
    country: str

    def read(self) -> tuple[Panel | None, list[Remark]]:
        """Its series that go on, None where none does, and what was found in them."""
        return self.group.read(ahead=self.ahead, country=self.country)

    @property
    def sums(self) -> Mapping[str, tuple[str, ...]]:
        """None of them is a sum of others."""
        return {}


Group = Held | Packed


@dataclass(frozen=True)
class Series:
    """The series of a source.

    Attributes:
        parts: Its groups.
        remarks: What was found while the table was read; a packed group says what was found when it is read.
        groups: Audited or territory column -> series -> value: who is served.
        columns: Where they were read from: `time`, `series` (empty for a wide table), `values`, `known`.
        averaged: How many readings stood in one step.
        rows: How many rows the source has.
        fingerprint: The SHA-256 of the data.
        scratch: Where what does not fit in memory is written, until a dossier takes it.
    """

    parts: tuple[Group, ...]
    remarks: tuple[Remark, ...]
    groups: Mapping[str, Mapping[str, str]]
    columns: Mapping[str, Any]
    averaged: int
    rows: int
    fingerprint: str
    periods: Sequence[str] = ()
    recorded_late: Mapping[str, float] = field(default_factory=dict)
    scratch: Scratch = field(default_factory=Scratch)

    def count(self) -> int:
        """How many rows were read."""
        return self.rows

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.scratch.close()

    def described(self, read: Read | None = None) -> dict[str, Any]:
        """What a card says of the reading: columns, step, averages, remarks; every group is read where none was."""
        found = read or _read(self.parts)
        return {
            "columns": dict(self.columns),
            "averaged": self.averaged,
            "rows": self.rows,
            "series": found.series,
            "first": found.first,
            "last": found.last,
            "remarks": [one.as_json() for one in (*self.remarks, *found.remarks)],
            "groups": {name: dict(one) for name, one in self.groups.items()},
        }

    def whole(self) -> Panel:
        """All series in one panel: for new readings, which are few.

        Raises:
            DataError: JZ-389, no series is left.
        """
        panels = [panel for panel, _ in (each.read() for each in self.parts) if panel is not None]
        if not panels:
            raise DataError("JZ-389", "no series is left to forecast", found="no reading",
                            fix="bring readings of the series that the dossier forecasts.")  # fmt: skip
        if len(panels) == 1:
            return panels[0]
        names = tuple(name for each in panels for name in each.names)
        return replace(panels[0], values=np.concatenate([each.values for each in panels]), names=names)


@dataclass(frozen=True)
class Read:
    """What was found by reading every group: how many series go on, from when to when, and the remarks."""

    series: int
    first: str
    last: str
    remarks: tuple[Remark, ...]


def _read(parts: Iterable[Group]) -> Read:
    count, first, last, remarks = 0, "", "", []
    for part in parts:
        panel, found = part.read()
        remarks += found
        if panel is not None:
            count += len(panel.names)
            first, last = str(panel.times[0]), str(panel.times[-1])
    refuse_none(np.array([count > 0]), remarks)
    return Read(count, first, last, tuple(remarks))


def cut(panel: Panel, question: Forecast, sums: Mapping[str, tuple[str, ...]]) -> tuple[Held, ...]:
    """A panel in groups of the declared size, in the order of its series; what adds up stays together."""
    if sums:
        return (Held(with_sums(panel, sums), sums),)
    count, size = len(panel.names), question.group
    if count <= size:
        return (Held(panel),)
    return tuple(Held(panel.of(range(first, min(first + size, count)))) for first in range(0, count, size))
