"""Wording: what an entry and its record say, in a language, line by line: for the page and for the terminal."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from jazari.core import canonical
from jazari.core.languages import LANGUAGES, said_in, translate
from jazari.governance.clocks.written import in_words, written
from jazari.governance.ledger import numbers
from jazari.governance.ledger.vocabulary import KINDS

_SEALED_ON = "Sealed on"
_ROWS = {
    "number": "Number", "kind": "What was sealed", "title": "Use case", "at": _SEALED_ON, "system": "AI system",
    "version": "Version", "outcome": "What was decided", "action": "What the officer did with the proposal",
    "reasons": "Reasons", "officer": "Decided by", "decided_at": "Decided on",
    "factors": "What weighed in the proposal", "factors_face_to_face": "Factors that are told in person only",
    "legal_basis": "Legal basis", "routes": "What you can do", "owner": "Who answers for the system",
    "contact": "Contact",
}  # fmt: skip
_CODES = frozenset({"number", "system", "version"})
_WRITTEN = frozenset({"reasons", "officer", "owner", "contact"})
_ACTIONS = {
    "followed": "The proposal was followed.",
    "modified": "The proposal was changed in part.",
    "overrode": "Something else was decided.",
}


_SAID: dict[str, Callable[[Any, str], tuple[str, ...]]] = {
    "number": lambda value, _: (numbers.shown(value),),
    "kind": lambda value, language: (translate(KINDS[value].says, language),),
    "action": lambda value, language: (translate(_ACTIONS[value], language),),
    "at": lambda value, language: (_moment(value, said_in(_SEALED_ON, language)),),
    "decided_at": lambda value, language: (_moment(value, said_in(_SEALED_ON, language)),),
    "factors": lambda value, language: tuple(_text(one["words"], language) for one in value),
    "routes": lambda value, language: tuple(in_words(one, language) for one in value),
}


class Line(NamedTuple):
    """One thing that was sealed.

    Attributes:
        label: What it is, in the language.
        texts: What was said: one text, or several.
        way: Its direction: `ltr` for codes, `auto` for what people wrote, empty for the direction of the language.
    """

    label: str
    texts: tuple[str, ...]
    way: str = ""


def lines(entry: Mapping[str, Any], record: Mapping[str, Any], language: str) -> list[Line]:
    """What a person reads of an entry and its record; empty values and digests of files are left out.

    Args:
        entry: The public entry.
        record: The record behind its commitment.
        language: `ar`, `zgh`, `fr` or `en`.

    Raises:
        DeclarationError: JZ-202, Jazari does not speak the language.
    """
    said = {**record, **entry}
    made = [
        Line(
            translate(label, language),
            _texts(name, said[name], language),
            "ltr" if name in _CODES else "auto" if name in _WRITTEN else "",
        )
        for name, label in _ROWS.items()
        if said.get(name) not in (None, "", 0, [])
    ]
    return [one for one in made if one.texts]


def _texts(name: str, value: Any, language: str) -> tuple[str, ...]:
    """The value of a field in words; whatever it holds, for a record may come from anybody."""
    try:
        if name in _SAID:
            return _SAID[name](value, language)
    except (KeyError, ValueError, TypeError, AttributeError):
        pass  # not as Jazari writes it: shown as it stands
    return tuple(_text(one, language) for one in value) if isinstance(value, list) else (_text(value, language),)


def _text(value: Any, language: str) -> str:
    if isinstance(value, Mapping) and value and value.keys() <= set(LANGUAGES):
        return translate({name: str(text) for name, text in value.items()}, language)
    return translate(value, language) if isinstance(value, str) else canonical.encode(value).decode()


def _moment(text: str, language: str) -> str:
    """A moment as people write it, with the offset it was sealed with: `22 novembre 2026 – 10:30 (UTC+01:00)`."""
    moment = datetime.datetime.fromisoformat(text)
    return f"{written(moment.date(), language)} – {moment:%H:%M} ({moment.tzname()})"
