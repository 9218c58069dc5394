"""Factors: what weighed in one person's place on the list, in words for the notice; never a number on its own.

A factor is a contribution to a score and not a cause. A column declared `face_to_face` (a family's poverty) is told in
person only: on paper its factor is counted, not named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jazari.core.languages import LANGUAGES, said_in, translate
from jazari.core.numbers import short
from jazari.schema.columns import Column
from jazari.schema.table import Table

_ONE = {
    "up": "{what}: {value}. This raises the score.",
    "down": "{what}: {value}. This lowers the score.",
    "": "{what}",
}
_TWO = {
    "up": "{what}: {value}; {other}: {other_value}. Together they raise the score.",
    "down": "{what}: {value}; {other}: {other_value}. Together they lower the score.",
    "": "{what}; {other}",
}
_NO_REASON = 255


@dataclass(frozen=True)
class Factors:
    """The factors of one person.

    Attributes:
        written: What a notice may say, heaviest first: `{"columns", "values", "units", "direction", "words"}`, where
            `words` holds the sentence by language.
        spoken: What is only told face to face, in the same form.
    """

    written: tuple[dict[str, Any], ...]
    spoken: tuple[dict[str, Any], ...]


def factors(
    row: Mapping[str, Any], terms: Sequence[Mapping[str, Any]], table: Table, languages: Sequence[str] = LANGUAGES
) -> Factors:
    """The factors behind one row of a list.

    Args:
        row: A row of `list.parquet` with its `inputs`.
        terms: The `terms` of the model, at which the row's reasons point; empty: no factor is known.
        table: The table of the declaration.
        languages: The languages of the words.
    """
    declared = {one.name: one for one in table.columns}
    written: list[dict[str, Any]] = []
    spoken: list[dict[str, Any]] = []
    for reason, contribution in _reasons(row):
        if reason >= len(terms):
            continue
        names = [str(one) for one in terms[reason]["columns"]]
        # a foreign model gives its reasons in words of its own
        columns = [declared.get(name, Column(name, "column", label=name)) for name in names]
        made = _factor(columns, row["inputs"], contribution, languages)
        (spoken if any(one.face_to_face for one in columns) else written).append(made)
    return Factors(tuple(written), tuple(spoken))


def read_in_words(inputs: Mapping[str, Any], table: Table, language: str) -> list[tuple[str, str]]:
    """What a system read of a person, as people say it: names with units and values, in the order of the table.

    Args:
        inputs: Values by the name of their column.
        table: The table that declares them.
        language: The language.
    """
    spoken = said_in(_ONE["up"], language)
    known = [one for one in table.columns if one.name in inputs]
    strange = [Column(name, "column", label=name) for name in sorted(set(inputs) - {one.name for one in known})]
    return [(_name(one, spoken), _value(one, inputs[one.name], spoken)) for one in (*known, *strange)]


def _reasons(row: Mapping[str, Any]) -> list[tuple[int, float | None]]:
    names = sorted(name for name in row if name.startswith("reason_"))
    pairs = [(row[name], row.get(name.replace("reason", "contribution"))) for name in names]
    return [(int(reason), weight) for reason, weight in pairs if reason is not None and reason != _NO_REASON]


def _factor(
    columns: Sequence[Column], inputs: Mapping[str, Any], contribution: float | None, languages: Sequence[str]
) -> dict[str, Any]:
    direction = "" if contribution is None or not inputs else "up" if contribution > 0 else "down"
    return {
        "columns": [one.name for one in columns],
        "values": [inputs.get(one.name) for one in columns],
        "units": [one.unit for one in columns],
        "direction": direction,
        "words": {language: _words(columns, inputs, direction, language) for language in languages},
    }


def _words(columns: Sequence[Column], inputs: Mapping[str, Any], direction: str, language: str) -> str:
    first, last = columns[0], columns[-1]
    sentence = (_ONE if len(columns) == 1 else _TWO)[direction]
    spoken = said_in(_ONE["up"], language)  # where French stands in, it does so for the whole sentence
    return translate(
        sentence, spoken, what=_name(first, spoken), value=_value(first, inputs.get(first.name), spoken),
        other=_name(last, spoken), other_value=_value(last, inputs.get(last.name), spoken),
    )  # fmt: skip


def _name(column: Column, language: str) -> str:
    """The label with its unit behind it, as on the card: the unit then needs no plural."""
    label = translate(column.label or column.name, language)
    return f"{label} ({translate(column.unit, language)})" if column.unit else label


def _value(column: Column, value: Any, language: str) -> str:
    if value is None:
        return translate("not recorded", language)
    if column.kind == "flag":
        return translate("yes" if value else "no", language)
    if isinstance(value, (int, float)):
        return short(float(value), language)
    return translate(str(value), language)
