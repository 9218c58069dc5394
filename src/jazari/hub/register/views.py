"""The public pages of the register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from jazari.hub.accounts import tally
from jazari.hub.network.poles import BY_CODE, POLES
from jazari.hub.pages.language import sentence
from jazari.hub.pages.page import Page, page
from jazari.hub.pages.refusal import refuse
from jazari.hub.register import forecasts
from jazari.hub.register.entry import ground, texts
from jazari.hub.register.forms import Say
from jazari.hub.register.models import Curve, Feedback, System, Version
from jazari.hub.register.rules import may_say, may_see_published
from jazari.hub.register.search import READABLE, asked, results
from jazari.hub.register.words import AUTOMATION, FIELDS, PHASES, SECTORS, STATES

_TABLES = 50
SMALL = 11
"""A count below this is not shown: the network's smallest cell."""
OPEN_YET = sentence("Not answered yet")
OTHERWISE = sentence("Otherwise, each too rare to be shown")
SEEN = ("published", "replaced", "retracted", "archived")
_LABELS = {"sector": dict(SECTORS), "phase": dict(PHASES), "automation": dict(AUTOMATION), "state": STATES}


def labelled(brief: dict[str, Any]) -> dict[str, Any]:
    """A system as a list shows it, with its words beside its codes."""
    names = {"regions_named": [BY_CODE[code].names for code in brief["regions"] if code in BY_CODE]}
    return brief | {f"{key}_label": labels.get(brief[key], brief[key]) for key, labels in _LABELS.items()} | names


def published(slug: str) -> System:
    """A system whose entry anyone may read, without what is large."""
    found = System.objects.select_related("current").defer("current__evidence", "current__declaration")
    return get_object_or_404(found, slug=slug, state__in=READABLE)


@page("register/search.html", rule=may_see_published, partial="register/results.html")
def search(request: HttpRequest) -> Page:
    """The register: search in any language, and filters."""
    data = results(asked(request.GET))
    data["systems"] = [labelled(one) for one in data["systems"]]
    filters = [
        ("sector", SECTORS),
        ("territory", [(one.code, one.names) for one in POLES]),
        ("phase", PHASES),
        ("automation", AUTOMATION),
    ]
    rest = request.GET.copy()
    rest.pop("page", None)
    return Page(
        data, {"filters": dict(filters), "rest": rest.urlencode(), "filtered": any(map(rest.get, dict(filters)))}
    )


def entry_data(system: System, version: Version) -> dict[str, Any]:
    """A version of a system as its page shows it; the preview of a publisher is the same page."""
    said = [
        {"name": field.name, "label": field.label, "text": version.entry.get(field.name, {})}
        for field in FIELDS
        if field.name != "changes"
    ]
    curves = version.curves.all()[:3]
    return {
        "system": labelled(system.brief()),
        "version": version.brief(),
        "entry": said,
        "facts": {key: value for key, value in version.facts.items() if key != "drawings"},
        "state": version.state,
        "measures": forecasts.measured(version.facts),
        "offers_help": bool(version.facts.get("offered")),
        "curves": [_curve(one) for one in curves],
        "objections": objections(system),
        "requests": requests(system, version),
        "versions": system.versions.filter(state__in=SEEN).count(),
        "feedback": system.feedback.filter(state="answered").count(),
    }


def _curve(curve: Curve) -> dict[str, Any]:
    rows = {key: value for key, value in curve.facts.items() if key != "rows"}
    return {"place": curve.place, "columns": curve.columns, **rows, "drawing": curve.drawing}


def objections(system: System) -> dict[str, Any]:
    """How often people objected to decisions of this system and how that ended; small counts are gathered."""
    counts = dict(system.objections.values_list("outcome").annotate(Count("pk")).order_by())
    total, labels = sum(counts.values()), dict(system.objections.model.outcome.field.choices)
    if 0 < total < SMALL:
        return {"total": None, "outcomes": [], "fewer_than": SMALL}
    together = gathered(counts)
    shown = [
        {"code": code, "label": labels.get(code, OPEN_YET), "count": count}
        for code, count in sorted(counts.items())
        if code not in together
    ]
    if together:
        shown.append({"code": "rest", "label": OTHERWISE, "count": sum(counts[code] for code in together)})
    return {"total": total, "outcomes": shown}


def gathered(counts: Mapping[str, int]) -> set[str]:
    """The keys whose counts are shown as one sum: the small ones, and as many of the next as hide them in it.

    A count below 11 that stood alone would follow from the total and the others.
    """
    together: set[str] = {key for key, count in counts.items() if 0 < count < SMALL}
    rest = sorted((key for key in counts if key not in together and counts[key]), key=counts.__getitem__)
    while together and rest and (len(together) == 1 or sum(counts[one] for one in together) < SMALL):
        together.add(rest.pop(0))
    return together


def requests(system: System, version: Version) -> dict[str, Any]:
    """How often people who were not listed asked for the help, how that ended, and beside it the people it missed."""
    counts = dict(system.requests.values_list("granted").annotate(Count("pk")).order_by())
    total, refused = sum(counts.values()), counts.get(False, 0)
    found = (version.facts.get("of_100") or {}).get("positives", {}).get("value")
    return {
        "total": total if not 0 < total < SMALL else None,
        "refused": refused if refused >= SMALL or (not refused and total >= SMALL) else None,
        "missed_of_100": 100 - found if found is not None else None,
    }


@page("register/system.html", rule=may_see_published, of=published)
def system_page(request: HttpRequest, system: System) -> Page:  # noqa: ARG001
    """One system: what it is for, who answers for it, how well it does, and the way to contest."""
    return Page(entry_data(system, system.current))


def whole(slug: str) -> System:
    """The same with its evidence and its declaration."""
    return get_object_or_404(System.objects.select_related("current"), slug=slug, state__in=READABLE)


@page("register/evidence.html", rule=may_see_published, of=whole)
def evidence(request: HttpRequest, system: System) -> Page:  # noqa: ARG001
    """The evidence: measures, calibration, the simple rule, whole sites, the black box, and gaps a legal ground."""
    return Page(evidence_data(system, system.current))


def evidence_data(system: System, version: Version) -> dict[str, Any]:
    """The evidence of a version as its page shows it."""
    shown, named = version.evidence, labels_of(version.declaration)
    drawings = version.facts.get("drawings", {})
    measured = [
        {
            "place": place,
            "name": name,
            "labels": _labels(one, name, named),
            "gaps": one.get("gaps", {}),
            "drawn": drawings.get("gaps", {}).get(name, {}),
            "ground": ground(str(one.get("columns", [name])[0])),
            "groups": len(one.get("groups", [])),
        }
        for place, (name, one) in enumerate(margins(shown))
    ]
    keys = (
        "kind",
        "people",
        "places",
        "auc",
        "average_precision",
        "brier",
        "ece",
        "precision_at_places",
        "recall_at_places",
        "of_100",
        "curve",
        "baseline",
        "challenger",
        "price_of_glass",
        "targeting",
        "split",
        "bootstrap",
        "unknown",
    )
    facts = {
        "findings": version.facts.get("findings", []),
        "verification": version.facts.get("verification", []),
    }
    return {
        "system": labelled(system.brief()),
        "version": version.brief(),
        **facts,
        "drawings": {"calibration": drawings.get("calibration", "")},
        "forecast": forecasts.evidence_of(shown) if forecasts.is_forecast(version.declaration) else None,
        "proxies": _proxies(shown, named),
        "evidence": {key: shown.get(key) for key in keys},
        "margins": measured,
    }


def labels_of(declaration: dict[str, Any]) -> dict[str, dict[str, str]]:
    """What people call each column of a declaration, by language."""
    columns = declaration.get("table", {}).get("columns", [])
    return {str(one.get("name")): texts(one.get("label") or one.get("name")) for one in columns}


def _labels(margin: dict[str, Any], name: str, named: dict[str, dict[str, str]]) -> list[dict[str, str]]:
    return [named.get(str(one)) or {"en": str(one)} for one in margin.get("columns", [name])]


def margins(shown: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The columns, and pairs of them, whose groups were measured."""
    groups = shown.get("groups") or {}
    return [(name, one) for name, one in groups.items() if isinstance(one, dict)] if isinstance(groups, dict) else []


def _proxies(shown: dict[str, Any], named: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    found = (shown.get("proxies") or {}).get("columns") or {}
    return [
        {"column": name, "label": named.get(name, {"en": name}), "auc": one.get("auc"), "ground": ground(name)}
        for name, one in found.items()
    ]


@page("register/groups.html", rule=may_see_published)
def groups(request: HttpRequest, slug: str, place: int) -> Page:  # noqa: ARG001
    """The figures of each group of one margin."""
    system = whole(slug)
    found = margins(system.current.evidence)
    if place >= len(found):
        raise Http404
    name, one = found[place]
    columns, labels = one.get("columns", [name]), _labels(one, name, labels_of(system.current.declaration))
    return Page(
        {
            "system": labelled(system.brief()),
            "name": name,
            "labels": labels,
            "ground": ground(str(columns[0])),
            "groups": one.get("groups", [])[:200],
            "gaps": one.get("gaps", {}),
        }
    )


@page("register/model.html", rule=may_see_published, of=published)
def model(request: HttpRequest, system: System) -> Page:
    """The tables of the model, the most telling first, fifty a page."""
    shown = Paginator(system.current.curves.defer("drawing").order_by("place"), _TABLES).get_page(
        request.GET.get("page")
    )
    curves = [{k: v for k, v in _curve(one).items() if k != "drawing"} for one in shown]
    data = {"system": labelled(system.brief()), "version": system.current.brief(), "curves": curves}
    pages = {"page": shown.number, "pages": shown.paginator.num_pages}
    return Page(data | pages, {"before": shown.number - 1, "after": shown.number + 1})


@page("register/curve.html", rule=may_see_published)
def curve(request: HttpRequest, slug: str, place: int) -> Page:  # noqa: ARG001
    """One table of the model as a curve."""
    system = published(slug)
    found = get_object_or_404(system.current.curves, place=place)
    data = _curve(found) | {"rows": found.facts["rows"][:400], "all": len(found.facts["rows"])}
    return Page({"system": labelled(system.brief()), "curve": data, "last": system.current.curves.count() - 1})


@page("register/history.html", rule=may_see_published, of=published)
def history(request: HttpRequest, system: System) -> Page:  # noqa: ARG001
    """Every version and what changed."""
    versions = [one.brief() for one in system.versions.filter(state__in=SEEN).defer("evidence", "declaration")[:100]]
    labels = [one | {"state_label": STATES[one["state"]]} for one in versions]
    return Page({"system": labelled(system.brief()), "versions": labels})


@page("register/feedback.html", rule=may_say, of=published, posts=True)
def feedback(request: HttpRequest, system: System) -> Page | HttpResponse:
    """What readers said of an entry, with its answers; and the form to say something."""
    form = Say(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not tally.FEEDBACK.take(request.client):
            return refuse(request, 429)
        if not form.cleaned_data["website"]:
            Feedback.objects.create(
                system=system,
                about=form.cleaned_data["about"],
                text=form.cleaned_data["text"],
                language=request.language,
            )
        return redirect(f"{reverse('register:feedback', args=[request.language, system.slug])}?thanks=1")
    said = [
        {
            "about": one.about,
            "text": one.text,
            "language": one.language,
            "at": one.at.isoformat(),
            "answer": one.answer,
            "answered": one.answered_at.isoformat() if one.answered_at else "",
        }
        for one in system.feedback.filter(state="answered").order_by("-at")[:50]
    ]
    waiting = system.feedback.filter(state="waits").count()
    data = {"system": labelled(system.brief()), "feedback": said, "waiting": waiting}
    return Page(data, {"form": form, "thanks": "thanks" in request.GET}, 422 if form.errors else 200)
