"""Entry: what a pack says by itself of a system; the publisher says the rest, and nothing is said twice."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from jazari.core.languages import LANGUAGES, said_in, translate
from jazari.core.periods import Duration
from jazari.hub.pages.formats import share
from jazari.hub.pages.language import pick, sentence
from jazari.hub.register import forecasts
from jazari.hub.register.folding import index
from jazari.hub.register.packs import Pack
from jazari.hub.register.words import GROUNDS

_SHARE = sentence("{what}: places for {share} of the people, in each area by itself ({of})")
_SHARE_ALL = sentence("{what}: places for {share} of the people")
_COUNT = sentence("{what}: {count} places in each area ({of})")
_COUNT_ALL = sentence("{what}: {count} places")
_DECIDES = sentence("A named person decides on each case, with reasons: {who}.")
_HEADLINE = ("auc", "average_precision", "brier", "ece", "precision_at_places", "recall_at_places", *forecasts.NAMES)


def texts(label: Any, **values: Any) -> dict[str, str]:
    """A label by language: what it says in each, or what the catalogues do; no language stands in for another here."""
    if isinstance(label, Mapping):
        return {one: str(label[one]) for one in LANGUAGES if label.get(one)}
    if not label:
        return {}
    return {
        one: translate(str(label), one, **values) for one in LANGUAGES if one == "en" or said_in(str(label), one) == one
    }


def said(pack: Pack) -> dict[str, dict[str, str]]:
    """What the declaration says in words, by field of the entry."""
    declared = pack.dossier.get("declaration") or {}
    safeguards = {one.get("safeguard"): one for one in declared.get("safeguards", []) if isinstance(one, Mapping)}
    bases = [texts(one) for one in declared.get("legal_basis", [])]
    columns = [one for one in declared.get("table", {}).get("columns", []) if one.get("role") == "column"]
    return {
        "title": texts(declared.get("title")) or {"en": str(declared.get("name", pack.dossier.get("case", "")))},
        "purpose": texts(declared.get("purpose")),
        "owner": texts(declared.get("owner")),
        "contact": texts(declared.get("contact")),
        "legal_basis": _joined(bases),
        "data": _joined([texts(one.get("label") or one.get("name")) for one in columns]),
        "oversight": _decides(safeguards.get("human_decides")),
        "help": _help(declared.get("help") or {}),
    }


def _joined(parts: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """A line for each part, in every language that says one of them."""
    return {
        one: "\n".join(pick(part, one)[0] for part in parts) for one in LANGUAGES if any(one in part for part in parts)
    }


def _decides(rule: Mapping[str, Any] | None) -> dict[str, str]:
    if rule is None:
        return {}
    return {one: translate(_DECIDES, one, who=translate(str(rule.get("who", "")), one)) for one in texts(_DECIDES)}


def _help(offered: Mapping[str, Any]) -> dict[str, str]:
    if not offered:
        return {}
    of, part = offered.get("of") or "", offered.get("share")
    form = (_SHARE if of else _SHARE_ALL) if part is not None else (_COUNT if of else _COUNT_ALL)
    label = offered.get("label") or offered.get("what", "")
    found = {}
    for one in texts(form):
        words = pick(label, one)[0] if isinstance(label, Mapping) else translate(str(label), one)
        shown = share(part, one, 1) if part is not None else ""
        found[one] = translate(
            form, one, what=words, share=shown, count=offered.get("count"), of=translate(str(of), one)
        )
    return found


def facts(pack: Pack, checks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the pages of a version show of its dossier, small enough to be read with every page."""
    dossier, evidence = pack.dossier, pack.evidence
    declared = dossier.get("declaration") or {}
    columns = (declared.get("table") or {}).get("columns", [])
    labels = {str(one.get("name")): texts(one.get("label") or one.get("name")) for one in columns}
    return {
        "case": str(dossier.get("case", "")),
        "status": str(dossier.get("status", "unaudited")),
        "run": {key: dossier.get("run", {}).get(key) for key in ("id", "started", "finished")},
        "fingerprints": dossier.get("fingerprints", {}),
        "unknown": dossier.get("unknown", []),
        "findings": [_worded(one, labels) for one in dossier.get("findings", [])],
        "waivers": [_waiver(one) for one in pack.waivers],
        "safeguards": declared.get("safeguards", []),
        "offered": declared.get("help") or {},
        "ability": (declared.get("engine") or {}).get("ability", ""),
        "measures": {key: evidence[key] for key in _HEADLINE if isinstance(evidence.get(key), Mapping)},
        "of_100": evidence.get("of_100"),
        "people": evidence.get("people"),
        "split": evidence.get("split", {}),
        "audience": pack.audience,
        "files": sorted(pack.files),
        "has_model": pack.model is not None,
        "verification": list(checks),
    }


def _worded(finding: Mapping[str, Any], labels: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """A finding whose values are what people call them: columns by their labels, several words apart."""
    said = {name: _words_of(value, labels) for name, value in (finding.get("values") or {}).items()}
    return {**finding, "values": said}


def _words_of(value: Any, labels: Mapping[str, Mapping[str, str]]) -> Any:
    if isinstance(value, str):
        value = value.split(", ") if ", " in value else labels.get(value, value)
    return [labels.get(str(one), one) for one in value] if isinstance(value, list) else value


def _waiver(waiver: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(waiver.get(key, ""))[:1000] for key in ("safeguard", "reason", "by", "from", "until")}


def ran_at(pack: Pack) -> datetime.datetime | None:
    """When the run ended, if the dossier says it in a way that can be read."""
    try:
        found = datetime.datetime.fromisoformat(str(pack.dossier.get("run", {}).get("finished", "")))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)


def expires_on(pack: Pack) -> datetime.date | None:
    """The day after which the answers are no longer used: the safeguard `expires`, counted from the run."""
    ran = ran_at(pack)
    rules = (pack.dossier.get("declaration") or {}).get("safeguards", [])
    after = next((one.get("after") for one in rules if one.get("safeguard") == "expires"), None)
    return Duration.parse(str(after)).after(ran.date()) if ran and after else None


def uncovered(facts: Mapping[str, Any], today: datetime.date) -> list[str]:
    """The safeguards that are broken and that no waiver in force covers."""
    in_force = {one["safeguard"] for one in facts.get("waivers", []) if one.get("until", "") >= today.isoformat()}
    return [
        str(one.get("safeguard"))
        for one in facts.get("findings", [])
        if one.get("state") == "broken" and not (one.get("waivable", True) and one.get("safeguard") in in_force)
    ]


def ground(column: str) -> str:
    """The ground of law 54-19, article 5, that an audited column speaks of."""
    word = column.casefold().replace(" ", "_")
    return next((label for _, label, columns in GROUNDS if word in columns), GROUNDS[-1][1])


def index_of(entry: Mapping[str, Mapping[str, str]], case: str) -> dict[str, bool]:
    """What the search looks up: the entry's words in all its languages, folded, and whether the title holds each."""
    whole = index(" ".join([case.replace(".", " "), *(text for field in entry.values() for text in field.values())]))
    title = index(" ".join(entry.get("title", {}).values()))
    return {word: word in title for word in sorted(whole)}
