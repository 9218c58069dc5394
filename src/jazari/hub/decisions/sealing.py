"""Sealing: an act is written down before it is sealed, so that a crash between log and store leaves nothing half done.

The log cannot be rolled back and the store can. So an intent is committed first; then, in one transaction of the store,
the act is sealed, kept, and its intent forgotten. What a crash leaves is an intent: where its entry is in the log, the
act is kept from it; where it is not, nothing happened (ADR 0110).

Whoever seals holds the hub's work lock together with others; repair and backup hold it alone, so that nothing is half
done meanwhile.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jazari.core.errors import JazariError
from jazari.governance import custody
from jazari.hub.decisions.models import Intent
from jazari.hub.decisions.private import ledger
from jazari.usecase.sealed import Found, find_sealed

_LOG = logging.getLogger("jazari.hub")
_Done = TypeVar("_Done")
_FINISH: dict[str, Callable[[Intent, Found], object]] = {}


@contextlib.contextmanager
def _lock(how: int) -> Iterator[None]:
    with Path(settings.PROFILE.data / ".at-work").open("ab") as file:
        fcntl.flock(file, how)
        yield


def at_work() -> contextlib.AbstractContextManager[None]:
    """Hold the work lock together with others who seal."""
    return _lock(fcntl.LOCK_SH)


def alone() -> contextlib.AbstractContextManager[None]:
    """Hold the work lock alone: nobody is between log and store."""
    return _lock(fcntl.LOCK_EX)


def finishes(kind: str) -> Callable[[Callable[[Intent, Found], object]], Callable[[Intent, Found], object]]:
    """Register what keeps an act of a kind from its sealed entry."""

    def register(finish: Callable[[Intent, Found], object]) -> Callable[[Intent, Found], object]:
        _FINISH[kind] = finish
        return finish

    return register


def seal(
    kind: str, about: object, said: Mapping[str, Any], sought: Mapping[str, Any], act: Callable[[], _Done]
) -> _Done:
    """Do an act that is sealed, whole or not at all.

    Args:
        kind: The kind of the act, of those that `finishes` registered.
        about: What it is about.
        said: All that keeping it needs, as JSON; it lies in the store until the act is done.
        sought: How its entry is found in the log: the arguments of `find_sealed`, with the entry's `kind`.
        act: Seals and keeps, in one transaction of the store.

    Raises:
        JazariError: What the act raises; nothing is kept. Where it was sealed already, the intent stays for `repair`.
    """
    with at_work():
        head = custody.head(ledger())
        intent = Intent.objects.create(
            kind=kind, about=str(about), said=said, sought=sought, start=head.size if head else 0, at=timezone.now()
        )
        try:
            with transaction.atomic():
                done = act()
                intent.delete()
        except Exception:
            _forget(intent)
            raise
    return done


def _forget(intent: Intent) -> None:
    """Forget an act that failed before it was sealed; what cannot be known now stays for `repair`."""
    with contextlib.suppress(Exception):
        if _entry(intent) is None:
            Intent.objects.filter(pk=intent.pk).delete()


def _entry(intent: Intent) -> Found | None:
    return find_sealed(ledger(), start=intent.start, **intent.sought)


def settle(kind: str, about: object) -> None:
    """Finish what a crash left of an act, before the same is tried again."""
    if Intent.objects.filter(kind=kind, about=str(about)).exists():
        repair()


def repair() -> dict[str, int]:
    """Finish or forget what crashes left between log and store; how many of each."""
    counts = {"finished": 0, "forgotten": 0}
    if not Intent.objects.exists():
        return counts
    with alone():
        for intent in Intent.objects.filter(kind__in=_FINISH).order_by("pk"):
            try:
                with transaction.atomic():
                    entry = _entry(intent)
                    if entry is not None:
                        _FINISH[intent.kind](intent, entry)
                    intent.delete()
            except JazariError as wrong:
                _LOG.exception("not repaired", extra={"code": wrong.code, "kind": intent.kind})
                continue
            counts["finished" if entry else "forgotten"] += 1
            _LOG.warning("repaired after a crash", extra={"kind": intent.kind})
    return counts
