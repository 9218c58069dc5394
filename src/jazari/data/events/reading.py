"""Read rows of events from a source: Parquet of the very types that are needed as it is, anything else by DuckDB."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jazari.core import canonical
from jazari.data import problems
from jazari.data.conversion import cleaned, conversions
from jazari.data.fingerprints import Fingerprint
from jazari.data.relation import RELATION, Source, bad_parquet
from jazari.data.source import open_source
from jazari.schema.columns import Column, column, key, site
from jazari.schema.events import Events
from jazari.schema.table import Table

_BATCH = 1 << 20
_NAMES = ("key", "site", "occurred", "recorded", "kind", "amount")


@dataclass(frozen=True)
class Incoming:
    """What comes in.

    Attributes:
        fingerprint: The SHA-256 of a file; of several, of their digests; of rows in no file, that of the rows.
        batches: The rows under the names `key`, `site`, `occurred`, `recorded`, `kind`, `amount`.
    """

    fingerprint: str
    batches: Iterator[pa.RecordBatch]


@contextlib.contextmanager
def incoming(data: str | Path | pa.Table, events: Events) -> Iterator[Incoming]:
    """Open what comes in.

    Args:
        data: What `open_source` opens.
        events: The declaration: which headers are read.

    Raises:
        DataError: as `open_source`; while the batches are read, JZ-310 a declared header is not there, JZ-304 there is
            no row.
    """
    if files := _plain_files(data, events):
        yield Incoming(_of_files(files), _plain(files, events, str(data)))
        return
    with open_source(data) as source:
        yield Incoming(_fingerprint(source), _converted(source, events))


def _plain_files(data: str | Path | pa.Table, events: Events) -> list[Path]:
    """The Parquet files that are read as they are; none where anything is out of the ordinary: DuckDB says what."""
    if isinstance(data, pa.Table):
        return []
    path = Path(data)
    try:
        files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
        described = [pq.read_metadata(one) for one in files]
    except (OSError, ValueError, pa.ArrowException):
        return []
    rows = sum(one.num_rows for one in described)
    return files if rows and all(_is_plain(one.schema.to_arrow_schema(), events) for one in described) else []


def _is_plain(schema: pa.Schema, events: Events) -> bool:
    if any(header and schema.names.count(header) != 1 for header in events.headers):
        return False
    kinds = [schema.field(header).type if header else pa.int64() for header in events.headers]
    keyed = pa.types.is_int64(kinds[0]) or pa.types.is_int32(kinds[0]) or _is_text(kinds[0])
    dated = all(pa.types.is_date(one) or pa.types.is_timestamp(one) for one in kinds[2:4])
    counted = pa.types.is_integer(kinds[5]) or pa.types.is_floating(kinds[5])
    return keyed and dated and counted and _is_text(kinds[1]) and _is_text(kinds[4])


def _is_text(kind: pa.DataType) -> bool:
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner))


def _plain(files: list[Path], events: Events, described: str) -> Iterator[pa.RecordBatch]:
    wanted = {header: name for header, name in zip(events.headers, _NAMES, strict=True) if header}
    for path in files:
        try:
            # words are kept as dictionaries: a school's name is decoded once a row group, not once a row
            with pq.ParquetFile(path, read_dictionary=[events.site, events.kind], memory_map=True) as opened:
                for batch in opened.iter_batches(_BATCH, columns=list(wanted), use_threads=False):
                    yield batch.rename_columns([wanted[one] for one in batch.schema.names])
        except (OSError, pa.ArrowException):
            raise bad_parquet(described) from None


def _converted(source: Source, events: Events) -> Iterator[pa.RecordBatch]:
    """Rows through the conversions that every table has."""
    table = _as_table(events)
    for one, header in zip(_declared(table), events.headers, strict=True):
        if header and source.position(header) is None:
            raise problems.missing_column(source, table, one, header)
    rows = 0
    with source.reading():
        for batch in source.select(_sql(source, table, events)).to_arrow_reader(_BATCH):
            rows += batch.num_rows
            yield batch
    if not rows:
        raise problems.no_rows(source)


def _as_table(events: Events) -> Table:
    """The declaration as a table, so that cells are read as everywhere: dates ride on the columns they belong to."""
    amount = events.amount or events.kind + " (each counts one)"
    return Table(
        events.name, key("key", source=events.key), site("site", source=events.site),
        column("kind", kind="category", source=events.kind, recorded=events.occurred_at),
        column("amount", source=amount, recorded=events.recorded_at),
    )  # fmt: skip


def _declared(table: Table) -> tuple[Column, ...]:
    """The column that each header belongs to."""
    one, where, kind, amount = table.columns
    return (one, where, kind, amount, kind, amount)


def _sql(source: Source, table: Table, events: Events) -> str:
    found = {one.column.name: one for one in conversions(source, table)}
    kind, amount = found["kind"], found.get("amount")
    if amount is None:  # no header of amounts: its date of recording is read from its own cell
        dated = conversions(source, Table("dates", column("r", source=events.kind, recorded=events.recorded_at)))[0]
        recorded, read = dated.recorded, (dated,)
    else:
        recorded, read = amount.recorded, (amount,)
    return (
        f"SELECT {found['key'].value} AS key, {found['site'].value} AS site, {kind.recorded} AS occurred, "
        f"{recorded} AS recorded, {kind.value} AS kind{', ' + amount.value + ' AS amount' if amount else ''} "
        f"FROM {cleaned([*found.values(), *read])}"
    )


def _fingerprint(source: Source) -> str:
    if source.origin in ("csv", "parquet"):
        return _of_files(source.files)
    names = [f"CAST(c{index} AS VARCHAR) AS c{index}" for index in range(len(source.headers))]
    with source.reading():
        reader = source.select(f"SELECT {', '.join(names)} FROM {RELATION}").to_arrow_reader(_BATCH)
        fingerprint = Fingerprint(pa.schema([pa.field(one.name, pa.string()) for one in reader.schema]))
        for batch in reader:
            fingerprint.update(batch)
    return canonical.digest({"headers": list(source.headers), "rows": fingerprint.hexdigest()})


def _of_files(files: list[Path] | tuple[Path, ...]) -> str:
    digests = [canonical.file_digest(one) for one in files]
    return digests[0] if len(digests) == 1 else canonical.digest(digests)
