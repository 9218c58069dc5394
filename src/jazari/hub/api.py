"""The API: the register for programs, and packs from a pole's machine. Described at `/api/openapi.json`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern
from django.utils import timezone
from ninja import File, Form, NinjaAPI, Query, Schema
from ninja.errors import ValidationError
from ninja.files import UploadedFile
from ninja.security import HttpBearer
from pydantic import Field

from jazari.core.errors import JazariError
from jazari.hub.accounts import tally
from jazari.hub.accounts.models import Token
from jazari.hub.network.poles import POLES
from jazari.hub.pages.refusal import refuse
from jazari.hub.register import publication
from jazari.hub.register.models import System
from jazari.hub.register.packs import LARGEST
from jazari.hub.register.rules import may_see_published, may_upload
from jazari.hub.register.search import CHOICES, READABLE, asked, results
from jazari.hub.register.views import entry_data


class Bearer(HttpBearer):
    """A token of a pole's machine."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """The person for whom the machine acts. A token stands for both factors: it was issued behind them."""
        if tally.TOKEN.is_spent(request.client):
            return None
        fingerprint = Token.fingerprint(token)
        found = Token.objects.select_related("user").filter(digest=fingerprint, until__gt=timezone.now()).first()
        if found is None or not found.user.is_active:
            tally.TOKEN.take(request.client)
            return None
        Token.objects.filter(pk=found.pk).update(used_at=timezone.now())
        found.user.is_proven = True
        return found.user


api = NinjaAPI(
    title="Jazari hub",
    version="1",
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
    description="The public register of AI systems in use. Texts are objects by language: ar, zgh, fr, en.",
)


def _one_of(filtered: str) -> str:
    return f"^({'|'.join(CHOICES[filtered])})?$"


class Asked(Schema):
    """What a search asks for."""

    q: str = Field("", max_length=200, description="Words, in any of the four languages")
    sector: str = Field("", pattern=_one_of("sector"))
    territory: str = Field("", pattern=_one_of("territory"), description="Code of a region, MA-01 to MA-12")
    phase: str = Field("", pattern=_one_of("phase"))
    automation: str = Field("", pattern=_one_of("automation"))
    page: int = Field(1, ge=1, le=500)


class Trouble(Schema):
    """A coded error."""

    error: dict[str, str]


class Taken(Schema):
    """A pack that was taken in and waits for its words and its approval."""

    system: str
    version: int
    digest: str
    state: str


@api.get("/systems", response={200: dict[str, Any], 422: Trouble}, summary="Search the register")
def systems(request: HttpRequest, query: Query[Asked]) -> Any:  # noqa: ARG001
    """The systems that fit, twenty a page."""
    return results(asked({name: str(value) for name, value in query.model_dump().items()}))


@api.get("/systems/{slug}", response={200: dict[str, Any], 404: Trouble, 422: Trouble}, summary="One system")
def system(request: HttpRequest, slug: str) -> Any:  # noqa: ARG001
    """The entry of a system with its facts, as its page shows them."""
    found = get_object_or_404(System.objects.select_related("current"), slug=slug, state__in=READABLE)
    return entry_data(found, found.current)


@api.get("/poles", response=list[dict[str, Any]], summary="The twelve poles")
def poles(request: HttpRequest) -> Any:  # noqa: ARG001
    """The poles, with the codes that a search takes as `territory`."""
    return [one.as_json() for one in POLES]


@api.post(
    "/packs",
    auth=Bearer(),
    response={201: Taken, 401: dict[str, Any], 403: Trouble, 413: Trouble, 422: Trouble, 429: Trouble},
    summary="Send a pack",
)
def packs(request: HttpRequest, pole: Form[str], pack: File[UploadedFile]) -> Any:
    """Take in a public or auditor pack of a pole; it is published only after its words and its approval."""
    if not may_upload(request.auth, pole) or pole not in {one.code for one in POLES}:
        raise PermissionDenied
    if not tally.UPLOAD.take(str(request.auth.pk)):
        return refuse(request, 429)
    if (pack.size or 0) > LARGEST:
        return refuse(request, 413)
    version = publication.upload(pack.read(), pole, request.auth)
    taken = {"system": version.system.slug, "version": version.number, "digest": version.digest, "state": version.state}
    return JsonResponse(taken, status=201)


@api.exception_handler(JazariError)
def _coded(request: HttpRequest, error: JazariError) -> HttpResponse:  # noqa: ARG001
    return JsonResponse(error.as_json(), status=422)


@api.exception_handler(ValidationError)
def _unread(request: HttpRequest, error: ValidationError) -> HttpResponse:  # noqa: ARG001  what was sent is not repeated
    return refuse(request, 422)


@api.exception_handler(PermissionDenied)
def _denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:  # noqa: ARG001
    return refuse(request, 403)


@api.exception_handler(Http404)
def _absent(request: HttpRequest, error: Http404) -> HttpResponse:  # noqa: ARG001
    return refuse(request, 404)


RULES = {
    "openapi-json": may_see_published,
    "systems": may_see_published,
    "system": may_see_published,
    "poles": may_see_published,
    "packs": may_upload,
    "api-root": may_see_published,
}


def routes() -> tuple[list[URLPattern], str, str]:
    """The API's paths, each with its rule; one without a rule is refused like any other route."""
    patterns, app, namespace = api.urls
    for pattern in patterns:
        rule = RULES.get(pattern.name or "")
        if rule is not None:
            pattern.callback.rule = rule
    return patterns, app, namespace
