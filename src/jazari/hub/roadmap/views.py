"""The home page, the poles, and the programme officer's pages."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest
from django.utils import timezone

from jazari.hub.network.poles import BY_CODE, POLES, Pole, tiles
from jazari.hub.objections.models import HelpRequest, Objection
from jazari.hub.pages.page import Page, page
from jazari.hub.pages.views import is_public
from jazari.hub.register.models import Feedback, System, Version
from jazari.hub.register.views import labelled
from jazari.hub.register.words import APPROVED, PUBLISHED, UPLOADED
from jazari.hub.roadmap.proofs import OPEN
from jazari.hub.roadmap.rules import may_follow


def in_use() -> dict[str, int]:
    """How many systems are in use in each region; a system of several regions counts in each."""
    counts = dict.fromkeys(BY_CODE, 0)
    for said in System.objects.filter(state=PUBLISHED).values_list("territories", flat=True):
        for code in set(said.split()) & counts.keys():
            counts[code] += 1
    return counts


@page("roadmap/home.html", rule=is_public)
def home(request: HttpRequest) -> Page:  # noqa: ARG001
    """What the register is, a search, the regions, and what was published last."""
    systems = System.objects.filter(state=PUBLISHED)
    last = [labelled(one.brief()) for one in systems.order_by("-published_at")[:5]]
    figures = {"systems": systems.count(), "versions": Version.objects.filter(published_at__isnull=False).count()}
    return Page({"figures": figures, "tiles": tiles(in_use()), "last": last})


@page("roadmap/poles.html", rule=is_public)
def poles(request: HttpRequest) -> Page:  # noqa: ARG001
    """The twelve poles and what each has in use."""
    own = dict(System.objects.filter(state=PUBLISHED).values_list("pole").annotate(Count("pk")).order_by())
    return Page(
        {"poles": [one.as_json() | {"systems": own.get(one.code, 0)} for one in POLES], "tiles": tiles(in_use())}
    )


@page("roadmap/programme.html", rule=may_follow)
def programme(request: HttpRequest) -> Page:
    """Each pole of the officer's territories: what is in use, what waits, what is overdue."""
    today = timezone.localdate()
    mine = [pole for pole in POLES if may_follow(request.user, pole)]
    waiting = _by_pole(Version.objects.filter(state__in=(UPLOADED, APPROVED)), "system__pole")
    late = _by_pole(System.objects.filter(state=PUBLISHED, review_by__lt=today), "pole")
    used = _by_pole(System.objects.filter(state=PUBLISHED), "pole")
    objected = Objection.objects.filter(state__in=OPEN)
    asked = HelpRequest.objects.filter(state__in=OPEN)
    columns = {
        "used": used,
        "waiting": waiting,
        "late": late,
        "objections": _by_pole(objected, "system__pole"),
        "overdue": _by_pole(objected.filter(last_day__lt=today), "system__pole"),
        "requests": _by_pole(asked, "system__pole"),
        "requests_overdue": _by_pole(asked.filter(last_day__lt=today), "system__pole"),
    }
    rows = [one.as_json() | {name: counts.get(one.code, 0) for name, counts in columns.items()} for one in mine]
    return Page({"poles": rows, "total": {name: sum(row[name] for row in rows) for name in columns}})


def _by_pole(rows: Any, field: str) -> dict[str, int]:
    return dict(rows.values_list(field).annotate(Count("pk")).order_by())


def _pole(code: str) -> Pole:
    if code not in BY_CODE:
        raise Http404
    return BY_CODE[code]


@page("roadmap/pole.html", rule=may_follow, of=_pole)
def pole(request: HttpRequest, pole: Pole) -> Page:  # noqa: ARG001
    """One pole: each system with what waits and what is late, down to its entry, its evidence and its files."""
    today = timezone.localdate()
    systems = (
        System.objects.filter(pole=pole.code)
        .select_related("current")
        .defer("current__evidence", "current__declaration")
        .annotate(
            waiting=Count("versions", filter=Q(versions__state__in=(UPLOADED, APPROVED)), distinct=True),
            open_objections=Count("objections", filter=Q(objections__state__in=OPEN), distinct=True),
            overdue=Count(
                "objections", filter=Q(objections__state__in=OPEN, objections__last_day__lt=today), distinct=True
            ),
            questions=Count("feedback", filter=Q(feedback__state="waits"), distinct=True),
        )
        .order_by("slug")[:500]
    )
    rows = [
        labelled(one.brief())
        | {
            "waiting": one.waiting,
            "objections": one.open_objections,
            "overdue": one.overdue,
            "questions": one.questions,
            "review_by": one.review_by.isoformat() if one.review_by else "",
            "late": bool(one.review_by and one.review_by < today and one.state == PUBLISHED),
            "status": one.current.facts.get("status") if one.current else "",
            "measures": one.current.facts.get("measures", {}) if one.current else {},
        }
        for one in systems
    ]
    unanswered = Feedback.objects.filter(system__pole=pole.code, state="waits").count()
    return Page({"pole": pole.as_json(), "systems": rows, "unanswered": unanswered})
