"""The glass model as one Ibis expression, so that it scores inside the database where the data live.

A chain of cases, one a term: measured twice as fast on DuckDB as a tree of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jazari.engines.risk.axes import Numbers
from jazari.engines.risk.terms import Term


def with_logit(intercept: float, terms: Sequence[Term], table: Any, name: str) -> Any:
    """An `ibis.Table` with the logit of the model added as column `name`, float64.

    The terms are added in the order of the model, so that the sum is the engine's to the last digits.
    """
    import ibis

    total = ibis.literal(intercept, type="float64")
    for term in terms:
        total += contribution(term, table)
    return table.mutate(total.name(name))


def contribution(term: Term, table: Any) -> Any:
    """What one term adds to the logit, as an Ibis value of float64."""
    if len(term.columns) == 1:
        return _chain(table[term.columns[0]], term, 0, [_literal(value) for value in term.table.tolist()])
    inner = [
        _chain(table[term.columns[1]], term, 1, [_literal(value) for value in row]) if any(row) else _literal(0.0)
        for row in term.table.tolist()
    ]
    return _chain(table[term.columns[0]], term, 0, inner)


def _literal(value: float) -> Any:
    import ibis

    return ibis.literal(value, type="float64")


def _chain(column: Any, term: Term, place: int, by_code: list[Any]) -> Any:
    """Pick from `by_code` by the code of a column: missing first, then the cells in their order, then unseen."""
    import ibis

    axis = term.axes[place]
    if isinstance(axis, Numbers):
        below = [(column < edge, by_code[code]) for code, edge in enumerate(axis.edges, start=1)]
        return ibis.cases((column.isnull(), by_code[0]), *below, else_=by_code[axis.size])
    among = [(column.isin(list(cell)), by_code[code]) for code, cell in enumerate(axis.cells, start=1)]
    return ibis.cases((column.isnull(), by_code[0]), *among, else_=by_code[axis.size + 1])
