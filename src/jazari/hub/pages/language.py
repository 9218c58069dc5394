"""The language of a request, and texts that may be said in another one."""

from __future__ import annotations

from collections.abc import Mapping

from jazari.core.languages import LANGUAGES, STANDS_IN, said_in, translate

DEFAULT = "fr"


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
    return texts.get(found, ""), found
