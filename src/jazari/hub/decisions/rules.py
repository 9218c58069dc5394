"""Who may do what with lists, cases, decisions and notices."""

from __future__ import annotations

from typing import Any

from jazari.hub.accounts.roles import OFFICER
from jazari.hub.accounts.rules import holds


def may_try_secret(person: Any, subject: Any) -> bool:  # noqa: ARG001  every rule has this shape
    """Anyone may come to the page of a number; nothing of it is shown until the printed secret was typed there."""
    return True


def may_work(person: Any, part: Any) -> bool:
    """An officer works the lists of their own system in their own territory."""
    if part is None:
        return holds(person, OFFICER)
    return holds(person, OFFICER, territory=part.territory, system=part.version.system.slug)


def may_decide(person: Any, case: Any) -> bool:
    """An officer of the case's system and territory; a case that somebody claimed is that officer's alone."""
    return may_work(person, case) and (case is None or case.claimed_by_id in (None, person.pk))


def may_notify(person: Any, decision: Any) -> bool:
    """An officer of the decision's system and territory gives its notice and issues its secret again."""
    if decision is None:
        return holds(person, OFFICER)
    return holds(person, OFFICER, territory=decision.territory, system=decision.system.slug)
