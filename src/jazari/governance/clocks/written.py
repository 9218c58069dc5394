"""Days as people write them, in the four languages."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from jazari.core.languages import said_in, translate

_UNTIL = "{what}: at the latest on {day}."
_OPEN = "{what}: at any time."

# Arabic as written in Morocco: months of the Gregorian year have other names than in the Mashriq (CLDR, ar-MA)
_MONTHS = {
    "ar": "يناير فبراير مارس أبريل ماي يونيو يوليوز غشت شتنبر أكتوبر نونبر دجنبر",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
}


def written(day: datetime.date, language: str) -> str:
    """A day in words: `1er avril 2026`, `1 April 2026`; in figures in Tamazight."""
    if language not in _MONTHS:
        return f"{day.day:02}-{day.month:02}-{day.year}"
    number = "1er" if language == "fr" and day.day == 1 else str(day.day)
    return f"{number} {_MONTHS[language].split()[day.month - 1]} {day.year}"


def in_words(route: Mapping[str, Any], language: str) -> str:
    """A route (a document of `usecase.decisions.routes`) as a sentence: "Complain to the service: at any time."."""
    what = translate(route["title"], language)
    if route["last_day"] is None:
        return translate(_OPEN, language, what=what)
    day = datetime.date.fromisoformat(route["last_day"])
    return translate(_UNTIL, language, what=what, day=written(day, said_in(_UNTIL, language)))
