"""The officer's pages: the lists of their territory, one part opened for its purpose, a case, a decision."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from jazari.hub.decisions import deciding, lists
from jazari.hub.decisions.forms import Decide, Purpose
from jazari.hub.decisions.models import Case
from jazari.hub.decisions.rules import may_decide, may_work
from jazari.hub.pages.page import Page, page
from jazari.hub.register.entry import texts
from jazari.hub.register.models import Version

_A_PAGE = 50
_CHANGES = ("varied", "reversed", "remitted")


def offer_of(version: Version) -> Any:
    """What people call the help of a version."""
    offered = version.declaration.get("help", {})
    return texts(offered.get("label") or offered.get("what", ""))


@never_cache
@page("decisions/work.html", rule=may_work)
def work(request: HttpRequest) -> Page:
    """The lists that an officer may open."""
    rows = lists.parts()
    versions = Version.objects.select_related("system").in_bulk({one["version"] for one in rows})
    found = [(lists.Part(versions[one["version"]], one["territory"]), one) for one in rows]
    mine = [
        {
            "version": part.version.pk,
            "territory": part.territory,
            "title": part.version.system.title,
            "help": offer_of(part.version),
            "all": one["all"],
            "waiting": one["waiting"],
            "open": bool(lists.purpose_of(request, part)),
        }
        for part, one in found
        if may_work(request.user, part)
    ]
    return Page({"parts": mine})


@never_cache
@page("decisions/open.html", rule=may_work, of=lists.part_of, posts=True)
def open_list(request: HttpRequest, part: lists.Part) -> Page | HttpResponse:
    """Say what a list is opened for. Another purpose than the declared one is refused."""
    form = Purpose(request.POST or None, declared=part.version.declaration["help"]["what"])
    if request.method == "POST" and form.is_valid():
        lists.open_part(request, part, form.cleaned_data["purpose"])
        return _to_list(request, part)
    data = {
        "title": part.version.system.title,
        "territory": part.territory,
        "purpose": part.version.system.purpose,
        "help": offer_of(part.version),
    }
    return Page(data, {"form": form}, 422 if form.errors else 200)


def _to_list(request: HttpRequest, part: lists.Part) -> HttpResponse:
    return redirect("decisions:list", request.language, part.version.pk, part.territory)


@never_cache
@page("decisions/list.html", rule=may_work, of=lists.part_of)
def cases(request: HttpRequest, part: lists.Part) -> Page | HttpResponse:
    """The people listed in one part, the offer first; opened for a purpose within the hour, else asked for again."""
    if not lists.purpose_of(request, part):
        return redirect("decisions:open", request.language, part.version.pk, part.territory)
    rows = Case.objects.filter(version=part.version, territory=part.territory).select_related("claimed_by")
    shown = Paginator(rows.order_by("place"), _A_PAGE).get_page(request.GET.get("page"))
    data = {
        "title": part.version.system.title,
        "territory": part.territory,
        "version": part.version.pk,
        "help": offer_of(part.version),
        "places": lists.places(part.version, part.territory),
        "next": lists.next_case(part.version, part.territory),
        "page": shown.number,
        "pages": shown.paginator.num_pages,
        "cases": [
            {
                "id": one.pk,
                "subject": one.subject,
                "site": one.site,
                "state": one.state,
                "state_label": one.get_state_display(),
                "by": one.claimed_by.name if one.claimed_by else "",
                "mine": one.claimed_by_id == request.user.pk,
            }
            for one in shown
        ],
    }
    return Page(data, {"before": shown.number - 1, "after": shown.number + 1})


def _case(number: int) -> Case:
    return get_object_or_404(Case.objects.select_related("version__system", "claimed_by"), pk=number)


@never_cache
@page("decisions/case.html", rule=may_work, of=_case, posts=True)
def case_page(request: HttpRequest, case: Case) -> Page | HttpResponse:
    """One case: what is offered, what weighed, what is told in person only; claim it, then decide with reasons."""
    part = lists.Part(case.version, case.territory)
    purpose = lists.purpose_of(request, part)
    if not purpose:
        return redirect("decisions:open", request.language, part.version.pk, part.territory)
    mine = case.claimed_by_id == request.user.pk and case.state == "claimed"
    form = Decide(request.POST or None) if mine else None
    if form is not None and request.method == "POST" and form.is_valid():
        decision = deciding.take(case, request.user, form.cleaned_data)
        return redirect("decisions:decided", request.language, decision.number)
    if request.method != "POST":
        lists.look(case, purpose, request.user)
    return Page(_shown(case), {"form": form, "mine": mine}, 422 if form is not None and form.errors else 200)


def _shown(case: Case) -> dict[str, Any]:
    last = case.decisions.order_by("-decided_at", "-pk").first()
    return {
        "id": case.pk,
        "version": case.version_id,
        "territory": case.territory,
        "title": case.version.system.title,
        "help": offer_of(case.version),
        "subject": case.subject,
        "site": case.site,
        "state": case.state,
        "state_label": case.get_state_display(),
        "by": case.claimed_by.name if case.claimed_by else "",
        "factors": case.factors,
        "spoken": case.spoken,
        "places": lists.places(case.version, case.territory),
        "next": lists.next_case(case.version, case.territory),
        "decision": last.number if last else "",
        "review": _reviewed(case),
    }


def _reviewed(case: Case) -> dict[str, Any] | None:
    """What the last review of the case asks its officer to do. What the person wrote is not for them."""
    for decision in case.decisions.order_by("-pk"):
        changed = decision.objections.filter(outcome__in=_CHANGES).select_related("review")
        one = changed.order_by("-review__closed_at").first()
        if one:
            is_protected = one.speaker == "protected"
            return {"label": one.get_outcome_display(), "remedy": one.review.remedy, "is_protected": is_protected}
    return None


@page(rule=may_decide, of=_case, posts=True)
def claim(request: HttpRequest, case: Case) -> HttpResponse:
    """Take a case, or give it back."""
    if request.method == "POST":
        if "back" in request.POST:
            deciding.release(case, request.user)
            return redirect("decisions:list", request.language, case.version_id, case.territory)
        deciding.claim(case, request.user)
    return redirect(f"{reverse('decisions:case', args=[request.language, case.pk])}#decide")
