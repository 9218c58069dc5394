"""Score: list another table with a dossier's model, or keep it binned for the next nights."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jazari.core import plugins
from jazari.core.errors import EngineError
from jazari.core.progress import Progress, Silent
from jazari.data.relation import Source
from jazari.data.source import open_source
from jazari.usecase.ability import GROUP, Ability
from jazari.usecase.decisions.permission import refuse_ended
from jazari.usecase.dossier import Dossier

if TYPE_CHECKING:
    import ibis

_BINNED = b"ARROW1"


def score(
    dossier: str | Path | Dossier, data: str | Path | Source, out: str | Path, *, progress: Progress | None = None
) -> dict[str, Any]:
    """List the last period of a table with a dossier's model, reasons included.

    Args:
        dossier: The dossier, or its folder.
        data: The table (see `jazari.data.source.open_source`), which needs no outcome; or one that `keep_binned` wrote.
        out: The list, a Parquet file in the schema of `list.parquet`.
        progress: Where the work reports.

    Returns:
        How many rows were listed, how many selected, and where.
    """
    opened, answering = _answering(dossier, "score")
    if not isinstance(data, Source) and _is_binned(data):
        return answering.score(opened, Path(data), Path(out), progress or Silent())
    with data if isinstance(data, Source) else open_source(data) as source:
        return answering.score(opened, source, Path(out), progress or Silent())


def score_in_database(
    dossier: str | Path | Dossier, data: str | ibis.Table, out: str, *, progress: Progress | None = None
) -> dict[str, Any]:
    """Score the last period of a table where it lies; no row leaves the database.

    Args:
        dossier: The dossier, or its folder.
        data: `duckdb:///f.db#table` or `postgresql:///db#schema.table`; or an Ibis table: of a session of Spark.
        out: The same database, with the table of scores to make after the #; its name alone beside an Ibis table.
        progress: Where the work reports.

    Returns:
        How many rows were scored, and where.
    """
    opened, answering = _answering(dossier, "score_in_database")
    return answering.score_in_database(opened, data, out, progress or Silent())


def keep_binned(
    dossier: str | Path | Dossier, data: str | Path | Source, out: str | Path, *, progress: Progress | None = None
) -> dict[str, Any]:
    """Keep the last period of a table as the codes that a dossier's model reads: `score` then reads these alone.

    Args:
        dossier: The dossier, or its folder.
        data: The table.
        out: The binned table, an Arrow file.
        progress: Where the work reports.

    Returns:
        How many rows and columns were binned, and where.
    """
    opened, answering = _answering(dossier, "bin")
    with data if isinstance(data, Source) else open_source(data) as source:
        return answering.bin(opened, source, Path(out), progress or Silent())


def _answering(dossier: str | Path | Dossier, to: str) -> tuple[Dossier, Ability]:
    """The dossier and what answers for it.

    Raises:
        SafeguardError: JZ-691, the scores have ended with `expires`.
        EngineError: JZ-417, answers of this sort cannot be asked for that.
    """
    opened = dossier if isinstance(dossier, Dossier) else Dossier.open(dossier)
    refuse_ended(opened, datetime.datetime.now(tz=datetime.UTC))
    name = opened.document["declaration"]["engine"]["ability"]
    answering: Ability = plugins.load(GROUP, name)
    if not hasattr(answering, to):
        raise EngineError(
            "JZ-417", f"a dossier of '{name}' cannot {to.replace('_', ' ')} a table", where=str(opened.path),
            found=f"answers of the sort '{name}'", fix="give a dossier whose model lists persons: Risk(...).",
        )  # fmt: skip
    return opened, answering


def _is_binned(path: str | Path) -> bool:
    """Whether a path is an Arrow file, as a binned table is; any other place is no such file."""
    try:
        with Path(path).open("rb") as stream:
            return stream.read(len(_BINNED)) == _BINNED
    except (OSError, ValueError):
        return False
