"""Small cells: no number of 1 to 10 people is published, nor can one be found by subtraction.

Groups of one column add up to everybody, and groups of a pair of columns add up to groups of each; so a number that is
left out may follow from those that are not. A number is hidden (primary suppression) where it is small; others are
hidden with it (complementary suppression) until what is hidden along any line of a table is no small number itself, and
no hidden number is the only solution of the equations that the published tables make together, across tables too.

Sources: Cox 1980, JASA 75(370), Suppression Methodology and Statistical Disclosure Control; the threshold of 11 is that
of the Centers for Medicare and Medicaid Services' cell size suppression policy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FEWEST = 11
LEVELS = ("n", "positives", "listed", "listed_positives")

Counts = npt.NDArray[np.int64]
Hidden = npt.NDArray[np.bool_]

# The four cells of a group: neither, outcome only, listed only, both.
_SMALL: tuple[Callable[[Counts], Hidden], ...] = (
    lambda cells: is_small(cells.sum(axis=-1)),
    lambda cells: is_small(cells[..., 1] + cells[..., 3]) | is_small(cells[..., 0] + cells[..., 2]),
    lambda cells: is_small(cells[..., 2] + cells[..., 3]) | is_small(cells[..., 0] + cells[..., 1]),
    lambda cells: np.asarray(is_small(cells).any(axis=-1)),
)
# What a level needs: the outcome among the listed can be told only where both margins can
_NEEDS = ((), (0,), (0,), (0, 1, 2))


@dataclass(frozen=True)
class Line:
    """Groups that add up: to everybody where `total` is None, else to the group of that number."""

    total: int | None
    parts: tuple[int, ...]


def is_small(people: Counts) -> Hidden:
    """Whether a number of people is one to ten; nobody is no small cell."""
    return np.asarray((people > 0) & (people < FEWEST))


def hide(cells: Counts, lines: Sequence[Line]) -> Hidden:
    """Which numbers of which groups are hidden.

    Args:
        cells: (groups, 4) people by outcome and listing: neither, outcome only, listed only, both.
        lines: Which groups add up to which.

    Returns:
        (4, groups) bool, by level: the number of people (and with it everything), the number with the outcome, the
        number listed, the number of both.
    """
    hidden: Hidden = np.zeros((len(LEVELS), len(cells)), dtype=bool)
    for level, small in enumerate(_SMALL):
        hidden[level] = small(cells)
        for needed in _NEEDS[level]:
            hidden[level] |= hidden[needed]
        _complement(hidden[level], cells, lines, small)
    return hidden


def _complement(hidden: Hidden, cells: Counts, lines: Sequence[Line], small: Callable[[Counts], Hidden]) -> None:
    """Hide more of one level, in place, until nothing hidden can be worked out."""
    changed = True
    while changed:
        changed = any(_guard(line, hidden, cells, small) for line in lines) or _unlock(hidden, cells, lines)


def _guard(line: Line, hidden: Hidden, cells: Counts, small: Callable[[Counts], Hidden]) -> bool:
    """Hide one more group of a line if what is hidden along it is one group, or a small number together."""
    parts = np.array(line.parts)
    away = parts[hidden[parts]]
    if line.total is not None and hidden[line.total]:
        hidden[parts] = True
        return len(away) < len(parts)
    if not len(away) or (len(away) > 1 and not small(cells[away].sum(axis=0))):
        return False
    if _hide_smallest(parts, hidden, cells):
        return True
    if line.total is None:
        return False  # every group is hidden; together they are everybody, who are published
    hidden[line.total] = True
    return True


def _hide_smallest(parts: npt.NDArray[np.int64], hidden: Hidden, cells: Counts) -> bool:
    shown = parts[~hidden[parts]]
    if not len(shown):
        return False
    hidden[shown[np.argmin(cells[shown].sum(axis=1))]] = True
    return True


def _unlock(hidden: Hidden, cells: Counts, lines: Sequence[Line]) -> bool:
    """Hide one more group next to each hidden one that the equations of all tables together give away."""
    told = solved(hidden, lines)
    changed = False
    for one in told:
        near = {part for line in lines if one == line.total or one in line.parts for part in line.parts}
        near |= {line.total for line in lines if one in line.parts and line.total is not None}
        changed |= _hide_smallest(np.array(sorted(near)), hidden, cells)
    return changed


def solved(hidden: Hidden, lines: Sequence[Line]) -> npt.NDArray[np.int64]:
    """The hidden groups whose number follows from what is shown: those whose unit vector the equations span."""
    away = np.flatnonzero(hidden)
    if not len(away):
        return away
    place = {int(one): at for at, one in enumerate(away)}
    rows = []
    for line in lines:
        row = np.zeros(len(away))
        for part in line.parts:
            if part in place:
                row[place[part]] = 1.0
        if line.total in place:
            row[place[line.total]] = -1.0
        if row.any():
            rows.append(row)
    _, sizes, spanned = np.linalg.svd(np.array(rows), full_matrices=False)
    reach: npt.NDArray[np.float64] = np.square(spanned[sizes > 1e-9 * sizes.max()]).sum(axis=0)
    return np.asarray(away[reach > 1 - 1e-9])
