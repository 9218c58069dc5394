"""The card: what a use case is and how well it does, on a page that anyone can open, in four languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from jazari.core.languages import direction, translate
from jazari.schema.records import Answer, Finding
from jazari.usecase.ability import ability
from jazari.usecase.declaration import UseCase


def card(case: UseCase, answer: Answer, findings: Sequence[Finding], head: Mapping[str, Any], language: str) -> str:
    """The card of a dossier in a language: one self-contained HTML page, deterministic."""

    def say(label: Any, **values: Any) -> str:
        return translate(label, language, **values)

    return _template("card.html").render(
        case=case, say=say, language=language, direction=direction(language), findings=findings, head=head,
        figures=ability(case.engine).summary(answer.evidence), evidence=answer.evidence,
    )  # fmt: skip


@cache
def _template(name: str) -> Template:
    loader = PackageLoader("jazari.usecase", "templates")
    return Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).get_template(name)
