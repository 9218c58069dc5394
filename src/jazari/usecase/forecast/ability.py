"""The ability `forecast`: read series, forecast at rolling origins and ahead, measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from jazari.core.errors import EngineError
from jazari.core.progress import Progress
from jazari.data.relation import Source
from jazari.schema.records import Answer
from jazari.schema.table import Table
from jazari.usecase.ability import Foreign, Task
from jazari.usecase.declaration import Question
from jazari.usecase.dossier import Dossier
from jazari.usecase.forecast.gathered import FORECASTS, Gathered
from jazari.usecase.forecast.measured import figures, measured_file
from jazari.usecase.forecast.places import each_part
from jazari.usecase.forecast.question import Forecast, asked
from jazari.usecase.forecast.reading import read
from jazari.usecase.forecast.sections import sections
from jazari.usecase.forecast.series import Series
from jazari.usecase.forecast.sheets import sheets
from jazari.usecase.forecast.sums import gap
from jazari.usecase.forecast.tables import read_parquet
from jazari.usecase.section import Section, Voice

_DAY = 86_400
_MANY = 1000
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
        return read(source, table, asked(Forecast, question), is_new=True)

    def answer(self, task: Task) -> Answer:
        """Forecast at the origins of the audit and at the next one, and measure."""
        series = cast("Series", task.snapshot)
        question, said = _quick(task.question, series)
        task.progress.step("Forecasting", len(series.parts))
        made = Gathered(
            each_part(series.parts, question, task.seed, task.progress), series.scratch.path,
            many=len(series.parts) > 1,
        )  # fmt: skip
        task.progress.step("Measuring")
        found = figures(made.sums, made.fans, series.groups, seed=task.seed)
        found |= {"reading": series.described(made.read), "age_hours": made.ages, **made.adds_up}
        return Answer(
            model={"format": "jazari.forecast", "version": 1, **_plain(made.notes)},
            evidence=found,
            leaves=[*made.leaves(), *sheets(found)],
            settings={"engine": question.ability, **_said(question), "variant": question.engine},
            unknown=(*_unknown(task), *said),
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
        found = measured_file(path, groups, seed=dossier.document["seed"])
        said = dossier.evidence.get("adds_up")
        if said:
            found["adds_up"] = {"parts": said["parts"], "gap": gap(read_parquet(path), said["parts"])}
        return found

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
            told = f"{min(known):.1%} to {max(known):.1%} by series" if known else "n/a"
            lines.append((f"Readings inside the {float(level):.0%} band", told))
        return lines


def _quick(question: Forecast, series: Series) -> tuple[Forecast, list[str]]:
    """The question as thousands of series are asked it: without a declared variant, the regression alone answers."""
    if question.variant or question.seconds >= _DAY or len(series.parts) * question.group <= _MANY:
        return question, []
    text = "Past 1,000 series the regression alone answers; --set variant=ensemble asks every member."
    return replace(question, variant="lear"), [text]


def _unknown(task: Task) -> tuple[str, ...]:
    zone = task.case.table.one("time")
    return () if zone and zone.zone else ("The file says no time zone: times are read with one fixed offset all year.",)


def _said(question: Forecast) -> dict[str, Any]:
    names = ("of", "ahead", "every", "issue", "against", "test_window", "test_days", "country", "columns", "hierarchy",
             "group", "on")  # fmt: skip
    return {name: getattr(question, name) for name in names}


def _plain(notes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in notes.items()}


def _interval(figure: Mapping[str, Any]) -> str:
    value, low, high = ("n/a" if figure.get(end) is None else f"{figure[end]:,.3f}" for end in ("value", "low", "high"))
    return f"{value}  ({low} to {high}, n {figure.get('n', 0):,})"


FORECAST = ForecastAbility()
