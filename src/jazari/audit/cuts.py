"""Cuts: people by audited columns, and the figures of every group as functions of sums.

The figures are those of Fairlearn's `MetricFrame`; error rates stand beside calibration.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import sparse

from jazari.audit.figures import Read, Sheet
from jazari.audit.predictions import People
from jazari.audit.scores import Floats, Whole, ratio

# figure -> the number of people that gives it away (jazari.audit.suppression.LEVELS)
FIGURES = {
    "base_rate": "positives",
    "selection_rate": "listed",
    "recall": "listed_positives",
    "precision": "listed_positives",
    "false_positive_rate": "listed_positives",
    "false_negative_rate": "listed_positives",
    "mean_predicted": "n",
    "calibration_in_the_large": "positives",
    "calibration_error": "positives",
}
_MOST = 1_000  # groups of a pair


@dataclass(frozen=True)
class Margin:
    """One way to cut people into groups: by nothing, by an audited column, by a pair of them.

    Attributes:
        columns: The columns; none for everybody.
        values: For each group the value of each column.
        of: (cells,) the group of each joint cell of all audited columns.
    """

    columns: tuple[str, ...]
    values: list[tuple[str | None, ...]]
    of: Whole


@dataclass(frozen=True)
class Cut:
    """People cut by all audited columns at once, and the margins of that cut.

    Attributes:
        margins: Everybody first, then each column, then each pair.
        left_out: Pairs of too many groups.
        cells: How many joint cells there are.
        bins: How many calibration bins there are.
        predicted: Whether there are probabilities.
    """

    margins: list[Margin]
    left_out: list[tuple[str, ...]]
    cells: int
    bins: int
    predicted: bool


def add(sheet: Sheet, who: People, bins: Whole) -> Cut:
    """Ask for the sums of every joint cell and for the figures of every margin."""
    codes = [codes for _, codes in who.audited.values()]
    if codes:
        joint, cell = np.unique(np.stack(codes), axis=1, return_inverse=True)
    else:
        joint, cell = np.zeros((0, 1), dtype=np.int64), np.zeros(who.size, dtype=np.int64)
    size = int(bins.max()) + 1
    place = cell.ravel() * size + bins
    cut = Cut(*_margins(who, joint), joint.shape[1], size, who.kind == "probability")
    sheet.add("cells", place * 4 + who.selected * 2 + who.outcome, cut.cells * size * 4)
    if cut.predicted:
        sheet.add("cells_predicted", place, cut.cells * size, who.score)
    sheet.figures["groups"] = lambda read: np.concatenate([_figures(cut, one, read) for one in cut.margins])
    return cut


def _margins(who: People, joint: Whole) -> tuple[list[Margin], list[tuple[str, ...]]]:
    names = tuple(who.audited)
    margins, left_out = [], []
    wanted = [(), *((one,) for one in range(len(names))), *combinations(range(len(names)), 2)]
    for chosen in wanted:
        columns = tuple(names[one] for one in chosen)
        found, of = np.unique(joint[list(chosen)], axis=1, return_inverse=True)
        if len(chosen) > 1 and found.shape[1] > _MOST:
            left_out.append(columns)
            continue
        values = [
            tuple(who.audited[name][0][code] for name, code in zip(columns, group, strict=True)) for group in found.T
        ]
        margins.append(Margin(columns, values, np.asarray(of.ravel(), dtype=np.int64)))
    return margins, left_out


def _sums(cut: Cut, margin: Margin, totals: Floats, tail: tuple[int, ...]) -> Floats:
    """Sums of joint cells as sums of a margin's groups: (groups, *tail, b)."""
    width = totals.shape[-1]
    ones = np.ones(cut.cells)
    onto = sparse.coo_matrix((ones, (margin.of, np.arange(cut.cells))), shape=(len(margin.values), cut.cells)).tocsr()
    summed = onto @ totals.reshape(cut.cells, -1)
    return np.asarray(summed, dtype=np.float64).reshape(len(margin.values), *tail, width)


def _figures(cut: Cut, margin: Margin, read: Read) -> Floats:
    """The figures of a margin, (groups x figures, b), figures in the order of `FIGURES`."""
    count = _sums(cut, margin, read("cells"), (cut.bins, 4))
    neither, missed, alarm, found = np.moveaxis(count.sum(axis=1), 1, 0)
    n = neither + missed + alarm + found
    figures = [
        ratio(missed + found, n),
        ratio(alarm + found, n),
        ratio(found, missed + found),
        ratio(found, alarm + found),
        ratio(alarm, alarm + neither),
        ratio(missed, missed + found),
    ]
    if cut.predicted:
        predicted = _sums(cut, margin, read("cells_predicted"), (cut.bins,))
        mean = ratio(predicted.sum(axis=1), n)
        error = ratio(np.abs(predicted - count[:, :, 1] - count[:, :, 3]).sum(axis=1), n)
        figures += [mean, mean - figures[0], error]
    else:
        figures += [np.full_like(n, np.nan)] * 3
    return np.stack(figures, axis=1).reshape(-1, n.shape[-1])


def counts(cut: Cut, margin: Margin, cells: Floats) -> Whole:
    """(groups, 4) people by outcome and listing: neither, outcome only, listed only, both."""
    summed = _sums(cut, margin, cells, (cut.bins, 4)).sum(axis=1)[..., 0]
    return np.asarray(np.rint(summed), dtype=np.int64)
