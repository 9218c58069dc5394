"""Progress of long work. Rooms report; whoever called decides whether anybody sees it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """What a long piece of work tells its caller."""

    def step(self, name: str, total: float | None = None) -> None:
        """A step begins; `total` is its size where it is known."""

    def advance(self, amount: float = 1) -> None:
        """The current step has gone on by `amount`."""


class Silent:
    """Nobody is looking: a pipe, a test, a library call."""

    def step(self, name: str, total: float | None = None) -> None:
        """Begin nothing visible."""

    def advance(self, amount: float = 1) -> None:
        """Advance nothing visible."""
