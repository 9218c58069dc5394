"""Who may object, ask, answer and review."""

from __future__ import annotations

from typing import Any

from jazari.hub.accounts.roles import OFFICER, REVIEWER
from jazari.hub.accounts.rules import holds


def may_object(person: Any, subject: Any) -> bool:  # noqa: ARG001  every rule has this shape
    """Who opened a decision by its printed secret objects to it, alone or through a helper, without an account."""
    return True


def may_ask(person: Any, subject: Any) -> bool:  # noqa: ARG001
    """Anyone may ask for the help of a system in use without being listed and without any score."""
    return True


def may_follow(person: Any, subject: Any) -> bool:  # noqa: ARG001
    """Who has the number and the secret of an objection or request follows it; nothing shows before."""
    return True


def may_review(person: Any, objection: Any) -> bool:
    """A reviewer of the system and territory who did not take the decision, nor an earlier one of the same case."""
    if objection is None:
        return holds(person, REVIEWER)
    decision = objection.decision
    there = holds(person, REVIEWER, territory=decision.territory, system=decision.system.slug)
    taken = {decision.officer_id}
    if decision.case_id:
        taken |= set(decision.case.decisions.filter(pk__lte=decision.pk).values_list("officer", flat=True))
    return there and person.pk not in taken


def may_answer_request(person: Any, asked: Any) -> bool:
    """An officer of the system and territory answers requests for its help."""
    if asked is None:
        return holds(person, OFFICER)
    return holds(person, OFFICER, territory=asked.territory, system=asked.system.slug)
