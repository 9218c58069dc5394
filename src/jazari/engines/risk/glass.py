"""The glass engine: additive over cells, a few pairs, every figure open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jazari.core.progress import Progress
from jazari.engines.risk import additive
from jazari.engines.risk.additive import Data
from jazari.engines.risk.axes import Axis
from jazari.engines.risk.blocks import main_block, pair_block, pair_codes
from jazari.engines.risk.finishing import directed, merge_small, pooled, with_absent
from jazari.engines.risk.glass_document import MOST_TERMS
from jazari.engines.risk.glass_model import AdditiveTables
from jazari.engines.risk.pairs import Coarse, admit, coarsen
from jazari.engines.risk.protocol import Codes, Floats
from jazari.engines.risk.reading import FEWEST, Coded, read
from jazari.engines.risk.settings import settled
from jazari.engines.risk.smoothing import Fit
from jazari.engines.risk.terms import Term
from jazari.engines.risk.threads import one_thread
from jazari.schema.columns import Column
from jazari.schema.records import Rows


@dataclass(frozen=True)
class Settings:
    """What a use case may override.

    Attributes:
        cells: The most cells of a number.
        pairs: The most pairs of columns; 0 for none.
        tried: How many pairs, best by the score test, are fitted and judged.
        pair_cells: The most cells of a number in a pair.
        sample: The rows of the first fit of the columns, where there are more than twice as many.
    """

    cells: int = 32
    pairs: int = 12
    tried: int = 30
    pair_cells: int = 12
    sample: int = 150_000


_BOUNDS = {
    "cells": (2, 128),
    "pairs": (0, 60),
    "tried": (1, 500),
    "pair_cells": (2, 15),
    "sample": (10_000, 10_000_000),
}
_PEOPLE_A_CELL = 50
_JUDGED = 1_000_000
"""Rows on which pairs are tried: a pair whose gain a million rows do not show is not worth its table."""


@dataclass(frozen=True)
class Glass:
    """Fits a glass model: `AdditiveTables`."""

    name: str = "glass"
    publishable: bool = True

    def from_document(self, document: Mapping[str, Any]) -> AdditiveTables:
        """The model of a `model.json`. See `AdditiveTables.from_document`."""
        return AdditiveTables.from_document(document)

    def fit(
        self,
        rows: Rows,
        inputs: Sequence[Column],
        outcome: str,
        *,
        seed: int,
        settings: Mapping[str, Any],
        progress: Progress,
    ) -> AdditiveTables:
        """Learn the tables. See `RiskEngine.fit`; two passes over the rows, one byte a row and column in memory."""
        chosen = settled(Settings, settings, _BOUNDS)
        with one_thread():
            progress.step("reading")
            coded = read(rows, inputs, outcome, cells=chosen.cells, seed=seed)
            return _learn(coded, chosen, seed, progress)


def _learn(coded: Coded, chosen: Settings, seed: int, progress: Progress) -> AdditiveTables:
    rows = Data(coded.codes, coded.outcome)
    number = len(coded.outcome)
    order = np.random.default_rng(seed).permutation(number)
    blocks = [main_block(axis, column.direction) for axis, column in zip(coded.axes, coded.columns, strict=True)]
    mains = None
    if number > 2 * chosen.sample:
        progress.step("columns")
        mains = additive.fit(blocks, rows.of(order[: chosen.sample]), advance=progress.advance)
    coarse, pairs = _pairs(coded, chosen, order[: max(_JUDGED, 2 * chosen.sample)], mains, progress)
    progress.step("tables")
    together = [_together(coded, coarse, pair) for pair in pairs]
    codes = [*coded.codes, *(code for code, _ in together)]
    added = [
        pair_block(
            (coarse[i].axis, coarse[j].axis), (coded.columns[i].direction, coded.columns[j].direction), people.ravel()
        )
        for (i, j), (_, people) in zip(pairs, together, strict=True)
    ]
    start = mains and mains.beside(added)
    fitted = additive.fit([*blocks, *added], Data(codes, coded.outcome), start, progress.advance)
    about = {
        "rows": number, "outcomes": int(coded.outcome.sum()), "dropped": list(coded.dropped), "seed": seed,
        "settings": asdict(chosen),
    }  # fmt: skip
    tables = fitted.tables[len(blocks) :]
    duets = [
        _pair(coded, coarse, pair, table, people)
        for pair, table, (_, people) in zip(pairs, tables, together, strict=True)
    ]
    singles = [
        _main(column, axis, table, np.bincount(code, minlength=axis.size + 2))
        for column, axis, table, code in zip(coded.columns, coded.axes, fitted.tables, coded.codes, strict=False)
    ]
    intercept = fitted.intercept + sum(centre for _, centre in singles)
    return AdditiveTables(intercept, (*(term for term, _ in singles), *duets), about)


def _pairs(
    coded: Coded, chosen: Settings, order: NDArray[np.intp], mains: Fit | None, progress: Progress
) -> tuple[list[Coarse], list[tuple[int, int]]]:
    """The columns as pairs read them, and the pairs that are admitted."""
    # a grid finer than the rows can fill would be merged again at once
    fine = min(chosen.pair_cells, max(2, int((len(coded.outcome) / _PEOPLE_A_CELL) ** 0.5)))
    coarse = [
        coarsen(axis, np.bincount(code, minlength=axis.size + 2)[1:-1], fine)
        for axis, code in zip(coded.axes, coded.codes, strict=True)
    ]
    if not chosen.pairs:
        return coarse, []
    progress.step("pairs")
    most = min(chosen.pairs, MOST_TERMS - len(coded.axes))
    return coarse, admit(coded, coarse, order, mains, most=most, tried=chosen.tried, advance=progress.advance)


def _together(coded: Coded, coarse: Sequence[Coarse], pair: tuple[int, int]) -> tuple[Codes, NDArray[np.int64]]:
    """The codes of a pair, and the people by cell of its table."""
    first, second = (coarse[place].codes(coded.codes[place]) for place in pair)
    sizes = (coarse[pair[0]].axis.size, coarse[pair[1]].axis.size)
    codes = pair_codes((first, second), sizes)
    return codes, np.bincount(codes, minlength=sizes[0] * sizes[1])[: sizes[0] * sizes[1]].reshape(sizes)


def _pair(
    coded: Coded, coarse: Sequence[Coarse], pair: tuple[int, int], table: Floats, people: NDArray[np.int64]
) -> Term:
    """The term of a pair: cells with few people merged, directions exact."""
    columns = [coded.columns[place] for place in pair]
    directions = tuple(column.direction for column in columns)
    group = merge_small(people)
    grid = directed(pooled(table.reshape(people.shape), people, group), group, directions)
    counts = with_absent(people, len(coded.outcome))
    merged = np.bincount(group.ravel(), counts.ravel(), people.size).astype(np.int64)[group]
    axes = tuple(coarse[place].axis for place in pair)
    return Term(tuple(column.name for column in columns), axes, np.pad(grid, 1), np.pad(merged, 1), directions)


def _main(column: Column, axis: Axis, table: Floats, counts: NDArray[np.int64]) -> tuple[Term, float]:
    """The term of one column, centred on its people, and the constant taken from it."""
    missing = counts[0] if counts[0] >= FEWEST else 0
    people = np.concatenate([[missing], counts[1:-1], [0]])
    cells = directed(table[1:], np.arange(axis.size), (column.direction,))
    whole = np.concatenate([table[:1], cells, [0.0]])
    centre = float(whole @ people / people.sum())
    whole[0] = whole[0] - centre if missing else 0.0
    whole[1:-1] -= centre
    published = np.concatenate([[missing], with_absent(counts[1:-1], int(counts.sum())), [0]])
    return Term((column.name,), (axis,), whole, published, (column.direction,)), centre


ENGINE = Glass()
