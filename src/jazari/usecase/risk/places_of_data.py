"""Where data live: a table of a database opened for scoring in it, and the place of the scores beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from jazari.core.errors import EngineError
from jazari.core.progress import Progress
from jazari.data.relation import disconnect
from jazari.data.source import open_source
from jazari.usecase.dossier import Dossier
from jazari.usecase.risk.in_database import asked, scores_of
from jazari.usecase.risk.national import Published


@dataclass(frozen=True)
class Place:
    """A table, and where its scores go in the same database.

    Attributes:
        rows: The table, an `ibis.Table`.
        name: Of the table of scores.
        schema: Where it stands; None for the usual one.
        described: The same for people.
    """

    rows: Any
    name: str
    schema: str | None
    described: str

    def write(self, scores: Any) -> None:
        """Make the table of scores: all of it, or nothing.

        Raises:
            EngineError: JZ-414, there is such a table; JZ-415, the database failed.
        """
        database = self.rows.get_backend()
        where = {"database": self.schema} if self.schema else {}
        if asked(lambda: _stands(database, self.name, where)):
            raise EngineError(
                "JZ-414", f"there is a table '{self.name}' already", where=self.described, found="a table of that name",
                fix="name another after the # of --out, or drop this one yourself.",
            )  # fmt: skip
        asked(lambda: database.create_table(self.name, scores, **where))


def score_where_it_lies(dossier: Dossier, data: Any, out: str, progress: Progress) -> dict[str, Any]:
    """Score the last period of a table of a database, into a table beside it.

    Args:
        dossier: Whose model scores.
        data: The place of the table (see `opened`), or an Ibis table.
        out: The place of the scores; beside an Ibis table, their name, with a schema or without.
        progress: Where the work reports.

    Raises:
        EngineError: JZ-413 no glass model, JZ-414 a wrong place, JZ-415 the database failed, JZ-416 unfit rows.
        DataError: JZ-300 to JZ-309, the data cannot be opened.
    """
    published = Published.of(dossier)
    with opened(data, out) if isinstance(data, str) else _beside(data, out) as place:
        progress.step("Checking")
        scores, rows = scores_of(published, place.rows)
        progress.step("Scoring")
        place.write(scores)
    return {"rows": rows, "out": place.described}


@contextmanager
def opened(data: str, out: str) -> Iterator[Place]:
    """Open a table and the place of its scores.

    Args:
        data: `duckdb:///f.db#table` or `postgresql:///db#schema.table`.
        out: The same database, with the table to make after the #.

    Raises:
        EngineError: JZ-414, `out` lies elsewhere or names no table; JZ-415, the database cannot be written.
        DataError: JZ-300 to JZ-309, `data` cannot be opened.
    """
    lies, _, named = out.partition("#")
    schema, _, name = named.rpartition(".")
    described = f"{lies.partition('://')[0]}://...#{named}"
    if (
        not name
        or lies != data.partition("#")[0]
        or lies.partition("://")[0] not in {"duckdb", "postgresql", "postgres"}
    ):
        raise EngineError(
            "JZ-414", "the scores stay in the database of the data", where="--out", found=described,
            fix="give --data and --out of one database: duckdb:///f.db#pupils and duckdb:///f.db#scores.",
        )  # fmt: skip
    with open_source(data) as source:
        if source.origin == "postgresql":
            yield Place(source.table, name, schema or None, described)
            return
        path, _, table = source.described.removeprefix("duckdb:///").partition("#")
    inside, _, plain = table.rpartition(".")
    database = asked(lambda: _connected(path))
    try:
        yield Place(asked(lambda: database.table(plain, database=inside or None)), name, schema or None, described)
    finally:
        disconnect(database)


@contextmanager
def _beside(rows: Any, out: str) -> Iterator[Place]:
    """The place beside an Ibis table, whose connection is somebody else's and stays open."""
    schema, _, name = out.rpartition(".")
    yield Place(rows, name, schema or None, out)


def _stands(database: Any, name: str, where: Mapping[str, str]) -> bool:
    from ibis.common.exceptions import TableNotFound

    try:
        database.table(name, **where)
    except TableNotFound:
        return False
    return True


def _connected(path: str) -> Any:
    import ibis

    return ibis.duckdb.connect(path, autoinstall_known_extensions=False)
