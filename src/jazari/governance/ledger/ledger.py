"""A ledger: the log that everybody may see, the store that only the institution sees, and the keys.

    DIR/log/            the C2SP log: checkpoint, tile/...; canonical encodings only, for any static server
    DIR/records.sqlite  the store: records with their salts, and the head of the log (or PostgreSQL, by URL)
    DIR/keys/           0700: the log's key, the witness's, that of pseudonyms
    DIR/policy          whose signatures count here (C2SP tlog-policy); publish it by another way than the log
    DIR/ledger.json     name and store; DIR/lock, DIR/cosigned, DIR/witness

An append is durable in this order: entry bundles and tiles (invisible, being beyond the checkpoint), then one
transaction of the store (records and signed head: the point at which it happened), then the checkpoint, by rename.
Whoever opens a ledger after a crash publishes the store's head and removes what lies beyond it; so no checkpoint that
anybody saw is ever taken back.
"""

from __future__ import annotations

import datetime
import json
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from jazari.core import canonical
from jazari.core.errors import LedgerError
from jazari.governance.ledger import failures, numbers
from jazari.governance.ledger.dating import Watch
from jazari.governance.ledger.edge import Edge, beyond, grow
from jazari.governance.ledger.event import Event, Sealed, seal
from jazari.governance.ledger.files import Disk, Files, discard, remove_folders, replace, save
from jazari.governance.ledger.gathering import Gathering
from jazari.governance.ledger.identity import pseudonym
from jazari.governance.ledger.keys import Keys
from jazari.governance.ledger.lock import Lock
from jazari.governance.ledger.notes import Checkpoint, Malformed, PrivateKey, is_name
from jazari.governance.ledger.policy import Policy
from jazari.governance.ledger.reading import Reader
from jazari.governance.ledger.receipts import Proof, opening
from jazari.governance.ledger.settings import CHECKPOINT, COSIGNED, LOG, POLICY, SETTINGS, read_policy, read_settings
from jazari.governance.ledger.store import Query, Row, Store
from jazari.governance.ledger.stores import open_store
from jazari.governance.ledger.tiles import WIDTH, Hashes
from jazari.governance.ledger.tree import inclusion
from jazari.governance.ledger.vocabulary import KINDS

_ASIDE = "aside"
_DATED = "decision"  # the kind that is refused without trusted time
_STORE = "sqlite:records.sqlite"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an append gives for each event: it exists only once data, hashes and checkpoint are on disk.

    Attributes:
        index: The place of the entry in the log.
        kind: The kind of the event.
        number: The number that was given, or that it is about; None where it has none.
        ledger: Where it lies.
    """

    index: int
    kind: str
    number: str | None
    ledger: Ledger

    def proof(self) -> Proof:
        """The proof under the log's checkpoint of now."""
        return self.ledger.prove(self.index)

    def text(self) -> bytes:
        """The receipt as a `.tlog-proof` file."""
        return self.proof().text()


class Ledger:
    """An open ledger. `append` may be called from several threads, and from several processes that each open it.

    Use `Ledger.open`; the constructor takes the parts, for tests that lose power.
    """

    def __init__(self, folder: Path, files: Files, store: Store, name: str) -> None:
        self.folder = folder
        self.name = name
        self.store = store
        self.keys = Keys(folder)
        self._files = files
        self._reader = Reader(files, LOG)
        self._lock = Lock(folder)
        self._gathering = Gathering(self._write)
        self._sealing = threading.Lock()  # one interpreter seals no faster in many threads, and the writer waits for it
        self._head: bytes | None = None
        self._edge = Edge()
        self._key: PrivateKey | None = None
        self._subjects = self.keys.subjects()
        self._watch = Watch(folder)
        self._process = os.getpid()
        with self.locked():
            pass  # whatever a crash left is finished or taken away

    @classmethod
    def create(cls, folder: Path | str, name: str, store: str = _STORE) -> Ledger:
        """Make a ledger: an empty log, its keys and its store.

        Args:
            folder: A folder that does not exist yet, or is empty.
            name: The log's origin, such as `pole.example`: a URL without its scheme, by which the log is known.
            store: `sqlite:NAME` in the folder, or `postgresql://...`.

        Raises:
            LedgerError: JZ-601 something is there already; JZ-602 the name cannot be one; JZ-603 or JZ-604 the disk.
        """
        folder = Path(folder)
        if not is_name(name) or len(name.encode()) > WIDTH:
            raise LedgerError(
                "JZ-602", "a log cannot be called so", found=f"{len(name)} letters",
                fix="use a URL without its scheme, with neither space nor plus: --name pole.example.",
            )  # fmt: skip
        with failures.disk(str(folder)):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if any(folder.iterdir()):
                raise LedgerError(
                    "JZ-601", "there is something in this folder already", where=str(folder),
                    fix="choose a new folder; a ledger is never made over another.",
                )  # fmt: skip
            (folder / LOG).mkdir()
            keys = Keys(folder)
            keys.make(name)
            key = keys.signing()
            (folder / POLICY).write_text(Policy((key.public,)).text())
            head = Checkpoint.of(name, 0, Edge().root).signed_by(key).note()
            made = open_store(store, folder)
            made.commit([], head)
            made.close()
            files = Disk(folder)
            replace(files, CHECKPOINT, head, _ASIDE)
            settings = canonical.pretty({"format": 1, "name": name, "store": store})
            replace(files, SETTINGS, settings.encode(), _ASIDE)
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path | str) -> Ledger:
        """Open a ledger; what a crash left unfinished is finished or taken away.

        Raises:
            LedgerError: JZ-600 there is none; JZ-603, JZ-604, JZ-605 disk or store; JZ-615 the keys.
            VerificationError: The log is not what its store says (JZ-620, JZ-622, JZ-626).
        """
        folder = Path(folder)
        settings = read_settings(folder)
        with failures.disk(str(folder)):
            store = open_store(settings["store"], folder)
            try:
                return cls(folder, Disk(folder), store, settings["name"])
            except BaseException:
                store.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store and the lock."""
        self.store.close()
        self._lock.close()

    # --- writing

    def append(self, events: Iterable[Event]) -> list[Receipt]:
        """Seal events, one after the other in the log and all or none of them; durable when this returns.

        Args:
            events: Events of the vocabulary.

        Returns:
            One receipt an event, in their order.

        Raises:
            DeclarationError: JZ-606, JZ-607, JZ-608: an event is not of the vocabulary.
            DataError: JZ-609 a national identity number; JZ-610 too long; JZ-635 not JSON.
            LedgerError: JZ-603, JZ-604, JZ-605: nothing was acknowledged; the log goes on when there is room. JZ-675,
                JZ-676: a decision without trusted time, where the ledger's settings ask for it.
        """
        given = list(events)
        if any(one.kind == _DATED for one in given):
            self._watch.refuse_late(datetime.datetime.now(tz=datetime.UTC))
        with self._sealing:
            sealed = seal(given, self._subjects)
        return self._add(sealed)

    def _add(self, sealed: Sequence[Sealed]) -> list[Receipt]:
        if not sealed:
            return []
        if self._process != os.getpid():
            raise LedgerError(
                "JZ-616", "a ledger was opened in one process and used in its child", found="a process that forked",
                fix="open it in each process: Ledger.open(path) after the fork.",
            )  # fmt: skip
        first = self._gathering.add(sealed)
        return [Receipt(first + at, one.kind, one.number, self) for at, one in enumerate(sealed)]

    def forget(self, number: str, reasons: str, by: str) -> Receipt:
        """Destroy the records of a decision or request with their salts, and seal that it was done.

        The records go in the same transaction of the store as the erasure's own; their entries stay, as commitments
        that nothing opens any more.

        Raises:
            LedgerError: JZ-611 no record has this number (any more); JZ-612 it is not a number.
        """
        with self.locked():
            places = [row.place for row in self.store.rows(Query(number=numbers.read(number)))]
            if not places:
                raise _no_such_number()
            event = Event("erasure", {"reasons": reasons, "by": by}, {"entries": places})
            sealed = seal([event], self._subjects)[0]._replace(erases=tuple(places))
            first = self._write([sealed])
        return Receipt(first, sealed.kind, None, self)

    def _write(self, batch: Sequence[Sealed]) -> int:
        with self.locked():
            growth = grow(self._edge, [one.entry for one in batch], b"".join([one.leaf for one in batch]))
            first = self._edge.size
            head = Checkpoint.of(self.name, growth.edge.size, growth.edge.root).signed_by(self._signing()).note()
            rows = [
                Row(at, one.kind, one.number, one.salt, one.record, one.version, one.subject, one.officer)
                for at, one in enumerate(batch, first)
            ]
            erased = [place for one in batch for place in one.erases]
            with self._writing():
                save(self._files, {f"{LOG}/{path}": data for path, data in growth.files.items()})
                self.store.commit(rows, head, erased)
                replace(self._files, CHECKPOINT, head, _ASIDE)
                self._edge, self._head = growth.edge, head
                remove_folders(self._files, [f"{LOG}/{folder}" for folder in growth.stale])
        return first

    def publish(self, note: Checkpoint) -> None:
        """Put other signatures on the head of the log. Only for whoever holds the lock (`locked`)."""
        with self._writing():
            self.store.commit([], note.note())
            replace(self._files, CHECKPOINT, note.note(), _ASIDE)
            self._head, self._key = note.note(), None

    def write(self, event: Event) -> None:
        """Seal one event ahead of those that wait. Only for whoever holds the lock (`locked`)."""
        self._write(seal([event], self._subjects))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the ledger's lock, over threads and processes; what others wrote meanwhile is known inside."""
        with failures.disk(str(self.folder)), self._lock.held():
            self._catch_up()
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Mark a write; where it fails, nothing in memory is believed any more."""
        self._lock.begin()
        try:
            yield
        except BaseException:
            self._head = None
            raise
        self._lock.finish()

    def _signing(self) -> PrivateKey:
        if self._key is None:
            self._key = self.keys.signing()
        return self._key

    def _catch_up(self) -> None:
        """Know the log as it is on disk: another process may have written, or died while it did."""
        head = self.store.head()
        if head is not None and head == self._head and not self._lock.is_busy:
            return
        if head is None:
            raise failures.differs("JZ-626", "the store of this log is empty", where="the store", found="no head")
        checkpoint = self._agreed(head)
        discard(self._files, [f"{LOG}/{path}" for path in beyond(self._files, LOG, checkpoint.size)])
        edge = Edge.load(self._reader.tile, checkpoint.size)
        if edge.root != checkpoint.root:
            raise failures.differs(
                "JZ-622", "the last tiles are not those that were signed", where="log/tile", found="another root"
            )
        self._edge, self._head, self._key = edge, head, None
        self._lock.finish()

    def _agreed(self, head: bytes) -> Checkpoint:
        """The store's head, published if a crash came before it was."""
        checkpoint = Checkpoint.parse(head)
        published = self._reader.checkpoint()
        if published.size > checkpoint.size:
            raise failures.differs(
                "JZ-626", "the log is ahead of its store", where=CHECKPOINT,
                found=f"{published.size} entries in the log, {checkpoint.size} in the store",
                fix="the store was restored from an old copy: restore it from the newest, or open a new ledger.",
            )  # fmt: skip
        if published.note() != head:
            replace(self._files, CHECKPOINT, head, _ASIDE)
        return checkpoint

    # --- reading

    def head(self) -> Checkpoint:
        """The checkpoint that is published now."""
        with failures.disk(CHECKPOINT):
            return self._reader.checkpoint()

    def policy(self) -> Policy:
        """Whose signatures count here."""
        return read_policy(self.folder / POLICY)

    def __len__(self) -> int:
        return self.head().size

    def entries(self, start: int = 0) -> Iterator[dict[str, Any]]:
        """The public entries from an index on, as documents."""
        for entry in self._reader.entries(start, len(self)):
            yield json.loads(entry)

    def records(
        self, kind: str | None = None, number: str | None = None, start: int = 0, *, version: str | None = None,
        subjects: Sequence[str] | None = None, officers: Sequence[str] | None = None,
    ) -> Iterator[dict[str, Any]]:  # fmt: skip
        """The records of the store that fit what is asked (the fields of `Query`), in the order of the log.

        Yields:
            `{"index", "kind", "number", "record"}`; `record` is None where it was erased.
        """
        wanted = None if number is None else numbers.read(number)
        for row in self.store.rows(Query(kind, wanted, version, subjects, officers, start)):
            record = None if row.record is None else json.loads(row.record)
            yield {"index": row.place, "kind": row.kind, "number": row.number, "record": record}

    def pseudonym(self, subject: str) -> str:
        """The pseudonym under which this ledger seals a local identifier."""
        return pseudonym(self._subjects, subject)

    def receipt(self, number: str) -> Receipt:
        """The receipt of the decision or request that gave a number.

        Raises:
            LedgerError: JZ-611 no record has this number (any more); JZ-612 it is not a number.
        """
        for row in self.store.rows(Query(number=numbers.read(number))):
            if KINDS[row.kind].numbered == "gives":
                return Receipt(row.place, row.kind, row.number, self)
        raise _no_such_number()

    def prove(self, index: int) -> Proof:
        """The proof that an entry lies in the log, with what opens it.

        It stands under the head, or under the last checkpoint that a witness cosigned where that covers the entry and
        the head has no witness yet.

        Raises:
            LedgerError: JZ-611 there is no such entry; JZ-613 its record was erased.
        """
        head, row = self._best_head(index), self.store.row(index)
        if row is None or index >= head.size:
            raise _no_such_number()
        if row.salt is None or row.record is None:
            raise LedgerError(
                "JZ-613", "this record was erased, so nothing opens its entry", where=f"entry {index}",
                fix="the erasure itself is sealed: its entry names this one.",
            )  # fmt: skip
        hashes = Hashes(self._reader.tile, head.size)
        path = tuple(inclusion(hashes.node, index, head.size))
        entry = next(self._reader.entries(index, head.size))
        return Proof(opening(entry, row.record, row.salt), index, path, head)

    def _best_head(self, index: int) -> Checkpoint:
        head = self.head()
        if len(head.signatures) > 1:
            return head
        try:
            cosigned = Checkpoint.parse(self._files.read(COSIGNED))
            trusted = cosigned.signers(self.policy().logs)
        except (FileNotFoundError, Malformed):
            return head
        return cosigned if trusted and index < cosigned.size else head


def _no_such_number() -> LedgerError:
    return LedgerError(
        "JZ-611", "no record of this ledger has this number", found="one never given here, or erased since",
        fix="check the number and the ledger; an erasure is sealed as an entry of kind 'erasure'.",
    )  # fmt: skip
