"""How a source becomes a declared table, and its conformed rows, batch by batch."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Container, Generator, Mapping, Sequence

import pyarrow as pa

from jazari.data.calendar import prediction_dates
from jazari.data.conversion import Conversion, cleaned, conversions, on_time
from jazari.data.measures import period_counts
from jazari.data.relation import Source, quoted
from jazari.schema.columns import Role
from jazari.schema.table import Table

BATCH = 65_536
_ROW_FROM_0 = "n - 1"
_KEYS = ("key", "row_number", "_key")
_ARROW = {"double": pa.float64(), "string": pa.string(), "bool": pa.bool_(), "int64": pa.int64()}


@dataclasses.dataclass(frozen=True)
class Plan:
    """How a source becomes a declared table.

    Attributes:
        conversions: One a column, in the order of the declaration.
        period: SQL of the period; empty where none is declared.
        periods: Rows by period, the empty text for rows without one.
        limits: The prediction date by period.
        key: The name of the key column; a row number stands there where no key is declared.
    """

    conversions: tuple[Conversion, ...]
    period: str
    periods: Mapping[str, int]
    limits: Mapping[str, datetime.date]
    key: str

    @property
    def schema(self) -> pa.Schema:
        """The conformed columns; the key comes first where it is the row number."""
        declared = {one.column.name: _ARROW[one.arrow] for one in self.conversions}
        return pa.schema(declared if self.key in declared else {self.key: pa.int64(), **declared})

    def of_role(self, role: Role) -> Conversion | None:
        """The conversion of a role that stands at most once, or None."""
        return next((one for one in self.conversions if one.column.role == role), None)

    def reading_plain(self, names: Container[str]) -> Plan:
        """The same plan that takes these numbers as they stand, because they were found finite."""
        taken = (
            dataclasses.replace(one, value=one.plain, present="") if one.plain and one.column.name in names else one
            for one in self.conversions
        )
        return dataclasses.replace(self, conversions=tuple(taken))

    def sql(self, columns: Sequence[str] | None = None, every: int = 1) -> str:
        """The SELECT of the conformed rows, in the order of the source.

        Args:
            columns: Only these columns; all of them unless said.
            every: Only every so many rows.
        """
        shown = {one.column.name: on_time(one, self.limits, self.period) for one in self.conversions}
        if self.key not in shown:
            shown = {self.key: _ROW_FROM_0, **shown}
        names = list(shown) if columns is None else columns
        listed = ", ".join(f"{shown[name]} AS {quoted(name)}" for name in names)
        read = [one for one in self.conversions if one.column.name in names or one.column.role == "period"]
        rows = cleaned(read, numbered=every > 1 or (self.key in names and shown[self.key] == _ROW_FROM_0))
        return f"SELECT {listed} FROM {rows}{f' WHERE n % {every} = 0' if every > 1 else ''}"


def plan(source: Source, table: Table, only: Sequence[str] | None = None) -> Plan:
    """How this source becomes this table: the columns that are there, and the prediction date of each period.

    Args:
        source: The rows.
        table: What they should be.
        only: Declared names, where not all are wanted. The key, and the period that dates of recording need, are
            always read.

    Raises:
        DataError: JZ-327, the prediction date is a duration and there is no period.
    """
    found = tuple(conversions(source, table, _needed(table, only)))
    period = next((one for one in found if one.column.role == "period"), None)
    periods = period_counts(source, period)
    dated = any(one.recorded for one in found)
    limits = prediction_dates(table, periods) if dated else {}
    return Plan(found, period.value if period else "", periods, limits, key_name(table))


def key_name(table: Table) -> str:
    """The name of the key column: the declared one, else `key` for the row number, else a word that is free."""
    declared = table.one("key")
    names = {one.name for one in table.columns}
    return declared.name if declared else next(one for one in _KEYS if one not in names)


def conformed(source: Source, found: Plan, columns: Sequence[str] | None = None) -> Generator[pa.RecordBatch]:
    """The conformed rows in the order of the source, in batches of at most `BATCH` rows."""
    names = found.schema.names if columns is None else list(columns)
    schema = pa.schema([found.schema.field(name) for name in names])
    with source.reading():
        for batch in source.select(found.sql(names)).to_arrow_reader(BATCH):
            yield batch if batch.schema.equals(schema) else batch.cast(schema)


def _needed(table: Table, only: Sequence[str] | None) -> list[str] | None:
    if only is None:
        return None
    chosen = [one for one in table.columns if one.name in only]
    roles = {"key", "period"} if any(one.recorded for one in chosen) or table.one("key") else {"key"}
    return [one.name for one in table.columns if one in chosen or one.role in roles]
