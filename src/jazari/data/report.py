"""The report of `jazari check`: does this table fit, column by column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jazari.core.errors import DataError


@dataclass(frozen=True)
class ColumnReport:
    """One declared column as it was found.

    Attributes:
        name: The declared name; `header` in the file.
        role: `key`, `period`, `site`, `territory`, `column`, `audited` or `outcome`.
        kind: `number`, `category`, `flag` or `text`.
        missing: The share of rows without a value, between 0 and 1; None where the column is not there.
        recorded_late: The share of its values that were recorded after the prediction date.
        errors: What is wrong with it.
        warnings: What deserves a look.
    """

    name: str
    header: str
    role: str
    kind: str
    missing: float | None = None
    recorded_late: float = 0.0
    errors: tuple[DataError, ...] = ()
    warnings: tuple[DataError, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The column as JSON."""
        fields = ("name", "header", "role", "kind", "missing", "recorded_late")
        said = {"errors": [_plain(one) for one in self.errors], "warnings": [_plain(one) for one in self.warnings]}
        return {name: getattr(self, name) for name in fields} | said


@dataclass(frozen=True)
class Report:
    """Does this table fit its declaration?

    Attributes:
        table: The name of the declared table.
        data: Where the rows lie, safe to print.
        rows: How many there are.
        periods: Rows by period, in the order of time; empty where no period is declared.
        columns: The declared columns in their order.
        errors_of_table: What is wrong with the table as a whole.
        warnings_of_table: What deserves a look in the table as a whole.
        unread: Headers of the source that the declaration does not read, by number only.
        plain: The columns whose numbers can be taken as they stand in the source.
    """

    table: str
    data: str
    rows: int = 0
    periods: Mapping[str, int] = field(default_factory=dict)
    columns: tuple[ColumnReport, ...] = ()
    errors_of_table: tuple[DataError, ...] = ()
    warnings_of_table: tuple[DataError, ...] = ()
    unread: int = 0
    plain: frozenset[str] = frozenset()

    @property
    def errors(self) -> list[DataError]:
        """Everything that is wrong: the table first, then the columns in the order of the declaration."""
        return [*self.errors_of_table, *(one for column in self.columns for one in column.errors)]

    @property
    def warnings(self) -> list[DataError]:
        """Everything that deserves a look."""
        return [*self.warnings_of_table, *(one for column in self.columns for one in column.warnings)]

    @property
    def fits(self) -> bool:
        """Whether nothing is wrong."""
        return not self.errors

    def as_json(self) -> dict[str, Any]:
        """The report as one JSON document."""
        return {
            "table": self.table, "data": self.data, "fits": self.fits, "rows": self.rows, "periods": dict(self.periods),
            "columns": [one.as_json() for one in self.columns], "unread": self.unread,
            "errors": [_plain(one) for one in self.errors], "warnings": [_plain(one) for one in self.warnings],
        }  # fmt: skip

    def first_problem(self) -> DataError:
        """The first error, which counts the others. Only where the table does not fit."""
        first, others = self.errors[0], len(self.errors) - 1
        if not others:
            return first
        more = f" {others} more problem{'s' if others > 1 else ''}: run jazari check."
        return DataError(first.code, first.sentence, where=first.where, found=first.found, fix=first.fix + more)


def _plain(error: DataError) -> dict[str, str]:
    return error.as_json()["error"]
