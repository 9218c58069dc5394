"""Receipts: a C2SP tlog-proof (https://c2sp.org/tlog-proof) whose extra data open one commitment.

The proof says that an entry lies in the log; its extra line is the base64 of
`{"entry":ENTRY,"record":RECORD,"salt":HEX}`, entry and record being the very bytes that were hashed and committed to.
Whoever holds it sees one record, and hashes of everything else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jazari.core import canonical
from jazari.core.errors import VerificationError
from jazari.governance.ledger.event import commitment
from jazari.governance.ledger.notes import Checkpoint, Malformed, from_base64, to_base64
from jazari.governance.ledger.policy import Policy
from jazari.governance.ledger.tree import HASH, leaf_hash, root_from_inclusion

_FIRST = "c2sp.org/tlog-proof@v1"
_LONGEST = 1 << 22
_DEEPEST = 63


@dataclass(frozen=True)
class Proof:
    """A tlog-proof.

    Attributes:
        extra: What the application adds; the proof does not cover it.
        index: The place of the entry, from 0.
        path: The inclusion proof, from the leaf's sibling up; 32 bytes each.
        checkpoint: The tree head, signed.
    """

    extra: bytes
    index: int
    path: tuple[bytes, ...]
    checkpoint: Checkpoint

    def text(self) -> bytes:
        """The proof as a `.tlog-proof` file."""
        lines = [_FIRST, f"extra {to_base64(self.extra)}"] if self.extra else [_FIRST]
        lines += [f"index {self.index}", *map(to_base64, self.path), "", ""]
        return "\n".join(lines).encode() + self.checkpoint.note()

    @classmethod
    def parse(cls, data: bytes) -> Proof:
        """The proof of a file; it is its only encoding.

        Raises:
            Malformed: It is not one.
        """
        if len(data) > _LONGEST:
            raise Malformed("too long")
        head, blank, note = data.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise Malformed("letters outside of ASCII above the checkpoint") from None
        if not blank or lines.pop(0) != _FIRST:
            raise Malformed(f"it does not begin with {_FIRST}")
        extra = b""
        if lines and lines[0].startswith("extra "):
            extra = from_base64(lines.pop(0).removeprefix("extra "))
        index = lines.pop(0).removeprefix("index ") if lines and lines[0].startswith("index ") else ""
        if not index.isdecimal() or len(index) > _DEEPEST // 3 or str(int(index)) != index:
            raise Malformed("no index line")
        path = tuple(map(from_base64, lines))
        if len(path) > _DEEPEST or any(len(one) != HASH for one in path):
            raise Malformed("a path that is not of hashes")
        return cls(extra, int(index), path, Checkpoint.parse(note))


@dataclass(frozen=True)
class Opened:
    """What a verified receipt says.

    Attributes:
        index: The place of the entry in the log.
        entry: The entry: public facts and the commitment.
        record: The record behind the commitment.
        origin: The log.
        size: Entries in the log when the checkpoint was signed.
        log: The key that signed, as a vkey.
        witnesses: The names of the witnesses that cosigned.
    """

    index: int
    entry: Mapping[str, Any]
    record: Mapping[str, Any]
    origin: str
    size: int
    log: str
    witnesses: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The same as a document."""
        return {
            "verified": True, "index": self.index, "entry": dict(self.entry), "record": dict(self.record),
            "origin": self.origin, "size": self.size, "log": self.log, "witnesses": list(self.witnesses),
        }  # fmt: skip


def opening(entry: bytes, record: bytes, salt: bytes) -> bytes:
    """The extra data of a receipt."""
    return b'{"entry":' + entry + b',"record":' + record + b',"salt":"' + salt.hex().encode() + b'"}'


def verify(data: bytes, policy: Policy | None) -> Opened:
    """Check a receipt against a trust policy, offline.

    Raises:
        VerificationError: JZ-627 it is not a receipt; JZ-628 it does not prove what it says; JZ-629 no trusted key
            signed it, or none was given; JZ-630 not enough witnesses.
    """
    try:
        proof = Proof.parse(data)
        entry, record, salt = opened(proof.extra)
    except Malformed as wrong:
        raise _refused(
            "JZ-627",
            "this file is not a receipt",
            str(wrong),
            "ask for the receipt again: the file is damaged, or another one.",
        ) from None
    signers, seen = _signers(proof.checkpoint, policy)
    head = proof.checkpoint
    if root_from_inclusion(leaf_hash(canonical.encode(entry)), proof.index, head.size, proof.path) != head.root:
        raise _refused(
            "JZ-628", "the entry is not where the receipt says", "a path that leads to another root", _DO_NOT_RELY
        )
    if entry.get("commitment") != commitment(salt, canonical.encode(record)):
        raise _refused("JZ-628", "the record is not the one that was sealed", "another commitment", _DO_NOT_RELY)
    return Opened(proof.index, entry, record, head.origin, head.size, signers[0], tuple(seen))


_DO_NOT_RELY = "do not rely on it; show it to the institution and to the auditor of the log."


def opened(extra: bytes) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    """The entry, the record and the salt in the extra data of a receipt."""
    try:
        document = json.loads(extra)
        if canonical.encode(document) != extra:
            raise Malformed("its extra line is not canonical JSON")
        entry, record, salt = document["entry"], document["record"], bytes.fromhex(document["salt"])
    except (ValueError, KeyError, TypeError, RecursionError) as wrong:
        raise wrong if isinstance(wrong, Malformed) else Malformed("its extra line does not open an entry") from None
    is_whole = document.keys() == {"entry", "record", "salt"} and len(salt) == HASH and salt.hex() == document["salt"]
    if not is_whole or not isinstance(entry, dict) or not isinstance(record, dict):
        raise Malformed("its extra line does not open an entry")
    return entry, record, salt


def _signers(checkpoint: Checkpoint, policy: Policy | None) -> tuple[list[str], list[str]]:
    """The trusted log keys that signed, as vkeys, and the known witnesses that cosigned, by name."""
    fix = "get the log's key from a source you trust (the public register prints it) and give it: --trust POLICY."
    if policy is None:
        raise _refused("JZ-629", "no key is trusted, so nothing can be said of this receipt", "no trust policy", fix)
    try:
        signers = [str(key) for key in checkpoint.signers(policy.logs) if key.name == checkpoint.origin]
        seen = policy.seen_by(checkpoint)
    except Malformed as wrong:
        raise _refused("JZ-629", "a signature on the receipt is wrong", str(wrong), _DO_NOT_RELY) from None
    if not signers:
        raise _refused("JZ-629", "no trusted key signed this receipt", f"a checkpoint of {checkpoint.origin}", fix)
    if not policy.has_quorum(seen):
        raise _refused(
            "JZ-630", "not enough witnesses have seen this checkpoint", ", ".join(seen) or "none of them",
            "ask for a receipt under a checkpoint that more witnesses have cosigned.",
        )  # fmt: skip
    return signers, seen


def _refused(code: str, sentence: str, found: str, fix: str) -> VerificationError:
    return VerificationError(code, sentence, where="the receipt", found=found, fix=fix)
