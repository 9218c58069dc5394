"""Numbers as each language of the network writes them (CLDR 46: ar-MA, zgh, fr-MA, en; Western digits in all four)."""

from __future__ import annotations

_DECIMAL = {"ar": ",", "zgh": ",", "fr": ",", "en": "."}
_THOUSANDS = {"ar": ".", "zgh": "\u202f", "fr": "\u202f", "en": ","}
_PERCENT = {"ar": "%", "zgh": "\u00a0%", "fr": "\u00a0%", "en": "%"}


def number(value: float, language: str, digits: int = 0) -> str:
    """A number with so many decimals: `1 234,5` in French, `1.234,5` in Moroccan Arabic."""
    text = f"{value:,.{digits}f}"
    swapped = text.replace(",", "\0").replace(".", _DECIMAL[language])
    return swapped.replace("\0", _THOUSANDS[language])


def percent(share: float, language: str, digits: int = 0) -> str:
    """A share as a percentage: `4 %` in French."""
    return number(100 * share, language, digits) + _PERCENT[language]


def short(value: float, language: str) -> str:
    """A number with at most three decimals and no zeros at the end: bounds and edges of columns."""
    text = number(value, language, 3)
    return text.rstrip("0").rstrip(_DECIMAL[language]) if _DECIMAL[language] in text else text
