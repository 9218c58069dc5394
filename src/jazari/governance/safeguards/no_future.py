"""`no_future`: nothing that the engine read was known only after the prediction date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jazari.governance.safeguards.safeguard import Safeguard


@dataclass(frozen=True)
class NoFuture(Safeguard):
    """The engine read no value that was not recorded on the prediction date."""

    name: ClassVar[str] = "no_future"


def no_future() -> NoFuture:
    """Declare that nothing comes from the future: `no_future()`."""
    return NoFuture()
