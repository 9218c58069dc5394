"""Show a declaration as a card in the terminal, in a language."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from jazari.core.languages import translate
from jazari.schema.columns import Column
from jazari.usecase.declaration import UseCase

_WIDTH = 96


def shown(case: UseCase, language: str) -> str:
    """The card of a declaration: purpose, help, who answers for it, columns, safeguards."""

    def say(label: Any, **values: Any) -> str:
        return translate(label, language, **values)

    lines = [say(case.title or case.name), "=" * len(say(case.title or case.name)), ""]
    lines += textwrap.wrap(say(case.purpose), _WIDTH)
    lines += ["", *_facts(case, say), ""]
    for role, heading in (("column", "The engine reads"), ("audited", "The audit alone reads"), ("outcome", "Outcome")):
        columns = case.table.of_role(role)  # type: ignore[arg-type]
        if columns:
            lines += [say(heading), *(line for one in columns for line in _column(one, say)), ""]
    lines += [say("Safeguards"), *(f"  {_rule(one.as_json())}" for one in case.safeguards)]
    questions = case.unsaid()
    if questions:
        lines += ["", say("Only a person can say:"), *(f"  - {question}" for question in questions)]
    return "\n".join(lines)


def _facts(case: UseCase, say: Any) -> Iterator[str]:
    facts = (
        *_offered(case, say),
        ("Accountable", say(case.owner) if case.owner else say("not declared")),
        ("Legal basis", "; ".join(say(one) for one in case.legal_bases) or say("not declared")),
        ("Contact", say(case.contact) if case.contact else say("not declared")),
        ("One row is", say(case.table.row) if case.table.row else say("not declared")),
    )
    for name, value in facts:
        yield f"{say(name)}: {value}"


def _offered(case: UseCase, say: Any) -> Iterator[tuple[str, str]]:
    place = case.help
    if place is not None:
        share = f"{place.share:.1%}" if place.share is not None else str(place.count)
        where = f" / {say(case.table.column(place.of).label or place.of)}" if place.of else ""
        yield "Help offered", f"{say(place.label or place.what)}: {share}{where}"


def _column(column: Column, say: Any) -> Iterator[str]:
    bounds = f"{column.within[0]:g} .. {column.within[1]:g}" if column.within else ", ".join(column.among[:8])
    extra = " ".join(
        word for word in (bounds, column.unit, {"up": "+", "down": "-"}.get(column.direction or "", "")) if word
    )
    yield f"  {column.name:<28} {say(column.label or column.name)}{f'  [{extra}]' if extra else ''}"


def _rule(said: dict[str, Any]) -> str:
    arguments = {name: value for name, value in said.items() if name not in ("safeguard", "waivable")}
    return f"{said['safeguard']}({', '.join(f'{name}={value}' for name, value in arguments.items())})"
