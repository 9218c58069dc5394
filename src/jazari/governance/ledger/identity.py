"""Who a record is about: a keyed pseudonym, never an identity number."""

from __future__ import annotations

import hmac
import re
import unicodedata

from jazari.core.errors import DataError

# The carte nationale d'identité (CIN, CNIE; law 04-20) bears one or two letters and up to six digits.
_WHOLE = re.compile(r"\s*[A-Za-z]{1,2}[ ./_-]?[0-9]{1,6}\s*")
_DIGITS = re.compile(b"000000*")  # in a text whose digits were all made 0: five or more of them
_MOST_DIGITS = 6
_ALL_ZERO = bytes(48 if 48 <= one < 58 else 32 for one in range(256))  # noqa: PLR2004  0 to 9 in ASCII
_BEFORE = re.compile(r"(?:(?<![\w-])[A-Za-z]{1,2}|(?<![\w-])[A-Z]{1,2}[ .-])\Z")
_NAMED = re.compile(
    r"(?i:\bc\.?n\.?i\.?e?\b\.?|\bc\.?i\.?n\.?e?\b\.?|carte nationale|identity card|البطاقة الوطنية|ب\.?\s?ت\.?\s?و)"
    r"[^0-9\n]{0,20}?[A-Za-z]{1,2}[ .-]?[0-9]{1,6}(?![0-9A-Za-z])"
)
_NAMES_IT = ("cin", "cni", "c.i.n", "c.n.i", "nationale", "identity")
_NAMES_IT_IN_ARABIC = ("الوطنية", "ت.و", "ت و", "ت. و")
_NOT_BEFORE = frozenset('0123456789",:[]{}')
_OTHER_DIGITS = re.compile(r"[^\D0-9]")
_UNSEEN = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SUBJECT = b"jazari subject v1\x00"


def pseudonym(key: bytes, subject: str) -> str:
    """The pseudonym of a local identifier: HMAC-SHA-256 under the ledger's key, 64 hexadecimal digits.

    Raises:
        DataError: JZ-609, the identifier has the form of a national identity number.
    """
    if is_identity_number(subject):
        raise refused("the subject of an event")
    return hmac.digest(key, _SUBJECT + subject.encode(), "sha256").hex()


def is_identity_number(text: str) -> bool:
    """Whether a whole value has the form of a national identity number: one or two letters, one to six digits."""
    return _WHOLE.fullmatch(plain(text)) is not None


def has_identity_number(text: str) -> bool:
    """Whether a national identity number stands in a text.

    Several texts may be given as one, apart by line ends: nothing is found across them.

    In running text one or two letters right before five or six digits count, and fewer digits after a word that
    announces the card; `grade A2` or `12000 pupils` do not.
    """
    text = plain(text)
    for match in _DIGITS.finditer(text.encode("ascii", "replace").translate(_ALL_ZERO)):
        start, end = match.span()
        after = text[end : end + 1]
        if end - start > _MOST_DIGITS or after.isalnum() or after in ("_", "-"):
            continue
        if text[start - 1] not in _NOT_BEFORE and _BEFORE.search(text, max(0, start - 8), start):
            return True
    small = text.lower()
    for word in _NAMES_IT if text.isascii() else (*_NAMES_IT, *_NAMES_IT_IN_ARABIC):
        if word in small:
            return _NAMED.search(text) is not None
    return False


def plain(text: str) -> str:
    """A text with its letters and digits in their plain forms: full-width letters, Arabic-Indic digits, no marks."""
    if text.isascii():
        return text
    text = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    return _OTHER_DIGITS.sub(lambda match: str(unicodedata.digit(match[0], 0)), text)


def refused(where: str) -> DataError:
    """The error for a national identity number; it never repeats the number."""
    return DataError(
        "JZ-609", "a national identity number may not enter the ledger", where=where,
        found="one or two letters followed by digits, as on the national identity card",
        fix="use the local identifier of the file (its pseudonym is sealed) and keep the number out of the text.",
    )  # fmt: skip
