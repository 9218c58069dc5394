"""Storage foretold again: new readings behind the kept ones, the season learnt anew, every path closing its balance."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jazari.core.canonical import encode
from jazari.core.errors import DataError, VerificationError
from jazari.core.progress import Progress
from jazari.data.files import write_beside
from jazari.data.relation import Source
from jazari.engines.forecast.panel import Floats, Panel
from jazari.schema.records import Leaf
from jazari.usecase.dossier import Dossier, document_leaf
from jazari.usecase.forecast.fresh import differing
from jazari.usecase.forecast.question import asked
from jazari.usecase.forecast.reservoirs import Reservoirs, laid, look_ahead, read
from jazari.usecase.forecast.storage import Storage
from jazari.usecase.forecast.tables import parquet_leaf, read_parquet, write_parquet
from jazari.usecase.rebuild import table_of_document

FORMAT = "jazari.storage/1"
_DOCUMENT, _READINGS = "state.json", "state_readings.parquet"


def state_leaves(water: Reservoirs) -> list[Leaf]:
    """What storage is foretold again from: the readings, as the season is learnt anew from them."""
    return [document_leaf(_DOCUMENT, _document(water), "private"), parquet_leaf(_READINGS, water.given, "private")]


def storage_again(
    dossier: Dossier, source: Source, start: Path, out: Path, beside: Path | None, progress: Progress
) -> tuple[dict[str, Any], Panel]:
    """Foretell storage from the last of new days on.

    Args:
        dossier: The dossier.
        source: New readings, in the form of the dossier's own table.
        start: The folder of the state to go on from: the dossier's, or one that was kept.
        out: The forecasts, a Parquet file with the columns of `forecasts.parquet`.
        beside: Where the new state is kept, if anywhere.
        progress: Where the work reports.

    Returns:
        What `forecast_again` says, with `scarcity` (the alerts, by reservoir and horizon) and `balance_gap`; and the
        storage that is known.

    Raises:
        VerificationError: JZ-460, no state. DataError: 3xx; JZ-471, nothing new. EngineError: 4xx.
    """
    said = dossier.document["declaration"]["engine"]
    question: Storage = asked(Storage, {**said, **dossier.document["settings"]})
    before = _kept(start, question)
    progress.step("Reading reservoirs")
    new = read(source, table_of_document(dossier.document["declaration"]), question, is_new=True)
    water = _joined(before, new, question)
    found = look_ahead(water, question, dossier.document["seed"], progress, audits=False)
    with write_beside(out) as target:
        write_parquet(found.storage.table(), target)
    if beside is not None:
        (beside / _DOCUMENT).write_bytes(encode(_document(water)))
        write_parquet(water.given, beside / _READINGS)
    result = {
        "out": str(out), "origin": str(found.storage.origins[-1]), "series": len(water.names), "left_out": {},
        "silent": [name for name in before.names if name not in new.names],
        "changed": _changed(before, new, question), "unknown": len(set(new.names) - set(before.names)),
        "scarcity": found.alerts.drop_columns(["happened"]).to_pylist(), "balance_gap": found.gap,
    }  # fmt: skip
    return result, water.panel


def _document(water: Reservoirs) -> dict[str, Any]:
    return {"format": FORMAT, "columns": dict(water.columns), "names": list(water.names), "last": str(water.times[-1])}


def _kept(folder: Path, question: Storage) -> Reservoirs:
    """The reservoirs of a state.

    Raises:
        VerificationError: JZ-460.
    """
    if not (folder / _DOCUMENT).is_file() or not (folder / _READINGS).is_file():
        raise VerificationError(
            "JZ-460", "there is no state to go on from", where=str(folder), found=f"no {_DOCUMENT}",
            fix="name the dossier that `jazari run` wrote, with its private files; a pack for others holds no state.",
        )  # fmt: skip
    rows = read_parquet(folder / _READINGS)
    time, names = rows.column_names[0], rows.column_names[1] if rows.num_columns > len(question.columns) + 1 else ""
    headers = dict(zip(question.columns, rows.column_names[2 if names else 1 :], strict=True))
    return laid(rows, headers, (time, names), question, is_new=True)


def _joined(before: Reservoirs, new: Reservoirs, question: Storage) -> Reservoirs:
    """Kept rows with the new ones of the same reservoirs behind them; a new row stands where both have one.

    Raises:
        DataError: JZ-471, no day after the kept ones. A gap between stays one: the season is learnt from what is there.
    """
    time, names = before.given.column_names[0], before.columns["series"]
    fresh = new.given.rename_columns(before.given.column_names)
    if names:
        fresh = fresh.filter(pc.is_in(fresh[names].cast(pa.string()), pa.array(before.names)))
    fresh = fresh.cast(before.given.schema)
    last = pc.max(before.given[time])
    if not fresh.num_rows or not pc.less(last, pc.max(fresh[time])).as_py():
        raise DataError(
            "JZ-471", "the readings bring nothing that is not known already",
            found=f"{fresh.num_rows} rows of known reservoirs, none after {str(last)[:10]}",
            fix="bring the readings of the days since.",
        )  # fmt: skip
    keys = [time, names] if names else [time]
    stay = before.given.join(fresh.select(keys), keys=keys, join_type="left anti").select(before.given.column_names)
    rows = pa.concat_tables([stay, fresh]).sort_by([(names, "ascending"), (time, "ascending")] if names else time)
    headers = {name: before.columns[name] for name in question.columns}
    return laid(rows, headers, (time, names), question, is_new=True)


def _changed(before: Reservoirs, new: Reservoirs, question: Storage) -> int:
    """How many kept readings came again with another value."""
    names = [name for name in before.names if name in new.names]
    _, old, now = np.intersect1d(before.times, new.times, return_indices=True)
    pairs = ((_of(before, column, names)[:, old], _of(new, column, names)[:, now]) for column in question.columns)
    return sum(differing(then, again) for then, again in pairs)


def _of(water: Reservoirs, column: str, names: list[str]) -> Floats:
    values: Mapping[str, Floats] = water.values
    return values[column][[water.names.index(name) for name in names]]
