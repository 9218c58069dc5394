"""The ability `risk`: fit, hold out, measure, list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from jazari.audit.proxies import proxies
from jazari.core import plugins
from jazari.core.errors import EngineError, VerificationError
from jazari.core.progress import Progress
from jazari.data.relation import Source
from jazari.data.snapshot import Snapshot
from jazari.schema.records import Answer, Leaf, Rows
from jazari.usecase.ability import Foreign, Task
from jazari.usecase.declaration import Question
from jazari.usecase.dossier import Dossier
from jazari.usecase.rebuild import help_of, table_of_document
from jazari.usecase.risk import listing
from jazari.usecase.risk.drift import moved, reference_leaf
from jazari.usecase.risk.foreign import foreign
from jazari.usecase.risk.held_out import ENGINES, HeldOut, Study
from jazari.usecase.risk.measured import measured
from jazari.usecase.risk.national import bin_table, list_table
from jazari.usecase.risk.places_of_data import score_where_it_lies
from jazari.usecase.risk.predictions import predictions
from jazari.usecase.risk.question import Risk
from jazari.usecase.risk.sections import sections
from jazari.usecase.risk.sites import sites
from jazari.usecase.risk.split import Known, Split, split
from jazari.usecase.section import Section, Voice

PREDICTIONS = "predictions.parquet"
_NAMES = {
    "recall_at_places": "Share of the outcomes that the list finds (recall)",
    "precision_at_places": "Share of the list that had the outcome (precision)",
    "auc": "Area under the ROC curve",
    "brier": "Brier score",
    "ece": "Calibration error",
}


class RiskAbility:
    """Answers `Risk(...)`."""

    def overridden(self, question: Question, settings: Mapping[str, str]) -> Question:
        """The question with settings from the command line."""
        assert isinstance(question, Risk)  # noqa: S101  found by its own ability name
        changed = question.overridden(dict(settings))
        engine = plugins.load(ENGINES, changed.variant)
        if not engine.publishable:
            raise EngineError(
                "JZ-450", f"'{changed.variant}' is a challenger and is never published as the model",
                where="Risk(variant=...)", found=changed.variant, fix="use variant glass, or logistic.",
            )  # fmt: skip
        return changed

    def answer(self, task: Task) -> Answer:
        """Fit, hold out, measure, list."""
        how = split(task.case.table, task.snapshot, folds=task.question.folds, seed=task.seed)
        study = Study(task)
        held_out = study.by_period(how) if how.by == "period" else study.by_fold(how)
        seen = self._predictions(task, how, held_out)
        return Answer(
            model=held_out.model.document(),
            evidence=self._evidence(task, how, seen),
            leaves=[
                listing.parquet_leaf(PREDICTIONS, seen, "auditor"),
                reference_leaf(_fitted(task, how), task.case.table, task.seed),
                *self._lists(task, how, held_out),
            ],
            settings={
                "engine": task.question.ability,
                "variant": task.question.variant,
                **task.question.tuning,
            },
            instead=self._instead(task, how),
        )

    def foreign(self, task: Foreign) -> tuple[Answer, Snapshot]:
        """Measure somebody else's predictions with the same measures, at the same places."""
        answer, seen, read = foreign(task)
        found = measured(
            seen, task.case.table, task.case.help, split_={"method": "foreign"}, seed=task.seed, progress=task.progress
        )
        return replace(answer, evidence={**found, "proxies": None}), read

    def _predictions(self, task: Task, how: Split, held_out: HeldOut) -> Any:
        earlier: Rows | None = None
        if how.by == "period":
            earlier = Known(task.snapshot.where(periods=[*how.fit, how.calibrate]), task.question.of)
        return predictions(
            task.case.table, held_out, help_=task.case.help, against=task.question.against, pseudonyms=task.pseudonyms,
            earlier=earlier,
        )  # fmt: skip

    def _evidence(self, task: Task, how: Split, seen: Any) -> dict[str, Any]:
        table, help_ = task.case.table, task.case.help
        task.progress.step("Measuring")
        found = measured(seen, table, help_, split_=how.as_json(), seed=task.seed, progress=task.progress)
        return {**found, "proxies": proxies(_fitted(task, how), table.inputs, table.audited, task.seed)}

    def _instead(self, task: Task, how: Split) -> dict[str, Leaf]:
        """A list of sites, for where it finds as much as a list of persons."""
        if how.by != "period" or task.case.table.one("site") is None:
            return {}
        earlier = Known(task.snapshot.where(periods=[*how.fit, how.calibrate]), task.question.of)
        listed = sites(task.case.table, task.snapshot.where(period=how.listed), earlier)
        return {"person_beats_site": listing.parquet_leaf("sites.parquet", listed, "private")}

    def _lists(self, task: Task, how: Split, held_out: HeldOut) -> list[Leaf]:
        """The list, the inputs of those selected, and the keys behind the pseudonyms."""
        task.progress.step("Listing")
        table = task.case.table
        rows: Rows = task.snapshot.where(period=how.listed) if how.by == "period" else task.snapshot
        if task.score is not None:
            rows = task.score.where(period=max(task.score.periods)) if table.one("period") else task.score
        listed, inputs = self._listed(task, held_out.model, rows)
        keys = pa.concat_tables([self._keys(task, held_out.rows), self._keys(task, listed, "key")])
        keys = keys.group_by(["key", "pseudonym"], use_threads=False).aggregate([])
        return [
            listing.parquet_leaf("keys.parquet", keys.sort_by("pseudonym"), "private"),
            listing.parquet_leaf("list.parquet", listed, "private"),
            listing.parquet_leaf("inputs.parquet", inputs, "private"),
        ]

    def _listed(self, task: Task, model: Any, rows: Rows) -> tuple[pa.Table, pa.Table]:
        whole = listing.scored(model, task.case.table, task.case.help, rows.batches())
        listed = listing.ranked(whole, task.case.help, task.pseudonyms)
        names = [one.name for one in task.case.table.inputs]
        key = listing.key_name(task.case.table)
        return listed, listing.inputs_of(listed, rows, names, key)

    def _keys(self, task: Task, rows: pa.Table, name: str = "") -> pa.Table:
        key = rows[name or listing.key_name(task.case.table)]
        return pa.table({"key": key, "pseudonym": task.pseudonyms.of(listing.PERSON, key.combine_chunks())})

    def score(self, dossier: Dossier, data: Source | Path, out: Path, progress: Progress) -> dict[str, Any]:
        """List the last period of another table with a dossier's model. See `national.list_table`."""
        return list_table(dossier, data, out, progress)

    def score_in_database(self, dossier: Dossier, data: Any, out: str, progress: Progress) -> dict[str, Any]:
        """Score a table where it lies. See `in_database.scores_of`."""
        return score_where_it_lies(dossier, data, out, progress)

    def bin(self, dossier: Dossier, source: Source, out: Path, progress: Progress) -> dict[str, Any]:
        """Keep the last period of a table as the codes that a dossier's model reads."""
        return bin_table(dossier, source, out, progress)

    def drift(self, dossier: Dossier, snapshot: Snapshot, progress: Progress) -> dict[str, Any]:
        """Whether the world has moved since the dossier was made."""
        return moved(dossier, snapshot, progress)

    def recompute(self, dossier: Dossier, progress: Progress) -> Mapping[str, Any] | None:
        """The evidence again, from `predictions.parquet` alone; `proxies` alone is left to its fingerprint."""
        path = dossier.path / PREDICTIONS
        if not path.is_file():
            return None
        declaration = dossier.document["declaration"]
        table, help_ = table_of_document(declaration), help_of(declaration)
        split_, seed = dossier.evidence.get("split", {}), dossier.document["seed"]
        again = measured(read_parquet(path), table, help_, split_=split_, seed=seed, progress=progress)
        return {name: value for name, value in again.items() if name != "proxies"}

    def sections(
        self, declaration: Mapping[str, Any], evidence: Mapping[str, Any], model: Mapping[str, Any] | None, say: Voice
    ) -> list[Section]:
        """What a card has to say of a risk."""
        return sections(evidence, model, table_of_document(declaration), say)

    def summary(self, evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
        """The figures that a person sees first."""
        figures = ("recall_at_places", "precision_at_places", "auc", "brier", "ece")
        return [(_NAMES[name], _interval(evidence[name])) for name in figures if evidence.get(name)]


def _fitted(task: Task, how: Split) -> Rows:
    """The rows that the model was fitted on."""
    return task.snapshot.where(periods=list(how.fit)) if how.by == "period" else task.snapshot


def read_parquet(path: Path) -> pa.Table:
    """A Parquet file of a dossier.

    Raises:
        VerificationError: JZ-226, it cannot be read.
    """
    import pyarrow.parquet as pq

    try:
        return pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise VerificationError(
            "JZ-226", f"{path.name} cannot be read", where=str(path.parent), found=type(error).__name__,
            fix="fetch the dossier again from where it was made.",
        ) from error  # fmt: skip


def _interval(figure: Mapping[str, Any]) -> str:
    shown = ("n/a" if figure.get(end) is None else f"{figure[end]:.4f}" for end in ("value", "low", "high"))
    value, low, high = shown
    return f"{value}  ({low} to {high}, n {figure.get('n', 0):,})"


RISK = RiskAbility()
