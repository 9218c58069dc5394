"""The language of a request, and texts that may be said in another one."""

from __future__ import annotations

import re
from collections.abc import Mapping

from jazari.core.languages import LANGUAGES, STANDS_IN, said_in, translate

DEFAULT = "fr"
_LETTERS = {
    "ar": re.compile("[\u0600-\u06ff]"),
    "zgh": re.compile("[\u2d30-\u2d7f]"),
    "fr": re.compile("[A-Za-z\u00c0-\u017f]"),
}
_WORD = re.compile(r"[^\W\d_]+")
_FRENCH = frozenset(
    ("à", "au", "ce", "dans", "de", "des", "du", "elle", "est", "et", "il", "la", "le", "les", "que", "une")
)
_ENGLISH = frozenset(("and", "are", "for", "from", "has", "he", "her", "his", "is", "of", "she", "that", "the", "was"))


def sentence(text: str) -> str:
    """Mark an English sentence for the catalogues; it is translated where it is shown."""
    return text


def of_path(path: str) -> str | None:
    """The language that a path begins with: `/ar/register/` is Arabic."""
    first = path.lstrip("/").partition("/")[0]
    return first if first in LANGUAGES else None


def negotiate(accepted: str) -> str:
    """The language of Jazari that an `Accept-Language` header likes best; French where it likes none."""
    wishes = []
    for place, part in enumerate(accepted[:500].split(",")):
        tag, _, weight = part.partition(";")
        quality = weight.strip().removeprefix("q=") or "1"
        first = tag.strip().lower().partition("-")[0]
        if first in LANGUAGES and quality.replace(".", "", 1).isdigit():
            wishes.append((-float(quality), place, first))
    return min(wishes)[2] if wishes else DEFAULT


def pick(texts: Mapping[str, str] | str, language: str) -> tuple[str, str]:
    """A text that is held by language, and the language it is really in.

    A plain string is an English sentence of the catalogues.
    """
    if isinstance(texts, str):
        return translate(texts, language), said_in(texts, language)
    order = (*STANDS_IN.get(language, ()), language, "fr", "ar", "en", "zgh")
    found = next((one for one in order if texts.get(one)), language)
    said = texts.get(found, "")
    # a text that was sealed in four languages holds French under Tamazight where French stood in
    return said, "fr" if found == "zgh" and said == texts.get("fr") else found


def written_in(said: str, wanted: str) -> str:
    """The language that a person wrote in, read off the letters; between French and English, off the small words.

    Args:
        said: What was written.
        wanted: The language of the page, which is taken where the text has no letters.
    """
    counts = {language: len(letters.findall(said)) for language, letters in _LETTERS.items()}
    script = max(counts, key=counts.__getitem__)
    if not counts[script]:
        return wanted
    if script != "fr":
        return script
    words = set(_WORD.findall(said.casefold()))
    english, french = len(words & _ENGLISH), len(words & _FRENCH)
    if english == french:
        return wanted if wanted in ("fr", "en") else "fr"
    return "en" if english > french else "fr"
