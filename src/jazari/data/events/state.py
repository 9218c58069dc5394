"""The state of a table of events: a folder with its register, its log, what was set aside, and its accumulators.

    state.json            what counts: the declaration, the parts, what was added, the SHA-256 of every file that
                          counts; written last, beside and renamed
    register-N.arrow      the keys and their sites
    log/NNNNNN.arrow      the parts of the log, never changed
    aside/NNNNNN.parquet  rows that did not fit, as they came, each with its reason
    sums-DATE-N.arrow, weeks-DATE-N.arrow   the accumulators, which can always be made again from the log

A file that `state.json` does not name is no part of the state: it is what a stopped run left, and the next takes its
place.
"""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from jazari.core import canonical
from jazari.core.errors import DataError, VerificationError
from jazari.data.events.log import Part
from jazari.data.events.register import Register, fitting
from jazari.data.files import folder_beside, write_beside, writing_failed
from jazari.schema.events import Events

FORMAT = "jazari.events/3"
_MANIFEST = "state.json"


@dataclass
class State:
    """An opened state.

    Attributes:
        folder: Where it lies.
        events: The declaration it was made with.
        register: The name of the file of the register.
        parts: The parts of the log.
        files: What was added: `fingerprint`, `added_on`, `rows`, `kept`, `aside` (counts by reason), `recorded`.
        aside: The names of the files of rows set aside.
        kept: The accumulators: `as_of`, `parts`, `sums`, `weeks`; nothing where there are none.
        sealed: The SHA-256 of each file that counts, the CRC-32 of accumulators, by their names in the folder.
    """

    folder: Path
    events: Events
    register: str
    parts: list[Part] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)
    sealed: dict[str, str] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        """Where the parts of the log lie."""
        return self.folder / "log"

    def read_register(self) -> Register:
        """The register.

        Raises:
            VerificationError: JZ-379, it cannot be read any more.
        """
        return Register.read(self.folder / self.register)

    def rows_aside(self) -> int:
        """How many rows are set aside now."""
        return sum(pq.read_metadata(self.folder / "aside" / one).num_rows for one in self.aside)

    def named(self) -> list[str]:
        """The files that must be there; accumulators are made again where they are not."""
        aside = [f"aside/{one}" for one in self.aside]
        return [self.register, *(f"log/{one.path.name}" for one in self.parts), *aside]

    def kept_files(self) -> list[str]:
        """The files of the accumulators."""
        return [self.kept[name] for name in ("sums", "weeks")] if self.kept else []

    def verify(self) -> int:
        """Compare every file that counts with its SHA-256; accumulators that are gone are no damage.

        Returns:
            How many there are.

        Raises:
            VerificationError: JZ-379, bytes are not those that were written.
        """
        gone = {one for one in self.kept_files() if not (self.folder / one).exists()}
        damaged = [
            one for one, digest in self.sealed.items() if one not in gone and _digest(self.folder / one) != digest
        ]
        if damaged:
            raise VerificationError(
                "JZ-379", "this state of events is damaged", where=str(self.folder),
                found=f"{len(damaged)} of {len(self.sealed)} files are not what was written: {', '.join(damaged[:5])}",
                fix="restore them from the backup; sums-* and weeks-* may be removed, they are made again.",
            )  # fmt: skip
        return len(self.sealed)

    def commit(self) -> None:
        """Seal what is new and write `state.json`: from here on what was written counts.

        Raises:
            DataError: JZ-340, JZ-341.
        """
        files = [*self.named(), *self.kept_files()]
        self.sealed = {one: self.sealed.get(one) or _seal(self.folder / one) for one in files}
        document = {
            "format": FORMAT, "declaration": self.events.as_json(), "register": self.register, "files": self.files,
            "parts": [one.as_json() for one in self.parts], "aside": self.aside, "kept": self.kept,
            "sealed": self.sealed,
        }  # fmt: skip
        with write_beside(self.folder / _MANIFEST) as beside:
            beside.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def create(folder: Path, events: Events, register: pa.Table, *, where: str = "the register") -> State:
    """Make an empty state.

    Args:
        folder: The folder to make.
        events: The declaration.
        register: The table of keys, with the key and the site that the events declare.
        where: What to call the register in an error.

    Raises:
        DataError: JZ-360 the folder holds something, JZ-374 the register does not fit, JZ-340, JZ-341.
    """
    keys = Register.of(fitting(register, events.key, events.site, where))
    with folder_beside(folder) as beside:
        (beside / "log").mkdir()
        (beside / "aside").mkdir()
        keys.write(beside / "register-1.arrow")
        State(beside, events, "register-1.arrow").commit()
    return open_state(folder)


def open_state(folder: Path) -> State:
    """Open a state.

    Raises:
        DataError: JZ-375, there is no state here, or of a format that is not read.
        VerificationError: JZ-379, files that it names are gone or cut short.
    """
    folder = Path(folder)
    try:
        document = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        said = document["format"]
    except (OSError, ValueError, KeyError, TypeError):
        raise _none(folder, f"no {_MANIFEST} that can be read") from None
    if said != FORMAT:
        raise DataError(
            "JZ-375", "this state of events was made by another version", where=str(folder),
            found=f"format {str(said)[:40]}, not {FORMAT}",
            fix="make a new one with `jazari events init` and add the files again: they say everything that it held.",
        )  # fmt: skip
    try:
        events = Events.from_json(document["declaration"])
        parts = [Part.from_json(folder / "log", one) for one in document["parts"]]
        state = State(
            folder, events, document["register"], parts, document["files"], document["aside"], document["kept"],
            document["sealed"],
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as failure:
        raise _damaged(folder, failure) from None
    named = state.named()
    gone = [one for one in named if not (folder / one).is_file()]
    if gone:
        raise VerificationError(
            "JZ-379", "files of this state are gone", where=str(folder), found=f"{len(gone)} of {len(named)} files",
            fix="restore the folder from its backup; never remove files of log/ or aside/.",
        )  # fmt: skip
    return state


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[State]:
    """Open a state to change it; nobody else changes it meanwhile.

    Raises:
        DataError: JZ-398, somebody else is changing it; and as `open_state`.
    """
    open_state(folder)
    try:
        with (Path(folder) / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise DataError(
                    "JZ-398", "this state is being changed by another command", where=str(folder), found="a lock",
                    fix="wait until it has ended; the lock goes with it.",
                ) from None  # fmt: skip
            yield open_state(folder)
    except OSError as failure:
        raise writing_failed(folder, failure) from failure


def today() -> datetime.date:
    """The day it is, in UTC."""
    return datetime.datetime.now(tz=datetime.UTC).date()


def _none(folder: Path, found: str) -> DataError:
    return DataError(
        "JZ-375", "there is no state of events here", where=str(folder), found=found,
        fix="make one with `jazari events init`, or name the folder that it made.",
    )  # fmt: skip


def _digest(path: Path) -> str:
    """The seal of a file; nothing where it cannot be read."""
    try:
        return _seal(path)
    except OSError:
        return ""


def _seal(path: Path) -> str:
    """The SHA-256 of a file; the CRC-32 of accumulators, which can be made again: a night writes them all."""
    if not path.name.startswith(("sums-", "weeks-")):
        return canonical.file_digest(path)
    checksum, buffer = 0, memoryview(bytearray(1 << 20))
    with path.open("rb", buffering=0) as stream:
        while count := stream.readinto(buffer):
            checksum = zlib.crc32(buffer[:count], checksum)
    return f"crc32:{checksum:08x}"


def _damaged(folder: Path, failure: BaseException) -> VerificationError:
    return VerificationError(
        "JZ-379", "this state of events is damaged", where=str(folder), found=type(failure).__name__,
        fix="restore the folder from its backup.",
    )  # fmt: skip
