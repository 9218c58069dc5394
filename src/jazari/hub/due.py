"""What is due: what `jazari hub tick` does each time it is called. Calling it twice does nothing twice."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore

from jazari.hub.accounts.tally import sweep
from jazari.hub.decisions.outbox import send_due
from jazari.hub.objections import closing


def do_what_is_due() -> dict[str, int]:
    """Mark what is overdue or decided by silence, send the messages that are due, delete sessions and tallies that are over; the counts."""
    marked = closing.do_what_is_due()
    sent = send_due()
    SessionStore.clear_expired()
    return {**marked, "tallies ended": sweep(), **{f"messages {state}": count for state, count in sorted(sent.items())}}
