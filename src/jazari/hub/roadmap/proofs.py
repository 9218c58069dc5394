"""From a figure of the programme to its proofs: which entries of the public log stand behind it, and where they lie."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone

from jazari.governance import custody
from jazari.hub.network.log import ledger
from jazari.hub.objections.models import HelpRequest, Objection
from jazari.hub.pages.language import sentence
from jazari.hub.pages.page import Page, page
from jazari.hub.register.models import System
from jazari.hub.register.views import labelled
from jazari.hub.roadmap.rules import may_follow_system

OPEN = ("filed", "review")
_MOST = 200
_OBJECTION, _REQUEST = sentence("Objection"), sentence("Request for help")


def _system(slug: str) -> System:
    found = System.objects.select_related("current").defer("current__evidence", "current__declaration")
    system = found.filter(slug=slug).first()
    if system is None:
        raise Http404
    return system


@page("roadmap/proofs.html", rule=may_follow_system, of=_system)
def proofs(request: HttpRequest, system: System) -> Page:  # noqa: ARG001
    """One system: what was verified of it, and each open objection or request as an entry of the log, nobody named."""
    head = custody.head(ledger())
    waiting = [
        *(_sealed(one, _OBJECTION, head) for one in _open(Objection, system)),
        *(_sealed(one, _REQUEST, head) for one in _open(HelpRequest, system)),
    ]
    versions = system.versions.exclude(published_at=None).only("number", "digest", "state", "published_at")[:50]
    return Page(
        {
            "system": labelled(system.brief()),
            "pole": system.pole,
            "log": {"origin": head.origin, "size": head.size} if head else None,
            "verification": system.current.facts.get("verification", []) if system.current else [],
            "versions": [
                {"number": one.number, "digest": one.digest, "published": one.published_at.isoformat()}
                for one in versions
            ],
            "waiting": sorted(waiting, key=lambda one: one["last_day"]),
        }
    )


def _open(kind: Any, system: System) -> Any:
    return kind.objects.filter(system=system, state__in=OPEN).order_by("last_day")[:_MOST]


def _sealed(one: Any, kind: str, head: custody.Head | None) -> dict[str, Any]:
    index = custody.index_of(bytes(one.receipt)) if one.receipt else None
    is_there = head is not None and index is not None and index < head.size
    return {
        "kind": kind,
        "state_label": one.get_state_display(),
        "filed": one.filed_at.date().isoformat(),
        "last_day": one.last_day.isoformat(),
        "overdue": one.last_day < timezone.localdate(),
        "index": index if is_there else None,
        "file": head.file_of(index) if head is not None and is_there and index is not None else "",
    }
