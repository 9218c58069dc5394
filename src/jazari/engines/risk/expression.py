"""The glass model as an expression of Ibis: scored where the data live, reasons included.

The list has its reasons by integers. Each contribution is written as a whole number: its size in steps of about 1e-15,
then its term, then its sign. The largest of these numbers is the largest contribution (the earlier term, where two are
equal), and `greatest` finds it in every database; the next is the greatest of those that are left.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from numpy.typing import NDArray

from jazari.engines.risk.axes import Numbers
from jazari.engines.risk.protocol import NO_REASON
from jazari.engines.risk.terms import TAG, Term, numbered

Fence = Callable[[Any], Any]
"""Makes of a table one that a database computes once before it reads on."""


def with_logit(intercept: float, terms: Sequence[Term], table: Any, name: str) -> Any:
    """An `ibis.Table` with the logit of the model added as column `name`, float64.

    The terms are added in the order of the model, so that the sum is the engine's to the last digits.
    """
    total = _real(intercept)
    for term in terms:
        total += _looked_up(term, term.table, table, _real)
    return table.mutate(total.name(name))


def with_reasons(
    intercept: float, terms: Sequence[Term], table: Any, top: int = 4, fence: Fence = lambda one: one
) -> Any:
    """An `ibis.Table` with the logit and its reasons, equal to the engine's to 1e-9.

    Args:
        intercept: Of the model.
        terms: Of the model.
        table: Rows that conform to the declaration; their columns stay.
        top: How many reasons.
        fence: Applied to each step that the next one reads many times.

    Returns:
        The table with `logit`, `reason_1`, ... (int16, 255 for none), `contribution_1`, ... and `rest` (float64).
    """
    import ibis

    tables, exponent = numbered(terms)
    kept, names = list(table.columns), [f"jazari_term_{place}" for place in range(len(terms))]
    numbers = [_looked_up(term, made, table, _whole) for term, made in zip(terms, tables, strict=True)]
    step = fence(table.mutate(**dict(zip(names, numbers, strict=True))))
    total = _real(intercept)
    for name in names:
        total += _value(step[name], exponent)
    step = step.mutate(logit=total)
    found: list[str] = []
    for rank in range(1, top + 1):
        left = [step[name].nullif(step[found[-1]]) if found else step[name] for name in names]
        best = ibis.greatest(*left) if len(left) > 1 else left[0] if left else _whole(0)
        found.append(f"jazari_top_{rank}")
        others = dict(zip(names, left, strict=True)) if rank < top else {}
        step = fence(step.select(*kept, "logit", *found[:-1], **others, **{found[-1]: best.fill_null(_whole(0))}))
    answer = {f"reason_{rank}": _reason(step[name]) for rank, name in enumerate(found, start=1)}
    answer |= {f"contribution_{rank}": _value(step[name], exponent) for rank, name in enumerate(found, start=1)}
    rest = step["logit"] - _real(intercept)
    for name in found:
        rest -= _value(step[name], exponent)
    return step.select(*kept, "logit", **answer, rest=rest)


def _value(number: Any, exponent: int) -> Any:
    """The contribution that a whole number stands for."""
    size = (number >> _whole(TAG)).cast("float64") * _real(math.ldexp(1.0, -exponent))
    return size * (_real(1.0) - _real(2.0) * (number & _whole(1)).cast("float64"))


def _reason(number: Any) -> Any:
    return (_whole(NO_REASON) - ((number >> _whole(1)) & _whole(NO_REASON))).cast("int16")


def _real(value: float) -> Any:
    import ibis

    return ibis.literal(value, type="float64")


def _whole(value: int) -> Any:
    import ibis

    return ibis.literal(value, type="int64")


def _looked_up(term: Term, cells: NDArray[Any], table: Any, write: Callable[[Any], Any]) -> Any:
    """One term as an Ibis value: each of its cells as `write` writes it."""
    if len(term.columns) == 1:
        return _chain(table[term.columns[0]], term, 0, [write(value) for value in cells.tolist()])
    inner = [
        _chain(table[term.columns[1]], term, 1, [write(value) for value in row]) if any(row) else write(0)
        for row in cells.tolist()
    ]
    return _chain(table[term.columns[0]], term, 0, inner)


def _chain(column: Any, term: Term, place: int, by_code: list[Any]) -> Any:
    """Pick from `by_code` by the code of a column: missing first, then the cells, then unseen."""
    import ibis

    axis = term.axes[place]
    if isinstance(axis, Numbers):
        return ibis.cases((column.isnull(), by_code[0]), else_=_halved(column, axis.edges, by_code[1 : axis.size + 1]))
    among = [(column.isin(list(cell)), by_code[code]) for code, cell in enumerate(axis.cells, start=1)]
    return ibis.cases((column.isnull(), by_code[0]), *among, else_=by_code[axis.size + 1])


def _halved(column: Any, edges: Sequence[float], cells: Sequence[Any]) -> Any:
    """The cell that a number falls in, found by halves: five comparisons for thirty-two cells."""
    import ibis

    if len(cells) == 1:
        return cells[0]
    middle = len(cells) // 2
    below = _halved(column, edges[: middle - 1], cells[:middle])
    return ibis.cases((column < edges[middle - 1], below), else_=_halved(column, edges[middle:], cells[middle:]))
