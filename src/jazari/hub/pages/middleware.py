"""What every request passes: a size, a log line without personal data, safe headers, a language, a refusal in words."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from jazari.core.errors import JazariError
from jazari.hub.pages.language import negotiate, of_path
from jazari.hub.pages.refusal import refuse

_LOG = logging.getLogger("jazari.hub")
_LONGEST = 34 << 20  # a pack of 32 MiB and the form around it
_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
Next = Callable[[HttpRequest], HttpResponse]


class Requests:
    """Gives a request its number, refuses one that is too long, and logs its route (never its path), state and time."""

    def __init__(self, get_response: Next) -> None:
        self.next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer and log."""
        start = time.perf_counter()
        request.number = secrets.token_hex(8)
        request.language = of_path(request.path_info) or negotiate(request.headers.get("Accept-Language", ""))
        request.nonce = secrets.token_urlsafe(16)
        self._believe_the_proxy(request)
        if "\0" in request.path_info:
            response = refuse(request, 404)
        else:
            response = refuse(request, 413) if self._is_too_long(request) else self.next(request)
        match = request.resolver_match
        route = (match.view_name or match.route) if match else "none"
        facts = {"route": route, "method": request.method, "status": response.status_code, "request": request.number}
        if route != "healthz":
            _LOG.info("request", extra=facts | {"ms": round(1000 * (time.perf_counter() - start), 1)})
        response["X-Request-Id"] = request.number
        return response

    @staticmethod
    def _is_too_long(request: HttpRequest) -> bool:
        length = request.headers.get("Content-Length", "")
        unmeasured = request.method not in ("GET", "HEAD") and "Transfer-Encoding" in request.headers
        return unmeasured or (length.isdigit() and int(length) > _LONGEST)

    @staticmethod
    def _believe_the_proxy(request: HttpRequest) -> None:
        """Believe what a proxy of ours says of the client's address and of the scheme; nobody else."""
        peer = request.META.get("REMOTE_ADDR", "")
        request.client = peer
        if peer in settings.PROFILE.proxies or not peer:
            request.client = request.headers.get("X-Forwarded-For", peer).rpartition(",")[2].strip() or peer
        else:
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)


class Headers:
    """Content security policy with a nonce a request, and the other headers that keep a page to itself."""

    def __init__(self, get_response: Next) -> None:
        self.next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with safe headers."""
        response = self.next(request)
        response.headers.setdefault("Content-Security-Policy", _POLICY.format(nonce=request.nonce))
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), interest-cohort=()"
        )
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path_info.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-cache")
            patch_vary_headers(response, ["HX-Request"])
        return response


class Refusals:
    """Turns a coded error into a page that says it, and anything else into a page and a log line without values."""

    def __init__(self, get_response: Next) -> None:
        self.next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self.next(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A coded error is an answer; Django's own refusals pass."""
        if isinstance(error, JazariError):
            _LOG.info("refused", extra={"code": error.code, "request": request.number})
            return refuse(request, 422, error)
        return None


class Language:
    """Says the language of the answer."""

    def __init__(self, get_response: Next) -> None:
        self.next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language of the path."""
        response = self.next(request)
        response.headers.setdefault("Content-Language", request.language)
        return response
