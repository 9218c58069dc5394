"""A ledger to test on, and a disk that loses power."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from jazari.governance.ledger.event import Event
from jazari.governance.ledger.ledger import Ledger
from jazari.governance.ledger.store import Query, Row

FACTS = {"system": "education.dropout", "version": "1.0.0", "model": "a" * 64, "declaration": "b" * 64}


def decision(at: int = 0, **record: Any) -> Event:
    """A decision on a pupil."""
    said = {"outcome": "tutoring", "action": "followed", "reasons": f"seen on visit {at}", "officer": "officer-3"}
    return Event("decision", {**said, **record}, FACTS, subject=str(at))


class Killed(BaseException):
    """The machine stopped."""


class Power:
    """Counts acts down to the moment at which the machine stops; then nothing works any more."""

    def __init__(self, left: int = 1 << 60) -> None:
        self.left = left

    def act(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Killed


_FOLDER = object()


class Platter:
    """A disk in memory that keeps only what was synced, and of the rest whatever chance leaves.

    Bytes are durable once their file is synced, names once their folder is; an unsynced rename, creation or removal
    may or may not have reached the disk, each by itself; unsynced bytes may be cut anywhere.
    """

    def __init__(self, power: Power | None = None) -> None:
        self.power = power or Power()
        self.seen: dict[str, Any] = {"": _FOLDER}
        self.kept: dict[str, Any] = {"": _FOLDER}
        self.bytes: dict[int, bytes] = {}
        self.synced: dict[int, bytes] = {}
        self.pending: list[tuple[set[str], dict[str, Any]]] = []
        self.next = 0

    @staticmethod
    def _parent(path: str) -> str:
        return path.rpartition("/")[0]

    def _set(self, folders: set[str], names: dict[str, Any]) -> None:
        for path, what in names.items():
            if what is None:
                self.seen.pop(path, None)
            else:
                self.seen[path] = what
        self.pending.append((folders, names))

    def read(self, path: str) -> bytes:
        self.power.act()
        if path not in self.seen:
            raise FileNotFoundError(path)
        return self.bytes[self.seen[path]]

    def write(self, path: str, data: bytes) -> None:
        self.power.act()
        if self.seen.get(self._parent(path)) is not _FOLDER:
            raise FileNotFoundError(path)
        if path not in self.seen:
            self.next += 1
            self._set({self._parent(path)}, {path: self.next})
        self.bytes[self.seen[path]] = data

    def sync(self, *paths: str) -> None:
        for path in paths:
            self.power.act()
            self.synced[self.seen[path]] = self.bytes[self.seen[path]]

    def sync_folder(self, *paths: str) -> None:
        for path in paths:
            self._sync_folder(path)

    def _sync_folder(self, path: str) -> None:
        self.power.act()
        left = []
        for folders, names in self.pending:
            if path in folders:
                self._apply(names)
            else:
                left.append((folders, names))
        self.pending = left

    def _apply(self, names: dict[str, Any]) -> None:
        for name, what in names.items():
            if what is None:
                self.kept.pop(name, None)
            else:
                self.kept[name] = what

    def make_folder(self, path: str) -> bool:
        self.power.act()
        if self.seen.get(self._parent(path)) is not _FOLDER:
            raise FileNotFoundError(path)
        if path in self.seen:
            return False
        self._set({self._parent(path)}, {path: _FOLDER})
        return True

    def rename(self, path: str, to: str) -> None:
        self.power.act()
        self._set({self._parent(path), self._parent(to)}, {to: self.seen[path], path: None})

    def remove(self, path: str) -> None:
        self.power.act()
        if path in self.seen:
            self._set({self._parent(path)}, {path: None})

    def remove_folder(self, path: str) -> None:
        self.power.act()
        if path in self.seen and not self.names(path):
            self._set({self._parent(path)}, {path: None})

    def names(self, path: str) -> list[tuple[str, bool]]:
        path = "" if path == "." else path
        return [
            (name.rpartition("/")[2], what is _FOLDER)
            for name, what in self.seen.items()
            if name and self._parent(name) == path
        ]

    def after_power_loss(self, chance: random.Random) -> "Platter":
        """The disk that comes up again."""
        for _, names in self.pending:
            if chance.random() < 0.5:
                self._apply(names)
        fresh = Platter()
        fresh.next = self.next
        for path, what in self.kept.items():
            if what is _FOLDER:
                fresh.seen[path] = what
            else:
                data = self.synced.get(what)
                if data != self.bytes[what]:  # some of the last bytes may have reached the disk
                    whole = self.bytes[what]
                    data = chance.choice(
                        [data or b"", whole, whole[: chance.randrange(len(whole) + 1)], bytes(len(whole))]
                    )
                fresh.seen[path] = what
                fresh.bytes[what] = fresh.synced[what] = data
        while lost := [path for path in fresh.seen if path and fresh.seen.get(self._parent(path)) is not _FOLDER]:
            for path in lost:
                del fresh.seen[path]
        fresh.kept = dict(fresh.seen)
        return fresh


class Shelf:
    """A store in memory whose commits are durable and whole, as a database's are."""

    def __init__(self, power: Power | None = None) -> None:
        self.power = power or Power()
        self.held: dict[int, Row] = {}
        self.note: bytes | None = None

    def head(self) -> bytes | None:
        self.power.act()
        return self.note

    def commit(self, rows: list[Row], head: bytes, erase: list[int] = ()) -> None:
        self.power.act()
        assert not self.held.keys() & {row.place for row in rows}
        self.held.update({row.place: row for row in rows})
        for place in erase:
            self.held[place] = self.held[place]._replace(
                number=None, salt=None, record=None, subject=None, officer=None
            )
        self.note = head
        self.power.act()

    def rows(self, query: Query) -> Iterator[Row]:
        return (row for _, row in sorted(self.held.items()) if query.fits(row))

    def row(self, index: int) -> Row | None:
        return self.held.get(index)

    def close(self) -> None:
        pass


@pytest.fixture
def make():
    """The test doubles by name: decision, Platter, Shelf, Power, Killed."""
    return {"decision": decision, "Platter": Platter, "Shelf": Shelf, "Power": Power, "Killed": Killed, "facts": FACTS}


@pytest.fixture
def ledger(tmp_path):
    with Ledger.create(tmp_path / "ledger", "pole.example") as made:
        yield made
