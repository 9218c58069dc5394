"""The public pages: object to a decision, ask for help without a score, follow what was filed."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from jazari.hub.decisions import door, notice
from jazari.hub.decisions.models import Case, Decision
from jazari.hub.decisions.person import ask as ask_secret
from jazari.hub.decisions.person import found, give_receipt
from jazari.hub.decisions.work import offer_of
from jazari.hub.objections import closing, filing
from jazari.hub.objections.forms import OBJECTION, REPLACES, request_questions
from jazari.hub.objections.models import HelpRequest, Objection
from jazari.hub.objections.questions import CHECK, FORM, Journey
from jazari.hub.objections.rules import may_ask, may_follow, may_object
from jazari.hub.pages.language import sentence
from jazari.hub.pages.page import Page, page
from jazari.hub.pages.refusal import refuse as refusal
from jazari.hub.register.models import System
from jazari.hub.register.words import PUBLISHED
from jazari.usecase.decisions.routes import as_of

OBJECT = sentence("Object to a decision")
ASK = sentence("Ask for help without any score")
ELSEWHERE = sentence("Another commune: name it with the school")


def _objecting(request: HttpRequest, number: str) -> Journey:
    def path(step: str) -> str:
        return reverse("objections:object-step", args=[request.language, number, step])

    return Journey(f"objection {number}", OBJECTION, path)


@never_cache
@page(rule=may_object)
def object_start(request: HttpRequest, number: str) -> HttpResponse:
    """Begin an objection at its first question."""
    return redirect(_objecting(request, number).path(OBJECTION[0].name))


@never_cache
@sensitive_post_parameters()
@page("objections/question.html", rule=may_object, posts=True)
def object_step(request: HttpRequest, number: str, step: str) -> Page | HttpResponse:
    """One question of an objection, or the check of all answers; sent from there."""
    decision = found(number)
    if decision is None or not door.is_open(request, number, decision.secret):
        return redirect("decisions:decision", request.language, number)
    journey = _objecting(request, number)
    if step != CHECK:
        return _titled(journey.ask(request, step), OBJECT)

    def send(answers: dict[str, Any], form: str) -> filing.Filed | None:
        if not filing.OBJECTIONS.take(f"{number} {answers['speaker']} {request.client}"):
            return None
        return filing.file_objection(decision, answers, request.language, form)

    return _check(request, journey, OBJECT, send)


def _asking(request: HttpRequest, system: System) -> Journey:
    def path(step: str) -> str:
        return reverse("objections:ask-step", args=[request.language, system.slug, step])

    places = Case.objects.filter(version=system.current).values_list("territory", flat=True).distinct()
    areas = [(one, one.partition(":")[2] or one) for one in sorted(places)]
    if areas and system.pole not in dict(areas):
        areas.append((system.pole, ELSEWHERE))  # where nobody was listed, somebody may have been missed
    return Journey(f"request {system.slug}", request_questions(areas), path)


def _system(slug: str) -> System:
    found = get_object_or_404(System.objects.select_related("current"), slug=slug, state=PUBLISHED)
    if not found.current.facts.get("offered"):
        raise Http404  # it offers no help
    return found


@page("objections/ask.html", rule=may_ask, of=_system)
def ask_start(request: HttpRequest, system: System) -> Page:
    """What can be asked for, by whom, and by when it is answered."""
    journey = _asking(request, system)
    opens = Case.objects.filter(version=system.current).exists()
    start = journey.path(journey.questions[0].name) if opens else ""
    data = {"title": system.title, "help": offer_of(system.current), "slug": system.slug, "start": start}
    return Page(data)


@never_cache
@page("objections/question.html", rule=may_ask, posts=True)
def ask_step(request: HttpRequest, slug: str, step: str) -> Page | HttpResponse:
    """One question of a request, or the check of all answers; sent from there."""
    system = _system(slug)
    journey = _asking(request, system)
    if step != CHECK:
        return _titled(journey.ask(request, step), ASK)

    def send(answers: dict[str, Any], form: str) -> filing.Filed | None:
        if not filing.REQUESTS.take(request.client):
            return None
        return filing.file_request(system, answers, request.language, form)

    return _check(request, journey, ASK, send)


def _titled(answer: Page | HttpResponse, title: str) -> Page | HttpResponse:
    return Page({**answer.data, "title": title}, answer.more, answer.status) if isinstance(answer, Page) else answer


def _check(request: HttpRequest, journey: Journey, title: str, send: Any) -> Page | HttpResponse:
    answers = journey.answers(request)
    missing = journey.missing(answers)
    if missing is not None:
        known = filing.known(journey.sent(request))
        return _told(known, title) if known else redirect(journey.path(missing.name))
    if request.method != "POST":
        return Page({"title": title, "answers": journey.shown(answers)})
    filed = send({one.name: answers[one.name] for one in journey.asked(answers)}, answers.get(FORM, ""))
    if filed is None:
        return refusal(request, 429)
    journey.forget(request)
    door.let_in(request, filed.number, door.fingerprint(filed.number, filed.secret))
    return _told(filed, title)


def _told(filed: filing.Filed, title: str) -> Page:
    told = {"number": filed.number, "secret": filed.secret, "last_day": filed.last_day.isoformat()}
    return Page({"title": title, "filed": told})


def _followed(number: str) -> Objection | HelpRequest | None:
    kept: Any = HelpRequest if number.startswith("R-") else Objection
    one: Objection | HelpRequest | None = kept.objects.select_related("system__current").filter(number=number).first()
    return one


@never_cache
@sensitive_post_parameters()
@page("objections/follow.html", rule=may_follow, posts=True)
def follow(request: HttpRequest, number: str) -> Page | HttpResponse:
    """Where an objection or a request stands, its last day, and its answer with the next routes."""
    one = _followed(number)
    if one is None or not door.is_open(request, number, one.secret):
        return ask_secret(request, number, one.secret if one else "")
    if request.method == "POST":
        if "sure" in request.POST:
            closing.withdraw(one)
        elif "withdraw" in request.POST:
            return Page(_state(one) | {"asks_again": True})
        elif "stay" not in request.POST:
            door.close(request, number)
        return redirect(request.path)
    return Page(_state(one))


def _state(one: Objection | HelpRequest) -> dict[str, Any]:
    today = timezone.localdate()
    shared = {
        "asks": False,
        "number": one.number,
        "title": one.system.title,
        "state": one.state,
        "state_label": closing.SILENCE if one.is_silent else one.get_state_display(),
        "filed": one.filed_at.isoformat(),
        "last_day": one.last_day.isoformat(),
        "is_overdue": one.overdue_at is not None and one.state in closing.OPEN,
        "has_receipt": bool(one.receipt),
    }
    if isinstance(one, HelpRequest):
        own = {
            "kind": "request",
            "granted": one.granted,
            "is_deemed": one.is_deemed,
            "help": offer_of(one.system.current),
        }
        return shared | own | {"reply": one.reply, "routes": as_of(one.routes, one.system.current.declaration, today)}
    review: Any = getattr(one, "review", None)
    closed = review is not None and review.closed_at is not None
    routes = review.routes if closed else closing.next_routes(one) if shared["is_overdue"] else []
    return shared | {
        "kind": "objection",
        "is_late": one.is_late,
        "outcome": one.outcome,
        "outcome_label": one.get_outcome_display() if one.outcome else "",
        "reason_label": review.get_reason_display() if closed and review.reason else "",
        "remedy": review.remedy if closed else "",
        "reply": review.reply if closed else "",
        "routes": as_of(routes, one.decision.version.declaration, today),
        "decided": _instead(one),
    }


def _instead(one: Objection) -> Any:
    """What a review decided in the place of what was objected to; nothing where that stands."""
    if one.outcome not in REPLACES:
        return None
    later = Decision.objects.select_related("version").filter(corrects=one.decision.number).first()
    return {"number": later.number, "outcome": notice.outcome_words(later)} if later else None


@never_cache
@page(rule=may_follow)
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """The receipt of what was filed, to keep."""
    one = _followed(number)
    if one is None or not one.receipt or not door.is_open(request, number, one.secret):
        return redirect("objections:follow", request.language, number)
    return give_receipt(bytes(one.receipt), number)
