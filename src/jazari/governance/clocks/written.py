"""Days as people write them, in the four languages."""

from __future__ import annotations

import datetime

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
