"""The allocator: memory that is asked for again a thousand times a second stays with the process.

glibc gives every array of more than 128 KB back to the system at once; on four cores at work a quarter of the time then
goes into pages that come and go (ADR 0015). Elsewhere than on glibc nothing is done.
"""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Iterator

import pyarrow as pa

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # malloc.h
_LARGE = 1 << 28
_USUAL = 1 << 17


@contextlib.contextmanager
def kept_memory() -> Iterator[None]:
    """Inside this context, freed memory stays with the process; at its end it goes back to the system."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _LARGE)
        ctypes.CDLL(None).mallopt(_TRIM_THRESHOLD, 2 * _LARGE)
    try:
        yield
    finally:
        pa.default_memory_pool().release_unused()
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _USUAL)
            ctypes.CDLL(None).mallopt(_TRIM_THRESHOLD, _USUAL)
            ctypes.CDLL(None).malloc_trim(0)
