"""The vocabulary of events, version 1.

The rule for extending it. A kind is never renamed, removed or given another meaning, and no field that it asks for is
ever dropped: an entry written today reads the same in thirty years. A new kind, or a new optional public fact of a
kind, raises `VERSION` by one and says so in `since`. An entry carries the version that its kind or newest fact was
born in (`v`), so old readers know what they may not understand; hashes, proofs and receipts never depend on it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

VERSION = 1

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_SYSTEM = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)*")
_EXACT = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_:-]{0,63}")
_KEY = re.compile(r"[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+")

FACTS = {
    "system": (_SYSTEM, "the dotted name of an AI system, such as education.dropout"),
    "version": (_EXACT, "the exact version of the system, such as 1.4.0"),
    "model": (_FINGERPRINT, "the SHA-256 of the model, 64 hexadecimal digits"),
    "declaration": (_FINGERPRINT, "the SHA-256 of the declaration, 64 hexadecimal digits"),
    "key": (_KEY, "a public key as a C2SP vkey"),
    "old_key": (_KEY, "a public key as a C2SP vkey"),
    "entries": (None, "the indices of entries, whole numbers in ascending order"),
}
"""The public facts that an entry may state, and the form of each."""


@dataclass(frozen=True)
class Kind:
    """One kind of event.

    Attributes:
        name: Its name in the entry.
        says: What it states, in a sentence.
        facts: The public facts it must state.
        may: The public facts it may state beside.
        record: The fields that its private record must hold.
        numbered: `gives` a new number, is `about` a number given before, `may` be about one, or has `none`.
        since: The version of the vocabulary that brought it.
    """

    name: str
    says: str
    facts: frozenset[str]
    may: frozenset[str]
    record: frozenset[str]
    numbered: str = "none"
    since: int = 1


_ANSWERING = "system version"
_MADE_OF = "model declaration"


def _kind(name: str, says: str, facts: str = "", may: str = "", record: str = "", numbered: str = "none") -> Kind:
    return Kind(name, says, frozenset(facts.split()), frozenset(may.split()), frozenset(record.split()), numbered)


_KINDS = (
    _kind("run", "a use case was run", f"{_ANSWERING} declaration", "model", "dossier rows"),
    _kind("waiver", "a person waived a safeguard", _ANSWERING, _MADE_OF, "safeguard reasons signed_by until"),
    _kind("publish", "a version was put into use", _ANSWERING, _MADE_OF, "dossier by"),
    _kind("retract", "a version was taken out of use", _ANSWERING, _MADE_OF, "reasons by"),
    _kind("decision", "a person decided on a case", _ANSWERING, _MADE_OF, "outcome action reasons officer", "gives"),
    _kind("notice", "the person concerned was told", "", f"{_ANSWERING} {_MADE_OF}", "channel language", "about"),
    _kind("view", "somebody looked at a case or a list", "", _ANSWERING, "by purpose", "may"),
    _kind("objection", "the person concerned objected", "", _ANSWERING, "grounds", "about"),
    _kind("help_request", "a person asked for help without any score", "", _ANSWERING, "help", "gives"),
    _kind("answer", "an objection or a request was answered", "", _ANSWERING, "outcome reasons officer", "about"),
    _kind("review", "decisions were reviewed", _ANSWERING, _MADE_OF, "by findings", "may"),
    _kind("pause", "a system was paused", "system", f"version {_MADE_OF}", "reasons by"),
    _kind("resume", "a paused system was resumed", "system", f"version {_MADE_OF}", "reasons by"),
    _kind("incident", "something went wrong", "", f"{_ANSWERING} {_MADE_OF}", "what by", "may"),
    _kind("erasure", "records were destroyed", "entries", "", "reasons"),
    _kind("forecast_issued", "a forecast was issued", _ANSWERING, _MADE_OF, "dossier"),
    _kind("plan_accepted", "a person accepted a plan", _ANSWERING, _MADE_OF, "dossier by reasons", "may"),
    _kind("key_rotated", "the log's key gave way to another", "key old_key", "", "reasons"),
    _kind("key_revoked", "a key of the log is no longer to be trusted", "old_key", "key", "reasons"),
)

KINDS = {kind.name: kind for kind in _KINDS}
"""The kinds by name."""
