"""Who may see the programme from above."""

from __future__ import annotations

from typing import Any

from jazari.hub.accounts.roles import PROGRAMME
from jazari.hub.accounts.rules import holds


def may_follow(person: Any, pole: Any) -> bool:
    """A programme officer follows the poles of their territories: counts and states, never a person's case."""
    return holds(person, PROGRAMME, territory=pole.code if pole else None)


def may_follow_system(person: Any, system: Any) -> bool:
    """A programme officer follows the proofs of a system of their territories: entries of the log, never a record."""
    return holds(person, PROGRAMME, territory=system.pole if system else None)
