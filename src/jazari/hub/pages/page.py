"""A page: data that a template draws and that the `.json` twin gives as they are, behind a rule that says who sees it.

A view returns a `Page`; `@page(...)` turns it into HTML or JSON. The rule is a function of a person and of what the
page is about; its docstring is the rule. A view without one is refused by `accounts.middleware.Rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse

from jazari.core.canonical import pretty

Rule = Callable[[Any, Any], bool]
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Page:
    """What a view answers.

    Attributes:
        data: Plain JSON; the twin shows exactly this.
        more: What only the HTML needs: forms.
        status: The HTTP status.
    """

    data: Mapping[str, Any]
    more: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


def page(
    template: str = "", *, rule: Rule, of: Callable[..., Any] | None = None, partial: str = "", posts: bool = False
) -> Callable[[Callable[..., Page | HttpResponse]], View]:
    """Make a view.

    Args:
        template: The template of the page.
        rule: Who may see it: `rule(person, subject)`.
        of: Loads the subject from what the path says (and answers 404); the view gets the subject in its place.
        partial: The template of the part that HTMX replaces.
        posts: Whether the view takes POST.
    """

    def decorate(view: Callable[..., Page | HttpResponse]) -> View:
        @wraps(view)
        def answer(request: HttpRequest, language: str = "", *, twin: bool = False, **named: Any) -> HttpResponse:  # noqa: ARG001  the language was read from the path by Requests
            if request.method not in (("GET", "HEAD", "POST") if posts and not twin else ("GET", "HEAD")):
                return HttpResponseNotAllowed(["GET", "HEAD", "POST"] if posts else ["GET", "HEAD"])
            subject = (of(**named),) if of else ()
            if not rule(request.user, subject[0] if subject else None):
                return _refuse_or_ask(request)
            found = view(request, *subject, **({} if of else named))
            if not isinstance(found, Page):
                return found
            if twin:
                return HttpResponse(pretty(found.data), content_type="application/json", status=found.status)
            chosen = partial if partial and "HX-Request" in request.headers else template
            return render(request, chosen, {"data": found.data, **found.more}, status=found.status)

        answer.rule = rule  # type: ignore[attr-defined]
        return answer

    return decorate


def _refuse_or_ask(request: HttpRequest) -> HttpResponse:
    """Send who can still prove more to where they do; refuse the others."""
    if getattr(request.user, "is_proven", False) or request.method == "POST":
        raise PermissionDenied
    if request.user.is_authenticated:
        return redirect("accounts:prove", request.language)
    return redirect(f"{reverse('accounts:login', args=[request.language])}?next={request.path}")


def pair(route: str, view: View, name: str) -> list[URLPattern]:
    """A page and its twin: `register/` and `register.json`."""
    twin = f"{route.rstrip('/') or 'index'}.json"
    return [path(route, view, name=name), path(twin, view, {"twin": True}, name=f"{name}.json")]
