"""Dates and numbers as Morocco writes them in each language (source: Unicode CLDR 48, ar-MA, zgh, fr-MA, en)."""

from __future__ import annotations

import datetime
import re
from zoneinfo import ZoneInfo

MOROCCO = ZoneInfo("Africa/Casablanca")
_SPACE = "\u202f"
MONTHS = {
    "ar": ["يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو", "يوليوز", "غشت", "شتنبر", "أكتوبر", "نونبر", "دجنبر"],
    "zgh": [
        "ⵉⵏⵏⴰⵢⵔ",
        "ⴱⵕⴰⵢⵕ",
        "ⵎⴰⵕⵚ",
        "ⵉⴱⵔⵉⵔ",
        "ⵎⴰⵢⵢⵓ",
        "ⵢⵓⵏⵢⵓ",
        "ⵢⵓⵍⵢⵓⵣ",
        "ⵖⵓⵛⵜ",
        "ⵛⵓⵜⴰⵏⴱⵉⵔ",
        "ⴽⵜⵓⴱⵔ",
        "ⵏⵓⵡⴰⵏⴱⵉⵔ",
        "ⴷⵓⵊⴰⵏⴱⵉⵔ",
    ],
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
_MARKS = {"ar": (".", ","), "zgh": (_SPACE, ","), "fr": (_SPACE, ","), "en": (",", ".")}


def day(moment: datetime.date | str, language: str) -> str:
    """A date in words: `20 غشت 2026`, `20 août 2026`. Takes ISO 8601 text too; a moment is read in Morocco's time."""
    if isinstance(moment, str):
        moment = datetime.datetime.fromisoformat(moment) if "T" in moment else datetime.date.fromisoformat(moment)
    if isinstance(moment, datetime.datetime) and moment.tzinfo:
        moment = moment.astimezone(MOROCCO)
    first = "1er" if language == "fr" and moment.day == 1 else str(moment.day)
    return f"{first} {MONTHS[language][moment.month - 1]} {moment.year}"


def number(value: float, language: str, digits: int = 0) -> str:
    """A number with the language's marks: `1 234,5` in French, `1.234,5` in Arabic."""
    value = float(value)
    thousands, decimal = _MARKS[language]
    text = (
        f"{round(value, digits) or 0.0:,.{digits}f}".replace(",", "\0").replace(".", decimal).replace("\0", thousands)
    )
    return text.replace("-", "\u2212")


def shortest(value: float, language: str) -> str:
    """A number with the digits that it needs, four at most that tell: `0,5`, `12`, `1 500`."""
    whole = abs(value) >= 1000 or value == int(value)  # noqa: PLR2004  beyond that no decimal tells anything
    digits = 0 if whole else len(f"{value:.4g}".partition(".")[2].partition("e")[0])
    return number(value, language, digits)


_UNITS: dict[str, dict[str, tuple[str, ...]]] = {
    "ar": {
        "D": ("يوم", "يومان", "أيام", "يوماً"), "W": ("أسبوع", "أسبوعان", "أسابيع", "أسبوعاً"),
        "M": ("شهر", "شهران", "أشهر", "شهراً"), "Y": ("سنة", "سنتان", "سنوات", "سنة"),
        "H": ("ساعة", "ساعتان", "ساعات", "ساعة"),
    },
    "fr": {
        "D": ("jour", "jours"), "W": ("semaine", "semaines"), "M": ("mois", "mois"), "Y": ("an", "ans"),
        "H": ("heure", "heures"),
    },
    "en": {
        "D": ("day", "days"), "W": ("week", "weeks"), "M": ("month", "months"), "Y": ("year", "years"),
        "H": ("hour", "hours"),
    },
}  # fmt: skip
_DURATION = re.compile(r"P(?:(\d+)([DWMY])|T(\d+)(H))")
_TWO, _TEN = 2, 10


def duration(text: str, language: str) -> str:
    """A duration of ISO 8601 in words: `30 jours`, `12 شهراً`; French stands in for Tamazight; else as it stands."""
    found = _DURATION.fullmatch(text)
    if not found:
        return text
    count, words = int(found[1] or found[3]), _UNITS.get(language, _UNITS["fr"])[found[2] or found[4]]
    if language == "ar":
        if count == _TWO:
            return words[1]
        return f"{count} {words[0] if count == 1 else words[2] if count <= _TEN else words[3]}"
    return f"{count}\u00a0{words[count > 1]}"


def decimal(language: str) -> str:
    """The mark between units and tenths."""
    return _MARKS[language][1]


def share(value: float, language: str, digits: int = 0) -> str:
    """A share as a percentage: `12,5 %`."""
    blank = "" if language == "en" else "\u00a0"
    return f"{number(float(value) * 100, language, digits)}{blank}%"  # PostgreSQL gives 1e300 back as a whole number
