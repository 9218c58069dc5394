"""The glass engine: additive over cells, a few pairs, every figure open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jazari.core.progress import Progress
from jazari.engines.risk import additive
from jazari.engines.risk.blocks import main_block, pair_block, pair_codes
from jazari.engines.risk.finishing import directed, merge_small, pooled, purify
from jazari.engines.risk.glass_model import AdditiveTables
from jazari.engines.risk.pairs import Coarse, admit, coarsen
from jazari.engines.risk.protocol import Floats
from jazari.engines.risk.reading import FEWEST, Coded, read
from jazari.engines.risk.settings import settled
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
        sample: The rows from which the curvature is taken.
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
_MOST_COLUMNS = 195


@dataclass(frozen=True)
class Glass:
    """Fits a glass model: `AdditiveTables`."""

    name: str = "glass"
    publishable: bool = True

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
    counts = [np.bincount(code, minlength=axis.size + 2) for axis, code in zip(coded.axes, coded.codes, strict=True)]
    # a grid of a pair finer than the rows can fill would be merged again at once
    fine = min(chosen.pair_cells, max(2, int((len(coded.outcome) / _PEOPLE_A_CELL) ** 0.5)))
    coarse = [coarsen(axis, count[1:-1], fine) for axis, count in zip(coded.axes, counts, strict=True)]
    progress.step("pairs")
    pairs = (
        admit(coded, coarse, most=chosen.pairs, tried=chosen.tried, seed=seed, advance=progress.advance)
        if chosen.pairs
        else []
    )
    progress.step("fitting")
    blocks = [main_block(axis, column.direction) for axis, column in zip(coded.axes, coded.columns, strict=True)]
    codes = list(coded.codes)
    for i, j in pairs:
        first, second = coarse[i], coarse[j]
        blocks.append(pair_block((first.axis, second.axis), (coded.columns[i].direction, coded.columns[j].direction)))
        sizes = (first.axis.size, second.axis.size)
        codes.append(pair_codes((first.codes(coded.codes[i]), second.codes(coded.codes[j])), sizes))
    sample = None
    if len(coded.outcome) > chosen.sample:
        sample = np.sort(np.random.default_rng(seed).choice(len(coded.outcome), chosen.sample, replace=False))
    fitted = additive.fit(blocks, codes, coded.outcome, sample, advance=progress.advance)
    return _finish(coded, coarse, pairs, counts, codes, fitted, {"seed": seed, "settings": asdict(chosen)})


def _finish(
    coded: Coded, coarse: Sequence[Coarse], pairs: Sequence[tuple[int, int]], counts: Sequence[NDArray[np.int64]],
    codes: Sequence[NDArray[np.uint8]], fitted: additive.Fit, about: dict[str, Any],
) -> AdditiveTables:  # fmt: skip
    """The tables as they are published: merged, directed, pure, centred."""
    mains = [np.append(table, 0.0) for table in fitted.tables[: len(coded.axes)]]
    intercept = fitted.intercept
    terms = []
    for (i, j), table, code in zip(pairs, fitted.tables[len(mains) :], codes[len(mains) :], strict=True):
        axes, directions = (coarse[i].axis, coarse[j].axis), (coded.columns[i].direction, coded.columns[j].direction)
        shape = (axes[0].size, axes[1].size)
        people = np.bincount(code, minlength=len(table))[: len(table)].reshape(shape)
        pure, first, second, constant = purify(table.reshape(shape), people, directions)
        intercept += constant
        for place, alone in ((i, first), (j, second)):
            mains[place] += np.concatenate([[0.0], alone, [0.0]])[np.minimum(coarse[place].lookup, len(alone) + 1)]
        group = merge_small(people)
        pure = directed(pooled(pure, people, group), group, directions)
        together = np.bincount(group.ravel(), people.ravel(), people.size).astype(np.int64)[group]
        terms.append(
            Term((coded.columns[i].name, coded.columns[j].name), axes, np.pad(pure, 1), np.pad(together, 1), directions)
        )
    singles = []
    for column, axis, table, count in zip(coded.columns, coded.axes, mains, counts, strict=True):
        term, centre = _main(column, axis, table, count)
        singles.append(term)
        intercept += centre
    about |= {
        "rows": len(coded.outcome),
        "outcomes": int(coded.outcome.sum()),
        "dropped": list(coded.dropped),
    }
    return AdditiveTables(intercept, (*singles, *terms), about)


def _main(column: Column, axis: Any, table: Floats, count: NDArray[np.int64]) -> tuple[Term, float]:
    """The term of one column, centred on its people, and the constant taken from it."""
    inside = slice(1, axis.size + 1)
    cells = np.arange(axis.size)
    known = directed(table[inside], cells, (column.direction,))
    whole = np.concatenate([[table[0] if count[0] >= FEWEST else 0.0], known, [0.0]])
    seen = slice(0 if count[0] >= FEWEST else 1, axis.size + 1)
    centre = float(whole[seen] @ count[seen] / count[seen].sum())
    whole[seen] -= centre
    count = np.where(np.arange(len(count)) == 0, np.where(count < FEWEST, 0, count), count)
    return Term((column.name,), (axis,), whole, count, (column.direction,)), centre


ENGINE = Glass()
