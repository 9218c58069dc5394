"""Ability: what answers a question of one sort. The chain asks for it by name and knows nothing else of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from jazari.core import plugins
from jazari.core.progress import Progress
from jazari.data.pseudonym import Pseudonyms
from jazari.data.relation import Source
from jazari.data.snapshot import Snapshot
from jazari.schema.records import Answer
from jazari.usecase.declaration import Question, UseCase
from jazari.usecase.section import Section, Voice

GROUP = "jazari.abilities"


@dataclass(frozen=True)
class Task:
    """What an ability is given to answer a question.

    Attributes:
        case: The declaration.
        question: Its question, with the settings of this run.
        snapshot: The rows of the table, conformed.
        score: The rows to list, where they are not those of the table.
        seed: Where randomness starts.
        pseudonyms: How people and sites are named to auditors.
        progress: Where the work reports.
    """

    case: UseCase
    question: Any
    snapshot: Snapshot
    score: Snapshot | None
    seed: int
    pseudonyms: Pseudonyms
    progress: Progress


@dataclass(frozen=True)
class Foreign:
    """What an ability is given to audit predictions that somebody else made.

    Attributes:
        case: The declaration of what they are for.
        source: The predictions.
        data: The rows of the use case's table, where somebody brought them.
        scratch: A folder for what does not fit in memory.
        seed: Where the draws start.
        pseudonyms: How people and sites are named to auditors.
        progress: Where the work reports.
    """

    case: UseCase
    source: Source
    data: Snapshot | None
    scratch: Path
    seed: int
    pseudonyms: Pseudonyms
    progress: Progress

    @property
    def question(self) -> Any:
        """What was asked."""
        return self.case.engine


class Ability(Protocol):
    """One sort of question and how it is answered. Entry points of `jazari.abilities` are instances."""

    def overridden(self, question: Question, settings: Mapping[str, str]) -> Question:
        """The question with settings from the command line."""

    def answer(self, task: Task) -> Answer:
        """Fit, measure, and list."""

    def foreign(self, task: Foreign) -> tuple[Answer, Snapshot]:
        """Measure somebody else's predictions; the snapshot is of what was read."""

    def score(self, dossier: Any, data: Source | Path, out: Path, progress: Progress) -> dict[str, Any]:
        """List another table, or a binned one (a path), with a dossier's model; says how many rows and selected."""

    def score_in_database(self, dossier: Any, data: Any, out: str, progress: Progress) -> dict[str, Any]:
        """Score a table of a database (its place, or an Ibis table) where it lies, into a table beside it."""

    def bin(self, dossier: Any, source: Source, out: Path, progress: Progress) -> dict[str, Any]:
        """Keep a table as the codes that a dossier's model reads; the summary says how many rows and columns."""

    def drift(self, dossier: Any, snapshot: Snapshot, progress: Progress) -> dict[str, Any]:
        """Whether the world has moved since a dossier was made: a document with a `verdict`."""

    def recompute(self, dossier: Any, progress: Progress) -> Mapping[str, Any] | None:
        """The evidence again, from the dossier's own tables; None where its tables are not here."""

    def sections(
        self, declaration: Mapping[str, Any], evidence: Mapping[str, Any], model: Mapping[str, Any] | None, say: Voice
    ) -> list[Section]:
        """What a card has to say of an answer, in a language."""

    def summary(self, evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
        """The figures that a person sees first, as (sentence, value) pairs."""


def ability(question: Question) -> Ability:
    """The installed ability that answers a question."""
    found: Ability = plugins.load(GROUP, question.ability)
    return found
