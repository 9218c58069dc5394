"""The Merkle tree of RFC 6962 section 2.1: leaves, nodes, proofs; what a verifier computes is RFC 9162, 2.1.3."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

HASH = 32
EMPTY_ROOT = sha256(b"").digest()

Node = Callable[[int, int], bytes]
"""`node(level, index)`: the hash over leaves `index << level` up to `(index + 1) << level`, where all of them exist."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry: SHA-256(0x00 || entry)."""
    return sha256(b"\x00" + entry).digest()


def leaf_hashes(entries: Iterable[bytes]) -> bytes:
    """The hashes of entries, one after the other: 32 bytes an entry."""
    return b"".join([sha256(b"\x00" + entry).digest() for entry in entries])


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


def parents(row: bytes) -> bytes:
    """The hashes of the pairs of a row of hashes; an odd last one is left out."""
    return b"".join([sha256(b"\x01" + row[at : at + 64]).digest() for at in range(0, len(row) - 63, 64)])


def perfect_root(row: bytes) -> bytes:
    """The root over a row whose number of hashes is a power of two."""
    while len(row) > HASH:
        row = parents(row)
    return row


def edge_root(rows: Sequence[bytes]) -> bytes:
    """The root of a tree from its right edge.

    Args:
        rows: From the leaves up, the hashes of the tile that is not full yet at each level of tiles (0 to 255 hashes
            of 32 bytes; a hash of level L stands for 256**L leaves).

    Returns:
        The root hash, 32 bytes; SHA-256 of nothing for an empty tree.
    """
    root = b""
    for edge in rows:
        row = edge
        while row:
            if len(row) // HASH % 2:
                root = node_hash(row[-HASH:], root) if root else row[-HASH:]
            row = parents(row)
    return root or EMPTY_ROOT


def range_root(node: Node, start: int, end: int) -> bytes:
    """The root over leaves `start` to `end`, where `start` is a multiple of the next power of two from the width."""
    width = end - start
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return node(level, start >> level)
    split = start + _split(width)
    return node_hash(range_root(node, start, split), range_root(node, split, end))


def inclusion(node: Node, index: int, size: int) -> list[bytes]:
    """The inclusion proof of a leaf in the tree of a size, from the leaf's sibling up (RFC 6962 section 2.1.1)."""
    path = []
    start, end = 0, size
    while end - start > 1:
        split = start + _split(end - start)
        if index < split:
            path.append(range_root(node, split, end))
            end = split
        else:
            path.append(range_root(node, start, split))
            start = split
    return path[::-1]


def consistency(node: Node, old: int, size: int) -> list[bytes]:
    """The proof that the tree of `size` extends the tree of `old` (RFC 6962 section 2.1.2); empty for 0 or equal."""
    if old in (0, size):
        return []
    path = []
    start, end, whole = 0, size, True
    while old != end:
        split = start + _split(end - start)
        if old <= split:
            path.append(range_root(node, split, end))
            end = split
        else:
            path.append(range_root(node, start, split))
            start, whole = split, False
    if not whole:
        path.append(range_root(node, start, end))
    return path[::-1]


def _split(width: int) -> int:
    """The largest power of two below a width of at least two."""
    return 1 << ((width - 1).bit_length() - 1)


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that an inclusion proof leads to (RFC 9162 section 2.1.3.2); None where its length cannot be right."""
    if not 0 <= index < size:
        return None
    at, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            root = node_hash(sibling, root)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        at, last = at >> 1, last >> 1
    return root if last == 0 else None


def is_consistent(old: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Whether a proof shows that one tree extends another (RFC 9162 section 2.1.4.2)."""
    if old > size:
        return False
    if old in (0, size):
        return not path and old_root == (EMPTY_ROOT if old == 0 else root)
    proof = list(path)
    if old & (old - 1) == 0:
        proof.insert(0, old_root)
    if not proof:
        return False
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = proof[0]
    for sibling in proof[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        at, last = at >> 1, last >> 1
    return before == old_root and after == root and last == 0
