"""Open what `--data` names: a csv, a parquet file or folder, a DuckDB file, PostgreSQL, or a table in memory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jazari.core.errors import DataError
from jazari.data.databases import not_found, open_duckdb, open_postgresql
from jazari.data.dialect import Dialect, clean, not_text, sniff, unpacked
from jazari.data.files import Scratch
from jazari.data.relation import RELATION, Source, bad_parquet, connect, literal, view

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Source", "open_source"]

_CHUNK = 1 << 22
_PARQUET = b"PAR1"


def open_source(text: str | Path | pa.Table) -> Source:
    """Open a source of rows for reading.

    Args:
        text: A csv or csv.gz, a parquet file, a folder of parquet files (only those directly inside, by name),
            `duckdb:///path/f.db#table`, `postgresql:///db#schema.table`, or an Arrow table.

    Raises:
        DataError: JZ-300 nothing there, JZ-301 not readable, JZ-302 not a form that is read, JZ-303 empty,
            JZ-305 a broken parquet, JZ-306 a broken csv, JZ-307 a password in the URL, JZ-308 and JZ-309 a database.
        InstallationError: JZ-326, the PostgreSQL driver is not installed.
    """
    if not isinstance(text, (str, Path)):
        return _open_memory(text)
    name = str(text)
    scheme = name.partition("://")[0].lower() if "://" in name else ""
    if scheme == "duckdb":
        return open_duckdb(name)
    if scheme in {"postgresql", "postgres"}:
        return open_postgresql(name)
    if scheme:
        raise _unknown_form(f"{scheme}://", "an address of that sort")
    if "\0" in name:
        raise _unknown_form("--data", "a name with a null byte")
    path = Path(name)
    try:
        return _open_path(path)
    except OSError as failure:
        raise DataError(
            "JZ-301", "the file cannot be read", where=str(path),
            found=os.strerror(failure.errno) if failure.errno else "",
            fix="check its permissions: you need to read it, and to enter its folder.",
        ) from None  # fmt: skip


def _open_path(path: Path) -> Source:
    if not path.exists():
        raise not_found(path)
    if path.is_dir():
        files = tuple(sorted((one for one in path.glob("*.parquet") if one.is_file()), key=lambda one: one.name))
        if not files:
            raise _unknown_form(str(path), "a folder with no *.parquet directly inside")
        return _open_parquet(path, files)
    if not path.is_file():
        raise _unknown_form(str(path), "something that is not a file")
    with path.open("rb") as stream:
        head = stream.read(4)
    if not head:
        raise DataError(
            "JZ-303", "the file is empty", where=str(path), found="0 bytes",
            fix="export the table again, with its line of headers.",
        )  # fmt: skip
    if path.suffix.lower() in {".parquet", ".pq"} or head == _PARQUET:
        return _open_parquet(path, (path,))
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"SQLi")):
        raise _unknown_form(str(path), "a spreadsheet, an archive or another program's file")
    return _open_csv(path)


def _open_csv(path: Path) -> Source:
    dialect = sniff(path)
    scratch = Scratch()

    def prepare(source: Source) -> None:
        plain = path if _is_plain(path, dialect) else _in_utf8(path, dialect, scratch.path)
        columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(len(dialect.headers)))
        view(
            source,
            f"read_csv({literal(_no_wildcards(plain))}, auto_detect=false, header=true, "
            f"""delim={literal(dialect.separator)}, quote='"', escape='"', strict_mode=false, """
            f"compression='none', columns={{{columns}}})",
        )

    return Source("csv", str(path), dialect.headers, lambda: connect(scratch.path), prepare, files=(path,),
                  scratch=scratch)  # fmt: skip


def _is_plain(path: Path, dialect: Dialect) -> bool:
    with path.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    return not packed and dialect.encoding in {"utf-8", "utf-8-sig"}


def _in_utf8(path: Path, dialect: Dialect, folder: Path) -> Path:
    """The csv unpacked and written in UTF-8 in the scratch folder."""
    import codecs
    import zlib

    target = folder / "text.csv"
    decoder = codecs.getincrementaldecoder(dialect.encoding)(errors="replace")
    try:
        with unpacked(path) as stream, target.open("wb") as out:
            while chunk := stream.read(_CHUNK):
                out.write(decoder.decode(chunk).encode())
    except (EOFError, zlib.error):
        raise not_text(path) from None
    return target


def _open_parquet(path: Path, files: tuple[Path, ...]) -> Source:
    import pyarrow as pa
    import pyarrow.parquet as pq

    headers: list[str] = []
    for one in files:
        try:
            names = pq.read_schema(one).names
        except (pa.ArrowException, OSError, ValueError, UnicodeError) as failure:
            if isinstance(failure, PermissionError):
                raise
            raise bad_parquet(str(one)) from None
        if headers and set(names) != set(headers):
            raise bad_parquet(f"{one.name} has other columns than {files[0].name}")
        headers = headers or names
    scratch = Scratch()
    listed = ", ".join(literal(_no_wildcards(one)) for one in files)
    rows = f"read_parquet([{listed}], union_by_name={str(len(files) > 1).lower()}, hive_partitioning=false)"
    return Source(
        "parquet", str(path), tuple(clean(one) for one in headers), lambda: connect(scratch.path),
        lambda source: view(source, rows), files=files, scratch=scratch,
    )  # fmt: skip


def _open_memory(table: Any) -> Source:
    import pyarrow as pa

    if not isinstance(table, pa.Table):
        raise _unknown_form("data", f"a Python object of type {type(table).__name__}")
    scratch = Scratch()
    plain = table.rename_columns([f"c{index}" for index in range(table.num_columns)])

    def prepare(source: Source) -> None:
        source.database.con.register(RELATION, plain)

    return Source(
        "memory", "a table in memory", tuple(clean(one) for one in table.column_names), lambda: connect(scratch.path),
        prepare, scratch=scratch,
    )  # fmt: skip


def _no_wildcards(path: Path) -> str:
    """A path that DuckDB takes as it is written: `*`, `?` and `[` are patterns to it."""
    return "".join(f"[{one}]" if one in "*?[" else one for one in str(path))


def _unknown_form(where: str, found: str) -> DataError:
    return DataError(
        "JZ-302", "this is not a form of table that Jazari reads", where=where, found=found,
        fix="give a csv or csv.gz, a parquet file or folder, duckdb:///f.db#table or postgresql:///db#schema.table.",
    )  # fmt: skip
