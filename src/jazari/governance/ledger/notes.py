"""C2SP signed notes, checkpoints and cosignatures.

https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint, https://c2sp.org/tlog-cosignature. Only Ed25519: type
0x01 signs the text of a note, type 0x04 a checkpoint with the time at which a witness saw it.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from jazari.governance.ledger.tree import HASH

LOG = 1
WITNESS = 4
_TIME = 8
_SIGNATURE = 64
_MOST_SIGNATURES = 64
_NAME = re.compile(r"[^\s+\x00-\x1f]+")
_BODY = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*")


class Malformed(ValueError):  # noqa: N818  it names the state of a text; callers turn it into a coded error
    """A text is not the note, key, proof or policy that it should be; the message says why."""


def to_base64(data: bytes) -> str:
    """Base64 of RFC 4648 section 4."""
    return base64.b64encode(data).decode()


def from_base64(text: str) -> bytes:
    """The bytes behind canonical base64: the only text that encodes them."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("not base64") from None
    if to_base64(data) != text:
        raise Malformed("base64 that is not canonical")
    return data


@dataclass(frozen=True)
class PublicKey:
    """A key that checks signatures (`vkey`: name+id+base64 of type and key).

    Attributes:
        name: Whose it is; for a log, its origin.
        kind: `LOG` (0x01) or `WITNESS` (0x04).
        raw: The Ed25519 public key, 32 bytes.
    """

    name: str
    kind: int
    raw: bytes

    @property
    def id(self) -> bytes:
        """Four bytes: SHA-256(name || newline || type || key), cut."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.raw).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{to_base64(bytes([self.kind]) + self.raw)}"

    @classmethod
    def parse(cls, text: str) -> PublicKey:
        """The key of a vkey.

        Raises:
            Malformed: It is not one, is of another type, or its id is not its own.
        """
        name, _, rest = text.partition("+")
        stamp, _, coded = rest.partition("+")
        data = from_base64(coded)
        if len(data) != 1 + HASH or data[0] not in (LOG, WITNESS) or not _NAME.fullmatch(name):
            raise Malformed("not an Ed25519 key of a log or a witness")
        key = cls(name, data[0], data[1:])
        if key.id.hex() != stamp:
            raise Malformed("the key's id is not its own")
        return key

    def verifies(self, text: bytes, signature: bytes) -> bool:
        """Whether a signature (without key id) over the text of a note is this key's."""
        if self.kind == WITNESS:
            if len(signature) != _TIME + _SIGNATURE or signature[0] & 0x80:
                return False
            text, signature = _timed(int.from_bytes(signature[:_TIME], "big"), text), signature[_TIME:]
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


def _timed(when: int, text: bytes) -> bytes:
    return f"cosignature/v1\ntime {when}\n".encode() + text


@dataclass(frozen=True)
class PrivateKey:
    """A key that signs (`PRIVATE+KEY+name+id+base64 of type and seed`, as Go's sumdb/note writes it)."""

    public: PublicKey
    seed: bytes

    @classmethod
    def of(cls, name: str, kind: int, seed: bytes) -> PrivateKey:
        """The key of a name, type and 32-byte seed."""
        if not is_name(name):
            raise Malformed("not a key name")
        raw = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
        return cls(PublicKey(name, kind, raw), seed)

    @classmethod
    def parse(cls, text: str) -> PrivateKey:
        """The key of its text."""
        head, _, rest = text.strip().partition("PRIVATE+KEY+")
        name, _, rest = rest.partition("+")
        stamp, _, coded = rest.partition("+")
        data = from_base64(coded)
        if head or len(data) != 1 + HASH or data[0] not in (LOG, WITNESS):
            raise Malformed("not a private key")
        key = cls.of(name, data[0], data[1:])
        if key.public.id.hex() != stamp:
            raise Malformed("the key's id is not its own")
        return key

    def text(self) -> str:
        """What the key file holds. Secret."""
        return (
            f"PRIVATE+KEY+{self.public.name}+{self.public.id.hex()}+{to_base64(bytes([self.public.kind]) + self.seed)}"
        )

    def __repr__(self) -> str:
        return f"PrivateKey({self.public})"

    def sign(self, text: bytes, when: int = 0) -> Signature:
        """Sign the text of a note; a witness says when (POSIX seconds)."""
        key = Ed25519PrivateKey.from_private_bytes(self.seed)
        if self.public.kind == WITNESS:
            data = when.to_bytes(_TIME, "big") + key.sign(_timed(when, text))
        else:
            data = key.sign(text)
        return Signature(self.public.name, self.public.id, data)


def is_name(name: str) -> bool:
    """Whether a key may be called so: not empty, no space, no plus."""
    return _NAME.fullmatch(name) is not None


@dataclass(frozen=True, order=True)
class Signature:
    """One signature line of a note."""

    name: str
    id: bytes
    data: bytes

    def line(self) -> str:
        """`— name base64(id || signature)`."""
        return f"— {self.name} {to_base64(self.id + self.data)}\n"

    @classmethod
    def parse(cls, line: str) -> Signature:
        """The signature of a line without its newline."""
        dash, _, rest = line.partition(" ")
        name, _, coded = rest.partition(" ")
        if dash != "—" or not is_name(name):
            raise Malformed("not a signature line")
        data = from_base64(coded)
        if len(data) <= 4:  # noqa: PLR2004  a key id alone
            raise Malformed("a signature line without a signature")
        return cls(name, data[:4], data[4:])

    def is_by(self, key: PublicKey) -> bool:
        """Whether the line claims this key."""
        return (self.name, self.id) == (key.name, key.id)


@dataclass(frozen=True)
class Checkpoint:
    """A tree head as a signed note.

    Attributes:
        text: What is signed, with its final newline.
        signatures: The signature lines in their order.
        origin: The log's name.
        size: Entries in the tree.
        root: The root hash, 32 bytes.
    """

    text: bytes
    signatures: tuple[Signature, ...]
    origin: str
    size: int
    root: bytes

    @classmethod
    def of(cls, origin: str, size: int, root: bytes) -> Checkpoint:
        """A checkpoint that nobody has signed yet."""
        return cls(f"{origin}\n{size}\n{to_base64(root)}\n".encode(), (), origin, size, root)

    @classmethod
    def parse(cls, data: bytes) -> Checkpoint:
        """The checkpoint of a note's bytes; they are its only encoding.

        Raises:
            Malformed: It is not a checkpoint.
        """
        try:
            note = data.decode()
        except UnicodeDecodeError:
            raise Malformed("not UTF-8") from None
        if any(ord(letter) < 0x20 and letter != "\n" for letter in note):  # noqa: PLR2004  the first printable letter
            raise Malformed("a control character")
        text, blank, lines = note.rpartition("\n\n")
        match = _BODY.fullmatch(text + "\n")
        if not blank or match is None:
            raise Malformed("not the three lines of a checkpoint and its signatures")
        if not lines.endswith("\n") or lines.count("\n") > _MOST_SIGNATURES:
            raise Malformed("no signature line, a last line without its end, or too many signatures")
        signatures = tuple(Signature.parse(line) for line in lines[:-1].split("\n"))
        return cls((text + "\n").encode(), signatures, match[1], int(match[2]), from_base64(match[3]))

    def signed_by(self, *keys: PrivateKey, when: int = 0) -> Checkpoint:
        """The same checkpoint with these keys' signatures after those it has."""
        return self.with_signatures(*(key.sign(self.text, when) for key in keys))

    def with_signatures(self, *signatures: Signature) -> Checkpoint:
        """The same checkpoint with more signature lines."""
        return Checkpoint(self.text, self.signatures + signatures, self.origin, self.size, self.root)

    def note(self) -> bytes:
        """The signed note."""
        return self.text + b"\n" + "".join(one.line() for one in self.signatures).encode()

    def signers(self, keys: tuple[PublicKey, ...]) -> list[PublicKey]:
        """Which of these keys signed.

        Raises:
            Malformed: A line claims one of these keys and is not its signature.
        """
        found = []
        for signature in self.signatures:
            for key in keys:
                if signature.is_by(key):
                    if not key.verifies(self.text, signature.data):
                        raise Malformed(f"the signature of {key.name} ({key.id.hex()}) is not its own")
                    found.append(key)
        return found
