"""Verification of a whole log: every byte under it is either what the signed root says it must be, or found out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jazari.core.progress import Progress, Silent
from jazari.governance.ledger.failures import differs
from jazari.governance.ledger.files import Files, walk
from jazari.governance.ledger.notes import Checkpoint, Malformed
from jazari.governance.ledger.policy import Policy
from jazari.governance.ledger.reading import Reader
from jazari.governance.ledger.tiles import ENTRIES, WIDTH, Hashes, Tile, count, levels, parse, unbundle
from jazari.governance.ledger.tree import EMPTY_ROOT, HASH, edge_root, leaf_hashes, perfect_root, range_root
from jazari.governance.ledger.trusted_time import Stamp


@dataclass(frozen=True)
class Verified:
    """What a verification established.

    Attributes:
        origin: The log.
        size: Its entries.
        root: Its root hash, in hexadecimal.
        keys: The log's keys that signed the checkpoint, as vkeys.
        witnesses: The names of the witnesses that cosigned it.
        since: The size of the earlier checkpoint that it extends, or None where none was given.
        files: How many files were read.
        records: How many records of the store are those that were sealed; None where they were not compared.
        tokens: The checkpoints that a time authority dated, the oldest first.
    """

    origin: str
    size: int
    root: str
    keys: tuple[str, ...]
    witnesses: tuple[str, ...]
    since: int | None
    files: int
    records: int | None = None
    tokens: tuple[Stamp, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The same as a document."""
        return {
            "verified": True, "origin": self.origin, "size": self.size, "root": self.root, "keys": list(self.keys),
            "witnesses": list(self.witnesses), "since": self.since, "files": self.files,
            "records": self.records,
            "tokens": [
                {"size": one.size, "when": one.when.isoformat(), "checkpoint": one.digest} for one in self.tokens
            ],
        }  # fmt: skip


def signers(checkpoint: Checkpoint, policy: Policy, where: str) -> tuple[list[str], list[str]]:
    """The log keys and witnesses behind a checkpoint, where every line is a known key's, once, in canonical order.

    Raises:
        VerificationError: JZ-621.
    """
    known = {(key.name, key.id): key for key in (*policy.logs, *policy.witnesses.values())}
    lines = [(signature.name, signature.id) for signature in checkpoint.signatures]
    fix = "if a key changed or a witness joined, verify with the policy that names it; otherwise keep this as evidence."
    for line in lines:
        if line not in known:
            raise differs(
                "JZ-621",
                "a signature is by no key of the policy",
                where=where,
                found=f"{line[0]} ({line[1].hex()})",
                fix=fix,
            )
    if lines != canonical_order(checkpoint, policy):
        raise differs(
            "JZ-621", "the signatures stand in another order, or twice", where=where, found=f"{len(lines)} lines"
        )
    try:
        by_log = checkpoint.signers(policy.logs)
        seen = policy.seen_by(checkpoint)
    except Malformed as wrong:
        raise differs("JZ-621", "a signature on the checkpoint is wrong", where=where, found=str(wrong)) from None
    if not any(key.name == checkpoint.origin for key in by_log):
        raise differs(
            "JZ-621", "no trusted key of the log signed its checkpoint", where=where, found=checkpoint.origin, fix=fix
        )
    if not policy.has_quorum(seen):
        raise differs(
            "JZ-630", "not enough witnesses have seen this checkpoint", where=where, found=", ".join(seen) or "none"
        )
    return [str(key) for key in by_log], seen


def canonical_order(checkpoint: Checkpoint, policy: Policy) -> list[tuple[str, bytes]]:
    """The order in which a log writes signature lines: its own keys in the policy's order, then witnesses by name."""
    present = {(one.name, one.id) for one in checkpoint.signatures}
    own = [(key.name, key.id) for key in policy.logs]
    others = sorted((key.name, key.id) for key in policy.witnesses.values())
    return [one for one in own + others if one in present]


class Verification:
    """One pass over a log.

    Full tiles never change, so `read_full` needs no lock; `finish` reads the rest and wants the log to stand still.

    Args:
        files: The port.
        log: The folder of the log under it.
        progress: Told of bundles of 256 entries.
    """

    def __init__(self, files: Files, log: str, progress: Progress | None = None) -> None:
        self._files = files
        self._log = log
        self._reader = Reader(files, log)
        self._progress = progress or Silent()
        self._bundles = 0
        self._rows: list[bytes] = [b""]
        self._numbers = [0]
        self._read = 1

    def checkpoint(self) -> Checkpoint:
        """The checkpoint as it stands now."""
        return self._reader.checkpoint()

    def read_full(self, size: int) -> None:
        """Read the full bundles of a tree of a size, and the full tiles above them.

        Raises:
            VerificationError: JZ-622, JZ-623.
        """
        if size // WIDTH > self._bundles:
            self._progress.step("verifying", size // WIDTH - self._bundles)
        while self._bundles < size // WIDTH:
            self._add(0, self._leaves(Tile(ENTRIES, self._bundles)))
            self._bundles += 1
            self._progress.advance()

    def _leaves(self, tile: Tile) -> bytes:
        """The leaf hashes of a bundle, equal to those of its tile."""
        found = unbundle(self._bytes(tile))
        if found is None or len(found) != tile.width:
            held = "lengths that do not fill it" if found is None else f"{len(found)} entries instead of {tile.width}"
            raise differs("JZ-622", "a bundle of entries is not one", where=self._where(tile), found=held)
        leaves = leaf_hashes(found)
        self._same(Tile(0, tile.number, tile.width), leaves)
        return leaves

    def _bytes(self, tile: Tile) -> bytes:
        self._read += 1
        return self._reader.file(tile.path)

    def _where(self, tile: Tile) -> str:
        return self._reader.where(tile.path)

    def _same(self, tile: Tile, computed: bytes) -> None:
        """A tile holds the hashes of what lies below it."""
        held = self._bytes(tile)
        if held == computed:
            return
        if len(held) != len(computed):
            found = f"{len(held)} bytes instead of {len(computed)}"
        else:
            at = next(at for at in range(0, len(held), HASH) if held[at : at + HASH] != computed[at : at + HASH])
            place = tile.number * WIDTH + at // HASH
            below = f"entry {place}" if tile.level == 0 else f"tile {place} of level {tile.level - 1}"
            found = f"the hash of {below} is another"
        raise differs("JZ-622", "a tile is not the hashes of what lies below it", where=self._where(tile), found=found)

    def _add(self, level: int, hashes: bytes) -> None:
        self._rows[level] += hashes
        if len(self._rows[level]) < WIDTH * HASH:
            return
        full, self._rows[level] = self._rows[level], b""
        if level > 0:
            self._same(Tile(level, self._numbers[level]), full)
        self._numbers[level] += 1
        if level + 1 == len(self._rows):
            self._rows.append(b"")
            self._numbers.append(0)
        self._add(level + 1, perfect_root(full))

    def finish(self, policy: Policy, since: Checkpoint | None = None) -> Verified:
        """Read the checkpoint, what is not full, what should not be there, and compare.

        Raises:
            VerificationError: JZ-620 to JZ-625, JZ-630.
        """
        checkpoint = self.checkpoint()
        where = self._reader.where("checkpoint")
        keys, seen = signers(checkpoint, policy, where)
        self.read_full(checkpoint.size)
        rows = list(self._rows)
        for level in levels(checkpoint.size):
            full, rest = divmod(count(level, checkpoint.size), WIDTH)
            if level == 0 and rest:
                rows[0] = self._leaves(Tile(ENTRIES, full, rest))
            elif rest:
                self._same(Tile(level, full, rest), rows[level])
        if edge_root(rows) != checkpoint.root:
            raise differs(
                "JZ-622", "the entries do not have the root that was signed", where=where, found="another root"
            )
        self._others(checkpoint.size)
        if since is not None:
            self._extends(since, checkpoint.size, policy)
        return Verified(
            checkpoint.origin, checkpoint.size, checkpoint.root.hex(), tuple(keys), tuple(seen),
            None if since is None else since.size, self._read,
        )  # fmt: skip

    def _others(self, size: int) -> None:
        """Every other file is a narrower version of a tile that was read."""
        own = self._reader.where("checkpoint")
        for path in walk(self._files, self._log or "."):
            if path == own or path.endswith("/"):
                continue
            tile = parse(path.removeprefix(f"{self._log}/") if self._log else path)
            held = -1 if tile is None or tile.level not in (ENTRIES, *levels(size)) else count(tile.level, size)
            if tile is None or tile.end > held:
                raise differs(
                    "JZ-624", "a file does not belong to the log", where=path, found="no tile of the signed tree"
                )
            if tile.width < WIDTH and tile.end < held:
                self._narrower(tile, held)

    def _narrower(self, tile: Tile, held: int) -> None:
        wider = self._bytes(tile._replace(width=min(WIDTH, held - tile.number * WIDTH)))
        part = self._bytes(tile)
        entries = unbundle(part) if tile.level == ENTRIES else None
        width = len(part) / HASH if tile.level != ENTRIES else -1 if entries is None else len(entries)
        if not wider.startswith(part) or width != tile.width:
            raise differs(
                "JZ-622",
                "an older version of a tile is not the beginning of it",
                where=self._where(tile),
                found="other bytes",
            )

    def _extends(self, since: Checkpoint, size: int, policy: Policy) -> None:
        where = "the earlier checkpoint"
        try:
            trusted = [key for key in since.signers(policy.logs) if key.name == since.origin]
        except Malformed as wrong:
            raise differs(
                "JZ-621", "a signature on the earlier checkpoint is wrong", where=where, found=str(wrong)
            ) from None
        if not trusted:
            raise differs("JZ-621", "no trusted key signed the earlier checkpoint", where=where, found=since.origin)
        if since.size > size:
            raise differs(
                "JZ-625", "the log has lost entries", where=where, found=f"{size} entries now, {since.size} before"
            )
        if not self.was(since.size, since.root, size):
            raise differs("JZ-625", "the log does not extend the earlier checkpoint", where=where, found="another past")

    def was(self, before: int, root: bytes, size: int) -> bool:
        """Whether the log of a size began with so many entries under that root."""
        if before > size:
            return False
        return root == (range_root(Hashes(self._reader.tile, size).node, 0, before) if before else EMPTY_ROOT)


def earlier(data: bytes) -> Checkpoint:
    """The checkpoint of a file: a checkpoint, or the one at the end of a receipt.

    Raises:
        VerificationError: JZ-620, it is none.
    """
    from jazari.governance.ledger.receipts import Proof

    try:
        return Proof.parse(data).checkpoint if data.startswith(b"c2sp.org/") else Checkpoint.parse(data)
    except Malformed as wrong:
        raise differs(
            "JZ-620",
            "this is not a checkpoint",
            where="the earlier checkpoint",
            found=str(wrong),
            fix="give a checkpoint or a receipt as it was kept.",
        ) from None
