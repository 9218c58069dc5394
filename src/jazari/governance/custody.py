"""What the keeper of a ledger does with it: verify, prove, witness, forget, change keys.

Commands and portal call these; what happens in a case goes through `events`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jazari.core.errors import LedgerError, VerificationError
from jazari.core.progress import Progress
from jazari.governance.ledger import failures, receipts, rotation
from jazari.governance.ledger.files import Disk, replace
from jazari.governance.ledger.keys import Keys
from jazari.governance.ledger.ledger import Ledger
from jazari.governance.ledger.lock import Lock
from jazari.governance.ledger.notes import WITNESS, Checkpoint
from jazari.governance.ledger.page import page
from jazari.governance.ledger.policy import Policy
from jazari.governance.ledger.settings import LOG, POLICY, SETTINGS, read_policy, read_settings
from jazari.governance.ledger.stores import open_store
from jazari.governance.ledger.tiles import parse
from jazari.governance.ledger.verifying import Verification, Verified, earlier
from jazari.governance.ledger.witness import Response, Witness, request

__all__ = [
    "Cosigned", "add_checkpoint", "cosign", "create", "forget", "log_file", "make_page", "make_receipt", "revoke",
    "rotate", "save", "verify", "verify_receipt", "witness",
]  # fmt: skip


def create(folder: Path, name: str, store: str | None = None) -> dict[str, str]:
    """Make a ledger; gives its folder, origin and the public key to publish."""
    with Ledger.create(folder, name) if store is None else Ledger.create(folder, name, store) as ledger:
        keys = ledger.policy().logs
        return {"ledger": str(folder), "name": name, "key": str(keys[0]), "policy": str(folder / POLICY)}


def verify(
    folder: Path, *, since: Path | None = None, trust: Path | None = None, progress: Progress | None = None
) -> Verified:
    """Verify a whole log: a ledger, or a copy of its `log` folder with a policy.

    Args:
        folder: A ledger, or a folder that holds `checkpoint` and `tile`.
        since: A checkpoint or receipt kept from before, that the log must extend.
        trust: A policy; a ledger's own where none is given.
        progress: Told of bundles of 256 entries.

    Raises:
        LedgerError: JZ-600 there is no log; JZ-631 the policy.
        VerificationError: JZ-620 to JZ-626, JZ-629, JZ-630: something is not as it was signed; it says where.
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
        return _verify_ledger(folder, _policy(trust or folder / POLICY), before, progress)


def _verify_ledger(folder: Path, policy: Policy, before: Checkpoint | None, progress: Progress | None) -> Verified:
    verification = Verification(Disk(folder), LOG, progress)
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
