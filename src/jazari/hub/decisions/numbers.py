"""Numbers and secrets as people type them from paper: small letters, Arabic digits, any hyphen a telephone writes."""

from __future__ import annotations

import unicodedata

from django.urls.converters import StringConverter

_ALIKE = str.maketrans("OIL", "011")
_DECISION = 20
_LONGEST = 40


def letters(text: str) -> str:
    """Only the letters and digits of a text, in capitals and in the digits 0 to 9; what cannot be told apart is one."""
    kept = (one for one in unicodedata.normalize("NFKC", text).upper() if one.isalnum())
    return "".join(str(unicodedata.digit(one, one)) for one in kept)[:_LONGEST]


def alike(text: str) -> str:
    """Letters with those that look like a digit turned into it."""
    return letters(text).translate(_ALIKE)


def grouped(text: str) -> str:
    """Letters in groups of four."""
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def number_of(text: str) -> str:
    """The number of a decision, an objection (`O-`) or a request (`R-`) as it is printed; empty where it is none."""
    typed = letters(text)
    if len(typed) == _DECISION:
        return grouped(alike(typed))
    return f"{typed[0]}-{grouped(alike(typed[1:]))}" if typed[:1] in ("O", "R") and typed[1:] else ""


class Number(StringConverter):
    """A number in an address: `va25-rddq-…` is `VA25-RDDQ-…`."""

    def to_python(self, value: str) -> str:
        """The number as it is printed; as it stands where it is none, so that the page answers alike."""
        return number_of(value) or value
