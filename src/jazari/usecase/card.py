"""The card: what a use case is and how well it does, on a page that anyone can open, in four languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from jazari.core.languages import LANGUAGES, NAMES, direction
from jazari.schema.records import Finding
from jazari.usecase.section import Section, Voice

WORDS = {"unaudited": "not audited yet", "publishable": "publishable", "blocked": "blocked"}


def card(
    declaration: Mapping[str, Any],
    sections: Sequence[Section],
    findings: Sequence[Finding],
    head: Mapping[str, Any],
    language: str,
    waivers: Sequence[Mapping[str, Any]] = (),
) -> str:
    """The card of a dossier in a language: one self-contained HTML page; the same dossier gives the same bytes.

    Args:
        declaration: The use case as JSON (`UseCase.document`).
        sections: What its ability has to say, already in the language.
        findings: What the safeguards found.
        head: The head of the dossier: status, seed, versions, fingerprints, unknown.
        language: One of ar, zgh, fr, en.
        waivers: The waivers in force, as their files say.
    """
    say = Voice(language)
    return _template("card.html").render(
        case=declaration, sections=sections, findings=findings, head=head, waivers=waivers, say=say, language=language,
        direction=direction(language), others=[(one, NAMES[one]) for one in LANGUAGES if one != language],
        facts=_facts(declaration, say), status=say(WORDS[head["status"]]), svg=Markup,
        rules=_rules(declaration),
    )  # fmt: skip


def _facts(declaration: Mapping[str, Any], say: Voice) -> list[tuple[str, str]]:
    help_ = declaration["help"]
    columns = {one["name"]: one for one in declaration["table"]["columns"]}
    about_people = _offered(help_, columns, say) if help_ else []
    legal = "; ".join(say(one) for one in declaration["legal_basis"])
    facts = [
        *about_people,
        ("One row is", say(declaration["table"]["row"]) if declaration["table"]["row"] else ""),
        ("Accountable", say(declaration["owner"]) if declaration["owner"] else ""),
        ("Legal basis", legal),
        ("Contact", say(declaration["contact"]) if declaration["contact"] else ""),
    ]
    return [(say(name), value or say("not declared")) for name, value in facts]


def _offered(help_: Mapping[str, Any], columns: Mapping[str, Any], say: Voice) -> list[tuple[str, str]]:
    """What is offered to whom; nothing of the sort where the question is not about people."""
    places = say.percent(help_["share"], 1) if help_["share"] is not None else say.number(help_["count"])
    if help_["of"]:
        area = columns[help_["of"]]
        places = say("{places} of each: {area}", places=places, area=say(area["label"] or area["name"]).lower())
    outcome = next((one for one in columns.values() if one["role"] == "outcome"), None)
    return [
        ("Help offered", say(help_["label"] or help_["what"])),
        ("Places", places),
        ("Outcome", say(outcome["label"] or outcome["name"]) if outcome else ""),
    ]


def _rules(declaration: Mapping[str, Any]) -> list[str]:
    """The arguments of each safeguard as the declaration writes them, in its order, which is that of the findings."""
    hidden = ("safeguard", "waivable")
    return [
        ", ".join(f"{name} {_plain(value)}" for name, value in one.items() if name not in hidden)
        for one in declaration["safeguards"]
    ]


def _plain(value: Any) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, (list, tuple)) else str(value)


@cache
def _template(name: str) -> Template:
    loader = PackageLoader("jazari.usecase", "templates")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return made.get_template(name)
