"""Judged: whether the findings of a dossier follow from its own declaration and evidence, for anybody who reads it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from jazari.core.errors import JazariError
from jazari.governance.safeguards import Safeguard
from jazari.schema.inspection import Inspection
from jazari.schema.records import Finding
from jazari.usecase.rebuild import help_of, table_of_document


def judged(document: Mapping[str, Any], evidence: Mapping[str, Any]) -> list[str]:
    """What does not follow, in words; nothing where all does.

    Every declared safeguard has its finding, in the order of the declaration; each finding's state is the one that the
    safeguard gives on this evidence; the status is that of the findings. A safeguard that is not installed here is not
    judged again.

    Args:
        document: `dossier.json`.
        evidence: `evidence.json`.
    """
    try:
        return list(_wrong(document, evidence))
    except (JazariError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        return [f"the findings cannot be judged again ({getattr(error, 'code', type(error).__name__)})"]


def _wrong(document: Mapping[str, Any], evidence: Mapping[str, Any]) -> Iterator[str]:
    declared, findings = document["declaration"]["safeguards"], document["findings"]
    if [one["safeguard"] for one in declared] != [one["safeguard"] for one in findings]:
        yield f"{len(declared)} safeguards are declared and {len(findings)} findings stand, not one for each"
        return
    for rule, finding in zip(declared, findings, strict=True):
        again = judge_again(rule, finding, document, evidence)
        if again is not None and again.waivable != finding["waivable"]:
            yield f"{rule['safeguard']} is said to be {'' if finding['waivable'] else 'not '}waivable; it is otherwise"
        if again is not None and again.state != finding["state"]:
            yield f"{rule['safeguard']} is said to be '{finding['state']}'; on this evidence it is '{again.state}'"
    blocked = any(one["state"] == "broken" for one in findings)
    if document["status"] != ("blocked" if blocked else "publishable"):
        yield f"the status is said to be '{document['status']}'; the findings say otherwise"


def judge_again(
    rule: Mapping[str, Any], finding: Mapping[str, Any], document: Mapping[str, Any], evidence: Mapping[str, Any]
) -> Finding | None:
    """What a declared safeguard finds on an evidence; None where it is not installed here.

    Args:
        rule: The safeguard as it was declared.
        finding: What the run found: of it, only what the run counted in the data and no evidence holds is believed.
        document: `dossier.json`.
        evidence: `evidence.json`.
    """
    made = _safeguard(rule)
    if made is None:
        return None
    declaration = document["declaration"]
    late = (finding.get("evidence") or {}).get("recorded_late", {})
    run = Inspection(
        case=document["case"], table=table_of_document(declaration), evidence=evidence,
        settings=document.get("settings", {}), snapshot={"recorded_late": late}, purpose=_first(declaration["purpose"]),
        help=help_of(declaration) if declaration.get("help") else None,
    )  # fmt: skip
    return made.check(run)


def _safeguard(rule: Mapping[str, Any]) -> Safeguard | None:
    kind = next((one for one in _kinds(Safeguard) if one.name == rule["safeguard"]), None)
    if kind is None:
        return None
    said = {one.name: rule[one.name] for one in dataclasses.fields(kind)}
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in said.items()})


def _kinds(root: type[Safeguard]) -> Iterator[type[Safeguard]]:
    for kind in root.__subclasses__():
        yield kind
        yield from _kinds(kind)


def _first(purpose: Any) -> str:
    return purpose if isinstance(purpose, str) else next(iter(purpose.values()), "")
