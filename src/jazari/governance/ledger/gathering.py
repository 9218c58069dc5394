"""Group commit: appends that arrive while another is being written are written together, by one of their threads.

There is no timer and no thread of our own. The first to come writes at once; those who come meanwhile wait, and when
it is done one of them writes for all. So nobody waits longer than the write before their own, and the more arrive the
more share one sync of the disk. `LARGEST` bounds a write, so that some seal while others are written (measured).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
LARGEST = 3200


def _wait(turn: threading.Lock) -> BaseException | None:
    """Wait for one's turn to the end even when interrupted: others count on whoever is next. Gives the interrupt."""
    interrupt: BaseException | None = None
    while True:
        try:
            turn.acquire()  # released by whoever wrote for us, or before us
        except KeyboardInterrupt as stop:
            interrupt = stop
        else:
            return interrupt


class _Call(Generic[Item]):
    """One append of one thread."""

    __slots__ = ("error", "first", "is_done", "items", "turn")

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self.turn = threading.Lock()
        self.turn.acquire()
        self.is_done = False
        self.first = -1
        self.error: BaseException | None = None


class Gathering(Generic[Item]):
    """Turns many small writes into few.

    Args:
        write: Writes items durably and returns the index of the first; raises where none was written.
        largest: Calls are taken together up to this many items; one call is never split.
    """

    def __init__(self, write: Callable[[list[Item]], int], largest: int = LARGEST) -> None:
        self._write = write
        self._largest = largest
        self._mutex = threading.Lock()
        self._waiting: list[_Call[Item]] = []
        self._is_writing = False

    def add(self, items: Sequence[Item]) -> int:
        """Write items together with others'; returns once they are durable.

        Returns:
            The index of the first of them; the others follow it.
        """
        call = _Call(items)
        with self._mutex:
            self._waiting.append(call)
            leads = not self._is_writing
            self._is_writing = True
        interrupt = None if leads else _wait(call.turn)
        if not call.is_done:
            self._lead()
        error = call.error or interrupt
        if error is not None:
            raise error
        return call.first

    def _take(self) -> list[_Call[Item]]:
        with self._mutex:
            held, taken = 0, 0
            for call in self._waiting:
                held += len(call.items)
                if taken and held > self._largest:
                    break
                taken += 1
            calls, self._waiting = self._waiting[:taken], self._waiting[taken:]
        return calls

    def _lead(self) -> None:
        calls = self._take()
        error: BaseException | None = None
        first = -1
        try:
            first = self._write([item for call in calls for item in call.items])
        except BaseException as failure:  # noqa: BLE001  every waiting thread must hear of it, and of an interrupt too
            error = failure
        for call in calls:
            call.first, call.error, call.is_done = first, error, True
            first += len(call.items)
        with self._mutex:
            following = self._waiting[0] if self._waiting else None
            self._is_writing = following is not None
        for call in calls:
            call.turn.release()
        if following is not None:
            following.turn.release()
