"""Conclude: from an answer to a dossier. Safeguards judge it, cards show it, everything is fingerprinted."""

from __future__ import annotations

import contextlib
import datetime
import os
import platform
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import jazari
from jazari.core.canonical import digest, file_digest
from jazari.core.languages import LANGUAGES
from jazari.schema.inspection import Inspection
from jazari.schema.records import Answer, Finding, Leaf
from jazari.usecase import dossier as folder
from jazari.usecase.ability import ability
from jazari.usecase.card import card
from jazari.usecase.declaration import UseCase
from jazari.usecase.dossier import Dossier
from jazari.usecase.section import Voice

_LIBRARIES = ("numpy", "pyarrow", "duckdb", "ibis-framework", "scikit-learn")


@dataclass(frozen=True)
class Begun:
    """When the work began, by the clock and in CPU-seconds."""

    at: datetime.datetime = field(default_factory=lambda: datetime.datetime.now(tz=datetime.UTC))
    cpu: float = field(default_factory=time.process_time)

    def circumstances(self) -> dict[str, Any]:
        """What differs between two runs of the same thing."""
        return {
            "id": uuid.uuid4().hex,
            "started": self.at.isoformat(timespec="seconds"),
            "finished": datetime.datetime.now(tz=datetime.UTC).isoformat(timespec="seconds"),
            "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
            "cpu_seconds": round(time.process_time() - self.cpu, 2),
        }


@dataclass(frozen=True)
class Seen:
    """What a run read.

    Attributes:
        rows: How many rows.
        periods: Their periods, in the order of time.
        recorded_late: The share of values recorded after the prediction date, by column.
        fingerprint: The SHA-256 of the data.
    """

    rows: int
    periods: Sequence[str]
    recorded_late: Mapping[str, float]
    fingerprint: str


def conclude(case: UseCase, answer: Answer, seen: Seen, out: Path, *, seed: int, begun: Begun) -> Dossier:
    """Judge an answer and write its dossier.

    Args:
        case: The declaration.
        answer: What its ability, or somebody else's model, answered.
        seen: What was read.
        out: The dossier's folder.
        seed: Where randomness started.
        begun: When the work began.
    """
    findings = inspect(case, answer, seen)
    head = {
        "case": case.name, "declaration": case.document(), "status": status_of(findings), "seed": seed,
        "settings": dict(answer.settings), "unknown": list(answer.unknown),
        "findings": [finding.as_json() for finding in findings],
        "versions": {"jazari": jazari.__version__, "python": platform.python_version(), **_versions()},
        "fingerprints": {"data": seen.fingerprint, "declaration": case.fingerprint, "code": code_fingerprint()},
    }  # fmt: skip
    leaves = _leaves(case, answer, findings, head)
    return folder.write(out, {**head, "run": begun.circumstances()}, leaves)


def inspect(case: UseCase, answer: Answer, seen: Seen) -> list[Finding]:
    """What every safeguard of a use case finds in an answer, in the order of the declaration."""
    read = {"rows": seen.rows, "periods": list(seen.periods), "recorded_late": dict(seen.recorded_late)}
    purpose = case.purpose if isinstance(case.purpose, str) else next(iter(case.purpose.values()), "")
    inspection = Inspection(
        case=case.name, table=case.table, evidence=answer.evidence, settings=answer.settings, snapshot=read,
        purpose=purpose, help=case.help,
    )  # fmt: skip
    return [safeguard.check(inspection) for safeguard in case.safeguards]


def status_of(findings: Sequence[Finding]) -> str:
    """`blocked` if any safeguard is broken, else `publishable`; what cannot be judged yet never blocks."""
    return "blocked" if any(finding.state == "broken" for finding in findings) else "publishable"


def _versions() -> dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def _leaves(case: UseCase, answer: Answer, findings: list[Finding], head: Mapping[str, Any]) -> list[Leaf]:
    broken = {finding.safeguard for finding in findings if finding.state == "broken"}
    leaves = [*answer.leaves, *(leaf for name, leaf in answer.instead.items() if name in broken)]
    if answer.model is not None:
        leaves.append(folder.document_leaf("model.json", answer.model))
    leaves.append(folder.document_leaf("evidence.json", answer.evidence))
    answering, declared = ability(case.engine), case.document()
    for language in LANGUAGES:
        sections = answering.sections(declared, answer.evidence, answer.model, Voice(language))
        page = card(declared, sections, findings, head, language)
        leaves.append(folder.text_leaf(f"card.{language}.html", page))
    return leaves


@cache
def code_fingerprint() -> str:
    """The SHA-256 of Jazari's own source: which code made this. Read once: it is the code that runs."""
    root = Path(jazari.__file__).parent
    return digest({str(path.relative_to(root)): file_digest(path) for path in sorted(root.rglob("*.py"))})
