"""Run a use case: table in, dossier out. Knows no engine, no score and no probability: abilities do."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jazari.core.errors import DeclarationError
from jazari.core.progress import Progress, Silent
from jazari.data.files import refuse_taken
from jazari.data.pseudonym import Pseudonyms
from jazari.data.relation import Source
from jazari.data.source import open_source
from jazari.usecase.ability import Task, ability
from jazari.usecase.conclude import Begun, Seen, conclude
from jazari.usecase.declaration import UseCase
from jazari.usecase.dossier import Dossier
from jazari.usecase.find import find
from jazari.usecase.taking import taken


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
    declared, begun = complete(find(case)), Begun()
    refuse_taken(Path(out))
    answering = ability(declared.engine)
    question = answering.overridden(declared.engine, settings or {})
    reporting = progress or Silent()
    with contextlib.ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jazari-")))

        def read(rows: str | Path | Source, name: str, *, need_outcome: bool) -> Any:
            source = stack.enter_context(rows if isinstance(rows, Source) else open_source(rows))
            return stack.enter_context(
                taken(
                    answering, source, declared.table, question, scratch=scratch / name, progress=reporting,
                    need_outcome=need_outcome,
                )
            )  # fmt: skip

        snapshot = read(data, "data", need_outcome=True)
        other = read(score, "score", need_outcome=False) if score is not None else None
        names = pseudonyms or Pseudonyms.of_institution(note)
        task = Task(declared, question, snapshot, other, seed, names, reporting)
        answer = answering.answer(task)
        seen = Seen(snapshot.count(), snapshot.periods, snapshot.recorded_late, snapshot.fingerprint)
        return conclude(declared, answer, seen, Path(out), seed=seed, begun=begun)


def complete(case: UseCase) -> UseCase:
    """The use case, if nothing in it is left for a person to say (JZ-222)."""
    questions = case.unsaid()
    if questions:
        raise DeclarationError(
            "JZ-222", "the declaration is a draft: only a person can say the rest", where=f"use case '{case.name}'",
            found="; ".join(questions), fix="replace each unsaid(...) in the file by what it asks.",
        )  # fmt: skip
    return case
