"""Files that the register gives to keep: tables as CSV, and the public files of a version."""

from __future__ import annotations

import csv
import io

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from jazari.hub.pages.page import page
from jazari.hub.register.models import Version
from jazari.hub.register.packs import read
from jazari.hub.register.rules import may_see_published
from jazari.hub.register.views import SEEN, published

_KINDS = {"html": "text/html; charset=utf-8", "json": "application/json"}


@page(rule=may_see_published)
def curve_csv(request: HttpRequest, slug: str, place: int) -> HttpResponse:  # noqa: ARG001
    """The same table as CSV. A text that a spreadsheet would run as a formula gets an apostrophe."""
    found = get_object_or_404(published(slug).current.curves, place=place)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*(" × ".join(found.columns),), "contribution to the logit", "people"])
    for row in found.facts["rows"]:
        writer.writerow([plain_cell(row["at"]), row["value"], "" if row["count"] is None else row["count"]])
    return _file(out.getvalue().encode(), "text/csv; charset=utf-8", f"{slug}-{place}.csv")


def plain_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@page(rule=may_see_published)
def pack_file(request: HttpRequest, slug: str, number: int, name: str) -> HttpResponse:  # noqa: ARG001
    """A public file of a version: a document or a card. Given to keep, never shown as a page of ours."""
    version = get_object_or_404(Version, system__slug=slug, number=number, state__in=SEEN)
    path = settings.PROFILE.data / "packs" / f"{version.pack}.zip"
    if not path.is_file():
        raise Http404
    held = read(path.read_bytes())
    public = name == "dossier.json" or held.dossier["files"].get(name, {}).get("audience") == "public"
    if not public or name not in held.files:
        raise Http404
    kind = _KINDS.get(name.rpartition(".")[2], "application/octet-stream")
    return _file(held.files[name], kind, f"{slug}-{number}-{name}")
