"""Rolling origins: issue a forecast at each origin with what was known then, learn from it when its truth has come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from jazari.core.progress import Progress
from jazari.engines.forecast.blocks import Blocks
from jazari.engines.forecast.intervals import Intervals
from jazari.engines.forecast.panel import Floats

_LEAST = 14  # days of errors before quantiles are issued
_CORRECTION = 0.25  # share of the last hours' error that is carried into the next day
_LAST = 4  # the last quarter of a day
_SHAPE = 0.3  # share of the usual miss of an hour, over the last days, that is carried into the next one
_MEMORY = 14.0  # days after which a miss weighs half in that


class Member(Protocol):
    """A variant on blocks: learns from what was over before a block, forecasts deviations from the profile."""

    every: int

    def fit(self, end: int) -> None:
        """Learn from the days whose horizon was over when block `end` began."""

    def predict(self, first: int, last: int) -> Floats:
        """Deviations from the profile for forecasts issued at blocks first .. last - 1: (S, last - first, horizon)."""

    def document(self) -> dict[str, Any]:
        """The model as an open document."""


class Rolling:
    """The state of a rolling forecast: members, error correction and intervals."""

    def __init__(self, blocks: Blocks, members: Sequence[tuple[Member, float]], intervals: Intervals) -> None:
        self.blocks = blocks
        self.members = members
        self.intervals = intervals
        self.fitted = [-1] * len(members)
        self._raw: dict[int, Floats] = {}
        self.shape: Floats = np.zeros((blocks.shape[0], blocks.shape[2]))
        self._issued: dict[int, tuple[Floats, Floats | None]] = {}

    @property
    def pending(self) -> dict[int, dict[str, Floats]]:
        """Forecasts whose truth is to come, by block: `raw`, `centre` (S, horizon) and `added` (S, horizon, L)."""
        every = ((day, *each) for day, each in self._issued.items())
        return {
            day: {"centre": centre, **({"added": added} if added is not None else {}), **self._bare(day)}
            for day, centre, added in every
        }

    def restore(self, pending: Mapping[int, Mapping[str, Floats]], shape: Floats) -> None:
        """Take up what a kept state had issued."""
        self.shape = shape
        for day, each in pending.items():
            self._issued[day] = (each["centre"], each.get("added"))
            if "raw" in each:
                self._raw[day] = each["raw"]

    def _bare(self, day: int) -> dict[str, Floats]:
        return {"raw": self._raw[day]} if day in self._raw else {}

    def run(self, start: int, origins: Sequence[int], progress: Progress) -> Iterator[tuple[int, Floats]]:
        """Go from block `start` to the last origin, and give (origin, quantiles (S, horizon, L)) at each origin."""
        wanted = set(origins)
        for day in range(start, max(origins) + 1):
            self._learn(day)
            centre = self._centre(day)
            is_ready = self.intervals.errors.shape[1] >= min(_LEAST, max(day - start, 1))
            added = self.intervals.quantiles() if is_ready or day in wanted else None
            self._issued[day] = (centre, added)
            if day in wanted:
                progress.advance()
                yield day, centre[:, :, None] + (added if added is not None else 0.0)

    def _learn(self, day: int) -> None:
        """Take in the forecast whose horizon has just come to its end."""
        over = day - self.blocks.span
        if over in self._issued:
            centre, added = self._issued.pop(over)
            self.intervals.learn(self.blocks.truth(over, over + 1)[:, 0] - centre, added)

    def _centre(self, day: int) -> Floats:
        blocks = self.blocks
        total = np.zeros((blocks.shape[0], blocks.horizon))
        for at, (member, weight) in enumerate(self.members):
            if self.fitted[at] < 0 or day - self.fitted[at] >= member.every:
                member.fit(day)
                self.fitted[at] = day
            total += weight * member.predict(day, day + 1)[:, 0]
        raw = blocks.base(day, day + 1)[:, 0] + total
        self._raw[day] = raw
        return raw + self._correction(day)

    def _correction(self, day: int) -> Floats:
        """A share of what the last hours missed, and of what each hour usually misses: (S, horizon)."""
        before = self._raw.pop(day - 1, None)
        series, _, hours = self.blocks.shape
        if before is None or hours < _LAST:
            return np.zeros((series, self.blocks.horizon))
        missed = self.blocks.z[:, day - 1] - before[:, :hours]
        level = _mean(missed)[:, None]
        keep = 0.5 ** (1 / _MEMORY)
        self.shape = keep * self.shape + (1 - keep) * np.nan_to_num(missed - level)
        late = _mean(missed[:, hours - hours // _LAST :])[:, None]
        return np.asarray(np.tile(_CORRECTION * late + _SHAPE * self.shape, (1, self.blocks.span)))


def _mean(rows: Floats) -> Floats:
    """The mean of what is known in each row, 0 where nothing is: (S,)."""
    known = np.isfinite(rows)
    return np.asarray(np.where(known, rows, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))


def corrected(errors: Floats, hours: int) -> Floats:
    """Left-out errors (S, days, horizon) as they would stand after the correction of each by the day before."""
    if hours < _LAST or errors.shape[1] < 2:  # noqa: PLR2004  a day and the day before
        return errors
    late = errors[:, :-1, hours - hours // _LAST : hours]
    known = np.isfinite(late)
    mean = np.where(known, late, 0.0).sum(axis=2) / np.maximum(known.sum(axis=2), 1)
    return np.asarray(errors[:, 1:] - _CORRECTION * mean[:, :, None])
