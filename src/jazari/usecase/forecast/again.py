"""Forecast again with a dossier's model: learn what has come since, score what was issued, look ahead once more."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jazari.core.canonical import file_digest
from jazari.core.errors import DeclarationError, SafeguardError
from jazari.core.progress import Progress, Silent
from jazari.data.files import write_beside
from jazari.data.relation import Source
from jazari.data.source import open_source
from jazari.engines.forecast.answer import Forecasts
from jazari.engines.forecast.backtest import resume
from jazari.governance.events import Event, open_ledger
from jazari.governance.safeguards.fresh_within import FreshWithin
from jazari.schema.inspection import Inspection
from jazari.usecase.dossier import Dossier
from jazari.usecase.forecast import state as kept
from jazari.usecase.forecast.origins import ages
from jazari.usecase.forecast.question import Forecast, asked
from jazari.usecase.forecast.reading import read
from jazari.usecase.forecast.tables import read_parquet, write_parquet
from jazari.usecase.forecast.truth import open_rows, scored, with_truth
from jazari.usecase.rebuild import table_of_document
from jazari.usecase.sealing import facts

OPEN = "open.parquet"


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
        `out`, `origin`, `series`, `sha256` of the file, `scored`: how earlier forecasts fared whose truth has come.

    Raises:
        DeclarationError: JZ-463, no dossier of forecasts. VerificationError: JZ-460, no state. DataError: 3xx.
        SafeguardError: JZ-464, the readings are staler than declared. EngineError: JZ-425. LedgerError: 6xx.
    """
    opened = dossier if isinstance(dossier, Dossier) else Dossier.open(dossier)
    question, reporting = question_of(opened), progress or Silent()
    folder = Path(state) if state is not None else None
    start = folder if folder is not None and (folder / kept.DOCUMENT).is_file() else opened.path
    begun = kept.read(start)
    issued = read_parquet(start / OPEN) if start != opened.path else _issued(opened)
    with data if isinstance(data, Source) else open_source(data) as source:
        reporting.step("Reading series")
        series = read(source, table_of_document(opened.document["declaration"]), question, least=1)
    panel = series.panels[0]
    answer = resume(begun, panel, country=question.country, progress=reporting)
    _refuse_stale(opened, ages((panel,), (answer,)))
    fared = with_truth(issued, panel)
    table = _ahead(answer)
    result = {"out": str(out), "origin": str(answer.origins[-1]), "series": len(answer.names),
              "scored": scored(fared, seed=opened.document["seed"])}  # fmt: skip
    with write_beside(Path(out)) as beside:
        write_parquet(table, beside)
    result["sha256"] = file_digest(Path(out))
    if folder is not None and answer.state is not None:
        kept.write(answer.state, folder, {OPEN: pa.concat_tables([open_rows(fared).cast(table.schema), table])})
    if ledger is not None:
        _seal(opened, result, ledger)
    return result


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


def _issued(dossier: Dossier) -> pa.Table:
    """The forecasts of a dossier that were ahead when it was written."""
    return open_rows(read_parquet(dossier.path / "forecasts.parquet"))


def _ahead(answer: Forecasts) -> pa.Table:
    table = answer.table()
    last = pc.max(table["origin"])
    return table.filter(pc.equal(table["origin"], last))


def _refuse_stale(dossier: Dossier, hours: Mapping[str, float]) -> None:
    for one in dossier.document["declaration"]["safeguards"]:
        if one["safeguard"] == FreshWithin.name:
            found = FreshWithin(one["after"]).check(Inspection(evidence={"age_hours": hours}))
            if found.state == "broken":
                raise SafeguardError(
                    "JZ-464", "the readings are too old to forecast from", where=f"safeguard '{found.safeguard}'",
                    found=f"{found.values['hours']:.0f} hours; {found.values['count']} of {found.values['all']} series",
                    fix="bring newer readings of these series; nothing was written.",
                )  # fmt: skip


def _seal(dossier: Dossier, result: Mapping[str, Any], ledger: str | Path) -> None:
    """Seal what was issued, and in the same record how those fared whose truth has come."""
    record = {"dossier": dossier.digest, "forecasts": result["sha256"], "origin": result["origin"],
              "scored": result["scored"]}  # fmt: skip
    with open_ledger(ledger) as opened:
        opened.append([Event("forecast_issued", record, facts(dossier))])
