"""Languages of the network and the translation of what Jazari says in them.

Arabic, Tamazight, French and English, in this order on every card. Catalogues are gettext files,
`locale/LANG/LC_MESSAGES/ROOM.mo`, one domain a room; the English sentence is the key. Where a Tamazight
sentence could not be written with confidence it has no entry and French stands in (`docs/reference/languages.md`
lists them).
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jazari.core.errors import DeclarationError
from jazari.core.numbers import Number

LANGUAGES = ("ar", "zgh", "fr", "en")
RIGHT_TO_LEFT = frozenset({"ar"})
NAMES = {"ar": "العربية", "zgh": "ⵜⴰⵎⴰⵣⵉⵖⵜ", "fr": "Français", "en": "English"}
STANDS_IN = {"zgh": ("zgh", "fr"), "ar": ("ar",), "fr": ("fr",), "en": ()}

_LOCALE = Path(__file__).parent.parent / "locale"


def direction(language: str) -> str:
    """`rtl` or `ltr`, as HTML says it."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def known(language: str) -> str:
    """The language itself if Jazari speaks it.

    Raises:
        DeclarationError: JZ-202.
    """
    if language not in LANGUAGES:
        raise DeclarationError(
            "JZ-202",
            f"Jazari does not speak '{language}'",
            found=language,
            fix=f"choose one of {', '.join(LANGUAGES)}.",
        )
    return language


def translate(sentence: str | Mapping[str, str], language: str, **values: object) -> str:
    """A sentence in a language, with its `{places}` filled in.

    Args:
        sentence: An English key of the catalogues, or a mapping from language to text.
        language: One of `LANGUAGES`.
        values: What fills the places of the sentence (`str.format`); numbers as the language writes them, `{gap:.1%}`
            being `4,2 %` in French.
    """
    known(language)
    text = _pick(sentence, language) if isinstance(sentence, Mapping) else _look_up(sentence, language)
    if not values:
        return text
    # French that stands in for Tamazight writes numbers as Tamazight does: with a comma and a space
    return text.format(**{name: _written(value, language) for name, value in values.items()})


def _written(value: object, language: str) -> object:
    return Number(value, language) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def said_in(sentence: str, language: str) -> str:
    """The language in which `translate` really says a sentence of the catalogues: French may stand in for Tamazight."""
    known(language)
    return next((one for one in STANDS_IN[language] if _catalogue(one).get(sentence)), "en")


def _pick(texts: Mapping[str, str], language: str) -> str:
    order = (*STANDS_IN[language], language, "en", "fr", "ar")
    return next((texts[one] for one in order if one in texts), next(iter(texts.values()), ""))


def _look_up(sentence: str, language: str) -> str:
    for one in STANDS_IN[language]:
        text = _catalogue(one).get(sentence)
        if text:
            return text
    return sentence


@cache
def _catalogue(language: str) -> dict[str, str]:
    """All the rooms' catalogues of one language as one mapping."""
    sentences: dict[str, str] = {}
    for path in sorted(_LOCALE.glob(f"{language}/LC_MESSAGES/*.mo")):
        with path.open("rb") as stream:
            catalogue = gettext.GNUTranslations(stream)
        sentences |= {key: text for key, text in catalogue._catalog.items() if isinstance(key, str) and key}  # type: ignore[attr-defined]  # noqa: SLF001  gettext has no public way to list its sentences
    return sentences
