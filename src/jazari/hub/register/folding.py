"""Folding: words as people type them, without the marks that they leave out.

Latin letters lose accents and case. Arabic loses vowel signs and the tatweel; the forms of alef, hamza, ya and ta
marbuta that people mix up become one; Arabic and Persian digits become 0-9. Tifinagh loses the labialisation mark.
Source for Arabic: Larkey, Ballesteros & Connell 2007, "Light stemming for Arabic information retrieval", normalisation.
"""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans("أإآٱىئؤةگڭ’'", "ااااييوهكك  ")
_SIGNS = str.maketrans({"ـ": "", "ⵯ": "", "œ": "oe", "æ": "ae"})
_WORD = re.compile(r"\w+")
_ARTICLE = re.compile(r"^(?:وال|بال|كال|فال|لل|ال)(?=\w{3})")
_MOST_WORDS = 12
_LONGEST = 60


def fold(text: str) -> str:
    """A text without case, accents and the marks that people leave out; one blank between words."""
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS).translate(_SIGNS))
    kept = (
        str(unicodedata.digit(one)) if one.isdigit() and not one.isascii() else one
        for one in letters
        if not unicodedata.combining(one)
    )
    return " ".join(_WORD.findall("".join(kept).translate(_LETTERS)))


def index(text: str) -> set[str]:
    """The words that a text is found by: folded, with and without the Arabic article."""
    found = set(fold(text).split())
    return {word[:_LONGEST] for word in found | {_ARTICLE.sub("", word) for word in found}}


def words(query: str) -> list[str]:
    """The words of a query, folded, without the Arabic article; at most twelve."""
    return [_ARTICLE.sub("", word)[:_LONGEST] for word in fold(query[:300]).split()][:_MOST_WORDS]
