"""The ability `storage`: reservoirs ahead, their inflow, and alerts of scarcity scored against what came."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jazari.audit.forecast import evidence
from jazari.audit.forecast_alerts import alerts
from jazari.core.progress import Progress
from jazari.data.relation import Source
from jazari.schema.records import Answer
from jazari.schema.table import Table
from jazari.usecase.ability import Foreign, Task
from jazari.usecase.declaration import Question
from jazari.usecase.dossier import Dossier
from jazari.usecase.forecast import charts
from jazari.usecase.forecast.ability import FORECAST
from jazari.usecase.forecast.drift import compared
from jazari.usecase.forecast.measured import ahead_of, fan_rows, measured
from jazari.usecase.forecast.question import asked
from jazari.usecase.forecast.reservoirs import Reservoirs, look_ahead, read
from jazari.usecase.forecast.seasons import by_season, inflow_section
from jazari.usecase.forecast.sections import ahead, by_series, figures, in_words, unit_of
from jazari.usecase.forecast.sheets import sheets
from jazari.usecase.forecast.storage import Storage
from jazari.usecase.forecast.storage_again import state_leaves
from jazari.usecase.forecast.tables import csv_leaf, parquet_leaf, read_parquet
from jazari.usecase.forecast.truth import open_rows, scored, with_truth
from jazari.usecase.section import Chart, Grid, Section, Voice

_FILES = ("forecasts.parquet", "inflow.parquet", "alerts.parquet")


class StorageAbility:
    """Answers `Storage(...)`."""

    def overridden(self, question: Question, settings: Mapping[str, str]) -> Question:
        """The question with settings from the command line."""
        return cast("Storage", question).overridden(settings)

    def take(self, source: Source, table: Table, question: Any, progress: Progress) -> Reservoirs:
        """The reservoirs of a source, day by day."""
        progress.step("Reading reservoirs")
        if isinstance(question, Storage):
            return read(source, table, question)
        return read(source, table, asked(Storage, question), is_new=True)

    def answer(self, task: Task) -> Answer:
        """Look ahead at the origins of the audit and at the last day, and measure."""
        question, water = task.question, cast("Reservoirs", task.snapshot)
        found = look_ahead(water, question, task.seed, task.progress)
        tables = found.storage.table(), found.inflow.table(), found.alerts
        task.progress.step("Measuring")
        measures = _measured(*tables, seed=task.seed)
        scarce = found.alerts.filter(pc.is_null(found.alerts["happened"]))
        rows = [list(one.values()) for one in scarce.to_pylist()]
        return Answer(
            model={"format": "jazari.storage", "version": 1, "paths": question.paths, "under": question.under},
            evidence={**measures, "reading": water.described(), "balance_gap": found.gap},
            leaves=[
                *(parquet_leaf(name, table, "auditor") for name, table in zip(_FILES, tables, strict=True)),
                *sheets(measures), csv_leaf("alerts.csv", found.alerts.column_names, rows), *state_leaves(water),
            ],
            settings={"engine": question.ability, "variant": "balance", "under": question.under,
                      "paths": question.paths, "every_days": question.every_days,
                      "test_days": question.test_days, "ahead": question.ahead},
        )  # fmt: skip

    def foreign(self, task: Foreign) -> tuple[Answer, Any]:
        """Measure storage that somebody else foretold: the columns of `forecasts.parquet`, with their truth."""
        return FORECAST.foreign(task)

    def score(self, dossier: Dossier, data: Source | Path, out: Path, progress: Progress) -> dict[str, Any]:
        """Refused: there is nobody to list."""
        return FORECAST.score(dossier, data, out, progress)

    def drift(self, dossier: Dossier, snapshot: Any, progress: Progress) -> dict[str, Any]:
        """Whether the storage that was foretold fares worse than the audit said, as far as its truth has come."""
        progress.step("Scoring what was issued")
        issued = open_rows(read_parquet(dossier.path / "forecasts.parquet"))
        return compared(dossier, scored(with_truth(issued, snapshot.panel), seed=dossier.document["seed"]))

    def recompute(self, dossier: Dossier, progress: Progress) -> Mapping[str, Any] | None:
        """Every figure again, from the three tables; the closure of the balance is left to its fingerprint."""
        del progress
        paths = [dossier.path / name for name in _FILES]
        if not all(path.is_file() for path in paths):
            return None
        return _measured(*(read_parquet(path) for path in paths), seed=dossier.document["seed"])

    def sections(
        self, declaration: Mapping[str, Any], evidence: Mapping[str, Any], model: Mapping[str, Any] | None, say: Voice
    ) -> list[Section]:
        """What a card has to say of reservoirs."""
        del model
        unit = unit_of(declaration)
        made = [
            in_words(evidence, unit, say), _alerts(declaration, evidence, say), ahead(evidence, unit, say),
            inflow_section(evidence, unit, say),
            figures(evidence, unit, say), by_series(evidence, unit, say),
        ]  # fmt: skip
        return [one for one in made if one is not None]

    def summary(self, evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
        """The figures that a person sees first."""
        lines = FORECAST.summary(evidence)
        for by, one in evidence["alerts"].items():
            skill = "n/a" if one["skill"] is None else f"{one['skill']:.3f}"
            lines.append((f"Alerts by {by}: Brier score", f"{one['brier']:.4f}  (skill {skill}, n {one['n']:,})"))
        lines.append(("Largest gap of the balance, as a share of storage", f"{evidence.get('balance_gap', 0.0):.1e}"))
        return lines


def _measured(storage: pa.Table, inflow: pa.Table, foretold: pa.Table, *, seed: int) -> dict[str, Any]:
    """The evidence on the three tables of a dossier."""
    found = measured(storage, {}, seed=seed)
    found["inflow"] = {name: one for name, one in evidence(inflow, seed=seed).items() if name in _INFLOW}
    found["inflow"] |= {"by_season": by_season(inflow), "ahead": ahead_of(fan_rows(inflow))}
    known = foretold.filter(pc.is_valid(foretold["happened"]))
    found["alerts"] = {}
    for by in sorted(set(known["by"].to_pylist())):
        rows = known.filter(pc.equal(known["by"], by))
        happened = np.asarray(rows["happened"].to_pylist(), dtype=np.float64)
        found["alerts"][by] = alerts(np.asarray(rows["probability"].to_pylist()), happened)
    found["scarcity"] = foretold.filter(pc.is_null(foretold["happened"])).to_pylist()
    return found


_INFLOW = ("mae", "mase", "crps", "coverage", "skill", "baseline")


def _alerts(declaration: Mapping[str, Any], found: Mapping[str, Any], say: Voice) -> Section | None:
    """How likely scarcity is now, and how such probabilities fared before."""
    under = declaration["engine"]["under"]
    now = sorted(found["scarcity"], key=lambda one: -one["probability"])
    sentences = [
        say(
            "Probability of falling under {under} of the full storage, by reservoir and day; counted over paths of "
            "inflow that each close the balance.", under=say.percent(under),
        )
    ]  # fmt: skip
    drawn = []
    for by, one in found["alerts"].items():
        title = say("Alerts by {by}: probability said against share that came true", by=by)
        points = {f"{cell['said']:.4f}": cell["came"] for cell in one["table"]}
        svg = charts.levels(points, label=title, marks=("0", say("said: 1")))
        sentence = say(
            "Brier score {brier} over {n} alerts; 0 is perfect, {usual} says the usual share every time.",
            brier=say.number(one["brier"], 4), n=say.number(one["n"]), usual=say.number(one["uncertainty"], 4),
        )  # fmt: skip
        cells = [(say.percent(c["said"], 1), say.percent(c["came"], 1), say.number(c["n"])) for c in one["table"]]
        drawn.append(Chart(title, svg, sentence, Grid((say("said"), say("came true"), say("alerts")), cells)))
    rows = [(one["series"], one["origin"], one["by"], say.percent(one["probability"], 1)) for one in now[:24]]
    heads = [say("Series"), say("Issued"), say("Within"), say("Probability")]
    return Section(say("Alerts of scarcity"), sentences, Grid(heads, rows), drawn)


STORAGE = StorageAbility()
