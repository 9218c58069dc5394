"""What a card says of a risk: the list in plain words first, then the figures, the gaps, the curves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jazari.schema.table import Table
from jazari.usecase import charts
from jazari.usecase.section import Chart, Grid, Section, Voice

CROSS = " × "


def sections(evidence: Mapping[str, Any], model: Mapping[str, Any] | None, table: Table, say: Voice) -> list[Section]:
    """The sections of a card, in reading order; a section whose figures were not measured is left out."""
    from jazari.usecase.risk.curves import curves

    made = [
        _in_words(evidence, say),
        _figures(evidence, say),
        _calibration(evidence, say),
        _groups(evidence, table, say),
        curves(model, table, say),
        _proxies(evidence, table, say),
        _warnings(evidence, say),
    ]
    return [one for one in made if one is not None]


def _in_words(evidence: Mapping[str, Any], say: Voice) -> Section:
    sentences = []
    of_100 = evidence.get("of_100")
    if of_100 and _shown(of_100["listed"]) and _shown(of_100["positives"]):
        listed, positives = of_100["listed"], of_100["positives"]
        sentences.append(
            say(
                "Of 100 people listed, {listed} had the outcome ({low} to {high}).",
                listed=say.number(listed["value"]), low=say.number(listed["low"]), high=say.number(listed["high"]),
            )
        )  # fmt: skip
        sentences.append(
            say(
                "Of 100 people who had the outcome, {listed} were listed ({low} to {high}); the others were missed.",
                listed=say.number(positives["value"]), low=say.number(positives["low"]),
                high=say.number(positives["high"]),
            )
        )  # fmt: skip
    baseline, targeting = evidence.get("baseline"), evidence.get("targeting")
    if baseline:
        sentences.append(
            say("The declared simple rule, at the same places, finds {share}.", share=_share(baseline["recall"], say))
        )
    if targeting:
        sentences.append(
            say(
                "Taking whole sites, at the same places, finds {share}.", share=_share(targeting["site"]["recall"], say)
            )
        )
    people = evidence.get("people", {})
    if people:
        sentences.append(
            say(
                "Measured on {n} people the model had never seen; {positives} of them had the outcome.",
                n=_count(people["n"], say), positives=_count(people["positives"], say),
            )
        )  # fmt: skip
    return Section(say("In plain words"), sentences)


def _figures(evidence: Mapping[str, Any], say: Voice) -> Section:
    baseline, price, targeting = (evidence.get(name) or {} for name in ("baseline", "price_of_glass", "targeting"))
    rows = [
        (
            "Share of the outcomes that the list finds (recall)",
            say.figure(evidence.get("recall_at_places"), share=True),
        ),
        (
            "Share of the list that had the outcome (precision)",
            say.figure(evidence.get("precision_at_places"), share=True),
        ),
        ("Recall gained over the simple rule", say.figure(baseline.get("recall_gain"), share=True)),
        ("Recall gained over taking whole sites", say.figure(targeting.get("recall_gain"), share=True)),
        ("Area under the ROC curve", say.figure(evidence.get("auc"))),
        ("Average precision", say.figure(evidence.get("average_precision"))),
        ("Brier score", say.figure(evidence.get("brier"), 4)),
        ("Calibration error", say.figure(evidence.get("ece"), 4)),
        ("Price of glass: what a black box would add to the area", say.figure(price.get("auc"), 4)),
    ]
    how = evidence.get("split", {})
    sentence = "Figures with their 95 % intervals."
    method = {
        "period": "Held out by period: the model was fitted on earlier periods only.",
        "site": "Held out by site: no site is in both parts.",
        "stratified": "Held out by folds: there are no periods, so nothing is said about the future.",
        "foreign": "The predictions were made elsewhere: how they were held out is not known here.",
    }.get(how.get("method", ""), "")
    grid = Grid((say("Figure"), say("Value and interval")), [(say(name), value) for name, value in rows])
    return Section(say("Figures"), [say(one) for one in (sentence, method) if one], grid)


def _calibration(evidence: Mapping[str, Any], say: Voice) -> Section | None:
    curve = [one for one in evidence.get("curve") or () if _shown(one.get("observed"))]
    if not curve:
        return None
    points = [
        (one["predicted"], one["observed"]["value"], one["observed"]["low"], one["observed"]["high"]) for one in curve
    ]
    title = say("Predicted against observed share")
    svg = charts.reliability(points, label=title, marks=(say("predicted"), f"{max(x[0] for x in points):.2f}"))
    grid = Grid(
        (say("predicted"), say("observed"), say("people")),
        [
            (say.percent(one["predicted"], 1), say.figure(one["observed"], share=True), _count(one["n"], say))
            for one in curve
        ],
    )
    worst = max(abs(predicted - observed) for predicted, observed, _, _ in points)
    sentence = say(
        "At worst, predicted and observed shares differ by {points} points.", points=say.number(100 * worst, 1)
    )
    return Section(say("Calibration"), charts=[Chart(title, svg, sentence, grid)])


def _groups(evidence: Mapping[str, Any], table: Table, say: Voice) -> Section | None:
    margins = {name: one for name, one in (evidence.get("groups") or {}).items() if isinstance(one, Mapping)}
    single = {
        name: one for name, one in margins.items() if CROSS not in name and name in {c.name for c in table.audited}
    }
    if not single:
        return None
    rows = [row for name, margin in single.items() for row in _margin(name, margin, table, say)]
    sentences = [text for name, margin in single.items() for text in _gap(name, margin, table, say)]
    if any("suppressed" in str(margin) for margin in single.values()):
        sentences.append(say("Suppressed: a figure from which a number of fewer than 11 people could be worked out."))
    heads = ("Group", "People", "Listed", "Found (recall)", "Right (precision)", "Wrongly listed")
    return Section(say("Between groups"), sentences, Grid([say(one) for one in heads], rows))


def _margin(name: str, margin: Mapping[str, Any], table: Table, say: Voice) -> Iterator[tuple[str, ...]]:
    label = say(table.column(name).label or name)
    for group in margin.get("groups", ()):
        value = group["values"][name]
        head = say("{label}: {value}", label=label, value=say("not recorded") if value is None else say(value))
        if group.get("suppressed"):
            yield head, say("fewer than 11"), "", "", "", ""
            continue
        figures = [
            say.figure(group.get(one), share=True)
            for one in ("selection_rate", "recall", "precision", "false_positive_rate")
        ]
        yield (head, _count(group["n"], say), *figures)


def _gap(name: str, margin: Mapping[str, Any], table: Table, say: Voice) -> Iterator[str]:
    gap = (margin.get("gaps") or {}).get("recall")
    if gap and gap.get("value") is not None:
        yield say(
            "{group}: the shares found differ by {gap} points at most ({low} to {high}).",
            group=say(table.column(name).label or name), gap=say.number(100 * gap["value"], 1),
            low=say.number(100 * gap["low"], 1), high=say.number(100 * gap["high"], 1),
        )  # fmt: skip


def _proxies(evidence: Mapping[str, Any], table: Table, say: Voice) -> Section | None:
    columns = (evidence.get("proxies") or {}).get("columns") or {}
    rows = [
        (say(table.column(name).label or name), say.figure(one.get("auc"), 2)) for name, one in columns.items() if one
    ]
    if not rows:
        return None
    sentence = (
        "How well the inputs alone tell these groups apart: 0.5 not at all, 1 entirely. "
        "The model never reads the groups."
    )
    return Section(
        say("Proxies"), [say(sentence)], Grid((say("Group"), say("Area under the ROC curve")), rows), folded=True
    )


def _warnings(evidence: Mapping[str, Any], say: Voice) -> Section | None:
    sentences = [say(one["sentence"], **one["values"]) for one in evidence.get("warnings") or ()]
    return Section(say("To bear in mind"), sentences) if sentences else None


def _shown(figure: Any) -> bool:
    return bool(figure) and not figure.get("suppressed") and figure.get("value") is not None


def _count(count: Any, say: Voice) -> str:
    return say("fewer than 11") if isinstance(count, Mapping) else say.number(count)


def _share(figure: Any, say: Voice) -> str:
    return say.percent(figure["value"]) if _shown(figure) else say("not measured")
