"""`jazari`: one program, its commands found by entry point and loaded only when they are called."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
