"""Who may do what in the register."""

from __future__ import annotations

from typing import Any

from jazari.hub.accounts.roles import APPROVER, PUBLISHER
from jazari.hub.accounts.rules import holds


def may_see_published(person: Any, subject: Any) -> bool:  # noqa: ARG001  every rule has this shape
    """Anyone may read what is published, retracted or archived, without an account."""
    return True


def may_say(person: Any, subject: Any) -> bool:  # noqa: ARG001
    """Anyone may say what is wrong with a published entry, without an account and without giving a name."""
    return True


def may_see_preparations(person: Any, subject: Any) -> bool:  # noqa: ARG001
    """A publisher or an approver sees what is in preparation in their territories and systems."""
    return holds(person, PUBLISHER, APPROVER)


def may_upload(person: Any, subject: Any) -> bool:
    """A publisher uploads packs for the poles of their territories."""
    return holds(person, PUBLISHER, territory=subject or None)


def may_see_version(person: Any, version: Any) -> bool:
    """A publisher or an approver of the system's pole sees a version before it is public."""
    return _there(person, version, PUBLISHER, APPROVER)


def may_edit(person: Any, version: Any) -> bool:
    """A publisher of the system's pole words the entry of a version that nobody has approved or published yet."""
    return _there(person, version, PUBLISHER)


def may_publish(person: Any, version: Any) -> bool:
    """A publisher of the system's pole publishes, retracts and archives; publication asks for the approvals first."""
    return _there(person, version, PUBLISHER)


def may_approve(person: Any, version: Any) -> bool:
    """An approver of the system's pole who did not upload that version, once."""
    if version is None:
        return holds(person, APPROVER)
    mine = version.uploaded_by_id == person.pk or version.approvals.filter(by=person.pk).exists()
    return _there(person, version, APPROVER) and not mine


def may_answer(person: Any, feedback: Any) -> bool:
    """A publisher of the system's pole answers what readers said of its entry."""
    if feedback is None:
        return holds(person, PUBLISHER)
    return holds(person, PUBLISHER, territory=feedback.system.pole, system=feedback.system.slug)


def _there(person: Any, version: Any, *roles: str) -> bool:
    if version is None:
        return holds(person, *roles)
    return holds(person, *roles, territory=version.system.pole, system=version.system.slug)
