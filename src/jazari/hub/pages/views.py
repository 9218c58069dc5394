"""The views that every site has: health, static files, the door to a language, refusals."""

from __future__ import annotations

import logging
import sys

from django.db import InterfaceError, OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from jazari.hub.pages.assets import BY_PATH
from jazari.hub.pages.language import negotiate
from jazari.hub.pages.page import Page, page
from jazari.hub.pages.refusal import refuse

_LOG = logging.getLogger("jazari.hub")


def is_public(person: object, subject: object) -> bool:  # noqa: ARG001  every rule has this shape
    """Anyone may see this, without an account."""
    return True


@page(rule=is_public)
def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Whether the hub answers and its store too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


@page(rule=is_public)
def door(request: HttpRequest) -> HttpResponse:
    """Send who comes without a language to the one their browser asks for."""
    response = redirect(f"/{negotiate(request.headers.get('Accept-Language', ''))}/")
    response["Vary"] = "Accept-Language"
    return response


@page(rule=is_public)
def static(request: HttpRequest, rest: str) -> HttpResponse:
    """A static file."""
    asset = BY_PATH.get(f"/static/{rest}")
    if asset is None:
        raise Http404
    packs = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(asset.packed if packs else asset.plain, content_type=asset.kind)
    if packs:
        response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Vary"] = "Accept-Encoding"
    return response


@page("pages/about.html", rule=is_public)
def about(request: HttpRequest) -> Page:  # noqa: ARG001
    """What the register is, the rights of people, access, and what the hub keeps of its visitors."""
    return Page({})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's signature
    """404."""
    return refuse(request, 404)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's signature
    """403."""
    return refuse(request, 403)


def not_read(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's signature
    """400."""
    return refuse(request, 400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  Django's signature
    """403, where a form came from elsewhere or stayed open too long."""
    return refuse(request, 403)


def failed(request: HttpRequest) -> HttpResponse:
    """500, or 503 while the store does not answer: the error's type and place are logged, its values are not."""
    _LOG.error("failed", exc_info=sys.exc_info(), extra={"request": request.number})
    if not isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return refuse(request, 500)
    response = refuse(request, 503)
    response["Retry-After"] = "60"
    return response
