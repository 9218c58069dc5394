"""What every template may use: the language, the others, the way to the twin, and who looks."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, ResolverMatch, reverse

from jazari.core.languages import LANGUAGES, NAMES, direction
from jazari.hub.pages.language import of_path


def _has_twin(match: ResolverMatch) -> bool:
    """Whether the page gives its data as JSON too; pages of one person's work do not."""
    try:
        reverse(f"{match.view_name}.json", kwargs=match.kwargs)
    except NoReverseMatch:
        return False
    return True


def context(request: HttpRequest) -> dict[str, Any]:
    """The context of the layout."""
    path = request.path_info
    rest = path.lstrip("/").partition("/")[2] if of_path(path) else ""
    match = getattr(request, "resolver_match", None)
    has_twin = bool(match and request.method == "GET" and rest and path.endswith("/") and _has_twin(match))
    others = [
        {
            "code": one,
            "name": NAMES[one],
            "path": f"/{one}/{rest}",
            "current": one == request.language,
            "direction": direction(one),
        }
        for one in LANGUAGES
    ]
    user = getattr(request, "user", None)
    return {
        "language": request.language,
        "direction": direction(request.language),
        "languages": others,
        "nonce": request.nonce,
        "person": user if user is not None and user.is_authenticated else None,
        "demo": settings.PROFILE.demo,
        "twin": f"{path.rstrip('/')}.json" if has_twin else "",
    }
