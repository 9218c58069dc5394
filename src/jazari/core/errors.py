"""One tree of errors. Every error has a code, says where, what was found and how to fix it, and has a page.

    JazariError
    ├── InstallationError   1xx  exit 1
    ├── DeclarationError    2xx  exit 2   (usage too)
    ├── DataError           3xx  exit 3
    ├── EngineError         4xx  exit 3
    ├── SafeguardError      5xx  exit 5   (a command refuses what a safeguard forbids)
    ├── VerificationError   any  exit 4   (a fingerprint, a proof or a recomputed figure differs)
    ├── LedgerError         6xx  exit 3
    ├── FederationError     7xx  exit 3
    └── PortalError         8xx  exit 3

The text never holds personal data: counts, column names and fingerprints only.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class JazariError(Exception):
    """The base of every error that Jazari raises on purpose.

    Args:
        code: `JZ-` and three digits; the page is `docs/errors/CODE.md`.
        sentence: What is wrong, in the words of the declaration.
        fix: What to do about it. Compulsory.
        where: The use case, table, column or file concerned.
        found: What was found instead. Never a person's data.
    """

    exit_code = 1

    def __init__(self, code: str, sentence: str, *, fix: str, where: str = "", found: str = "") -> None:
        super().__init__(code, sentence)
        self.code = code
        self.sentence = sentence
        self.where = where
        self.found = found
        self.fix = fix

    @property
    def more(self) -> str:
        """The page that explains this error."""
        return f"docs/errors/{self.code}.md"

    def __str__(self) -> str:
        lines = [f"[{self.code}] {self.sentence}"]
        rows = (("Where:", self.where), ("Found:", self.found), ("Fix:", self.fix), ("More:", self.more))
        lines += [f"  {name:<6} {text}" for name, text in rows if text]
        return "\n".join(lines)

    def as_json(self) -> dict[str, dict[str, str]]:
        """The error as `{"error": {code, sentence, where, found, fix, more}}`."""
        fields = ("code", "sentence", "where", "found", "fix", "more")
        return {"error": {name: str(getattr(self, name)) for name in fields}}


class InstallationError(JazariError):
    """1xx: something is not installed, or cannot work on this machine."""


class DeclarationError(JazariError):
    """2xx: a declaration, an option or a command line is wrong."""

    exit_code = 2


class DataError(JazariError):
    """3xx: a table does not fit its declaration, or cannot be read or written."""

    exit_code = 3


class EngineError(JazariError):
    """4xx: an engine cannot answer on these data."""

    exit_code = 3


class SafeguardError(JazariError):
    """5xx: a safeguard forbids what was asked."""

    exit_code = 5


class VerificationError(JazariError):
    """A fingerprint, a signature, a proof or a recomputed figure differs. Keeps the code of its family."""

    exit_code = 4


class LedgerError(JazariError):
    """6xx: the ledger cannot be opened, appended to or served."""

    exit_code = 3


class FederationError(JazariError):
    """7xx: something may not travel between pole, hub and study, or did not arrive."""

    exit_code = 3


class PortalError(JazariError):
    """8xx: the portal refuses to start or to serve."""

    exit_code = 3


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The start of a fix: `did you mean 'absences'? ` or nothing."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'? " if close else ""
