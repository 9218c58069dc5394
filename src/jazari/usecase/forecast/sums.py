"""Sums: which series are sums of others, as it is declared, and forecasts brought to add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jazari.core.errors import DeclarationError
from jazari.engines.forecast.answer import Forecasts
from jazari.engines.forecast.hierarchy import Hierarchy, known_weight, reconcile
from jazari.engines.forecast.panel import Floats, Panel

Parts = Mapping[str, tuple[str, ...]]
_EVERY = "*"


def parts_of(
    text: str,
    declared: Mapping[str, Sequence[str]] | None,
    names: Sequence[str],
    groups: Mapping[str, Mapping[str, str]],
) -> dict[str, tuple[str, ...]]:
    """Which series are sums, and of which others.

    Args:
        text: `total=*` (all series that are no sums), `town=Zone 1+Zone 2`, or the name of a territory or audited
            column, whose every value is a sum; several with `;` between. Empty: what the table declares.
        declared: Sum -> parts, as the table declares it.
        names: The series.
        groups: Territory or audited column -> series -> value.

    Returns:
        Sum -> its parts; empty where nothing is declared.

    Raises:
        DeclarationError: JZ-249, it cannot be read, or a column says nothing of the series.
    """
    entries = [one.strip() for one in text.split(";") if one.strip()]
    if not entries:
        entries = [f"{whole}={'+'.join(parts)}" for whole, parts in (declared or {}).items()]
    found: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        whole, equals, parts = (one.strip() for one in entry.partition("="))
        if equals:
            found[whole] = tuple(one.strip() for one in parts.split("+") if one.strip())
        else:
            found |= _by_column(whole, groups, names)
    leaves = tuple(name for name in names if name not in found)
    found = {whole: leaves if parts == (_EVERY,) else parts for whole, parts in found.items()}
    if any(not whole or not parts for whole, parts in found.items()):
        raise _unread(text, "a sum without a name or without parts")
    return found


def parts_in(evidence: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Which series of a dossier are sums of which."""
    parts = (evidence.get("adds_up") or {}).get("parts") or {}
    return {whole: tuple(each) for whole, each in parts.items()}


def _by_column(
    column: str, groups: Mapping[str, Mapping[str, str]], names: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    said = groups.get(column)
    if not said:
        raise _unread(column, f"columns that say something of the series: {', '.join(groups) or 'none'}")
    found: dict[str, list[str]] = {}
    for name in names:
        if name in said:
            found.setdefault(f"{column} {said[name]}", []).append(name)
    return {whole: tuple(parts) for whole, parts in found.items()}


def with_sums(panel: Panel, parts: Parts) -> Panel:
    """The panel with a series for each sum that is not in it: missing where one of its parts is.

    Raises:
        EngineError: JZ-433, a part without a series.
    """
    made = [whole for whole in parts if whole not in panel.names]
    if not made:
        return panel
    names = (*panel.names, *made)
    tree = Hierarchy.of(parts, names)
    leaves = panel.values[[at for at in tree.leaves if at < len(panel.names)]]
    rows = {names[at]: tree.members[row] @ leaves for row, at in enumerate(tree.wholes)}
    values = np.concatenate([panel.values, np.stack([rows[one] for one in made])])
    known = {name: _beside(each, len(made)) for name, each in panel.known.items()}
    return replace(panel, values=values, names=names, known=known)


def completed(panel: Panel, parts: Parts) -> Panel:
    """New readings with their sums; a part that brings nothing is missing, and so is its sum."""
    absent = [one for each in parts.values() for one in each if one not in panel.names and one not in parts]
    if absent:
        names = (*panel.names, *dict.fromkeys(absent))
        more = np.full((len(names) - len(panel.names), len(panel.times)), np.nan)
        panel = replace(panel, values=np.concatenate([panel.values, more]), names=names)
    return with_sums(panel, parts)


def _beside(known: Floats, made: int) -> Floats:
    """What is known ahead of each series says nothing of a sum."""
    return known if known.ndim == 1 else np.concatenate([known, np.full((made, known.shape[1]), np.nan)])


def added_up(made: Forecasts, parts: Parts) -> tuple[Forecasts, dict[str, Any]]:
    """Forecasts whose medians add up, and how: `parts`, and `moved`, the mean move of each series over its size.

    The state keeps what the parts are and the covariance of their errors, for the forecasts that follow.

    Raises:
        EngineError: JZ-433 to JZ-435.
    """
    tree = Hierarchy.of(parts, made.names)
    before = np.nan_to_num(made.quantiles[..., _middle(made)])
    kept = (made.state.document.get("hierarchy") if made.state else None) or {}
    weight = np.asarray(kept["weight"]) if kept else None
    after = reconcile(made, tree, weight=weight)
    apart = np.abs(after.quantiles[..., _middle(made)] - before).mean(axis=(0, 2))
    size = np.maximum(np.abs(before).mean(axis=(0, 2)), 1e-300)
    said = {"parts": {whole: list(each) for whole, each in parts.items()},
            "moved": dict(zip(made.names, (apart / size).tolist(), strict=True))}  # fmt: skip
    if made.state is None:
        return after, said
    weight = known_weight(made, tree) if weight is None else weight
    document = {**made.state.document, "hierarchy": {"parts": said["parts"], "weight": weight.tolist()}}
    return replace(after, state=replace(made.state, document=document)), said


def gap(table: pa.Table, parts: Parts) -> float:
    """The largest gap between the median of a sum and the sum of the medians of its parts, over the size of the sum."""
    names = sorted(set(table["series"].to_pylist()))
    rows = {
        name: table.filter(pc.equal(table["series"], name)).sort_by([("origin", "ascending"), ("time", "ascending")])
        for name in names
    }
    medians = {name: each["q0.5"].to_numpy() for name, each in rows.items()}
    worst = 0.0
    for whole, each in parts.items():
        apart = np.abs(medians[whole] - np.sum([medians[one] for one in each], axis=0))
        worst = max(worst, float((apart / np.maximum(np.abs(medians[whole]), 1e-300)).max()))
    return worst


def _middle(made: Forecasts) -> int:
    return int(np.argmin(np.abs(made.levels - 0.5)))


def _unread(text: str, found: str) -> DeclarationError:
    return DeclarationError(
        "JZ-249", "a hierarchy says of each sum what its parts are", where=f"hierarchy={text[:60]}", found=found,
        fix="write hierarchy='total=*', 'town=Zone 1+Zone 2', or the name of a territory column; ';' between several.",
    )  # fmt: skip
