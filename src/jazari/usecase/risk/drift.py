"""Drift of a risk: the cells of every column counted again, and the figures again where outcomes are known."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from jazari.audit.drift import cells, drift
from jazari.core import plugins
from jazari.core.canonical import encode
from jazari.core.errors import VerificationError
from jazari.core.progress import Progress
from jazari.data.pseudonym import Pseudonyms
from jazari.data.snapshot import Snapshot
from jazari.schema.records import Leaf, Rows
from jazari.schema.table import Table
from jazari.usecase.dossier import Dossier
from jazari.usecase.rebuild import help_of, table_of_document
from jazari.usecase.risk.held_out import ENGINES, HeldOut, logits, sigmoid, table_of
from jazari.usecase.risk.measured import measured
from jazari.usecase.risk.predictions import predictions
from jazari.usecase.risk.split import Known

REFERENCE = "reference.json"


def reference_leaf(rows: Rows, table: Table, seed: int) -> Leaf:
    """The cells that the model was made on, for auditors: what `jazari drift` compares with."""
    counted = cells(rows, table.inputs, seed=seed)
    return Leaf(REFERENCE, "auditor", lambda path: _write(path, encode(counted)))


def _write(path: Any, content: bytes) -> None:
    path.write_bytes(content)


def moved(dossier: Dossier, snapshot: Snapshot, progress: Progress) -> dict[str, Any]:
    """Compare a dossier with new rows.

    Args:
        dossier: The dossier; its `reference.json` must be here.
        snapshot: The new rows; their last period is compared.
        progress: Where the work reports.

    Raises:
        VerificationError: JZ-226, the dossier here holds no reference: it is a public pack, or a foreign audit.
    """
    declaration = dossier.document["declaration"]
    table, outcome = table_of_document(declaration), declaration["engine"]["of"]
    rows = snapshot.where(period=snapshot.periods[-1]) if snapshot.periods else snapshot
    progress.step("Counting cells")
    reference = _reference(dossier)
    new = cells(rows, table.inputs, like=reference, seed=dossier.document["seed"])
    known = Known(rows, outcome) if outcome in rows.names else None
    now = _figures(dossier, table, known, progress) if known is not None and known.count() else None
    then = dossier.evidence if now is not None else None
    return drift(reference, new, then=then, now=now, seed=dossier.document["seed"])


def _reference(dossier: Dossier) -> dict[str, Any]:
    try:
        read: dict[str, Any] = json.loads((dossier.path / REFERENCE).read_bytes())
    except (OSError, ValueError) as error:
        raise VerificationError(
            "JZ-226", f"{REFERENCE} cannot be read", where=str(dossier.path), found=type(error).__name__,
            fix="compare with the whole dossier or its auditor pack; a foreign audit has no cells to compare with.",
        ) from error  # fmt: skip
    return read


def _figures(dossier: Dossier, table: Table, rows: Known, progress: Progress) -> dict[str, Any] | None:
    """The evidence on the new outcomes; None where all outcomes are alike."""
    declaration = dossier.document["declaration"]
    held = table_of(rows)
    happened = held[declaration["engine"]["of"]].to_numpy(zero_copy_only=False).astype(bool)
    if happened.all() or not happened.any():
        return None
    model = plugins.load(ENGINES, dossier.document["settings"]["variant"]).from_document(dossier.model)
    probability = sigmoid(logits(model, rows, [one.name for one in table.inputs]))
    found = HeldOut(model, held, np.asarray(probability), None, None)
    seen = predictions(
        table, found, help_=help_of(declaration), against=declaration["engine"]["against"],
        pseudonyms=Pseudonyms.of_institution(), earlier=None,
    )  # fmt: skip
    return measured(
        seen, table, help_of(declaration), split_={"method": "drift"}, seed=dossier.document["seed"], progress=progress
    )
