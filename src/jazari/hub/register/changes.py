"""What changed from one version to the next: told field by field, so that nothing changes silently."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jazari.hub.pages.language import sentence
from jazari.hub.register.declared import differences
from jazari.hub.register.words import AUTOMATION, FIELDS, PHASES

_PARTS = (
    ("data", sentence("Data that it learnt from")),
    ("declaration", sentence("Declaration")),
    ("code", sentence("Code")),
)
_STATUS = sentence("Status")
_MEASURES = {
    "auc": "AUC",
    "average_precision": sentence("Average precision"),
    "brier": "Brier",
    "ece": "ECE",
    "precision_at_places": sentence("Precision at the places"),
    "recall_at_places": sentence("Recall at the places"),
}


_CIRCUMSTANCES: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("phase", sentence("Phase"), dict(PHASES)),
    ("automation", sentence("Level of automation"), dict(AUTOMATION)),
    ("territories", sentence("Regions where it is in use"), {}),
)


def between(before: Any, after: Any) -> list[dict[str, Any]]:
    """The differences of two versions: `{what, before, after}`; before and after are texts, sentences or measures."""
    declared = differences(before.declaration, after.declaration)
    return _said(before, after) + declared + _found(before.facts, after.facts, seen=bool(declared))


def _said(old: Any, new: Any) -> list[dict[str, Any]]:
    found = [
        {"what": field.label, "before": old.entry.get(field.name, {}), "after": new.entry.get(field.name, {})}
        for field in FIELDS
        if field.name != "changes" and old.entry.get(field.name, {}) != new.entry.get(field.name, {})
    ]
    for name, label, words in _CIRCUMSTANCES:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            found.append({"what": label, "before": words.get(before, before), "after": words.get(after, after)})
    return found


def _found(old: Mapping[str, Any], new: Mapping[str, Any], *, seen: bool) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for key, label in _PARTS:
        before, after = (str(one.get("fingerprints", {}).get(key, ""))[:12] for one in (old, new))
        if before != after and not (key == "declaration" and seen):
            found.append({"what": label, "before": {"en": before}, "after": {"en": after}})
    if old.get("status") != new.get("status"):
        found.append({"what": _STATUS, "before": str(old.get("status", "")), "after": str(new.get("status", ""))})
    for key, label in _MEASURES.items():
        before, after = old.get("measures", {}).get(key), new.get("measures", {}).get(key)
        if before != after:
            found.append({"what": label, "measure": True, "before": before or {}, "after": after or {}})
    return found
