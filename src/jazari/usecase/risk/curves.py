"""The curves of a glass model: what the most telling columns add to the score, drawn from `model.json` alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

from jazari.core.numbers import short
from jazari.schema.columns import Column
from jazari.schema.table import Table
from jazari.usecase import charts
from jazari.usecase.section import Chart, Grid, Section, Voice

MOST = 6
_MOST_ROWS = 40


def curves(model: Mapping[str, Any] | None, table: Table, say: Voice) -> Section | None:
    """The section with the curves of the most telling columns; None where the model is not glass."""
    terms = [term for term in (model or {}).get("terms", ()) if len(term["columns"]) == 1 and "table" in term]
    if not terms:
        return None
    telling = sorted(terms, key=lambda term: (-weight(term), term["columns"]))[:MOST]
    sentences = [
        say("The score is a sum: each column adds what its curve says. These {n} columns weigh most.", n=len(telling)),
        say("A contribution is a contribution to the score. It is not a cause."),
    ]
    return Section(say("What weighs in the score"), sentences, charts=[_chart(one, table, say) for one in telling])


def weight(term: Mapping[str, Any]) -> float:
    """How much a term moves scores: the standard deviation of its contribution over the people it was fitted on."""
    values, people = flat(term["table"]), flat(term["counts"])
    total = sum(people) or 1
    mean = sum(value * count for value, count in zip(values, people, strict=True)) / total
    return sqrt(sum(count * (value - mean) ** 2 for value, count in zip(values, people, strict=True)) / total)


def flat(table: Any) -> list[float]:
    """The cells of a table of one column or of a pair, as one list."""
    return [value for one in table for value in (flat(one) if isinstance(one, list) else [one])]


def _chart(term: Mapping[str, Any], table: Table, say: Voice) -> Chart:
    column = table.column(term["columns"][0])
    title = say(column.label or column.name) + (f" ({say(column.unit)})" if column.unit else "")
    axis, values = term["axes"][0], term["table"]
    if "edges" in axis:
        return _number(column, title, axis["edges"], values, say)
    names = [_category(one, say) for one in axis.get("categories", axis.get("values", ()))]
    grid = Grid((title, say("adds to the score")), [(n, say.number(v, 2)) for n, v in zip(names, values, strict=False)])
    ordered = sorted(zip(values, names, strict=False))
    sentence = say("Highest for {high}, lowest for {low}.", high=ordered[-1][1], low=ordered[0][1])
    return Chart(title, charts.bars(values, names, label=title), sentence, _cut(grid))


def _number(column: Column, title: str, edges: Sequence[float], values: Sequence[float], say: Voice) -> Chart:
    low, high = column.within or (min(edges, default=0.0), max(edges, default=1.0))
    if edges:  # the ends of the drawing follow the people, not the bounds that a form allows
        room = (max(edges) - min(edges)) * 0.08 or 1.0
        low, high = max(low, min(edges) - room), min(high, max(edges) + room)
    marks = (short(low, say.language), short(high, say.language))
    cells = [(_between(edges, index, say), say.number(value, 2)) for index, value in enumerate(values)]
    best = cells[max(range(len(values)), key=lambda index: values[index])][0]
    sentence = say("Adds most at {cell}.", cell=best)
    svg = charts.steps(low, high, edges, values, label=title, marks=marks)
    return Chart(title, svg, sentence, _cut(Grid((title, say("adds to the score")), cells)))


def _between(edges: Sequence[float], index: int, say: Voice) -> str:
    if not edges:
        return say("any value")
    if index == 0:
        return say("below {value}", value=short(edges[0], say.language))
    if index >= len(edges):
        return say("from {value} up", value=short(edges[-1], say.language))
    return say("{low} to {high}", low=short(edges[index - 1], say.language), high=short(edges[index], say.language))


def _category(values: Any, say: Voice) -> str:
    group = values if isinstance(values, list) else [values]
    return ", ".join(say(str(one)) for one in group)


def _cut(grid: Grid) -> Grid:
    return Grid(grid.heads, list(grid.rows)[:_MOST_ROWS])
