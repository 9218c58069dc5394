"""Reading rows into codes: two passes over the batches, one byte a row and column kept."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from jazari.core.errors import EngineError
from jazari.engines.risk.axes import LARGEST, Axis, Categories, Numbers, codes_of, values_of
from jazari.engines.risk.protocol import Codes, Floats, Table
from jazari.schema.columns import Column
from jazari.schema.records import Rows

FEWEST = 11
"""A cell of fewer people than this is merged: no published count or contribution rests on a handful of persons."""
_SAMPLE = 200_000


@dataclass(frozen=True)
class Coded:
    """Rows as codes, outcome known.

    Attributes:
        columns: The columns that vary.
        axes: How each is cut.
        codes: uint8 (n,) each.
        outcome: float64 (n,) of 0 and 1.
        dropped: The names of the columns that hold one value only, or none.
    """

    columns: tuple[Column, ...]
    axes: tuple[Axis, ...]
    codes: tuple[Codes, ...]
    outcome: Floats
    dropped: tuple[str, ...]


def read(rows: Rows, inputs: Sequence[Column], outcome: str, *, cells: int, seed: int) -> Coded:
    """Cut every input into at most `cells` cells of about as many people, and code all rows whose outcome is known.

    Raises:
        EngineError: JZ-400 one class only, JZ-401 no usable column, JZ-402 and JZ-408 columns that do not fit.
    """
    names = [column.name for column in inputs]
    samples, values, known = _survey(rows, inputs, outcome, seed)
    axes = [_cut(column, samples[column.name], values[column.name], cells) for column in inputs]
    truth = np.empty(known)
    codes = np.empty((len(inputs), known), dtype=np.uint8)
    at = 0
    for batch in rows.batches([*names, outcome]):
        answered = _answered(batch, outcome)
        here = slice(at, at + int(answered.sum()))
        truth[here] = known_outcome(batch, outcome)[answered]
        for row, (name, axis) in enumerate(zip(names, axes, strict=True)):
            codes[row, here] = codes_of(batch, name, axis)[answered]
        at = here.stop
    both_classes(truth)
    merged = [_merge(axis, code) for axis, code in zip(axes, codes, strict=True)]
    useful = [varies(axis, code) for axis, code in merged]
    some_column(names, useful)
    return Coded(
        tuple(itertools.compress(inputs, useful)),
        tuple(axis for axis, _ in itertools.compress(merged, useful)),
        tuple(code for _, code in itertools.compress(merged, useful)),
        truth,
        tuple(name for name, use in zip(names, useful, strict=True) if not use),
    )


def known_outcome(batch: Table, outcome: str) -> Floats:
    """The outcome: float64 (n,), NaN where it is not known."""
    return values_of(batch, outcome, category=False)  # type: ignore[no-any-return]


def _answered(batch: Table, outcome: str) -> NDArray[np.bool_]:
    return ~np.isnan(known_outcome(batch, outcome))


def both_classes(outcome: Floats) -> None:
    """Refuse rows of one class.

    Raises:
        EngineError: JZ-400.
    """
    yes = int((outcome == 1).sum())
    if yes in (0, len(outcome)):
        raise EngineError(
            "JZ-400", "the outcome has one class only", found=f"{len(outcome)} rows, {yes} of them true",
            fix="fit on rows of which some came true and some did not; check `positive` in outcome(...).",
        )  # fmt: skip


def some_column(names: Sequence[str], useful: Sequence[bool]) -> None:
    """Refuse rows in which nothing varies.

    Raises:
        EngineError: JZ-401.
    """
    if not any(useful):
        raise EngineError(
            "JZ-401", "no column tells one row from another", found=f"{len(names)} columns that do not vary",
            fix="declare at least one column that varies in these rows.",
        )  # fmt: skip


def varies(axis: Axis, codes: Codes) -> bool:
    """Whether a column splits the rows: two cells, or one cell and enough missing values."""
    counts = np.bincount(codes, minlength=axis.size + 2)
    return int((counts[: axis.size + 1] >= FEWEST).sum()) > 1


def _survey(
    rows: Rows, inputs: Sequence[Column], outcome: str, seed: int
) -> tuple[dict[str, Floats], dict[str, Counter[str]], int]:
    """One pass: a sample of the numbers, the counts of the categories, the number of rows with an outcome."""
    share = min(1.0, _SAMPLE / max(rows.count(), 1))
    numbers: dict[str, list[Floats]] = {column.name: [] for column in inputs}
    words: dict[str, Counter[str]] = {column.name: Counter() for column in inputs}
    known = 0
    for place, batch in enumerate(rows.batches([*(column.name for column in inputs), outcome])):
        answered = _answered(batch, outcome)
        known += int(answered.sum())
        chosen = answered & (np.random.default_rng([seed, place]).random(len(answered)) < share)
        for column in inputs:
            values = values_of(batch, column.name, category=column.kind == "category")
            if column.kind == "category":
                counted: Any = pc.value_counts(values.filter(answered))
                words[column.name].update(
                    dict(zip(counted.field(0).to_pylist(), counted.field(1).to_pylist(), strict=True))
                )
            else:
                numbers[column.name].append(values[chosen])
    samples = {name: np.concatenate(parts) if parts else np.empty(0) for name, parts in numbers.items()}
    return samples, words, known


def _cut(column: Column, sample: Floats, words: Counter[str], cells: int) -> Axis:
    if column.kind == "category":
        return categories(words)
    return Numbers(tuple(_edges(sample[~np.isnan(sample)], cells)))


def categories(words: Mapping[str, int]) -> Categories:
    """A cell for each value with enough people, the most frequent first; one for all others together."""
    ranked = sorted(
        ((count, value) for value, count in words.items() if value is not None), key=lambda one: (-one[0], one[1])
    )
    own = [value for count, value in ranked[: LARGEST - 1] if count >= FEWEST]
    rest = ranked[len(own) :]
    cells: list[tuple[str, ...]] = [(value,) for value in own]
    if sum(count for count, _ in rest) >= FEWEST:
        cells.append(tuple(sorted(value for _, value in rest)))
    return Categories(tuple(cells))


def _edges(sample: Floats, cells: int) -> list[float]:
    """Edges between neighbouring values: at every value where they are few, else at quantiles and around spikes."""
    values, counts = np.unique(sample, return_counts=True)
    if len(values) > cells:
        ends = np.cumsum(counts)
        wanted = np.arange(1, cells) * (len(sample) / cells)
        first = np.searchsorted(ends, wanted, side="right")
        # a value that holds more than a cell's share gets a cell of its own: an edge before and an edge behind it
        spikes = np.flatnonzero(counts >= len(sample) / cells)
        starts = np.unique(np.concatenate([first, spikes, spikes + 1]))
        starts = starts[(starts > 0) & (starts < len(values))]
    else:
        starts = np.arange(1, len(values))
    return [_shortest(float(values[at - 1]), float(values[at])) for at in starts]


def _shortest(low: float, high: float) -> float:
    """The number of fewest digits in `(low, high]`: an edge that reads well and need not be anybody's value."""
    middle = low + (high - low) / 2
    for digits in range(1, 17):
        short = float(f"{middle:.{digits}g}")
        if low < short <= high:
            return short
    return high


def _merge(axis: Axis, codes: Codes) -> tuple[Axis, Codes]:
    """Merge neighbouring cells of a number until each holds enough people."""
    if isinstance(axis, Categories):
        return axis, codes
    counts = np.bincount(codes, minlength=axis.size + 2)[1:-1]
    group, held, groups = 0, 0, np.zeros(axis.size, dtype=np.uint8)
    for cell, count in enumerate(counts):
        groups[cell] = group
        held += int(count)
        if held >= FEWEST:
            group, held = group + 1, 0
    groups = np.minimum(groups, max(group - 1, 0)).astype(np.uint8)
    edges = tuple(edge for edge, left, right in zip(axis.edges, groups, groups[1:], strict=False) if left != right)
    lookup = np.concatenate([[0], groups + 1, [0]]).astype(np.uint8)
    return Numbers(edges), lookup[codes]
