"""Carried: a group of series and what came of it as bytes, to a worker and back. JSON and Arrow, never a pickle."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from jazari.core import errors
from jazari.engines.forecast import packed
from jazari.engines.forecast.answer import State
from jazari.engines.forecast.panel import Panel, Remark
from jazari.usecase.forecast.group import Part
from jazari.usecase.forecast.series import Group, Held, Packed

_HEAD = "head"


def group_bytes(group: Group) -> bytes:
    """A group: where it lies in a packed file, which the worker reads itself, or all of its readings."""
    if isinstance(group, Packed):
        one, clock = group.group, group.group.clock
        head = {
            "path": str(one.path.resolve()), "row_group": one.row_group, "first": one.first, "last": one.last,
            "clock": [str(clock.start), clock.seconds, clock.length], "ahead": group.ahead, "country": group.country,
        }  # fmt: skip
        return _tied(head, {})
    panel = group.panel
    arrays = {"times": panel.times.astype("datetime64[s]").astype(np.int64), "values": panel.values}
    arrays |= {f"known:{name}": each for name, each in panel.known.items()}
    arrays |= {f"calendar:{name}": each for name, each in panel.calendar.items()}
    head = {"names": list(panel.names), "cycle": panel.cycle, "unit": panel.unit,
            "sums": {whole: list(parts) for whole, parts in group.sums.items()}}  # fmt: skip
    with io.BytesIO() as out:
        np.savez(out, allow_pickle=False, **arrays)
        return _tied(head, {"arrays": out.getvalue()})


def group_of(carried: bytes) -> Group:
    """The inverse of `group_bytes`."""
    head, parts = _untied(carried)
    if "path" in head:
        start, seconds, length = head["clock"]
        clock = packed.Clock(np.datetime64(start, "s"), seconds, length)
        one = packed.Group(Path(head["path"]), clock, head["row_group"], head["first"], head["last"])
        return Packed(one, head["ahead"], head["country"])
    with np.load(io.BytesIO(parts["arrays"]), allow_pickle=False) as arrays:
        panel = Panel(
            arrays["times"].astype("datetime64[s]"), arrays["values"], tuple(head["names"]), head["cycle"],
            _named(arrays, "known:"), head["unit"], _named(arrays, "calendar:"),
        )  # fmt: skip
    return Held(panel, {whole: tuple(each) for whole, each in head["sums"].items()})


def part_bytes(part: Part) -> bytes:
    """What came of a group."""
    tables = {"table": part.table, **(part.state.tables if part.state else {})}
    head = {
        "remarks": [one.as_json() for one in part.remarks], "first": part.first, "last": part.last,
        "ages": dict(part.ages), "notes": dict(part.notes), "sums": dict(part.sums),
        "state": dict(part.state.document) if part.state else None,
    }  # fmt: skip
    return _tied(head, {name: _table_bytes(each) for name, each in tables.items() if each is not None})


def part_of(carried: bytes) -> Part:
    """The inverse of `part_bytes`.

    Raises:
        JazariError: the one that the worker met.
    """
    head, parts = _untied(carried)
    if "error" in head:
        kind = getattr(errors, head.pop("error"))
        raise kind(head.pop("code"), head.pop("sentence"), **head)
    tables = {name: pa.ipc.open_file(pa.py_buffer(each)).read_all() for name, each in parts.items()}
    table = tables.pop("table", None)
    state = State(head["state"], tables) if head["state"] is not None else None
    remarks = tuple(Remark(**one) for one in head["remarks"])
    return replace(Part(table, remarks), state=state, **{name: head[name] for name in _PLAIN})


_PLAIN = ("first", "last", "ages", "notes", "sums")


def error_bytes(error: errors.JazariError) -> bytes:
    """An error that a worker met, to be raised again where the run was begun."""
    words = {name: getattr(error, name) for name in ("code", "sentence", "where", "found", "fix")}
    return _tied({"error": type(error).__name__, **words}, {})


def _named(arrays: Mapping[str, Any], begin: str) -> dict[str, Any]:
    return {name.removeprefix(begin): arrays[name] for name in arrays if name.startswith(begin)}


def _table_bytes(table: pa.Table) -> bytes:
    out = pa.BufferOutputStream()
    with pa.ipc.new_file(out, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return bytes(out.getvalue())


def _tied(head: Mapping[str, Any], parts: Mapping[str, bytes]) -> bytes:
    """A JSON document and named bytes as one table of Arrow."""
    names, values = [_HEAD, *parts], [json.dumps(head).encode(), *parts.values()]
    table = pa.table({"name": pa.array(names), "bytes": pa.array(values, pa.large_binary())})
    out = pa.BufferOutputStream()
    with pa.ipc.new_file(out, table.schema) as writer:
        writer.write_table(table)
    return bytes(out.getvalue())


def _untied(carried: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    table = pa.ipc.open_file(pa.py_buffer(carried)).read_all()
    parts = dict(zip(table["name"].to_pylist(), table["bytes"].to_pylist(), strict=True))
    return json.loads(parts.pop(_HEAD)), parts
