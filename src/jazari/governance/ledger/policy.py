"""Whom to trust: C2SP tlog-policy (https://c2sp.org/tlog-policy), lines of `log`, `witness`, `group` and `quorum`."""

from __future__ import annotations

from dataclasses import dataclass, field

from jazari.governance.ledger.notes import LOG, WITNESS, Checkpoint, Malformed, PublicKey

_NOBODY = "none"


@dataclass(frozen=True)
class Group:
    """A group that has witnessed once `least` of its members have."""

    least: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """A trust policy.

    Attributes:
        logs: The keys of known logs; any one is enough.
        witnesses: The keys of known witnesses by their name in the policy.
        groups: The groups by name.
        quorum: The witness or group that must have seen a checkpoint, or `none`.
    """

    logs: tuple[PublicKey, ...]
    witnesses: dict[str, PublicKey] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str = _NOBODY

    @classmethod
    def parse(cls, data: bytes) -> Policy:
        """The policy of a file.

        Raises:
            Malformed: A line is not of the format, with its number.
        """
        if any((byte < 0x20 and byte not in b"\t\n") or byte == 0x7F for byte in data):  # noqa: PLR2004  ASCII's bounds
            raise Malformed("a control character")
        reader = _Reader()
        for number, line in enumerate(data.decode("utf-8", "surrogateescape").split("\n"), 1):
            words = line.replace("\t", " ").split(" ")
            words = [word for word in words if word]
            if words and not words[0].startswith("#"):
                try:
                    reader.read(words)
                except Malformed as wrong:
                    raise Malformed(f"line {number}: {wrong}") from None
        if reader.quorum is None:
            raise Malformed("there is no quorum line")
        return cls(tuple(reader.logs), reader.witnesses, reader.groups, reader.quorum)

    def text(self) -> str:
        """The policy as a file."""
        lines = [f"log {key}" for key in self.logs]
        lines += [f"witness {name} {key}" for name, key in self.witnesses.items()]
        lines += [f"group {name} {one.least} {' '.join(one.members)}" for name, one in self.groups.items()]
        return "\n".join([*lines, f"quorum {self.quorum}", ""])

    def seen_by(self, checkpoint: Checkpoint) -> list[str]:
        """The names of the witnesses that cosigned.

        Raises:
            Malformed: A cosignature of a known witness is not its own.
        """
        keys = set(checkpoint.signers(tuple(self.witnesses.values())))
        return [name for name, key in self.witnesses.items() if key in keys]

    def has_quorum(self, seen: list[str]) -> bool:
        """Whether these witnesses are enough."""
        return self.quorum == _NOBODY or self._has_witnessed(self.quorum, set(seen))

    def _has_witnessed(self, name: str, seen: set[str]) -> bool:
        if name in self.witnesses:
            return name in seen
        group = self.groups[name]
        return sum(self._has_witnessed(member, seen) for member in group.members) >= group.least


class _Reader:
    """What the lines read so far define."""

    def __init__(self) -> None:
        self.logs: list[PublicKey] = []
        self.witnesses: dict[str, PublicKey] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self._members: set[str] = set()

    def read(self, words: list[str]) -> None:
        match words:
            case ["log", vkey] | ["log", vkey, _]:
                self.logs.append(self._key(vkey, LOG, self.logs))
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                self._define(name)
                self.witnesses[name] = self._key(vkey, WITNESS, list(self.witnesses.values()))
            case ["group", name, least, *members] if members:
                self._define(name)
                self.groups[name] = self._group(least, members)
            case ["quorum", name]:
                if self.quorum is not None:
                    raise Malformed("a second quorum line")
                self._known(name, or_nobody=True)
                self.quorum = name
            case _:
                raise Malformed("not a line of log, witness, group or quorum")

    @staticmethod
    def _key(vkey: str, kind: int, others: list[PublicKey]) -> PublicKey:
        key = PublicKey.parse(vkey)
        if key.kind != kind:
            raise Malformed("the key is of another type")
        if any(key.raw == other.raw for other in others):
            raise Malformed("the same key twice")
        return key

    def _define(self, name: str) -> None:
        if name == _NOBODY or name in self.witnesses or name in self.groups:
            raise Malformed("a name that is already taken")

    def _known(self, name: str, *, or_nobody: bool = False) -> None:
        if not (name in self.witnesses or name in self.groups or (or_nobody and name == _NOBODY)):
            raise Malformed("a name that no line above defines")

    def _group(self, least: str, members: list[str]) -> Group:
        for member in members:
            self._known(member)
            if member in self._members:
                raise Malformed("a member of two groups, or twice of one")
            self._members.add(member)
        count = {"any": 1, "all": len(members)}.get(least)
        if count is None:
            if not (least.isascii() and least.isdigit() and 1 <= int(least) <= len(members)):
                raise Malformed("a threshold that its members cannot reach")
            count = int(least)
        return Group(count, tuple(members))
