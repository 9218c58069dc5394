"""The officer's page of one decision: its notices printed, announced, and how far each came."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from jazari.hub.decisions import giving, lists
from jazari.hub.decisions.forms import Give, Send
from jazari.hub.decisions.models import Decision, Message
from jazari.hub.decisions.rules import may_notify
from jazari.hub.decisions.work import offer_of
from jazari.hub.pages.page import Page, page


def _decision(number: str) -> Decision:
    found = Decision.objects.select_related("version", "system", "officer")
    return get_object_or_404(found, number=number)


def _address(request: HttpRequest, decision: Decision, language: str) -> str:
    return request.build_absolute_uri(reverse("decisions:decision", args=[language, decision.number]))


@never_cache
@page("decisions/decided.html", rule=may_notify, of=_decision)
def decided(request: HttpRequest, decision: Decision) -> Page:
    """A decision as its officer sees it, and what was given of it."""
    lists.look_at(decision.number, decision.version, "notice of a decision", request.user, decision.case)
    sent = Message.objects.filter(kind="notice", about=decision.number).order_by("pk")
    data = {
        "number": decision.number,
        "title": decision.system.title,
        "help": offer_of(decision.version),
        "offered": decision.version.declaration["help"]["what"],
        "case": decision.case_id,
        "next": lists.next_case(decision.version, decision.territory),
        "outcome": decision.outcome,
        "action_label": decision.get_action_display(),
        "reasons": decision.reasons,
        "routes": decision.routes,
        "messages": [
            {
                "channel": one.channel,
                "language": one.language,
                "state": one.state,
                "label": one.get_state_display(),
                "at": one.made_at.isoformat(),
            }
            for one in sent
        ],
    }
    return Page(data, {"give": Give(initial={"language": "ar"}), "send": Send(initial={"language": "ar"})})


@never_cache
@page(rule=may_notify, of=_decision, posts=True)
def print_notice(request: HttpRequest, decision: Decision) -> HttpResponse:
    """Print a notice: a PDF with a new secret. A printing ends the secret of the one before."""
    form = Give(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return redirect("decisions:decided", request.language, decision.number)
    language = form.cleaned_data["language"]
    made, _ = giving.print_one(decision, language, _address(request, decision, language))
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="notice-{decision.number}-{language}.pdf"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@never_cache
@page("decisions/send.html", rule=may_notify, of=_decision, posts=True)
def send(request: HttpRequest, decision: Decision) -> Page | HttpResponse:
    """Announce a notice by e-mail or text message, without the secret."""
    form = Send(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        where = _address(request, decision, said["language"])
        giving.announce(decision, said["channel"], said["address"], said["language"], where)
        return redirect("decisions:decided", request.language, decision.number)
    return Page({"number": decision.number}, {"form": form}, 422 if form.errors else 200)
