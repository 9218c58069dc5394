"""Reading a log: its checkpoint, tiles and entries, by whoever has the files."""

from __future__ import annotations

from collections.abc import Iterator

from jazari.governance.ledger import failures
from jazari.governance.ledger.files import Files
from jazari.governance.ledger.notes import Checkpoint, Malformed
from jazari.governance.ledger.tiles import ENTRIES, WIDTH, Tile, unbundle


class Reader:
    """Reads one log.

    Args:
        files: The port.
        log: The folder of the log under it; empty for the port's own folder.
    """

    def __init__(self, files: Files, log: str) -> None:
        self._files = files
        self._prefix = f"{log}/" if log else ""

    def where(self, path: str) -> str:
        """How an error names a file of the log."""
        return f"{self._prefix}{path}"

    def file(self, path: str) -> bytes:
        """The bytes of one file.

        Raises:
            VerificationError: JZ-623, it is missing.
        """
        try:
            return self._files.read(self._prefix + path)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise failures.differs(
                "JZ-623", "a file of the log is missing", where=self.where(path), found="nothing"
            ) from None

    def checkpoint(self) -> Checkpoint:
        """The published checkpoint.

        Raises:
            VerificationError: JZ-620, it is not a checkpoint in its only encoding.
        """
        data = self.file("checkpoint")
        try:
            return Checkpoint.parse(data)
        except Malformed as wrong:
            raise failures.differs(
                "JZ-620", "the checkpoint is not one", where=self.where("checkpoint"), found=str(wrong)
            ) from None

    def tile(self, tile: Tile) -> bytes:
        """The bytes of a tile or bundle; where its partial version has gone, those of the full one."""
        if tile.width < WIDTH:
            try:
                return self._files.read(self._prefix + tile.path)
            except (FileNotFoundError, NotADirectoryError):
                tile = tile._replace(width=WIDTH)
        return self.file(tile.path)

    def entries(self, start: int, size: int) -> Iterator[bytes]:
        """The entries from `start` up to `size`.

        Raises:
            VerificationError: JZ-622, a bundle is not one.
        """
        for number in range(start // WIDTH, -(-size // WIDTH)):
            tile = Tile(ENTRIES, number, min(WIDTH, size - number * WIDTH))
            found = unbundle(self.tile(tile))
            if found is None or len(found) < tile.width:
                raise failures.differs(
                    "JZ-622",
                    "a bundle of entries is not one",
                    where=self.where(tile.path),
                    found="lengths that do not fit",
                )
            yield from found[max(0, start - tile.number * WIDTH) : tile.width]
