"""List or bin another table with a dossier's model, however many rows it has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from jazari.core import plugins
from jazari.core.errors import EngineError
from jazari.core.progress import Progress
from jazari.data.native_columns import Unfit
from jazari.data.pseudonym import Pseudonyms
from jazari.data.relation import Source
from jazari.engines.risk.kernel import Scorer
from jazari.engines.risk.protocol import RiskModel
from jazari.schema.columns import Role
from jazari.schema.help import Places
from jazari.schema.table import Table
from jazari.usecase.dossier import Dossier
from jazari.usecase.rebuild import help_of, table_of_document
from jazari.usecase.risk import binned, listing
from jazari.usecase.risk.held_out import ENGINES
from jazari.usecase.risk.pieces import NativePieces, Pieces, StreamedPieces
from jazari.usecase.risk.scoring import Work, make_list


@dataclass(frozen=True)
class Published:
    """What a dossier lists with.

    Attributes:
        dossier: The dossier.
        table: What its rows are.
        help: What is offered, and where.
        model: Its model.
    """

    dossier: Dossier
    table: Table
    help: Places
    model: RiskModel

    @classmethod
    def of(cls, dossier: Dossier) -> Published:
        """The model of a dossier and what it needs to list.

        Raises:
            EngineError: JZ-451, the dossier audits somebody else's predictions.
        """
        declaration = dossier.document["declaration"]
        variant = dossier.document["settings"]["variant"]
        if variant == "foreign":
            raise EngineError(
                "JZ-451", "somebody else's model cannot list another table", where=str(dossier.path),
                found="an audit of foreign predictions", fix="ask its maker for new predictions, and audit them.",
            )  # fmt: skip
        model = plugins.load(ENGINES, variant).from_document(dossier.model)
        return cls(dossier, table_of_document(declaration), help_of(declaration), model)

    @property
    def scorer(self) -> Scorer | None:
        """The scorer of a glass model; None for another."""
        found: Scorer | None = getattr(self.model, "scorer", None)
        return found

    @property
    def names(self) -> list[str]:
        """The columns that a list needs: who a row is, and what the model reads."""
        roles: tuple[Role, ...] = ("site", "territory")
        known = {column.name for role in roles for column in self.table.of_role(role)}
        read = self.scorer.columns if self.scorer else [one.name for one in self.table.inputs]
        wanted = {listing.key_name(self.table), *known, *read, *([self.help.of] if self.help.of else [])}
        declared = [one.name for one in self.table.columns if one.name in wanted]
        return declared if self.table.one("key") else [listing.key_name(self.table), *declared]

    def glass(self, to: str) -> Scorer:
        """The scorer of a glass model.

        Raises:
            EngineError: JZ-413, the model is of another engine.
        """
        if self.scorer is None:
            raise EngineError(
                "JZ-413", f"only a glass model can {to}", where=str(self.dossier.path),
                found=str(self.dossier.document["settings"]["variant"]),
                fix="use the variant glass, or list the table itself with `jazari score`.",
            )  # fmt: skip
        return self.scorer

    def score(self, batch: pa.RecordBatch) -> pa.Table:
        """A batch, scored."""
        return listing.scored(self.model, self.table, self.help, [batch])


def list_table(dossier: Dossier, data: Source | Path, out: Path, progress: Progress) -> dict[str, Any]:
    """List the last period of another table with a dossier's model.

    Args:
        dossier: Whose model scores.
        data: The table; a path is one that `bin_table` wrote.
        out: The list.
        progress: Where the work reports.

    Raises:
        DataError: 3xx, the table does not fit the declaration of the dossier.
        EngineError: JZ-410, JZ-412, a binned table is of another model or broken; JZ-411, the list is being written.
    """
    published = Published.of(dossier)
    pseudonyms = Pseudonyms.of_institution()
    work = Work(dossier.digest, published.score, published.help, out)
    if isinstance(data, Path):
        scorer = published.glass("read a binned table")
        work = Work(dossier.digest, lambda batch: binned.score_binned(scorer, batch), published.help, out)
        return make_list(work, binned.BinnedPieces(data, scorer), pseudonyms, progress)
    return _as_it_stands(published, data, lambda pieces: make_list(work, pieces, pseudonyms, progress))


def bin_table(dossier: Dossier, source: Source, out: Path, progress: Progress) -> dict[str, Any]:
    """Keep the last period of a table as the codes that a dossier's model reads.

    Raises:
        DataError: 3xx, the table does not fit the declaration of the dossier.
        EngineError: JZ-413, the model is no glass model.
    """
    published = Published.of(dossier)
    scorer = published.glass("read a binned table")
    progress.step("Binning")

    def made(pieces: Pieces) -> dict[str, Any]:
        rows = binned.bin_table(scorer, published.table, published.help, pieces, out, progress)
        return {"rows": rows, "columns": len(scorer.grids), "out": str(out)}

    return _as_it_stands(published, source, made)


def _as_it_stands(published: Published, source: Source, work: Callable[[Pieces], dict[str, Any]]) -> dict[str, Any]:
    """Do the work on parquet as it stands where that can be, else on rows conformed as they stream."""
    try:
        return work(NativePieces(source, published.table, published.names))
    except Unfit:
        return work(StreamedPieces(source, published.table, published.names))
