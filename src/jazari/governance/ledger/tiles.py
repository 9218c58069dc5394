"""Where hashes and entries lie: C2SP tlog-tiles (https://c2sp.org/tlog-tiles).

`tile/<L>/<N>` holds 256 hashes of level L, `tile/entries/<N>` the same 256 entries, `.p/<W>` the first W of a tile
that is not full. N is written in groups of three digits, all but the last with an `x`: 1234067 is `x001/x234/067`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from jazari.governance.ledger.tree import HASH, parents

WIDTH = 256
HEIGHT = 8
ENTRIES = -1
"""The level of entry bundles: they are numbered as the tiles of level 0."""
LONGEST_ENTRY = (1 << 16) - 1

_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


class Tile(NamedTuple):
    """One tile or bundle: its level, its number within the level, and how many hashes or entries it holds."""

    level: int
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Its path under the log."""
        suffix = "" if self.width == WIDTH else f".p/{self.width}"
        return f"{_stem(self.level, self.number)}{suffix}"

    @property
    def partials(self) -> str:
        """The folder of its narrower versions."""
        return f"{_stem(self.level, self.number)}.p"

    @property
    def end(self) -> int:
        """How many hashes its level holds up to its last."""
        return self.number * WIDTH + self.width


def _stem(level: int, number: int) -> str:
    digits = f"{number:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join(
        ["tile", "entries" if level == ENTRIES else str(level), *(f"x{one}" for one in groups[:-1]), groups[-1]]
    )


def parse(path: str) -> Tile | None:
    """The tile of a path, or None where no tile is written so."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    level = ENTRIES if match[1] == "entries" else int(match[1])
    width = int(match[3]) if match[3] else WIDTH
    tile = Tile(level, int(match[2].replace("x", "").replace("/", "")), width)
    return tile if width <= WIDTH and tile.path == path else None


def count(level: int, size: int) -> int:
    """How many hashes (or entries) a level holds in a tree of a size."""
    return size >> (HEIGHT * max(level, 0))


def tiles(level: int, size: int) -> Iterator[Tile]:
    """The tiles of one level in a tree of a size, the last one partial where it is not full."""
    full, rest = divmod(count(level, size), WIDTH)
    yield from (Tile(level, number) for number in range(full))
    if rest:
        yield Tile(level, full, rest)


def levels(size: int) -> range:
    """The levels of hashes that a tree of a size has."""
    top = 0
    while count(top, size):
        top += 1
    return range(top)


def bundle(entries: Iterable[bytes]) -> bytes:
    """Entries as a bundle: each after its length as two bytes, big-endian."""
    return b"".join([len(entry).to_bytes(2, "big") + entry for entry in entries])


def unbundle(data: bytes) -> list[bytes] | None:
    """The entries of a bundle, or None where its lengths do not fill it exactly."""
    entries = []
    at, end = 0, len(data)
    while at + 2 <= end:
        start = at + 2
        at = start + (data[at] << 8 | data[at + 1])
        entries.append(data[start:at])
    return entries if at == end else None


class Hashes:
    """The nodes of a tree of a size, computed from its tiles.

    Args:
        read: Gives the hashes of a tile; wider than asked is fine.
        size: The size of the tree, in entries.
        keep: How many tiles stay worked out in memory, at 16 KB each.
    """

    def __init__(self, read: Callable[[Tile], bytes], size: int, keep: int = 64) -> None:
        self.size = size
        self._rows = lru_cache(maxsize=keep)(self._work_out)
        self._read = read

    def _work_out(self, level: int, number: int) -> list[bytes]:
        width = min(WIDTH, count(level, self.size) - number * WIDTH)
        rows = [self._read(Tile(level, number, width))[: width * HASH]]
        while len(rows[-1]) > HASH:
            rows.append(parents(rows[-1]))
        return rows

    def node(self, level: int, index: int) -> bytes:
        """The hash over leaves `index << level` up to `(index + 1) << level`."""
        tall, height = divmod(level, HEIGHT)
        number, place = divmod(index << height, WIDTH)
        place >>= height
        return self._rows(tall, number)[height][place * HASH : (place + 1) * HASH]
