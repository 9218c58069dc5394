"""One writer at a time, over threads and processes: `DIR/lock`, which also tells whether the last writer finished."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_BUSY = b"w"
_IDLE = b"-"


class Lock:
    """An exclusive lock on a ledger.

    Args:
        folder: The ledger's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._threads = threading.RLock()
        self._depth = 0

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock; it may be taken again by the thread that holds it."""
        with self._threads:
            if self._depth == 0:
                fcntl.flock(self._handle, fcntl.LOCK_EX)
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self._depth == 0:
                    fcntl.flock(self._handle, fcntl.LOCK_UN)

    @property
    def is_busy(self) -> bool:
        """Whether somebody began to write and did not finish. Only whoever holds the lock may ask."""
        return os.pread(self._handle, 1, 0) == _BUSY

    def begin(self) -> None:
        """Say that a write begins."""
        os.pwrite(self._handle, _BUSY, 0)

    def finish(self) -> None:
        """Say that it is done."""
        os.pwrite(self._handle, _IDLE, 0)

    def close(self) -> None:
        """Let go of the file."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
