"""Score: list another table with a dossier's model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jazari.core import plugins
from jazari.core.progress import Progress, Silent
from jazari.data.relation import Source
from jazari.data.source import open_source
from jazari.usecase.ability import GROUP, Ability
from jazari.usecase.dossier import Dossier


def score(
    dossier: str | Path | Dossier, data: str | Path | Source, out: str | Path, *, progress: Progress | None = None
) -> dict[str, Any]:
    """List the last period of a table with a dossier's model, reasons included.

    Args:
        dossier: The dossier, or its folder.
        data: The table (see `jazari.data.source.open_source`); it needs no outcome.
        out: The list, a Parquet file in the schema of `list.parquet`.
        progress: Where the work reports.

    Returns:
        How many rows were listed, how many selected, and where.
    """
    opened = dossier if isinstance(dossier, Dossier) else Dossier.open(dossier)
    answering: Ability = plugins.load(GROUP, opened.document["declaration"]["engine"]["ability"])
    with data if isinstance(data, Source) else open_source(data) as source:
        return answering.score(opened, source, Path(out), progress or Silent())
