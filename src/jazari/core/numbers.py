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


class Number:
    """A number that a sentence formats as usual (`{gap:.1%}`) and that comes out as the language writes it.

    Args:
        value: The number.
        language: One of the network's languages.
    """

    def __init__(self, value: float, language: str) -> None:
        self._value = value
        self._language = language

    def __format__(self, form: str) -> str:
        text = format(self._value, form)
        signs: dict[str, str | int | None] = {
            ",": _THOUSANDS[self._language], ".": _DECIMAL[self._language], "%": _PERCENT[self._language],
        }  # fmt: skip
        if self._language == "ar":  # as in CLDR: without the mark a sign would stand behind its number
            signs |= {"+": "\u200e+", "-": "\u200e-"}
        return text.translate(str.maketrans(signs))

    def __str__(self) -> str:
        return format(self, "")


def percent(share: float, language: str, digits: int = 0) -> str:
    """A share as a percentage: `4 %` in French."""
    return number(100 * share, language, digits) + _PERCENT[language]


def short(value: float, language: str) -> str:
    """A number with at most three decimals and no zeros at the end: bounds and edges of columns."""
    text = number(value, language, 3)
    return text.rstrip("0").rstrip(_DECIMAL[language]) if _DECIMAL[language] in text else text
