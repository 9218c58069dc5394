"""What is due: what `jazari hub tick` does each time it is called. Calling it twice does nothing twice."""

from __future__ import annotations

import time

from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from jazari.hub.accounts.tally import sweep
from jazari.hub.decisions.deciding import free_forgotten
from jazari.hub.decisions.outbox import send_due
from jazari.hub.decisions.sealing import repair
from jazari.hub.objections import closing
from jazari.hub.objections.reminding import remind_due
from jazari.hub.objections.uploads import sweep as sweep_files
from jazari.hub.register.recomputing import recompute_due


def do_what_is_due() -> dict[str, int]:
    """Mark what is overdue or decided by silence, send messages, recompute evidence, end what is over; the counts."""
    repaired = repair()
    marked = closing.do_what_is_due()
    reminded = remind_due()
    sent = send_due()
    evidence = recompute_due()
    SessionStore.clear_expired()
    return {
        **{f"acts {end} after a crash": count for end, count in repaired.items()},
        **marked,
        "reminders": reminded,
        "claims given back": free_forgotten(timezone.now()),
        "files never sent": sweep_files(time.time()),
        "tallies ended": sweep(),
        **{f"messages {state}": count for state, count in sorted(sent.items())},
        **{f"evidence {end}": count for end, count in evidence.items()},
    }
