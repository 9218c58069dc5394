"""Rules: who may do what. Each is a function of a person and of what is at stake; its docstring is the rule.

Default deny: a route without a rule is refused by `Rules`, and a role that no rule names may do nothing.
"""

from __future__ import annotations

from typing import Any

from jazari.hub.accounts.models import User
from jazari.hub.accounts.roles import ADMINISTRATOR, EVERYWHERE, PUBLISHER


def holds(person: Any, *roles: str, territory: str | None = None, system: str | None = None) -> bool:
    """Whether a person, fully signed in, holds one of the roles; there and for that system where they are said."""
    is_here = isinstance(person, User) and getattr(person, "is_proven", False)
    return is_here and is_appointed(person, *roles, territory=territory, system=system)


def is_appointed(person: User, *roles: str, territory: str | None = None, system: str | None = None) -> bool:
    """Whether a person holds one of the roles today, signed in or not; where they are said: there, for that system."""
    return person.is_active and any(
        one.role in roles and (territory is None or one.covers(territory, system or EVERYWHERE))
        for one in person.appointed()
    )


def may_sign_in(person: Any, subject: Any) -> bool:  # noqa: ARG001  every rule has this shape
    """Anyone may try to sign in."""
    return True


def may_prove(person: Any, subject: Any) -> bool:  # noqa: ARG001
    """Who gave a good password may give, or set up, the second factor and change that password."""
    return isinstance(person, User) and person.is_active


def may_see_account(person: Any, subject: Any) -> bool:  # noqa: ARG001
    """Who is fully signed in sees their own work and appointments."""
    return isinstance(person, User) and person.is_active and getattr(person, "is_proven", False)


def may_appoint(person: Any, subject: Any) -> bool:  # noqa: ARG001
    """The administrator of the hub appoints people; nobody appoints themselves to another role."""
    return holds(person, ADMINISTRATOR)


def may_reset(person: Any, user: Any) -> bool:
    """The administrator of the hub lets somebody else set up their password and second factor again."""
    return holds(person, ADMINISTRATOR) and (user is None or user.pk != person.pk)


def may_hold_tokens(person: Any, token: Any) -> bool:
    """A publisher issues, and ends, their own tokens for a pole's machine."""
    return holds(person, PUBLISHER) and (token is None or token.user_id == person.pk)
