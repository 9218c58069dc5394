"""Search of the register: folded words, all of them, and the filters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet, Window

from jazari.hub.network.poles import BY_CODE
from jazari.hub.register.folding import words as folded_words
from jazari.hub.register.models import System, Word
from jazari.hub.register.words import ARCHIVED, AUTOMATION, PHASES, PUBLISHED, RETRACTED, SECTORS

PAGE = 20
READABLE = (PUBLISHED, RETRACTED, ARCHIVED)
_LAST_PAGE = 500
CHOICES = {
    "sector": [code for code, _ in SECTORS],
    "territory": list(BY_CODE),
    "phase": [code for code, _ in PHASES],
    "automation": [code for code, _ in AUTOMATION],
}
"""The values of each filter."""


def asked(query: Mapping[str, str]) -> dict[str, Any]:
    """What a query string asks for; what cannot be read is left out."""
    chosen = {name: query.get(name, "") if query.get(name) in known else "" for name, known in CHOICES.items()}
    page = query.get("page", "1")
    return {
        "q": query.get("q", "").replace("\0", "")[:200],
        **chosen,
        "page": min(max(int(page), 1), _LAST_PAGE) if page.isascii() and page.isdigit() else 1,
    }


def find(query: Mapping[str, Any]) -> QuerySet[System]:
    """The systems that hold a word beginning with each word asked for and fit every filter.

    Those whose title holds all the words come first, then the latest.
    """
    found = System.objects.filter(state__in=READABLE)
    for name in ("sector", "phase", "automation"):
        if query[name]:
            found = found.filter(**{name: query[name]})
    if query["territory"]:
        found = found.filter(territories__contains=query["territory"])
    in_title = Q()
    for word in folded_words(query["q"]):
        holds = Word.objects.filter(text__startswith=word)
        found = found.filter(pk__in=holds.values("system"))
        in_title &= Q(pk__in=holds.filter(titled=True).values("system"))
    if not in_title:
        return found.order_by("-published_at", "slug")
    found = found.annotate(in_title=ExpressionWrapper(in_title, BooleanField()))
    return found.order_by("-in_title", "-published_at", "slug")


def results(query: Mapping[str, Any]) -> dict[str, Any]:
    """One page of results as data. One query ranks and counts narrow rows; only the page's own rows are read whole."""
    found, start = find(query), (query["page"] - 1) * PAGE
    ranked = list(found.annotate(total=Window(Count("pk"))).values_list("pk", "total")[start : start + PAGE])
    total = ranked[0][1] if ranked else found.count() if start else 0
    rows = System.objects.in_bulk([pk for pk, _ in ranked])
    systems = [rows[pk].brief() for pk, _ in ranked if pk in rows]
    return {"query": dict(query), "total": total, "pages": -(-total // PAGE), "systems": systems}
