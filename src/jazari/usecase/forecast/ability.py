"""The ability `forecast`: read series, forecast at rolling origins and ahead, measure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa

from jazari.core.errors import DataError, EngineError
from jazari.core.progress import Progress
from jazari.data.relation import Source
from jazari.engines.forecast.answer import Forecasts
from jazari.engines.forecast.backtest import backtest, next_origin
from jazari.engines.forecast.panel import Panel, Times
from jazari.engines.forecast.settings import Settings
from jazari.schema.records import Answer
from jazari.schema.table import Table
from jazari.usecase.ability import Foreign, Task
from jazari.usecase.declaration import Question
from jazari.usecase.dossier import Dossier
from jazari.usecase.forecast import state
from jazari.usecase.forecast.measured import measured
from jazari.usecase.forecast.origins import ages, origins
from jazari.usecase.forecast.question import Forecast, asked
from jazari.usecase.forecast.reading import Series, read
from jazari.usecase.forecast.sections import sections
from jazari.usecase.forecast.sheets import sheets
from jazari.usecase.forecast.tables import parquet_leaf, read_parquet
from jazari.usecase.section import Section, Voice

FORECASTS = "forecasts.parquet"
_CELLS = 150_000_000  # numbers of an audit that lie in memory at once: 1.2 GB
_NAMES = {
    "mae": "Mean absolute error",
    "mape": "Mean absolute percentage error",
    "mase": "Error over that of the seasonal naive rule (MASE)",
    "crps": "CRPS",
}


class ForecastAbility:
    """Answers `Forecast(...)`."""

    def overridden(self, question: Question, settings: Mapping[str, str]) -> Question:
        """The question with settings from the command line."""
        return cast("Forecast", question).overridden(settings)

    def take(self, source: Source, table: Table, question: Any, progress: Progress) -> Series:
        """The series of a source, on their clock."""
        progress.step("Reading series")
        if isinstance(question, Forecast):
            return read(source, table, question)
        return read(source, table, asked(Forecast, question), least=1)  # new readings of a dossier, however few

    def answer(self, task: Task) -> Answer:
        """Forecast at the origins of the audit and at the next one, and measure."""
        question, series = task.question, cast("Series", task.snapshot)
        settings = settings_of(question, task.seed)
        made = [_forecast(panel, question, settings, task.progress) for panel in series.panels]
        _refuse_too_many(made, len(series.panels))
        table = pa.concat_tables([one.table() for one in made])
        task.progress.step("Measuring")
        found = measured(table, series.groups, seed=task.seed)
        found |= {"reading": series.described(), "age_hours": ages(series.panels, made)}
        notes = dict(made[0].notes)
        alone = made[0].state if len(made) == 1 else None
        leaves = [parquet_leaf(FORECASTS, table, "auditor"), *sheets(found)]
        leaves += state.leaves(alone) if alone is not None else []
        return Answer(
            model={"format": "jazari.forecast", "version": 1, **_plain(notes)},
            evidence=found,
            leaves=leaves,
            settings={"engine": question.ability, **_said(question), "variant": question.engine},
            unknown=_unknown(task, alone is None),
        )

    def foreign(self, task: Foreign) -> tuple[Answer, Any]:
        """Measure forecasts that somebody else made: the columns of `forecasts.parquet`, with their truth."""
        from jazari.usecase.forecast.foreign import foreign

        return foreign(task)

    def score(self, dossier: Dossier, data: Source | Path, out: Path, progress: Progress) -> dict[str, Any]:
        """Refused: there is nobody to list."""
        del data, out, progress
        raise EngineError(
            "JZ-462", "a forecast lists nobody", where=str(dossier.path), found="a dossier of forecasts",
            fix="forecast again with `jazari forecast DIR --data NEW --out F`.",
        )  # fmt: skip

    def drift(self, dossier: Dossier, snapshot: Any, progress: Progress) -> dict[str, Any]:
        """Whether the forecasts that were issued fare worse than the audit said, now that their truth has come."""
        from jazari.usecase.forecast.drift import moved

        return moved(dossier, cast("Series", snapshot), progress)

    def recompute(self, dossier: Dossier, progress: Progress) -> Mapping[str, Any] | None:
        """Every figure again, from `forecasts.parquet` alone."""
        del progress
        path = dossier.path / FORECASTS
        if not path.is_file():
            return None
        groups = dossier.evidence.get("reading", {}).get("groups", {})
        return measured(read_parquet(path), groups, seed=dossier.document["seed"])

    def sections(
        self, declaration: Mapping[str, Any], evidence: Mapping[str, Any], model: Mapping[str, Any] | None, say: Voice
    ) -> list[Section]:
        """What a card has to say of forecasts."""
        return sections(declaration, evidence, model, say)

    def summary(self, evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
        """The figures that a person sees first."""
        lines = [(_NAMES[name], _interval(evidence[name])) for name in _NAMES if evidence.get(name)]
        for level, shares in (evidence.get("coverage") or {}).items():
            known = [share for share in shares.values() if share is not None]
            low, high = min(known), max(known)
            lines.append((f"Readings inside the {float(level):.0%} band", f"{low:.1%} to {high:.1%} by series"))
        return lines


def settings_of(question: Forecast, seed: int) -> Settings:
    """What the engine is told."""
    return Settings(
        question.steps, question.seconds_of_issue // question.seconds, question.quantiles, question.engine, seed
    )


def _forecast(panel: Panel, question: Forecast, settings: Settings, progress: Progress) -> Forecasts:
    """The forecasts of the audit's origins and of the next one.

    Only the next one has no truth: it is issued, and nobody knows yet what comes.
    """
    audited: Times = origins(panel, question)
    at = np.unique(np.concatenate([audited, next_origin(panel, settings)]))
    size = len(panel.names) * len(at) * settings.ahead * len(settings.levels)
    if size > _CELLS:
        raise _too_many(len(panel.names), len(at))
    return backtest(panel, at, settings, progress=progress)


def _refuse_too_many(made: list[Forecasts], panels: int) -> None:
    if panels > 1 and sum(one.quantiles.size for one in made) > _CELLS:
        raise _too_many(sum(len(one.names) for one in made), len(made[0].origins))


def _too_many(series: int, count: int) -> DataError:
    return DataError(
        "JZ-461", "an audit of so many forecasts does not fit in memory", found=f"{series} series, {count} origins",
        fix="shorten the audit: --set test_days=7; or cut the series into several runs.",
    )  # fmt: skip


def _unknown(task: Task, stateless: bool) -> tuple[str, ...]:  # noqa: FBT001  a predicate, passed once
    zone = task.case.table.one("time")
    said = [] if zone and zone.zone else ["The file says no time zone: times are read with one fixed offset all year."]
    said += ["So many series keep no state: they are forecast again by a new run."] if stateless else []
    return tuple(said)


def _said(question: Forecast) -> dict[str, Any]:
    names = ("of", "ahead", "every", "issue", "against", "test_window", "test_days", "country")
    return {name: getattr(question, name) for name in names}


def _plain(notes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in notes.items()}


def _interval(figure: Mapping[str, Any]) -> str:
    value, low, high = ("n/a" if figure.get(end) is None else f"{figure[end]:,.3f}" for end in ("value", "low", "high"))
    return f"{value}  ({low} to {high}, n {figure.get('n', 0):,})"


FORECAST = ForecastAbility()
