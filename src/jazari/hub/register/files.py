"""Files that the register gives to keep: tables as CSV, and the public files of a version."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from jazari.hub.pages.page import page
from jazari.hub.register.models import Version
from jazari.hub.register.packs import read
from jazari.hub.register.rules import may_see_published
from jazari.hub.register.views import SEEN, margins, published, whole

_KINDS = {"html": "text/html; charset=utf-8", "json": "application/json"}


@page(rule=may_see_published)
def curve_csv(request: HttpRequest, slug: str, place: int) -> HttpResponse:  # noqa: ARG001
    """The same table as CSV. A text that a spreadsheet would run as a formula gets an apostrophe."""
    found = get_object_or_404(published(slug).current.curves, place=place)
    rows = [(plain_cell(row["at"]), row["value"], row["count"]) for row in found.facts["rows"]]
    return _table(f"{slug}-{place}.csv", (" × ".join(found.columns), "contribution to the logit", "people"), rows)


@page(rule=may_see_published)
def calibration_csv(request: HttpRequest, slug: str) -> HttpResponse:  # noqa: ARG001
    """What was predicted and what came true, as CSV."""
    curve = whole(slug).current.evidence.get("curve") or []
    rows = [(one["predicted"], *_ends(one["observed"]), one["n"]) for one in curve]
    return _table(f"{slug}-calibration.csv", ("predicted", "observed", "low", "high", "people"), rows)


@page(rule=may_see_published)
def gaps_csv(request: HttpRequest, slug: str) -> HttpResponse:  # noqa: ARG001
    """The gap of each measure across the groups of each ground, as CSV."""
    rows = [
        (plain_cell(" × ".join(map(str, one.get("columns", [name])))), plain_cell(measure), *_ends(gap))
        for name, one in margins(whole(slug).current.evidence)
        for measure, gap in (one.get("gaps") or {}).items()
        if isinstance(gap, Mapping)  # none where a group is too small to be shown
    ]
    return _table(f"{slug}-gaps.csv", ("columns", "measure", "gap", "low", "high"), rows)


def _ends(measured: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(measured.get(key) for key in ("value", "low", "high"))


def _table(name: str, head: Iterable[str], rows: Iterable[Iterable[Any]]) -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows(rows)
    return _file(out.getvalue().encode(), "text/csv; charset=utf-8", name)


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
