"""Forecast again with a dossier's model: learn what has come since, score what was issued, look ahead once more."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jazari.core.canonical import encode, file_digest
from jazari.core.errors import DeclarationError, SafeguardError
from jazari.core.progress import Progress, Silent
from jazari.data.files import folder_beside, write_beside
from jazari.data.relation import Source
from jazari.data.source import open_source
from jazari.engines.forecast.answer import Forecasts
from jazari.engines.forecast.backtest import resume
from jazari.engines.forecast.panel import Panel
from jazari.engines.forecast.steps import gone_on
from jazari.governance.events import Event, open_ledger
from jazari.governance.safeguards.fresh_within import FreshWithin
from jazari.schema.inspection import Inspection
from jazari.usecase.decisions.permission import refuse_ended
from jazari.usecase.dossier import Dossier
from jazari.usecase.forecast import state as kept
from jazari.usecase.forecast.fresh import Fresh, brought, fitting, refuse_known, refuse_strangers
from jazari.usecase.forecast.issued import Issued, carry, issued_before, rows_of, sealed
from jazari.usecase.forecast.question import Forecast, asked
from jazari.usecase.forecast.reading import read
from jazari.usecase.forecast.storage import Storage
from jazari.usecase.forecast.storage_again import storage_again
from jazari.usecase.forecast.sums import added_up, completed, parts_in
from jazari.usecase.forecast.tables import Writer
from jazari.usecase.forecast.truth import over, scored
from jazari.usecase.rebuild import table_of_document
from jazari.usecase.sealing import facts
from jazari.usecase.waivers import effective_status


def forecast_again(
    dossier: str | Path | Dossier,
    data: str | Path | Source,
    out: str | Path,
    *,
    state: str | Path | None = None,
    ledger: str | Path | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Forecast from the first origin after new readings, with a dossier's model; its intervals learn what has come.

    Args:
        dossier: The dossier, with its private files.
        data: New readings, in the form of the dossier's own table; what lies between may be there again.
        out: The forecasts, a Parquet file with the columns of `forecasts.parquet`, their truth null.
        state: A folder to go on from, where it is there already, and to keep the new state in.
        ledger: Seals the forecast before its truth is known, and the score of those whose truth has come.
        progress: Where the work reports.

    Returns:
        `out`, `origin`, `series`, `sha256` of the file, `scored`: how earlier forecasts fared whose truth has come,
        `left_out`: series whose last reading is staler than declared -> its age in hours, `silent`: series that brought
        no reading, `changed`: how many readings that were kept came again with another value, `unknown`: how many
        series came that the dossier does not know, `status`: whether the dossier is `publishable`, waivers counted, or
        `blocked`: then nobody may rely on it.

    Raises:
        DeclarationError: JZ-463, no dossier of forecasts. VerificationError: JZ-460, no state; JZ-472, a forecast is
            not the one that was sealed. DataError: 3xx; JZ-471, issued already. SafeguardError: JZ-464, the readings
            are staler than declared; JZ-691, the dossier's answers have ended. EngineError: JZ-425. LedgerError: 6xx.
    """
    opened = dossier if isinstance(dossier, Dossier) else Dossier.open(dossier)
    is_storage = opened.document["declaration"]["engine"]["ability"] == Storage.ability
    folder = Path(state) if state is not None else None
    start = folder if folder is not None and (folder / kept.DOCUMENT).is_file() else opened.path
    issue = storage_again if is_storage else _again(question_of(opened))
    kept.stems(start)
    refuse_ended(opened, datetime.datetime.now(tz=datetime.UTC))
    files = issued_before(start, opened)
    known = sealed(files, ledger, opened) if ledger is not None else files
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(data if isinstance(data, Source) else open_source(data))
        beside = stack.enter_context(folder_beside(folder, replace=True)) if folder is not None else None
        result, panel = issue(opened, source, start, Path(out), beside, progress or Silent())
        if beside is not None:
            carry(files, Path(out), panel, beside, opened)
    whole = not is_storage  # of a day, the whole day is scored; of a season, what has come so far
    result["scored"] = _scored(files, panel, opened, whole=whole)
    result |= {"sha256": file_digest(Path(out)), "status": effective_status(opened)}
    if ledger is not None:
        told = result["scored"] if len(known) == len(files) else _scored(known, panel, opened, whole=whole)
        _seal(opened, {**result, "scored": told}, ledger)
    return result


def _scored(files: Sequence[Issued], panel: Panel, dossier: Dossier, *, whole: bool) -> dict[str, Any] | None:
    """How files of forecasts fared, as far as their truth has come."""
    fared = rows_of(files, panel)
    if fared is None:
        return None
    return scored(over(fared, panel) if whole else fared, seed=dossier.document["seed"])


Issue = Callable[[Dossier, Source, Path, Path, Path | None, Progress], tuple[dict[str, Any], Panel]]


def _again(question: Forecast) -> Issue:
    """Forecast once more with the kept models of a dossier of forecasts."""

    def issue(
        dossier: Dossier, source: Source, start: Path, out: Path, beside: Path | None, progress: Progress
    ) -> tuple[dict[str, Any], Panel]:
        progress.step("Reading series")
        panel = read(source, table_of_document(dossier.document["declaration"]), question, is_new=True).whole()
        stems, made = kept.stems(start), Made()
        refuse_known(panel, kept.read(start, stems[0]), question)
        progress.step("Forecasting", len(stems))
        with write_beside(out) as target:
            with Writer(target) as writer:
                for answer, fresh, stem in _each(start, stems, panel, question):
                    made.take(answer, fresh, dossier, writer)
                    progress.advance()
                    if beside is not None and answer.state is not None:
                        kept.write_files(answer.state, beside, stem)
            refuse_strangers(panel, made.known)
            made.refuse_nothing(dossier)
        if beside is not None and stems != [kept.ALONE]:
            (beside / kept.DOCUMENT).write_bytes(encode(kept.index_of(stems)))
        found = {"out": str(out), **made.described(), "unknown": len(set(panel.names) - made.known)}
        return found, completed(panel, parts_in(dossier.evidence))

    return issue


def question_of(dossier: Dossier) -> Forecast:
    """The question of a dossier, with the settings of its run.

    Raises:
        DeclarationError: JZ-463, it is no dossier of forecasts.
    """
    engine: Mapping[str, Any] = dossier.document["declaration"]["engine"]
    if engine["ability"] != Forecast.ability or dossier.document["settings"].get("variant") == "foreign":
        raise DeclarationError(
            "JZ-463", "this dossier holds no forecasts of ours to go on from", where=str(dossier.path),
            found=f"ability {engine['ability']}", fix="name the dossier of a Forecast(...) that `jazari run` wrote.",
        )  # fmt: skip
    question: Forecast = asked(Forecast, {**engine, **dossier.document["settings"]})
    return question


def _each(start: Path, stems: list[str], panel: Panel, question: Forecast) -> Iterator[tuple[Forecasts, Fresh, str]]:
    """The forecasts of each kept group, and what the new readings brought to it."""
    for stem in stems:
        begun = kept.read(start, stem)
        mine = fitting(panel, begun)
        fresh = brought(begun, mine)
        answer = resume(begun, mine, country=question.country)
        state = answer.state or gone_on(begun, mine)
        answer = replace(answer, state=state)
        if begun.document.get("hierarchy"):
            carried = {**state.document, "hierarchy": begun.document["hierarchy"]}
            answer = replace(answer, state=replace(state, document=carried))
            parts = {whole: tuple(each) for whole, each in carried["hierarchy"]["parts"].items()}
            answer, _ = added_up(answer, parts)
        yield answer, fresh, stem


@dataclass
class Made:
    """What was made, group by group.

    Attributes:
        origin: When.
        series: How many series were forecast.
        known: The series that the dossier knows.
        left_out: Series whose last reading is too old, and its age in hours.
        changed: Readings that came again with another value.
        silent: Series that brought no reading; they are forecast from the kept ones.
    """

    origin: str = ""
    series: int = 0
    known: set[str] = field(default_factory=set)
    left_out: dict[str, float] = field(default_factory=dict)
    changed: int = 0
    silent: list[str] = field(default_factory=list)

    def take(self, answer: Forecasts, fresh: Fresh, dossier: Dossier, writer: Writer) -> None:
        """Write what is ahead of the series of a group whose readings are fresh; of sums, all or none."""
        self.origin = str(answer.origins[-1])
        self.known |= set(answer.names)
        self.changed += fresh.changed
        self.silent += fresh.silent
        stale = _stale(dossier, fresh.ages(answer.origins[-1]))
        if stale and answer.state is not None and answer.state.document.get("hierarchy"):
            stale = fresh.ages(answer.origins[-1])
        self.left_out |= stale
        table = answer.table()
        table = table.filter(pc.equal(table["origin"], pc.max(table["origin"])))
        if stale:
            table = table.filter(pc.invert(pc.is_in(table["series"], pa.array(list(stale), pa.string()))))
        self.series += len(answer.names) - len(stale)
        if table.num_rows:
            writer.write(table)

    def refuse_nothing(self, dossier: Dossier) -> None:
        """Refuse readings that are all stale (JZ-464); nothing is written then."""
        if self.series:
            return
        found = _judged(dossier, self.left_out)
        raise SafeguardError(
            "JZ-464", "the readings are too old to forecast from", where=f"safeguard '{FreshWithin.name}'",
            found=f"{found.values['hours']:.0f} hours; {found.values['count']} of {found.values['all']} series",
            fix="bring newer readings of these series; nothing was written.",
        )  # fmt: skip

    def described(self) -> dict[str, Any]:
        """What a user is told, and the ledger."""
        return {"origin": self.origin, "series": self.series, "left_out": self.left_out,
                "changed": self.changed, "silent": self.silent}  # fmt: skip


def _stale(dossier: Dossier, hours: Mapping[str, float]) -> dict[str, float]:
    """The series whose last reading is older than the dossier's declaration allows, and its age in hours."""
    found = _judged(dossier, hours)
    if found is None or found.state != "broken":
        return {}
    return {name: age for name, age in hours.items() if _judged(dossier, {name: age}).state == "broken"}


def _judged(dossier: Dossier, hours: Mapping[str, float]) -> Any:
    for one in dossier.document["declaration"]["safeguards"]:
        if one["safeguard"] == FreshWithin.name:
            return FreshWithin(one["after"]).check(Inspection(evidence={"age_hours": hours}))
    return None


def _seal(dossier: Dossier, result: Mapping[str, Any], ledger: str | Path) -> None:
    """Seal what was issued, and in the same record how those fared whose truth has come."""
    record = {
        "dossier": dossier.digest, "forecasts": result["sha256"], "origin": result["origin"],
        "scored": result["scored"], "status": result["status"], "changed": result["changed"],
        "left_out": len(result["left_out"]), "silent": len(result["silent"]),
    }  # fmt: skip
    with open_ledger(ledger) as opened:
        opened.append([Event("forecast_issued", record, facts(dossier))])
