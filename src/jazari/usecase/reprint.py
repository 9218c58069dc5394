"""Reprint: the card of a dossier again, with the waivers that are in force today."""

from __future__ import annotations

import datetime

from jazari.core import plugins
from jazari.core.languages import known
from jazari.schema.records import Finding
from jazari.usecase.ability import GROUP, Ability
from jazari.usecase.card import card
from jazari.usecase.dossier import Dossier
from jazari.usecase.section import Voice
from jazari.usecase.waivers import effective_status, in_force


def reprint(dossier: Dossier, language: str = "fr", today: datetime.date | None = None) -> str:
    """The card of a dossier in a language, its status computed with the waivers in force.

    Raises:
        DeclarationError: JZ-202, Jazari does not speak the language.
    """
    document = dossier.document
    declaration = document["declaration"]
    answering: Ability = plugins.load(GROUP, declaration["engine"]["ability"])
    model = dossier.model if "model.json" in document["files"] else None
    sections = answering.sections(declaration, dossier.evidence, model, Voice(known(language)))
    head = {**document, "status": effective_status(dossier, today)}
    findings = [Finding(**one) for one in document["findings"]]
    return card(declaration, sections, findings, head, language, in_force(dossier, today))
