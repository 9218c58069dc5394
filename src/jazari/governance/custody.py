"""What the keeper of a ledger does with it: verify, prove, witness, forget, change keys.

Commands and portal call these; what happens in a case goes through `events`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace as replace_fields
from pathlib import Path
from typing import Any, NamedTuple

from jazari.core.errors import LedgerError, VerificationError
from jazari.core.progress import Progress
from jazari.governance.ledger import dating, failures, receipts, rotation, trusted_time
from jazari.governance.ledger.comparing import compare
from jazari.governance.ledger.files import Disk, replace
from jazari.governance.ledger.keys import Keys
from jazari.governance.ledger.ledger import Ledger
from jazari.governance.ledger.lock import Lock
from jazari.governance.ledger.notes import WITNESS, Checkpoint, Malformed
from jazari.governance.ledger.page import page
from jazari.governance.ledger.policy import Policy
from jazari.governance.ledger.reading import Reader
from jazari.governance.ledger.settings import LOG, POLICY, SETTINGS, read_policy, read_settings
from jazari.governance.ledger.stores import open_store
from jazari.governance.ledger.tiles import ENTRIES, WIDTH, Tile, parse
from jazari.governance.ledger.trusted_time import Stamp
from jazari.governance.ledger.verifying import Verification, Verified, earlier
from jazari.governance.ledger.witness import Response, Witness, request
from jazari.governance.ledger.wording import Line, lines

__all__ = [
    "Cosigned", "Head", "add_checkpoint", "cosign", "create", "forget", "head", "in_words", "index_of", "log_file",
    "make_page", "make_receipt", "revoke", "rotate", "save", "set_time", "stamp", "verify", "verify_receipt", "witness",
]  # fmt: skip


def create(folder: Path, name: str, store: str | None = None) -> dict[str, str]:
    """Make a ledger; gives its folder, origin and the public key to publish."""
    with Ledger.create(folder, name) if store is None else Ledger.create(folder, name, store) as ledger:
        keys = ledger.policy().logs
        return {"ledger": str(folder), "name": name, "key": str(keys[0]), "policy": str(folder / POLICY)}


def verify(
    folder: Path, *, since: Path | None = None, trust: Path | None = None, certificates: Path | None = None,
    log_only: bool = False, progress: Progress | None = None,
) -> Verified:  # fmt: skip
    """Verify a whole log: a ledger with its records and time tokens, or a copy of its `log` folder with a policy.

    Args:
        folder: A ledger, or a folder that holds `checkpoint` and `tile`.
        since: A checkpoint or receipt kept from before, that the log must extend.
        trust: A policy; a ledger's own where none is given.
        certificates: The roots of the time authority (PEM); those that the ledger trusts where none is given.
        log_only: Compare neither records nor time tokens.
        progress: Told of bundles of 256 entries.

    Raises:
        LedgerError: JZ-600 there is no log; JZ-631 the policy.
        VerificationError: JZ-620 to JZ-626, JZ-629, JZ-630: something is not as it was signed; it says where. JZ-636
            records are not those that were sealed; JZ-673, JZ-674 a time token.
        InstallationError: JZ-670, there are time tokens, and the extra `time` is not installed.
    """
    is_ledger = (folder / SETTINGS).is_file()
    if not is_ledger and not (folder / "checkpoint").is_file():
        raise failures.not_a_ledger(str(folder))
    if trust is None and not is_ledger:
        raise failures.differs(
            "JZ-629", "no key is trusted, so nothing can be said of this log", where=str(folder),
            found="no trust policy",
            fix="get the log's policy from a source you trust and give it: --trust POLICY.",
        )  # fmt: skip
    before = None if since is None else earlier(_read(since))
    with failures.disk(str(folder)):
        if not is_ledger:
            return Verification(Disk(folder), "", progress).finish(_policy(trust or folder), before)
        verification = Verification(Disk(folder), LOG, progress)
        verified = _verify_log(folder, verification, _policy(trust or folder / POLICY), before)
        if log_only:
            return verified
        tokens = _tokens(folder, verification, verified.size, certificates)
        return replace_fields(verified, records=_compare(folder, verified.size, progress), tokens=tokens)


def _compare(folder: Path, size: int, progress: Progress | None) -> int:
    store = open_store(read_settings(folder)["store"], folder)
    try:
        return compare(Reader(Disk(folder), LOG), store, size, progress)
    finally:
        store.close()


def _tokens(folder: Path, verification: Verification, size: int, certificates: Path | None) -> tuple[Stamp, ...]:
    """The time tokens of a ledger, verified, each on a checkpoint of this very log."""
    stamps = trusted_time.verify(folder, trusted_time.Authority("", certificates or folder / dating.ROOTS))
    for one in stamps:
        if not verification.was(one.size, one.root, size):
            raise failures.differs(
                "JZ-625", "the log does not extend a checkpoint that was dated", where=trusted_time.FOLDER,
                found=f"{one.size} entries on {one.when.isoformat()}, {size} now",
            )  # fmt: skip
    return tuple(stamps)


def _verify_log(folder: Path, verification: Verification, policy: Policy, before: Checkpoint | None) -> Verified:
    verification.read_full(verification.checkpoint().size)
    lock = Lock(folder)
    try:
        with lock.held():
            is_unfinished = lock.is_busy
        if is_unfinished:  # a writer died: its ledger opens by itself, and is then what it was meant to be
            Ledger.open(folder).close()
        with lock.held():
            verified = verification.finish(policy, before)
            _agrees_with_store(folder, verification.checkpoint())
    finally:
        lock.close()
    return verified


def _agrees_with_store(folder: Path, checkpoint: Checkpoint) -> None:
    store = open_store(read_settings(folder)["store"], folder)
    try:
        head = store.head()
    finally:
        store.close()
    if head != checkpoint.note():
        size = "none" if head is None else f"{Checkpoint.parse(head).size} entries"
        raise failures.differs(
            "JZ-626", "the log is not what its store last acknowledged", where=f"{LOG}/checkpoint",
            found=f"{checkpoint.size} entries in the log, {size} in the store",
            fix="if the machine lost power, open the ledger (any append does) and verify again; otherwise entries were "
            "removed: keep this folder as evidence.",
        )  # fmt: skip


def set_time(folder: Path, authority: str, certificates: Path, refuse_after: str | None = None) -> dict[str, Any]:
    """Set whose clock dates a ledger, and after which time without its token decisions are refused.

    Args:
        folder: The ledger.
        authority: Where the time authority answers (RFC 3161 over HTTP).
        certificates: A PEM file with its root; it is copied into the ledger, beside those trusted before.
        refuse_after: An ISO 8601 duration of hours, days or weeks; None: decisions are never refused for it.

    Raises:
        LedgerError: JZ-600, JZ-603, JZ-604, JZ-677. DeclarationError: JZ-214, JZ-637.
    """
    dating.settle(folder, authority, certificates, refuse_after, _now())
    return {"authority": authority, "refuse_after": refuse_after}


def stamp(folder: Path) -> dict[str, Any]:
    """Have the newest checkpoint dated, where entries wait for it or half of the time allowed is over.

    Returns:
        `{"stamped", "size", "when", "checkpoint"}`; `stamped` is False where the last token still serves.

    Raises:
        LedgerError: JZ-600, JZ-638, JZ-671, JZ-672, JZ-677. VerificationError: JZ-673, JZ-674.
        InstallationError: JZ-670.
    """
    last, is_new = dating.stamp(folder, _now())
    return {"stamped": is_new, "size": last.size, "when": last.when.isoformat(), "checkpoint": last.digest}


def _now() -> datetime.datetime:
    return datetime.datetime.now(tz=datetime.UTC)


def _policy(path: Path) -> Policy:
    return read_policy(path)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise LedgerError(
            "JZ-618",
            "this file cannot be read",
            where=str(path),
            found=type(error).__name__,
            fix="check the path and the rights on it.",
        ) from None


@contextmanager
def _open(folder: Path) -> Iterator[Ledger]:
    with Ledger.open(folder) as ledger, failures.disk(str(folder)):
        yield ledger


def make_receipt(folder: Path, number: str) -> bytes:
    """The receipt of a decision or request, as a `.tlog-proof` file.

    Raises:
        LedgerError: JZ-600, JZ-611 to JZ-613.
    """
    with _open(folder) as ledger:
        return ledger.receipt(number).text()


def make_page(receipt: bytes, language: str) -> str:
    """The page to print of a receipt."""
    proof = receipts.Proof.parse(receipt)
    entry, record, _ = receipts.opened(proof.extra)
    return page(proof, entry, record, language)


def in_words(said: Mapping[str, Any], language: str) -> list[Line]:
    """What a verified receipt (`verify_receipt`) says, line by line in a language.

    Raises:
        DeclarationError: JZ-202, Jazari does not speak the language.
    """
    return lines(said["entry"], said["record"], language)


def save(path: Path, data: bytes) -> None:
    """Write a receipt or page: whole or not at all.

    Raises:
        LedgerError: JZ-600, JZ-603 or JZ-604, it cannot be written there.
    """
    with failures.disk(str(path)):
        replace(Disk(path.resolve().parent), path.name, data, f".{path.name}.part")


def verify_receipt(receipt: Path, trust: Path | None) -> dict[str, Any]:
    """Verify a receipt offline; gives what it says.

    Raises:
        VerificationError: JZ-627 to JZ-630.
    """
    return receipts.verify(_read(receipt), None if trust is None else _policy(trust)).as_json()


def forget(folder: Path, number: str, reasons: str, by: str) -> dict[str, Any]:
    """Destroy the records of a decision or request and seal that it was done."""
    with _open(folder) as ledger:
        receipt = ledger.forget(number, reasons, by)
        entry = next(ledger.entries(receipt.index))
        return {"erased": entry["entries"], "index": receipt.index}


def rotate(folder: Path, reasons: str) -> str:
    """Give the log a new key; gives its vkey."""
    with _open(folder) as ledger:
        return str(rotation.rotate(ledger, reasons))


def revoke(folder: Path, key: str, reasons: str) -> str:
    """Trust a key of the log no longer; gives its vkey."""
    with _open(folder) as ledger:
        return str(rotation.revoke(ledger, key, reasons))


class Cosigned(dict[str, Any]):
    """What a witness says: `origin`, `size`, `line`, `key`, and `attached`: whether the log took it at once."""


def witness(folder: Path, other: Path, trust: Path | None = None) -> Cosigned:
    """Cosign the head of another log after checking that it extends what was cosigned before.

    The first time, the other log's key comes from `trust`, or else from the policy beside it; from then on it is
    remembered. Where the other log is a ledger that can be written here, the line is put on its head at once.

    Args:
        folder: The witness's ledger.
        other: The other ledger, or a copy of its log.
        trust: A policy with the other log's key.

    Raises:
        VerificationError: JZ-632 the log shows another past than the one cosigned before; JZ-633 its key is not known.
    """
    is_ledger = (other / SETTINGS).is_file()
    log = LOG if is_ledger else ""
    files = Disk(other)
    with failures.disk(str(folder)):
        read_settings(folder)
        key = Keys(folder).signing(WITNESS)
        one = Witness(folder, key)
        checkpoint = Verification(files, log).checkpoint()
        _know(one, checkpoint, trust, other / POLICY if is_ledger else None)
        before = one.latest(checkpoint.origin)
        old = before.size if before else 0
        answer = one.add_checkpoint(request(files, log, old))
    if answer.status != 200:  # noqa: PLR2004  the HTTP status of the protocol
        raise _declined(answer.status, checkpoint, old)
    if is_ledger and not _is_same(folder, other):
        with _open(other) as ledger:
            rotation.add_cosignature(ledger, answer.body, str(key.public))
    return Cosigned(
        origin=checkpoint.origin,
        size=checkpoint.size,
        line=answer.body.rstrip("\n"),
        key=str(key.public),
        attached=is_ledger,
    )


def add_checkpoint(folder: Path, body: bytes) -> Response:
    """Answer another log's `add-checkpoint` call (C2SP tlog-witness): status, body and content type.

    Only logs that the keeper told this ledger to witness (`jazari ledger witness`) are cosigned; others get 404.

    Raises:
        LedgerError: JZ-600, JZ-603, JZ-604.
    """
    with failures.disk(str(folder)):
        read_settings(folder)
        return Witness(folder, Keys(folder).signing(WITNESS)).add_checkpoint(body)


def log_file(folder: Path, path: str) -> bytes | None:
    """A file that a ledger shows to anyone: `checkpoint`, `policy`, or a tile; None where there is none.

    Args:
        folder: The ledger.
        path: As C2SP tlog-tiles writes it. What is not written so is looked for nowhere on the disk.
    """
    if path not in ("checkpoint", POLICY) and parse(path) is None:
        return None
    try:
        return (folder / (path if path == POLICY else f"{LOG}/{path}")).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


class Head(NamedTuple):
    """What a log is now: its origin, its entries, and the file in which an entry lies."""

    origin: str
    size: int

    def file_of(self, index: int) -> str:
        """The path of the bundle with an entry, as `log_file` takes it."""
        number = index // WIDTH
        return Tile(ENTRIES, number, min(WIDTH, self.size - number * WIDTH)).path


def head(folder: Path) -> Head | None:
    """The head of a ledger that lies in a folder, or None where there is none."""
    note = log_file(folder, "checkpoint")
    if note is None:
        return None
    checkpoint = Checkpoint.parse(note)
    return Head(checkpoint.origin, checkpoint.size)


def index_of(receipt: bytes) -> int | None:
    """The place in the log of what a receipt is of, or None where it is no receipt."""
    try:
        return receipts.Proof.parse(receipt).index
    except Malformed:
        return None


def cosign(folder: Path, line: str, key: str) -> None:
    """Put a cosignature that came from elsewhere on the head of a ledger."""
    with _open(folder) as ledger:
        rotation.add_cosignature(ledger, line, key)


def _is_same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _know(one: Witness, checkpoint: Checkpoint, trust: Path | None, beside: Path | None) -> None:
    """Trust the log's keys where a policy is given, or the first time that the log is seen."""
    known = [key for key in one.logs() if key.name == checkpoint.origin]
    source = trust or (None if known else beside)
    if source is not None:
        one.trust(*(key for key in _policy(source).logs if key.name == checkpoint.origin))
    elif not any(signature.is_by(key) for key in known for signature in checkpoint.signatures):
        raise _unknown(checkpoint)


def _unknown(checkpoint: Checkpoint) -> VerificationError:
    return failures.differs(
        "JZ-633", "this witness does not know the key of the log", where="the checkpoint", found=checkpoint.origin,
        fix="get the log's policy from a source you trust and give it: --trust POLICY.",
    )  # fmt: skip


def _declined(status: int, checkpoint: Checkpoint, old: int) -> VerificationError:
    if status in (403, 404):
        return _unknown(checkpoint)
    return failures.differs(
        "JZ-632", "the log shows another past than the one that was cosigned before", where=checkpoint.origin,
        found=f"{checkpoint.size} entries shown, {old} cosigned before",
        fix="do not cosign: keep both checkpoints, they prove that the log forked or lost entries.",
    )  # fmt: skip
