"""What every template may use: the language, the others, the way to the twin, and who looks."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from jazari.core.languages import LANGUAGES, NAMES, direction
from jazari.hub.pages.language import of_path


def context(request: HttpRequest) -> dict[str, Any]:
    """The context of the layout."""
    path = request.path_info
    rest = path.lstrip("/").partition("/")[2] if of_path(path) else ""
    match = getattr(request, "resolver_match", None)
    has_twin = bool(match and match.view_name and request.method == "GET" and rest and path.endswith("/"))
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
