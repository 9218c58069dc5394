"""Gathered: what came of the groups, put together without ever lying in memory whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from jazari.audit.forecast_sums import Sums, sums_of, together
from jazari.engines.forecast.inspection import refuse_none
from jazari.engines.forecast.panel import Remark
from jazari.schema.records import Leaf
from jazari.usecase.dossier import document_leaf
from jazari.usecase.forecast import state as kept
from jazari.usecase.forecast.group import Part
from jazari.usecase.forecast.measured import fan_rows
from jazari.usecase.forecast.series import Read
from jazari.usecase.forecast.sums import gap
from jazari.usecase.forecast.tables import Writer

FORECASTS = "forecasts.parquet"


class Gathered:
    """Forecasts, states, sums and remarks of groups, one after another.

    Attributes:
        ages: Hours from the last reading of each series to the next origin.
        notes: What the variant says of itself, in the first group.
        adds_up: Which series are sums, the largest gap, and how far forecasts were moved; empty where none is.
    """

    def __init__(self, parts: Iterable[Part], scratch: Path, *, many: bool) -> None:
        self.ages: dict[str, float] = {}
        self.notes: dict[str, Any] = {}
        self._scratch = scratch
        self._sums: list[Sums] = []
        self._fans: list[pa.Table] = []
        self._remarks: list[Remark] = []
        self._span = ("", "")
        self.adds_up: dict[str, Any] = {}
        self._states: list[str] = []
        self._private: list[str] = []
        with Writer(scratch / FORECASTS) as writer:
            for part in parts:
                self._take(part, writer, many=many)
        refuse_none(np.array([bool(self._sums)]), self._remarks)

    @property
    def sums(self) -> Sums:
        """All that the figures need."""
        return together(self._sums)

    @property
    def fans(self) -> pa.Table:
        """What is ahead of the first series."""
        return pa.concat_tables(self._fans)

    @property
    def read(self) -> Read:
        """What was read."""
        return Read(len(self.ages), *self._span, tuple(self._remarks))

    def leaves(self) -> list[Leaf]:
        """The forecasts, and the state from which they go on."""
        return [_moved(self._scratch / FORECASTS, "auditor"), *self._state_leaves()]

    def _take(self, part: Part, writer: Writer, *, many: bool) -> None:
        self._remarks += [one for one in part.remarks if one.series or one not in self._remarks]
        if part.table is None:
            return
        writer.write(part.table)
        self._sums.append(sums_of(part.table))
        self._fans.append(fan_rows(part.table))
        self.ages |= part.ages
        self.notes = self.notes or dict(part.notes)
        self._span = (part.first, part.last)
        if part.sums:
            self.adds_up = {"adds_up": {"parts": part.sums["parts"], "gap": gap(part.table, part.sums["parts"])},
                            "reconciled": part.sums["moved"]}  # fmt: skip
        if part.state is None:
            return
        stem = kept.stem_of(len(self._states)) if many else kept.ALONE
        self._private += kept.write_files(part.state, self._scratch, stem)
        self._states.append(stem)

    def _state_leaves(self) -> list[Leaf]:
        files = [_moved(self._scratch / name, "private") for name in self._private]
        if not self._states or self._states == [kept.ALONE]:
            return files
        return [document_leaf(kept.DOCUMENT, kept.index_of(self._states), "private"), *files]


def _moved(file: Path, audience: Any) -> Leaf:
    """A file of the scratch folder as a file of the dossier."""
    return Leaf(file.name, audience, lambda path: _move(file, path))


def _move(file: Path, path: Path) -> None:
    shutil.move(file, path)
