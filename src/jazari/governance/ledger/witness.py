"""A witness: cosigns the checkpoints of other logs after checking that each extends the one before (C2SP tlog-witness).

`Witness.add_checkpoint` is the `add-checkpoint` call of https://c2sp.org/tlog-witness without the HTTP around it: a
portal serves it, and `jazari ledger witness` calls it on a log that lies in a folder.
"""

from __future__ import annotations

import time
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from jazari.governance.ledger.files import Disk, replace
from jazari.governance.ledger.lock import Lock
from jazari.governance.ledger.notes import Checkpoint, Malformed, PrivateKey, PublicKey, from_base64, to_base64
from jazari.governance.ledger.policy import Policy
from jazari.governance.ledger.reading import Reader
from jazari.governance.ledger.tiles import Hashes
from jazari.governance.ledger.tree import HASH, consistency, is_consistent

FOLDER = "witness"
_LOGS = "logs"
_LONGEST_PROOF = 63
_TEXT = "text/plain; charset=utf-8"


class Response(NamedTuple):
    """What the call answers over HTTP."""

    status: int
    body: str
    content_type: str = _TEXT


class Witness:
    """A witness and what it remembers of each log.

    Args:
        folder: The ledger's folder; the memory lies in `DIR/witness`.
        key: The witness's signing key.
    """

    def __init__(self, folder: Path, key: PrivateKey) -> None:
        self._folder = folder / FOLDER
        self._folder.mkdir(exist_ok=True)
        self._files = Disk(self._folder)
        self._key = key
        self._ledger = folder

    def logs(self) -> tuple[PublicKey, ...]:
        """The keys of the logs that it witnesses."""
        try:
            return Policy.parse(self._files.read(_LOGS)).logs
        except FileNotFoundError:
            return ()

    def trust(self, *keys: PublicKey) -> None:
        """Witness these logs too."""
        known = self.logs()
        policy = Policy(known + tuple(key for key in keys if key not in known))
        replace(self._files, _LOGS, policy.text().encode(), ".aside")

    def latest(self, origin: str) -> Checkpoint | None:
        """The latest checkpoint it cosigned for a log, with its cosignature."""
        try:
            return Checkpoint.parse(self._files.read(_name(origin)))
        except FileNotFoundError:
            return None

    def add_checkpoint(self, body: bytes) -> Response:
        """Check a checkpoint with its consistency proof, remember it, and cosign it.

        Args:
            body: `old SIZE`, proof lines, an empty line and the checkpoint.

        Returns:
            200 with the cosignature line; 400 malformed, 403 no trusted signature, 404 unknown log, 409 another size
            (in the body) or another root than the one cosigned before, 422 a proof that does not hold.
        """
        try:
            old, path, checkpoint = _request(body)
        except Malformed:
            return Response(400, "")
        keys = tuple(key for key in self.logs() if key.name == checkpoint.origin)
        if not keys:
            return Response(404, "")
        try:
            if not checkpoint.signers(keys):
                return Response(403, "")
        except Malformed:
            return Response(403, "")
        if old > checkpoint.size:
            return Response(400, "")
        lock = Lock(self._ledger)
        try:
            with lock.held():
                return self._answer(old, path, checkpoint)
        finally:
            lock.close()

    def _answer(self, old: int, path: list[bytes], checkpoint: Checkpoint) -> Response:
        before = self.latest(checkpoint.origin)
        size = before.size if before else 0
        if old != size:
            return Response(409, f"{size}\n", "text/x.tlog.size")
        if before is not None and old == checkpoint.size and before.root != checkpoint.root:
            return Response(409, f"{size}\n", "text/x.tlog.size")
        if before is not None and not is_consistent(size, before.root, checkpoint.size, checkpoint.root, path):
            return Response(422, "")
        if before is None and path:
            return Response(422, "")
        line = self._key.sign(checkpoint.text, int(time.time()))
        kept = Checkpoint.parse(checkpoint.note())
        replace(self._files, _name(checkpoint.origin), kept.with_signatures(line).note(), ".aside")
        return Response(200, line.line())


def request(files: Disk, log: str, old: int) -> bytes:
    """What a log sends to a witness that knows it at a size."""
    reader = Reader(files, log)
    checkpoint = reader.checkpoint()
    path = (
        consistency(Hashes(reader.tile, checkpoint.size).node, old, checkpoint.size) if old <= checkpoint.size else []
    )
    lines = [f"old {old}", *map(to_base64, path), "", ""]
    return "\n".join(lines).encode() + checkpoint.note()


def _request(body: bytes) -> tuple[int, list[bytes], Checkpoint]:
    head, blank, note = body.partition(b"\n\n")
    lines = head.decode("ascii", "replace").split("\n")
    size = lines.pop(0).removeprefix("old ")
    if not blank or not body.startswith(b"old ") or not size.isdecimal() or str(int(size)) != size:
        raise Malformed("no old size")
    path = [from_base64(line) for line in lines]
    if len(path) > _LONGEST_PROOF or any(len(one) != HASH for one in path):
        raise Malformed("a proof that is not of hashes")
    return int(size), path, Checkpoint.parse(note)


def _name(origin: str) -> str:
    return sha256(origin.encode()).hexdigest()[:HASH]
