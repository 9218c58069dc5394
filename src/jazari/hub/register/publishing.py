"""The pages of publishers and approvers: upload, preview, words, approval, publication, retraction, answers."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from jazari.core.errors import PortalError, SafeguardError
from jazari.core.languages import LANGUAGES
from jazari.hub.accounts import tally
from jazari.hub.accounts.roles import APPROVER, PUBLISHER
from jazari.hub.network.poles import POLES
from jazari.hub.pages.page import Page, page
from jazari.hub.pages.refusal import refuse
from jazari.hub.register import publication, words
from jazari.hub.register.forms import Answer, Circumstances, Reason, Upload, Words
from jazari.hub.register.models import Feedback, Version
from jazari.hub.register.rules import (
    may_answer,
    may_approve,
    may_edit,
    may_publish,
    may_see_preparations,
    may_see_version,
    may_upload,
)
from jazari.hub.register.views import entry_data, labelled

_OPEN = (words.UPLOADED, words.APPROVED)


def _version(number: int) -> Version:
    return get_object_or_404(Version.objects.select_related("system", "uploaded_by"), pk=number)


def _feedback(number: int) -> Feedback:
    return get_object_or_404(Feedback.objects.select_related("system"), pk=number, state="waits")


def _in_reach(person: Any, rows: Any) -> list[Any]:
    return [
        one
        for one in rows
        if any(
            held.covers(one.system.pole, one.system.slug)
            for held in person.appointed()
            if held.role in (PUBLISHER, APPROVER)
        )
    ]


@page("register/publish.html", rule=may_see_preparations)
def preparations(request: HttpRequest) -> Page:
    """What is in preparation, what is published, and what readers said that waits for an answer."""
    light = Version.objects.select_related("system").defer("evidence", "declaration", "facts")
    waiting = _in_reach(request.user, light.filter(state__in=_OPEN).order_by("uploaded_at")[:500])
    current = _in_reach(request.user, light.filter(state=words.PUBLISHED).order_by("-published_at")[:500])
    said = _in_reach(request.user, Feedback.objects.filter(state="waits").select_related("system").order_by("at")[:200])
    return Page(
        {
            "waiting": [_row(one) for one in waiting],
            "published": [_row(one) for one in current],
            "feedback": [
                {"id": one.pk, "system": one.system.slug, "text": one.text, "at": one.at.isoformat()} for one in said
            ],
            "may_upload": may_upload(request.user, None),
        }
    )


def _row(version: Version) -> dict[str, Any]:
    return {
        "id": version.pk,
        "system": version.system.slug,
        "title": version.entry.get("title", {}),
        "number": version.number,
        "state": version.state,
        "state_label": words.STATES[version.state],
        "uploaded": version.uploaded_at.isoformat(),
        "review_by": version.system.review_by.isoformat() if version.system.review_by else "",
    }


@page("register/upload.html", rule=may_upload, posts=True)
def upload(request: HttpRequest) -> Page | HttpResponse:
    """Take a pack in. What is wrong with it is said above the form, with its code."""
    poles = [one.code for one in POLES if may_upload(request.user, one.code)]
    form = Upload(request.POST or None, request.FILES or None, poles=poles)
    error = None
    if request.method == "POST" and form.is_valid():
        if not tally.UPLOAD.take(str(request.user.pk)):
            return refuse(request, 429)
        content = form.cleaned_data["pack"].read()
        version = publication.upload(content, form.cleaned_data["pole"], request.user)
        return redirect("register:publish-version", request.language, version.pk)
    return Page({}, {"form": form, "error": error}, 422 if form.errors else 200)


@page("register/preview.html", rule=may_see_version, of=_version)
def preview(request: HttpRequest, version: Version) -> Page:
    """A version before it is public: what readers will see, what is missing, what has to happen next."""
    return Page(_preview(version), _steps(request.user, version))


def _preview(version: Version) -> dict[str, Any]:
    approvals = [
        {"by": str(one.by), "good": one.good, "reason": one.reason, "at": one.at.isoformat()}
        for one in version.approvals.select_related("by")
    ]
    entry = entry_data(version.system, version)
    shown = {"title": version.entry.get("title", {}), "phase": version.phase, "automation": version.automation}
    entry["system"] = labelled(version.system.brief() | shown | {"regions": version.territories.split()})
    try:
        publication.refuse_blocked(version)
        blocked = None
    except SafeguardError as error:
        blocked = error.found
    return entry | {
        "id": version.pk,
        "state": version.state,
        "state_label": words.STATES[version.state],
        "missing": publication.missing(version),
        "missing_labels": [words.BY_NAME[name].label for name in publication.missing(version)],
        "approvals": approvals,
        "blocked": blocked,
        "uploaded": {"by": str(version.uploaded_by), "at": version.uploaded_at.isoformat()},
        "fields": [
            {"name": one.name, "label": one.label, "text": version.entry.get(one.name, {})} for one in words.FIELDS
        ],
    }


def _steps(person: Any, version: Version) -> dict[str, bool]:
    """What this person may do with the version as it stands."""
    mine = may_publish(person, version)
    return {
        "can_edit": mine and version.state == words.UPLOADED and not version.approvals.exists(),
        "can_approve": version.state == words.UPLOADED and may_approve(person, version),
        "can_publish": mine and version.state == words.APPROVED,
        "can_end": mine and version.state == words.PUBLISHED,
    }


@page("register/words.html", rule=may_edit, posts=True)
def say(request: HttpRequest, number: int, field: str) -> Page | HttpResponse:
    """One field of the entry, one question a page. What others approved is no longer changed."""
    version = _version(number)
    if not may_edit(request.user, version) or field not in words.BY_NAME:
        raise Http404
    _expect_open(version)
    asked = words.BY_NAME[field]
    form = Words(request.POST or None, initial=version.entry.get(field, {}))
    if request.method == "POST" and form.is_valid():
        texts = {one: form.cleaned_data[one].strip() for one in LANGUAGES if form.cleaned_data[one].strip()}
        version.entry[field] = texts
        version.save(update_fields=["entry"])
        return redirect("register:publish-version", request.language, version.pk)
    data = {"id": version.pk, "field": field, "question": asked.question, "label": asked.label}
    return Page(data, {"form": form}, 422 if form.errors else 200)


def _expect_open(version: Version) -> None:
    if version.state != words.UPLOADED or version.approvals.exists():
        raise PortalError(
            "JZ-818",
            "the version is not in the state that this step needs",
            where=version.system.slug,
            found=words.STATES[version.state],
            fix=f"this step needs: {words.STATES[words.UPLOADED]}.",
        )


@page("register/circumstances.html", rule=may_edit, of=_version, posts=True)
def circumstances(request: HttpRequest, version: Version) -> Page | HttpResponse:
    """Phase, level of automation and regions, as they will be once the version is published."""
    initial = {"phase": version.phase, "automation": version.automation, "territories": version.territories}
    form = Circumstances(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        _expect_open(version)
        version.phase, version.automation = form.cleaned_data["phase"], form.cleaned_data["automation"]
        version.territories = " ".join(sorted(set(form.cleaned_data["territories"].replace(",", " ").split())))
        version.save(update_fields=["phase", "automation", "territories"])
        return redirect("register:publish-version", request.language, version.pk)
    return Page({"id": version.pk}, {"form": form}, 422 if form.errors else 200)


@page(rule=may_approve, of=_version, posts=True)
def approve(request: HttpRequest, version: Version) -> HttpResponse:
    """Approve, or refuse with a reason."""
    if request.method == "POST":
        verdict, form = request.POST.get("verdict"), Reason(request.POST)
        if verdict == "good" or (verdict == "bad" and form.is_valid()):
            form.is_valid()
            reason = form.cleaned_data.get("reason", "")
            publication.judge(version, request.user, reason, good=verdict == "good")
    return redirect("register:publish-version", request.language, version.pk)


@page(rule=may_publish, of=_version, posts=True)
def publish(request: HttpRequest, version: Version) -> HttpResponse:
    """Publish what was approved."""
    if request.method == "POST":
        publication.publish(version, request.user)
    return redirect("register:publish-version", request.language, version.pk)


@page("register/end.html", rule=may_publish, of=_version, posts=True)
def end(request: HttpRequest, version: Version) -> Page | HttpResponse:
    """Retract (something is wrong) or archive (no longer in use), with a reason that is public."""
    form = Reason(request.POST or None)
    if request.method == "POST" and form.is_valid():
        state = words.RETRACTED if request.POST.get("how") == "retract" else words.ARCHIVED
        publication.end(version, state, form.cleaned_data["reason"], request.user)
        return redirect("register:publish-version", request.language, version.pk)
    return Page(
        {"id": version.pk, "title": version.entry.get("title", {})}, {"form": form}, 422 if form.errors else 200
    )


@page("register/answer.html", rule=may_answer, of=_feedback, posts=True)
def answer(request: HttpRequest, feedback: Feedback) -> Page | HttpResponse:
    """Answer a reader in public, or say why it is not shown."""
    form = Answer(request.POST or None)
    if request.method == "POST" and form.is_valid():
        feedback.state = "answered" if form.cleaned_data["show"] == "yes" else "hidden"
        feedback.answer, feedback.answered_at = form.cleaned_data["answer"], timezone.now()
        feedback.answered_by = request.user
        if feedback.state == "hidden":
            feedback.text = ""
        feedback.save()
        return redirect("register:publish", request.language)
    return Page({"text": feedback.text, "system": feedback.system.slug}, {"form": form}, 422 if form.errors else 200)
