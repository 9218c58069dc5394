"""Run a use case: table in, dossier out. Knows no engine, no score and no probability: abilities do."""

from __future__ import annotations

import contextlib
import datetime
import os
import platform
import tempfile
import time
import uuid
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import jazari
from jazari.core.canonical import digest, file_digest
from jazari.core.errors import DeclarationError
from jazari.core.languages import LANGUAGES
from jazari.core.progress import Progress, Silent
from jazari.data.pseudonym import Pseudonyms
from jazari.data.relation import Source
from jazari.data.snapshot import Snapshot, take
from jazari.data.source import open_source
from jazari.schema.inspection import Inspection
from jazari.schema.records import Answer, Finding, Leaf
from jazari.usecase import dossier as folder
from jazari.usecase.ability import Task, ability
from jazari.usecase.card import card
from jazari.usecase.declaration import UseCase
from jazari.usecase.dossier import Dossier
from jazari.usecase.find import find
from jazari.usecase.section import Voice

_LIBRARIES = ("numpy", "pyarrow", "duckdb", "ibis-framework", "scikit-learn")


def run(
    case: str | UseCase,
    data: str | Path | Source,
    out: str | Path,
    *,
    score: str | Path | Source | None = None,
    seed: int = 0,
    settings: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    pseudonyms: Pseudonyms | None = None,
    note: Callable[[str], None] = lambda _: None,
) -> Dossier:
    """Run a use case on a table and write its dossier.

    Args:
        case: An installed name, `path/to/file.py:name`, or a UseCase.
        data: The table (see `jazari.data.source.open_source`).
        out: The dossier's folder; it must not exist yet.
        score: Another table whose last period is listed instead.
        seed: Where randomness starts; the same seed and data give the same dossier.
        settings: Declared settings overridden, as `--set` does.
        progress: Where the work reports.
        pseudonyms: How people are named to auditors; the institution's secret unless said.
        note: Who is told when the institution's secret was made for the first time.

    Raises:
        DeclarationError: 2xx. DataError: 3xx. EngineError: 4xx. Nothing half-written is left.
    """
    declared = _complete(find(case))
    started, cpu = datetime.datetime.now(tz=datetime.UTC), time.process_time()
    answering = ability(declared.engine)
    question = answering.overridden(declared.engine, settings or {})
    reporting = progress or Silent()
    with contextlib.ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jazari-")))

        def taken(rows: str | Path | Source, name: str, *, need_outcome: bool) -> Snapshot:
            source = stack.enter_context(rows if isinstance(rows, Source) else open_source(rows))
            return stack.enter_context(
                take(source, declared.table, scratch=scratch / name, progress=reporting, need_outcome=need_outcome)
            )

        snapshot = taken(data, "data", need_outcome=True)
        other = taken(score, "score", need_outcome=False) if score is not None else None
        names = pseudonyms or Pseudonyms.of_institution(note)
        task = Task(declared, question, snapshot, other, seed, names, reporting)
        answer = answering.answer(task)
        findings = inspect(declared, answer, snapshot=_seen(snapshot))
        head = {
            **_head(declared, answer, findings, seed),
            "fingerprints": {
                "data": snapshot.fingerprint, "declaration": declared.fingerprint, "code": code_fingerprint(),
            },
            "run": _circumstances(started, cpu),
        }  # fmt: skip
        return folder.write(Path(out), head, _leaves(declared, answer, findings, head))


def _complete(case: UseCase) -> UseCase:
    questions = case.unsaid()
    if questions:
        raise DeclarationError(
            "JZ-222", "the declaration is a draft: only a person can say the rest", where=f"use case '{case.name}'",
            found="; ".join(questions), fix="replace each unsaid(...) in the file by what it asks.",
        )  # fmt: skip
    return case


def inspect(case: UseCase, answer: Answer, *, snapshot: Mapping[str, Any]) -> list[Finding]:
    """What every safeguard of a use case finds in an answer, in the order of the declaration."""
    seen = Inspection(
        case=case.name, table=case.table, evidence=answer.evidence, settings=answer.settings, snapshot=snapshot,
        purpose=_word(case.purpose), help=case.help,
    )  # fmt: skip
    return [safeguard.check(seen) for safeguard in case.safeguards]  # type: ignore[attr-defined]


def _word(label: Any) -> str:
    return label if isinstance(label, str) else next(iter(label.values()), "")


def _seen(snapshot: Any) -> dict[str, Any]:
    return {"rows": snapshot.count(), "periods": list(snapshot.periods), "recorded_late": dict(snapshot.recorded_late)}


def _head(case: UseCase, answer: Answer, findings: list[Finding], seed: int) -> dict[str, Any]:
    return {
        "case": case.name, "declaration": case.document(), "status": "unaudited", "seed": seed,
        "settings": dict(answer.settings), "unknown": list(answer.unknown),
        "findings": [finding.as_json() for finding in findings],
        "versions": {"jazari": jazari.__version__, "python": platform.python_version(), **_versions()},
    }  # fmt: skip


def _versions() -> dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def _circumstances(started: datetime.datetime, cpu: float) -> dict[str, Any]:
    """What differs between two runs of the same thing."""
    return {
        "id": uuid.uuid4().hex,
        "started": started.isoformat(timespec="seconds"),
        "finished": datetime.datetime.now(tz=datetime.UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "cpu_seconds": round(time.process_time() - cpu, 2),
    }


def _leaves(case: UseCase, answer: Answer, findings: list[Finding], head: Mapping[str, Any]) -> list[Leaf]:
    leaves = list(answer.leaves)
    if answer.model is not None:
        leaves.append(folder.document_leaf("model.json", answer.model))
    leaves.append(folder.document_leaf("evidence.json", answer.evidence))
    answering, declared = ability(case.engine), case.document()
    for language in LANGUAGES:
        sections = answering.sections(declared, answer.evidence, answer.model, Voice(language))
        page = card(declared, sections, findings, head, language)
        leaves.append(folder.text_leaf(f"card.{language}.html", page))
    return leaves


def code_fingerprint() -> str:
    """The SHA-256 of Jazari's own source: which code made this."""
    root = Path(jazari.__file__).parent
    return digest({str(path.relative_to(root)): file_digest(path) for path in sorted(root.rglob("*.py"))})
