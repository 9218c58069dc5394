"""The page of one decision for the person concerned: opened by the secret on the notice, without an account."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from jazari.core.errors import VerificationError
from jazari.governance import custody
from jazari.hub.decisions import door, notice
from jazari.hub.decisions.models import Decision
from jazari.hub.decisions.numbers import number_of
from jazari.hub.decisions.private import ledger
from jazari.hub.decisions.rules import may_try_secret
from jazari.hub.decisions.work import offer_of
from jazari.hub.pages.forms import refuse
from jazari.hub.pages.language import sentence
from jazari.hub.pages.page import Page, page
from jazari.hub.pages.refusal import refuse as refusal
from jazari.usecase.decisions.routes import as_of


def found(number: str) -> Decision | None:
    """The decision of a number, if there is one."""
    return Decision.objects.select_related("version", "system", "officer").filter(number=number).first()


def ask(request: HttpRequest, number: str, kept: str) -> Page | HttpResponse:
    """Ask for the secret of a number; the same page and the same answer whether or not there is such a number."""
    form = door.Secret(request.POST if "secret" in request.POST else None)
    if request.method == "POST" and form.is_valid():
        if not door.may_try(request, number):
            return refusal(request, 429)
        if door.opens(request, number, kept, form.cleaned_data["secret"]):
            return redirect(request.path)
        refuse(form, sentence("The number and the secret do not belong together"), "secret")
    return Page({"number": number, "asks": True}, {"form": form}, 422 if form.errors else 200)


@never_cache
@sensitive_post_parameters()
@page("decisions/person.html", rule=may_try_secret, posts=True)
def decision(request: HttpRequest, number: str) -> Page | HttpResponse:
    """What was decided, by whom, what weighed, and what the person can do; the receipt checked on the page."""
    one = found(number)
    if one is None or not door.is_open(request, number, one.secret):
        return ask(request, number, one.secret if one else "")
    if request.method == "POST":
        door.close(request, number)
        return redirect(request.path)
    shown = _shown(one)
    if shown["replaced"]:
        later = Decision.objects.get(number=shown["replaced"]["number"])
        door.let_in(request, later.number, later.secret)
    check = _checked(bytes(one.receipt)) if "check" in request.GET and one.receipt else None
    return Page({**shown, "check": check})


def _later(one: Decision) -> dict[str, Any] | None:
    """The decision that has replaced one; its page opens to who opened this one."""
    later = Decision.objects.select_related("version").filter(corrects=one.number).order_by("-pk").first()
    return {"number": later.number, "outcome": notice.outcome_words(later)} if later else None


def _shown(one: Decision) -> dict[str, Any]:
    declared = one.version.declaration
    objections = one.objections.exclude(speaker="protected").order_by("filed_at")
    return {
        "asks": False,
        "number": one.number,
        "title": one.system.title,
        "slug": one.system.slug,
        "help": offer_of(one.version),
        "outcome": notice.outcome_words(one),
        "by": str(one.officer),
        "at": one.decided_at.isoformat(),
        "role": notice.ROLES[one.action],
        "reasons": one.reasons,
        "factors": one.factors,
        "face_to_face": one.face_to_face,
        "legal_basis": one.legal_basis,
        "owner": declared.get("owner", ""),
        "contact": declared.get("contact", ""),
        "routes": as_of(one.routes, declared, timezone.localdate()),
        "last_day": one.last_day.isoformat() if one.last_day else "",
        "replaced": _later(one),
        "objections": [{"number": each.number, "label": each.get_state_display()} for each in objections],
    }


def _checked(receipt: bytes) -> dict[str, Any]:
    """What checking a receipt against the log's own policy says."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "receipt"
        path.write_bytes(receipt)
        try:
            said = custody.verify_receipt(path, ledger() / "policy")
        except VerificationError as wrong:
            return {"good": False, "code": wrong.code}
    shown = {key: said[key] for key in ("index", "size", "origin")}
    return shown | {"good": True, "entry": said["index"] + 1, "at": said["entry"]["at"]}


@never_cache
@page(rule=may_try_secret)
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """The receipt of an opened decision, to keep."""
    one = found(number)
    if one is None or not one.receipt or not door.is_open(request, number, one.secret):
        return redirect("decisions:decision", request.language, number)
    return give_receipt(bytes(one.receipt), number)


def give_receipt(content: bytes, number: str) -> HttpResponse:
    """A receipt as a file to keep."""
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{number}.tlog-proof"'
    return response


@page("decisions/number.html", rule=may_try_secret)
def by_number(request: HttpRequest) -> Page | HttpResponse:
    """Where somebody without the code types the number of a notice, an objection or a request."""
    typed = request.GET.get("number", "")
    number = number_of(typed)
    if number:
        is_followed = number[1] == "-"
        return redirect("objections:follow" if is_followed else "decisions:decision", request.language, number)
    return Page({"wrong": bool(typed)}, status=422 if typed else 200)
