"""The reviewer's pages, and the officer's pages of requests for help."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache

from jazari.core.errors import VerificationError
from jazari.hub.decisions import lists
from jazari.hub.decisions.deciding import chosen_of
from jazari.hub.decisions.notice import outcome_of
from jazari.hub.decisions.work import offer_of
from jazari.hub.objections import closing, evidence
from jazari.hub.objections.forms import Answer, Grant
from jazari.hub.objections.models import HelpRequest, Objection
from jazari.hub.objections.rules import may_answer_request, may_review
from jazari.hub.objections.uploads import read
from jazari.hub.pages.page import Page, page
from jazari.usecase.decisions.factors import read_in_words
from jazari.usecase.rebuild import table_of_document

_MOST = 200


@never_cache
@page("objections/reviews.html", rule=may_review)
def reviews(request: HttpRequest) -> Page:
    """Objections that wait for this reviewer, the most urgent first; never one of a decision of their own."""
    rows = Objection.objects.filter(state__in=closing.OPEN).select_related(
        "decision__system", "decision__case", "system"
    )
    mine = [one for one in rows.order_by("last_day", "pk") if may_review(request.user, one)][:_MOST]
    return Page({"objections": [_row(one) for one in mine]})


def _row(one: Objection | HelpRequest) -> dict[str, Any]:
    left = (one.last_day - timezone.localdate()).days
    return {
        "number": one.number,
        "title": one.system.title,
        "filed": one.filed_at.isoformat(),
        "last_day": one.last_day.isoformat(),
        "left": left,
        "is_overdue": left < 0,
        "state_label": one.get_state_display(),
    }


def _objection(number: str) -> Objection:
    found = Objection.objects.select_related("decision__version", "decision__system", "decision__case", "system")
    return get_object_or_404(found, number=number)


@never_cache
@page("objections/review.html", rule=may_review, of=_objection, posts=True)
def review(request: HttpRequest, objection: Objection) -> Page | HttpResponse:
    """One objection with its sealed evidence; the reviewer says what they looked at, and answers."""
    is_open = objection.state in closing.OPEN
    form = Answer(request.POST or None, decided=chosen_of(objection.decision)) if is_open else None
    if form is not None and request.method == "POST":
        if form.is_valid():
            closing.answer_objection(objection, request.user, form.cleaned_data)
            return redirect("objections:review", request.language, objection.number)
    else:
        _look(request, objection)  # sealed before it is shown
        if is_open:
            closing.open_review(objection, request.user)
    return Page(_shown(objection, request.language), {"form": form}, 422 if form is not None and form.errors else 200)


def _look(request: HttpRequest, objection: Objection) -> None:
    decision = objection.decision
    lists.look_at(decision.number, decision.version, "review of an objection", request.user, decision.case)


def _shown(objection: Objection, language: str) -> dict[str, Any]:
    pack = evidence.opened(objection.evidence_digest)
    done = getattr(objection, "review", None)
    return _row(objection) | {
        "grounds": objection.grounds,
        "language": objection.language,
        "speaker": objection.get_speaker_display(),
        "helper": objection.helper,
        "is_late": objection.is_late,
        "is_protected": objection.speaker == "protected",
        "outcome_label": objection.get_outcome_display() if objection.outcome else "",
        "reply": done.reply if done else "",
        "decided": outcome_of(objection.decision, language),
        "attachments": [
            {"id": one.pk, "name": one.name, "size": max(one.size >> 10, 1)} for one in objection.attachments.all()
        ],
        "digest": objection.evidence_digest,
        "evidence": pack,
        "inputs": _inputs(objection, (pack or {}).get("inputs", {}).get("inputs", {}), language),
    }


def _inputs(objection: Objection, inputs: dict[str, Any], language: str) -> list[tuple[str, str]]:
    try:
        return read_in_words(inputs, table_of_document(objection.decision.version.declaration), language)
    except VerificationError:  # a declaration of another version: as it was sealed
        return [(name, str(value)) for name, value in sorted(inputs.items())]


@never_cache
@page(rule=may_review, of=_objection)
def evidence_file(request: HttpRequest, objection: Objection) -> HttpResponse:
    """The evidence pack as it was sealed, to keep."""
    _look(request, objection)
    return _file(objection.evidence_digest, "application/json", f"evidence-{objection.number}.json")


def _of_attachment(number: str, place: int) -> Objection:
    return get_object_or_404(_all(number), attachments=place)


def _all(number: str) -> Any:
    return Objection.objects.select_related("decision__system", "decision__case").filter(number=number)


@never_cache
@page(rule=may_review)
def attachment(request: HttpRequest, number: str, place: int) -> HttpResponse:
    """A file that came with an objection, given to keep, never shown as a page of ours."""
    objection = _of_attachment(number, place)
    if not may_review(request.user, objection):
        raise Http404
    _look(request, objection)
    one = objection.attachments.get(pk=place)
    return _file(one.digest, "application/octet-stream", one.name)


def _file(digest: str, kind: str, name: str) -> HttpResponse:
    try:
        content = read(digest)
    except OSError as wrong:
        raise Http404 from wrong
    response = HttpResponse(content, content_type=kind)
    ascii_name = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    response["Content-Disposition"] = f'attachment; filename="{ascii_name}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@never_cache
@page("objections/requests.html", rule=may_answer_request)
def requests(request: HttpRequest) -> Page:
    """Requests for help that wait for this officer, the most urgent first."""
    rows = HelpRequest.objects.filter(state__in=closing.OPEN).select_related("system")
    mine = [one for one in rows.order_by("last_day", "pk") if may_answer_request(request.user, one)][:_MOST]
    return Page({"requests": [_row(one) | {"territory": one.territory, "site": one.site} for one in mine]})


def _request(number: str) -> HelpRequest:
    return get_object_or_404(HelpRequest.objects.select_related("system__current"), number=number)


@never_cache
@page("objections/request.html", rule=may_answer_request, of=_request, posts=True)
def answer_request(request: HttpRequest, asked: HelpRequest) -> Page | HttpResponse:
    """One request, the places that are left, and its answer."""
    form = Grant(request.POST or None) if asked.state in closing.OPEN else None
    if form is not None and request.method == "POST" and form.is_valid():
        granted = form.cleaned_data["granted"] == "yes"
        closing.answer_request(asked, request.user, granted=granted, reply=form.cleaned_data["reply"])
        return redirect("objections:request", request.language, asked.number)
    if request.method != "POST":
        number = asked.number.removeprefix("R-")
        lists.look_at(number, asked.system.current, "request for help", request.user)
    data = _row(asked) | {
        "help": offer_of(asked.system.current),
        "places": lists.places(asked.system.current, asked.territory),
        "asker": asked.get_asker_display(),
        "who": asked.who,
        "why": asked.why,
        "territory": asked.territory,
        "site": asked.site,
        "granted": asked.granted,
        "reply": asked.reply,
    }
    return Page(data, {"form": form}, 422 if form is not None and form.errors else 200)
