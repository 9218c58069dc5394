"""Memory: what a program that reads millions of rows asks of the allocator of Arrow."""

from __future__ import annotations

import os


def keep_freed_memory() -> None:
    """Let Arrow keep freed memory for two seconds, not ten milliseconds, before it goes back to the system.

    With four threads at work, pages that come and go cost a fifth of all CPU time (ADR 0107). Called by the command
    line before Arrow is loaded: its allocator, mimalloc, reads its settings once, from the environment. Whoever has
    set `MIMALLOC_PURGE_DELAY` keeps that.
    """
    os.environ.setdefault("MIMALLOC_PURGE_DELAY", "2000")
