"""State: what a forecast leaves so that the next one goes on from it. Open JSON and Arrow, never a pickle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from jazari.core.errors import EngineError
from jazari.engines.forecast.answer import State
from jazari.engines.forecast.blocks import Blocks, Scale
from jazari.engines.forecast.panel import Floats, Panel
from jazari.engines.forecast.rolling import Rolling

if TYPE_CHECKING:
    from jazari.engines.forecast.settings import Settings

FORMAT = "jazari.forecast/2"
_KEPT_DAYS = 436  # what the regressions learn from, and the days before it that their lags look at


def keep(panel: Panel, blocks: Blocks, rolling: Rolling, settings: Settings, last: int) -> State:
    """The state after the forecast issued at block `last`."""
    first = max(last - _KEPT_DAYS, 0) * panel.cycle + blocks.skipped
    document = {
        "format": FORMAT,
        "settings": described(settings),
        "names": list(panel.names),
        "unit": panel.unit,
        "cycle": panel.cycle,
        "scale": scale_document(blocks.scale),
        "members": [{"weight": weight, "model": member.document()} for member, weight in rolling.members],
        "intervals": rolling.intervals.document(),
        "shape": rolling.shape.tolist(),
        "last": str(panel.times[0] + (blocks.skipped + last * panel.cycle) * panel.step),
    }
    tables = {
        "readings": readings_of(panel, first),
        "errors": errors_of(rolling.intervals.errors, panel.names),
        "issued": issued_of(rolling.pending, last, panel.names),
    }
    return State(document, tables)


def described(settings: Settings) -> dict[str, Any]:
    """The settings as JSON."""
    return {
        "ahead": settings.ahead, "issue": settings.issue, "levels": list(settings.levels), "variant": settings.variant,
        "seed": settings.seed,
    }  # fmt: skip


def readings_of(panel: Panel, first: int) -> pa.Table:
    """The readings from step `first` on, with what is known beside them: `time`, one column a series, `known:NAME`."""
    columns: dict[str, pa.Array] = {"time": pa.array(panel.times[first:].astype("datetime64[s]"))}
    for name, row in zip(panel.names, panel.values, strict=True):
        columns[name] = pa.array(row[first:], from_pandas=True)
    for name, each in panel.known.items():
        if each.ndim == 1:
            columns[f"known:{name}"] = pa.array(each[first : len(panel.times)], from_pandas=True)
    return pa.table(columns)


def errors_of(errors: Floats, names: tuple[str, ...]) -> pa.Table:
    """Errors (S, days, steps) as a table: `day` and `step` count from the oldest, then one column a series."""
    _, days, steps = errors.shape
    columns: dict[str, pa.Array] = {
        "day": pa.array(np.repeat(np.arange(days), steps)),
        "step": pa.array(np.tile(np.arange(steps), days)),
    }
    for name, each in zip(names, errors, strict=True):
        columns[name] = pa.array(each.ravel(), from_pandas=True)
    return pa.table(columns)


def issued_of(pending: Mapping[int, Mapping[str, Floats]], last: int, names: tuple[str, ...]) -> pa.Table:
    """Forecasts whose truth is to come: `day` counts back from the last origin, `what` is raw, centre or a level."""
    rows: list[tuple[int, str, Floats]] = []
    for day, each in pending.items():
        rows += [(last - day, what, each[what]) for what in ("raw", "centre") if what in each]
        levels = each["added"].shape[2] if "added" in each else 0
        rows += [(last - day, f"level {at}", each["added"][:, :, at]) for at in range(levels)]
    steps = rows[0][2].shape[1] if rows else 0
    columns: dict[str, pa.Array] = {
        "day": pa.array(np.repeat([day for day, _, _ in rows], steps).astype(np.int64)),
        "what": pa.array([what for _, what, _ in rows for _ in range(steps)], pa.string()),
        "step": pa.array(np.tile(np.arange(steps), len(rows))),
    }
    for at, name in enumerate(names):
        columns[name] = pa.array(np.concatenate([np.zeros(0), *(each[at] for _, _, each in rows)]))
    return pa.table(columns)


def issued_back(table: pa.Table, last: int, names: tuple[str, ...], levels: int) -> dict[int, dict[str, Floats]]:
    """The inverse of `issued_of`, with blocks counted from the first of the joined panel."""
    steps = int(np.max(table.column("step").to_numpy(), initial=-1)) + 1
    whole = np.stack([_floats(table, name) for name in names]).reshape(len(names), -1, max(steps, 1))
    days = table.column("day").to_numpy()[:: max(steps, 1)]
    whats = table.column("what").to_pylist()[:: max(steps, 1)]
    out: dict[int, dict[str, Floats]] = {}
    for at, (day, what) in enumerate(zip(days, whats, strict=True)):
        kept = out.setdefault(last - int(day), {})
        if what.startswith("level"):
            kept.setdefault("added", np.zeros((len(names), steps, levels)))[:, :, int(what.split()[1])] = whole[:, at]
        else:
            kept[what] = whole[:, at]
    return out


def errors_back(table: pa.Table, names: tuple[str, ...], steps: int) -> Floats:
    """The inverse of `errors_of`: (S, days, steps)."""
    return np.stack([_floats(table, name).reshape(-1, steps) for name in names])


def joined(state: State, panel: Panel) -> Panel:
    """The kept readings with new ones behind them; a new reading stands where both have one.

    Raises:
        EngineError: JZ-425, other series, another step, or a document of another format.
    """
    document, kept = state.document, state.tables["readings"]
    names = tuple(document["names"])
    times = kept.column("time").to_numpy().astype("datetime64[s]")
    strangers = [name for name in names if name not in panel.names]
    if document.get("format") != FORMAT or strangers or panel.cycle != document["cycle"]:
        raise EngineError(
            "JZ-425", "the new readings do not go on from the kept ones",
            found=f"format {document.get('format')}; {len(strangers)} of {len(names)} series missing; "
            f"{panel.cycle} steps a day instead of {document['cycle']}",
            fix="give a table with the same series and step as the dossier's.",
        )  # fmt: skip
    start, end = min(times[0], panel.times[0]), max(times[-1], panel.times[-1])
    grid = panel.between(start, end)
    rows = [panel.names.index(name) for name in names]
    values = _laid(grid, times, np.stack([_floats(kept, name) for name in names]))
    new = _laid(grid, panel.times, panel.values[rows])
    known = {name: _known(grid, times, kept, panel, name) for name in panel.known if panel.known[name].ndim == 1}
    return Panel(grid, np.where(np.isfinite(new), new, values), names, panel.cycle, known, panel.unit, {})


def _known(grid: Any, times: Any, kept: pa.Table, panel: Panel, name: str) -> Floats:
    """What is known on the grid and past its end."""
    each = panel.known[name]
    beyond = each[len(panel.times) :]
    new = _laid(grid, panel.times, each[None, : len(panel.times)])[0]
    column = f"known:{name}"
    old = (
        _laid(grid, times, _floats(kept, column)[None])[0]
        if column in kept.column_names
        else np.full(len(grid), np.nan)
    )
    return np.concatenate([np.where(np.isfinite(new), new, old), beyond if panel.times[-1] == grid[-1] else beyond[:0]])


def _laid(grid: Any, times: Any, values: Floats) -> Floats:
    out = np.full((len(values), len(grid)), np.nan)
    out[:, np.searchsorted(grid, times)] = values
    return out


def _floats(table: pa.Table, name: str) -> Floats:
    return np.asarray(table.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def scale_document(scale: Scale) -> dict[str, Any]:
    """The scale as JSON."""
    return {
        "is_log": scale.is_log.astype(int).tolist(), "size": scale.size.tolist(), "gain": scale.gain.tolist(),
        "is_weekly": scale.is_weekly, "warm": scale.warm,
    }  # fmt: skip


def scale_of(document: Mapping[str, Any]) -> Scale:
    """The scale that a document keeps."""
    kept = document["scale"]
    return Scale(
        is_log=np.asarray(kept["is_log"], dtype=bool),
        size=np.asarray(kept["size"], dtype=np.float64),
        gain=np.asarray(kept["gain"], dtype=np.float64),
        is_weekly=bool(kept["is_weekly"]),
        warm=int(kept["warm"]),
    )
