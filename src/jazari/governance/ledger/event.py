"""An event, and how it becomes an entry: public facts, and a commitment to a record that stays in the institution."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from jazari.core import canonical
from jazari.core.errors import DataError, DeclarationError, did_you_mean
from jazari.governance.ledger import identity, numbers
from jazari.governance.ledger.tiles import LONGEST_ENTRY
from jazari.governance.ledger.vocabulary import FACTS, KINDS, VERSION, Kind

_SALT = 32
_LONGEST_RECORD = 1 << 20
_PLACE = "0" * 64
_PEOPLE = frozenset({"officer", "by", "signed_by", "person", "author", "guardian", "key"})
_OURS = frozenset({"subject", "number"})
_ESCAPE = re.compile(r"\\(?:u[0-9a-f]{4}|.)")
_DOMAIN = b"jazari commitment v1\x00"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened and is to be sealed.

    Attributes:
        kind: One of the vocabulary: `decision`, `notice` ...
        record: What only the institution and the person concerned see. It stays in the store; the log gets a salted
            commitment to it. JSON values.
        facts: What everybody may see: `system`, `version`, `model`, `declaration` ... as the kind asks.
        subject: The local identifier of the person concerned, or None. The ledger seals its keyed pseudonym.
        number: The number of the decision or request that the event is about, for the kinds that are about one.
    """

    kind: str
    record: Mapping[str, Any]
    facts: Mapping[str, Any] = field(default_factory=dict)
    subject: str | None = None
    number: str | None = None


class Sealed(NamedTuple):
    """An event made ready for the log and the store.

    Attributes:
        kind: Its kind.
        number: The number it gives or is about, or None.
        salt: 32 random bytes.
        record: The canonical JSON of the record with number and subject.
        version: The version that its public facts state, or None.
        subject: The pseudonym of the person concerned, or None.
        officer: The officer that its record names, or None.
        entry: What the log gets.
        leaf: The hash of the entry as a leaf.
        erases: The indices of the records that are destroyed when it is sealed.
    """

    kind: str
    number: str | None
    salt: bytes
    record: bytes
    version: str | None
    subject: str | None
    officer: str | None
    entry: bytes
    leaf: bytes
    erases: tuple[int, ...] = ()


def commitment(salt: bytes, record: bytes) -> str:
    """The commitment to a record, in hexadecimal: SHA-256(domain || salt || record). Hides it, and binds to it."""
    return sha256(_DOMAIN + salt + record).hexdigest()


def seal(events: Sequence[Event], subject_key: bytes, when: float | None = None) -> list[Sealed]:
    """Check events against the vocabulary and make their records, salts, commitments and entries.

    What can be done for all of them at once is: JSON, the search for identity numbers, random bytes.

    Args:
        events: The events.
        subject_key: The key of pseudonyms.
        when: POSIX seconds; now where it is None.

    Raises:
        DeclarationError: JZ-606 no such kind; JZ-607 a field or a number is missing or not the kind's; JZ-608 a fact
            is missing, unknown or malformed.
        DataError: JZ-609 a national identity number; JZ-610 too long; JZ-635 not JSON.
    """
    moment = time.time() if when is None else when
    records = [_record(event, subject_key, moment) for event in events]
    texts = _encode(records, events)
    salts = os.urandom(_SALT * len(events))
    return [
        _sealed(event, record, text, salts[at * _SALT : (at + 1) * _SALT], int(moment))
        for at, (event, record, text) in enumerate(zip(events, records, texts, strict=True))
    ]


def _sealed(event: Event, record: Mapping[str, Any], text: bytes, salt: bytes, second: int) -> Sealed:
    head, tail = _facts(KINDS[event.kind], event.facts, second)
    entry = head + commitment(salt, text).encode() + tail
    officer = record.get("officer")
    return Sealed(
        event.kind, record.get("number"), salt, text, event.facts.get("version"), record.get("subject"),
        officer if isinstance(officer, str) else None, entry, sha256(b"\x00" + entry).digest(),
    )  # fmt: skip


def _record(event: Event, subject_key: bytes, moment: float) -> dict[str, Any]:
    """The record of an event with its number and pseudonym."""
    kind = KINDS.get(event.kind)
    if kind is None:
        raise _unknown(event.kind)
    if not kind.record <= event.record.keys() or not _OURS.isdisjoint(event.record):
        raise _fields(kind, event.record)
    record: dict[str, Any] = dict(event.record)
    number = _number(kind, event.number, moment)
    if number is not None:
        record["number"] = number
    if event.subject is not None:
        record["subject"] = identity.pseudonym(subject_key, event.subject)
    return record


def _number(kind: Kind, number: str | None, moment: float) -> str | None:
    if kind.numbered == "gives" and number is None:
        return numbers.new(moment)
    if number is not None and kind.numbered in ("about", "may"):
        return numbers.read(number)
    if number is not None or kind.numbered == "about":
        gives = kind.numbered == "gives"
        raise DeclarationError(
            "JZ-607", f"an event of kind '{kind.name}' {'gives its own number' if gives else 'is about another number'}"
            if gives or number is None else f"an event of kind '{kind.name}' has no number",
            found="a number" if number is not None else "no number",
            fix="leave `number` out." if number is not None else "give that number: Event(..., number=...).",
        )  # fmt: skip
    return None


def _facts(kind: Kind, facts: Mapping[str, Any], second: int) -> tuple[bytes, bytes]:
    """The entry around its commitment; facts that stayed the same are checked and written once a second."""
    try:
        return _around(kind.name, second, tuple(facts.items()))
    except TypeError:  # a list cannot be remembered
        pairs = tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in facts.items())
    try:
        return _around(kind.name, second, pairs)
    except TypeError:
        raise _fact(kind, "one of its facts") from None


def _check(kind: Kind, facts: dict[str, Any]) -> None:
    for fact in sorted(kind.facts - facts.keys()):
        raise _fact(kind, fact)
    for fact, value in facts.items():
        if fact not in kind.facts | kind.may:
            raise DeclarationError(
                "JZ-608", f"an event of kind '{kind.name}' does not state '{fact}' in public",
                found=", ".join(sorted(facts)),
                fix=f"{did_you_mean(fact, kind.facts | kind.may)}What is not a public fact belongs in the record.",
            )  # fmt: skip
        pattern = FACTS[fact][0]
        fits = _are_indices(value) if pattern is None else isinstance(value, str) and pattern.fullmatch(value)
        if not fits:
            raise _fact(kind, fact)
        if isinstance(value, str) and fact in ("system", "version") and identity.has_identity_number(value):
            raise identity.refused(f"the public fact '{fact}'")


def _are_indices(value: Any) -> bool:
    whole = isinstance(value, tuple) and all(type(one) is int and one >= 0 for one in value)
    return bool(whole and value) and list(value) == sorted(set(value))


@lru_cache(maxsize=256)
def _around(kind: str, second: int, pairs: tuple[tuple[str, Any], ...]) -> tuple[bytes, bytes]:
    """An entry before and after its commitment."""
    _check(KINDS[kind], dict(pairs))
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))
    entry = {name: list(value) if isinstance(value, tuple) else value for name, value in pairs}
    entry |= {"v": VERSION, "kind": kind, "at": at, "commitment": _PLACE}
    data = canonical.encode(entry)
    if len(data) > LONGEST_ENTRY:
        raise DataError(
            "JZ-610", "an entry is longer than the log's format allows",
            found=f"{len(data)} bytes of at most {LONGEST_ENTRY}",
            fix="state fewer entries in one event: several erasures stand beside each other.",
        )  # fmt: skip
    head, _, tail = data.partition(b'"commitment":"' + _PLACE.encode())
    return head + b'"commitment":"', tail


def _encode(records: Sequence[Mapping[str, Any]], events: Sequence[Event]) -> list[bytes]:
    """The canonical JSON of each record, after a look for identity numbers in all of them."""
    try:
        texts = canonical.encode_each(records)
    except (ValueError, TypeError, RecursionError):
        raise _not_json(records, events) from None
    longest = max(range(len(texts)), key=lambda at: len(texts[at]), default=-1)
    if longest >= 0 and len(texts[longest]) > _LONGEST_RECORD:
        raise DataError(
            "JZ-610", "a record is too long", where=f"an event of kind '{events[longest].kind}'",
            found=f"{len(texts[longest])} bytes of at most {_LONGEST_RECORD}",
            fix="keep the document elsewhere and seal its SHA-256.",
        )  # fmt: skip
    if _has_identity_number(records, b"\n".join(texts)):
        wrong = next(at for at, text in enumerate(texts) if _has_identity_number(records[at : at + 1], text))
        raise identity.refused(f"the record of an event of kind '{events[wrong].kind}'")
    return texts


def _has_identity_number(records: Sequence[Mapping[str, Any]], texts: bytes) -> bool:
    text = texts.decode()
    if "\\" in text:
        text = _ESCAPE.sub(" ", text)
    if identity.has_identity_number(text):
        return True
    people = {one for record in records for name in _PEOPLE & record.keys() if isinstance(one := record[name], str)}
    return any(map(identity.is_identity_number, people))


def _not_json(records: Sequence[Mapping[str, Any]], events: Sequence[Event]) -> DataError:
    kind = ""
    for event, record in zip(events, records, strict=True):
        try:
            canonical.encode(record)
        except (ValueError, TypeError, RecursionError):
            kind = event.kind
            break
    return DataError(
        "JZ-635", "a record is not JSON", where=f"an event of kind '{kind}'",
        fix="use text, numbers, true, false, null, lists and mappings from text; whole numbers below 2**53.",
    )  # fmt: skip


def _unknown(name: str) -> DeclarationError:
    return DeclarationError(
        "JZ-606", f"the vocabulary of events has no kind '{name}'", found=", ".join(sorted(KINDS)),
        fix=f"{did_you_mean(name, KINDS)}Otherwise docs/reference/ledger-format.md says how the vocabulary grows.",
    )  # fmt: skip


def _fields(kind: Kind, record: Mapping[str, Any]) -> DeclarationError:
    missing = sorted(kind.record - record.keys())
    if missing:
        return DeclarationError(
            "JZ-607", f"the record of an event of kind '{kind.name}' lacks {', '.join(missing)}",
            found=", ".join(sorted(map(str, record))) or "nothing", fix=f"add {', '.join(missing)} to the record.",
        )  # fmt: skip
    return DeclarationError(
        "JZ-607", f"the record of an event of kind '{kind.name}' holds a field that the ledger fills in",
        found=", ".join(sorted(_OURS & record.keys())), fix="give it as Event(..., subject=..., number=...).",
    )  # fmt: skip


def _fact(kind: Kind, fact: str) -> DeclarationError:
    form = FACTS[fact][1] if fact in FACTS else "text"
    return DeclarationError(
        "JZ-608", f"an event of kind '{kind.name}' must state {fact} as {form}",
        found="another form, or nothing", fix=f"give facts={{'{fact}': ...}} in that form.",
    )  # fmt: skip
