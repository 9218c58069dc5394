"""Declared: what two declarations say differently, place by place, so that no rule and no column changes silently."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jazari.core.languages import LANGUAGES, translate
from jazari.hub.pages.language import sentence

_PLACES = (
    ("safeguards", sentence("Safeguards")),
    ("columns", sentence("Data that it reads")),
    ("help", sentence("Help and places")),
    ("engine", sentence("How it computes")),
    ("legal_basis", sentence("Legal basis")),
    ("table", sentence("What a row is")),
    ("", sentence("Other parts of the declaration")),
)
_WORDS = {
    "limit": sentence("limit"), "by": sentence("by at least"), "across": sentence("between the groups of"),
    "open_for": sentence("open for"), "within": sentence("within"), "after": sentence("ends after"),
    "least": sentence("smallest count shown"), "who": sentence("who decides"), "to": sentence("addressed to"),
    "languages": sentence("languages"), "purposes": sentence("purposes excluded"), "share": sentence("share"),
    "count": sentence("number"), "of": sentence("counted by"), "what": sentence("what is offered"),
    "label": sentence("name"), "unit": sentence("unit"), "known_at": sentence("known after"),
    "face_to_face": sentence("told in person only"), "direction": sentence("may only"), "among": sentence("values"),
    "waivable": sentence("may be waived"), "role": sentence("read by"), "variant": sentence("kind of model"),
}  # fmt: skip
_PRESENT, _YES, _NO = sentence("present"), sentence("yes"), sentence("no")
_Leaf = tuple[str, str]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parts that differ: `{what, before, after}`, both held by language, one line for each thing that differs.

    Args:
        before: The declaration of the version before, as its dossier writes it.
        after: That of the version that came.
    """
    old, new = (_by_place(one) for one in (before, after))
    labels = _labels(before) | _labels(after)
    found = []
    for place, title in _PLACES:
        then, now = old.get(place, {}), new.get(place, {})
        moved = [leaf for leaf in dict.fromkeys([*then, *now]) if then.get(leaf) != now.get(leaf)]
        gone_or_come = {name for name, key in moved if not key}
        told = [leaf for leaf in moved if not leaf[1] or leaf[0] not in gone_or_come]
        if told:
            found.append({"what": title, "before": _said(then, told, labels), "after": _said(now, told, labels)})
    return found


def _by_place(declaration: Mapping[str, Any]) -> dict[str, dict[_Leaf, Any]]:
    """Every value of a declaration by its part, and there by the thing it is of and its name."""
    table = dict(declaration.get("table") or {})
    columns = table.pop("columns", [])
    parts: dict[str, dict[_Leaf, Any]] = {
        "safeguards": _named(declaration.get("safeguards", []), "safeguard"),
        "columns": _named(columns, "name"),
        "help": _flat(declaration.get("help") or {}),
        "engine": _flat(declaration.get("engine") or {}),
        "legal_basis": {(str(one), ""): True for one in declaration.get("legal_basis", [])},
        "table": _flat(table),
    }
    rest = {key: value for key, value in declaration.items() if key not in {*parts, "table"}}
    return parts | {"": _flat(rest)}


def _labels(declaration: Mapping[str, Any]) -> dict[str, Any]:
    columns = (declaration.get("table") or {}).get("columns", [])
    return {str(one.get("name")): one.get("label") or one.get("name") for one in columns}


def _named(items: Any, key: str) -> dict[_Leaf, Any]:
    found: dict[_Leaf, Any] = {}
    for item in items:
        name = str(item.get(key))
        found[name, ""] = True
        found |= {(name, field): value for field, value in item.items() if field != key}
    return found


def _flat(values: Mapping[str, Any]) -> dict[_Leaf, Any]:
    return {("", key): value for key, value in values.items()}


def _said(values: Mapping[_Leaf, Any], leaves: list[_Leaf], labels: Mapping[str, Any]) -> dict[str, str]:
    return {one: "\n".join(_lines(values, leaves, labels, one)) for one in LANGUAGES}


def _lines(values: Mapping[_Leaf, Any], leaves: list[_Leaf], labels: Mapping[str, Any], language: str) -> Iterator[str]:
    for name, key in leaves:
        if (name, key) not in values:
            continue
        said = _label(labels.get(name, name), language) if name else ""
        word = translate(_WORDS.get(key, key.replace("_", " ")), language) if key else ""
        value = _value(values[name, key], language) if key else translate(_PRESENT, language)
        yield f"{' · '.join(filter(None, (said, word)))}: {value}"


def _label(label: Any, language: str) -> str:
    """What a column is called: a sentence of the catalogues, or a text held by language."""
    if isinstance(label, Mapping):
        return str(label.get(language) or label.get("fr") or next(iter(label.values()), ""))
    return translate(str(label), language)


def _value(value: Any, language: str) -> str:
    if isinstance(value, bool):
        return translate(_YES if value else _NO, language)
    if isinstance(value, list):
        return ", ".join(_value(one, language) for one in value) or "—"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_value(one, language)}" for key, one in value.items()) or "—"
    return "—" if value in (None, "") else translate(str(value), language)
