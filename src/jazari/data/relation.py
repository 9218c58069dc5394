"""A source of rows: one relation in DuckDB, whatever it was in, with the headers as they stand in it."""

from __future__ import annotations

import contextlib
import errno
import re
import warnings
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from jazari.core.errors import DataError
from jazari.data.dialect import clean
from jazari.data.files import Scratch, writing_failed

if TYPE_CHECKING:
    import ibis

Origin = Literal["csv", "parquet", "duckdb", "postgresql", "memory"]
RELATION = "jazari_rows"
_LINE = re.compile(r"CSV Error on Line: (\d+)")
_SETTINGS = {"memory_limit": "1500MB", "autoinstall_known_extensions": False, "threads": 4}


@dataclass(eq=False)
class Source:
    """Rows somewhere, opened for reading. Close it, or use it in a `with`, to give back its scratch files.

    Attributes:
        origin: What it is read from.
        described: Where it lies, safe to print: never a user, never a password.
        headers: The column headers in their order, trimmed.
        connected: Gives the Ibis connection that reads it, when it is first asked for: parquet is often read without.
        files: The files it is made of; none for a database or a table in memory.
        opened: Gives the Ibis table, where it is not the relation itself.
        scratch: Where it writes what it needs to read again.
        remote: An Ibis connection that is open already: to a server, or to the DuckDB file itself.
        prepare: Makes the DuckDB relation `RELATION`, its columns named c0, c1, ... in the order of the headers.
    """

    origin: Origin
    described: str
    headers: tuple[str, ...]
    connected: Callable[[], Any]
    prepare: Callable[[Any], None]
    files: tuple[Path, ...] = ()
    opened: Callable[[], ibis.Table] | None = None
    scratch: Scratch | None = None
    remote: Any = None
    _prepared: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._open = [self.remote]
        self._close = weakref.finalize(self, _close, self._open, self.scratch)

    @cached_property
    def database(self) -> Any:
        """The Ibis connection that reads it."""
        made = self.connected()
        self._open.append(made)
        return made

    @property
    def fingerprintable(self) -> dict[str, Any]:
        """What says the form of the source in a dossier without saying where it lies."""
        return {"origin": self.origin, "columns": len(self.headers), "files": len(self.files)}

    @property
    def is_text(self) -> bool:
        """Whether every cell is text as somebody wrote it: a csv."""
        return self.origin == "csv"

    @property
    def doubled(self) -> frozenset[str]:
        """The headers that stand more than once."""
        return frozenset(one for one in self.headers if self.headers.count(one) > 1)

    @cached_property
    def table(self) -> ibis.Table:
        """The rows as an Ibis table under their own headers; a doubled header has its position after it."""
        with self.reading(), warnings.catch_warnings():
            # Ibis 12 still calls what DuckDB 2.0 renamed
            warnings.filterwarnings("ignore", message=r".*is deprecated", category=DeprecationWarning)
            if self.opened is not None:
                return self.opened()
            self._prepare()
            seen: set[str] = set()
            renamed = {}
            for index, header in enumerate(self.headers):
                name = header if header and header.casefold() not in seen else f"{header}_{index + 1}"
                seen.add(name.casefold())
                renamed[name] = f"c{index}"
            return self.database.table(RELATION).rename(renamed)

    @cached_property
    def types(self) -> tuple[str, ...]:
        """The DuckDB type of each column, in the order of the headers."""
        described = self.rows(f"DESCRIBE {RELATION}")
        return tuple(str(row[1]).upper() for row in described)

    def position(self, header: str) -> int | None:
        """Where a header stands, compared as `clean` writes it, or None."""
        wanted = clean(header)
        return next((index for index, one in enumerate(self.headers) if one == wanted), None)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The few rows that a query on `RELATION` gives.

        Raises:
            DataError: JZ-305, JZ-306, JZ-308, JZ-340, JZ-342: the source, the disk or the memory failed under it.
        """
        with self.reading():
            self._prepare()
            return list(self.database.con.execute(sql).fetchall())

    def select(self, sql: str) -> Any:
        """The relation of a query on `RELATION`, to be read as Arrow inside `reading`.

        Raises:
            DataError: as `rows`.
        """
        with self.reading():
            self._prepare()
            return self.database.con.sql(sql)

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Turn what a library says about a failed read into a coded error, without the values it may quote."""
        import duckdb
        import pyarrow as pa

        try:
            yield
        except (duckdb.Error, pa.ArrowException, UnicodeError) as failure:
            raise reading_failed(self.origin, self.described, failure) from None
        except OSError as failure:
            full = failure.errno in {errno.ENOSPC, errno.EDQUOT}
            told = writing_failed("the scratch folder", failure) if full else None
            raise told or reading_failed(self.origin, self.described, failure) from None

    def close(self) -> None:
        """Disconnect and remove the scratch files."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _prepare(self) -> None:
        if not self._prepared:
            self.prepare(self)
            self._prepared = True


def disconnect(database: Any) -> None:
    """Close an Ibis connection, whatever state it is in."""
    with contextlib.suppress(Exception):
        database.disconnect()


def _close(databases: Sequence[Any], scratch: Scratch | None) -> None:
    for one in databases:
        if one is not None:
            disconnect(one)
    if scratch is not None:
        scratch.close()


def connect(scratch: Path, path: str = ":memory:", *, read_only: bool = False) -> Any:
    """An Ibis connection to DuckDB that keeps to bounded memory and never downloads an extension."""
    import ibis

    settings = {**_SETTINGS, "temp_directory": str(scratch)}
    return ibis.duckdb.connect(path, read_only=read_only, **settings)


def quoted(name: str) -> str:
    """A name as SQL quotes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL quotes it."""
    return "'" + text.replace("'", "''") + "'"


def view(source: Source, rows: str) -> None:
    """Make the relation of a source from a FROM clause, its columns renamed by position."""
    names = ", ".join(f"c{index}" for index in range(len(source.headers)))
    source.database.con.execute(f"CREATE OR REPLACE TEMP VIEW {RELATION}({names}) AS SELECT * FROM {rows}")


def reading_failed(origin: Origin, described: str, failure: BaseException) -> DataError:
    """The coded error for a source that failed while it was read."""
    text = str(failure)
    if "No space left" in text or "Could not write" in text:
        return writing_failed("the scratch folder", OSError(errno.ENOSPC, "no space left"))
    if "Out of Memory" in text:
        return DataError(
            "JZ-342", "not enough memory or scratch space for this table", where=described,
            found=type(failure).__name__,
            fix="name a scratch folder on a larger disk with TMPDIR, or read fewer periods.",
        )  # fmt: skip
    if origin == "parquet":
        return bad_parquet(described)
    if origin == "csv":
        line = _LINE.search(text)
        return DataError(
            "JZ-306", "this is not a csv that can be read", where=described,
            found=f"line {line[1]} does not have as many cells as the headers" if line else "cells that cannot be cut",
            fix="mend the line, or put quotes around cells that hold the separator or a line break.",
        )  # fmt: skip
    return DataError(
        "JZ-308", "the database failed while it was read", where=described, found=type(failure).__name__,
        fix="check that nobody is changing the table, that it fits its own types and that you may read it.",
    )  # fmt: skip


def bad_parquet(described: str) -> DataError:
    """JZ-305: bytes that are no parquet."""
    return DataError(
        "JZ-305", "this is not a parquet file that can be read", where=described,
        found="noise, a truncated file, or files that do not go together",
        fix="copy or export it again; the copy was probably cut short.",
    )  # fmt: skip
