"""The right edge of a tree: all that an append needs to know of what came before.

An append is worked out first, without touching the disk, as a new edge and the files that lead to it; it costs the
new entries and the edge, never the tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from jazari.governance.ledger.files import Files
from jazari.governance.ledger.tiles import ENTRIES, WIDTH, Tile, bundle, count, levels, parse
from jazari.governance.ledger.tree import HASH, edge_root, perfect_root

_FULL = WIDTH * HASH
_FAR = 1000


@dataclass(frozen=True)
class Edge:
    """The tiles that are not full yet.

    Attributes:
        size: Entries in the tree.
        rows: The hashes of the last tile of each level, from the leaves up; empty where the last one is full.
        tail: The bytes of the entry bundle that is not full.
    """

    size: int = 0
    rows: tuple[bytes, ...] = ()
    tail: bytes = b""

    @property
    def root(self) -> bytes:
        """The root of the tree."""
        return edge_root(self.rows)

    @classmethod
    def load(cls, read: Callable[[Tile], bytes], size: int) -> Edge:
        """The edge of a tree of a size, from its last tiles."""
        rows = []
        for level in levels(size):
            full, rest = divmod(count(level, size), WIDTH)
            rows.append(read(Tile(level, full, rest)) if rest else b"")
        full, rest = divmod(size, WIDTH)
        return cls(size, tuple(rows), read(Tile(ENTRIES, full, rest)) if rest else b"")


@dataclass(frozen=True)
class Growth:
    """What an append writes.

    Attributes:
        edge: The edge after it.
        files: The new files by path under the log, in the order in which they are written.
        stale: Folders of partial tiles that are full now and may go once the checkpoint is out.
    """

    edge: Edge
    files: dict[str, bytes]
    stale: list[str]


def grow(edge: Edge, entries: Sequence[bytes], leaves: bytes) -> Growth:
    """Work out an append.

    Args:
        edge: The edge before.
        entries: The new entries.
        leaves: Their leaf hashes, one after the other.
    """
    files: dict[str, bytes] = {}
    stale: list[str] = []
    tail = _add_entries(edge, entries, files, stale)
    rows = []
    level, new = 0, leaves
    while new or level < len(edge.rows):
        old = edge.rows[level] if level < len(edge.rows) else b""
        row, number = old + new, count(level, edge.size) // WIDTH
        above: list[bytes] = []
        while len(row) >= _FULL:
            tile, row = row[:_FULL], row[_FULL:]
            if old and not above:
                stale.append(Tile(level, number).partials)
            files[Tile(level, number).path] = tile
            above.append(perfect_root(tile))
            number += 1
        if row and new:
            files[Tile(level, number, len(row) // HASH).path] = row
        rows.append(row)
        level, new = level + 1, b"".join(above)
    return Growth(Edge(edge.size + len(entries), tuple(rows), tail), files, stale)


def _add_entries(edge: Edge, entries: Sequence[bytes], files: dict[str, bytes], stale: list[str]) -> bytes:
    number, held = divmod(edge.size, WIDTH)
    tail, at = edge.tail, 0
    while at < len(entries):
        taken = entries[at : at + WIDTH - held]
        tail += bundle(taken)
        width = held + len(taken)
        files[Tile(ENTRIES, number, width).path] = tail
        at += len(taken)
        if width == WIDTH:
            if edge.tail and number == edge.size // WIDTH:
                stale.append(Tile(ENTRIES, number).partials)
            number, held, tail = number + 1, 0, b""
    return tail


def beyond(files: Files, log: str, size: int) -> Iterator[str]:
    """The files under the log's tiles that the tree of a size does not have: what a crash left behind.

    Only folders at or right of the edge are opened, so this costs the edge, not the tree.
    """
    for name, is_folder in files.names(f"{log}/tile"):
        level = ENTRIES if name == "entries" else int(name) if name.isdecimal() else None
        if level is None or not is_folder:
            continue
        held = count(level, size)
        edge, later = Tile(level, held // WIDTH).path, Tile(level, held // WIDTH + _FAR).path
        # numbers that gain a group of digits leave the order of paths: there, every folder is opened
        yield from _beyond(files, log, f"tile/{name}", edge if edge.count("/") == later.count("/") else "", held)


def _beyond(files: Files, log: str, folder: str, edge: str, held: int) -> Iterator[str]:
    """Below one folder; `edge` is the path of the tile at the edge."""
    for name, is_folder in files.names(f"{log}/{folder}"):
        path = f"{folder}/{name}"
        if is_folder and not name.endswith(".p"):
            if path >= edge[: len(path)]:
                yield from _beyond(files, log, path, edge, held)
        elif is_folder:
            yield from (f"{path}/{one}" for one, _ in files.names(f"{log}/{path}") if _is_beyond(f"{path}/{one}", held))
        elif _is_beyond(path, held):
            yield path


def _is_beyond(path: str, held: int) -> bool:
    tile = parse(path)
    return tile is not None and tile.end > held
