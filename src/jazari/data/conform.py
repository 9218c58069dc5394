"""Does this table fit its declaration? A report by column; and conformed batches for scoring."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from jazari.core.errors import DataError
from jazari.data import judgement, problems
from jazari.data.dialect import clean
from jazari.data.measures import Measure, measure
from jazari.data.plan import conformed, plan
from jazari.data.relation import Source
from jazari.data.report import ColumnReport, Report
from jazari.schema.columns import Column
from jazari.schema.table import Table

__all__ = ["Report", "check", "stream"]

_LARGEST = sys.float_info.max


def check(source: Source, table: Table, *, need_outcome: bool = True, only: Sequence[str] | None = None) -> Report:
    """Does this table fit its declaration?

    Args:
        source: The rows.
        table: What they should be.
        need_outcome: Whether the outcome must be there and have two classes. To score, it need not be.
        only: Declared names, where not all are wanted.

    Returns:
        A report; problems are listed in it, not raised.

    Raises:
        DataError: only where the source itself cannot be read (JZ-305, JZ-306, JZ-308, JZ-340, JZ-342).
    """
    wanted = [one for one in table.columns if only is None or one.name in only]
    if judgement.holds_values(source, table):
        return Report(table.name, source.described, errors_of_table=(problems.no_header(source, table),))
    found = judgement.headers(source, table, wanted, need_outcome=need_outcome)
    try:
        how = plan(source, table, only)
    except DataError as failure:
        return Report(
            table.name, source.described, columns=_reports(wanted, {}, 0, found, {}), errors_of_table=(failure,)
        )
    counted = measure(source, how.conversions, how.limits, how.period)
    if not counted.rows:
        told = _reports(wanted, {}, 0, found, {})
        return Report(table.name, source.described, columns=told, errors_of_table=(problems.no_rows(source),))
    _merge(found, judgement.errors(source, table, how, counted, need_outcome=need_outcome))
    whole: tuple[DataError, ...] = ()
    if need_outcome and not found:
        whole = (problems.all_constant(table),) if judgement.says_nothing(how, counted) else ()
        _merge(found, judgement.leaks(source, table, how, counted.rows))
    columns = _reports(wanted, counted.columns, counted.rows, found, judgement.warnings(table, how, counted))
    periods = {name: count for name, count in sorted(how.periods.items()) if name}
    read = {clean(one.header) for one in table.columns} | {clean(one.recorded) for one in table.columns}
    unread = sum(one not in read for one in source.headers)
    plain = frozenset(name for name, one in counted.columns.items() if one.is_plain)
    return Report(table.name, source.described, counted.rows, periods, columns, whole, (), unread, plain)


def stream(source: Source, table: Table, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Conformed batches of these columns in the order of the source, without materialising; for scoring.

    Numbers that stand as numbers in the source are read once and checked as they pass; all other columns are checked
    before the first batch.

    Args:
        source: The rows.
        table: What they should be.
        columns: Declared names; `plan.key_name(table)` gives the row number where no key is declared.

    Raises:
        DataError: the first problem of these columns (JZ-304, JZ-310 to JZ-328).
    """
    how = plan(source, table, columns)
    plain = {one.column.name: one.column for one in how.conversions if one.plain and one.column.name in columns}
    _refuse(source, table, [name for name in columns if name not in plain])
    batches = conformed(source, how.reading_plain(plain), columns)
    for batch in batches:
        passed = _passed(batch, plain)
        if passed is None:
            batches.close()
            _refuse(source, table, columns)
            raise problems.changed(source)
        yield passed


def _refuse(source: Source, table: Table, columns: Sequence[str]) -> None:
    report = check(source, table, need_outcome=False, only=columns)
    if not report.fits:
        raise report.first_problem()


def _passed(batch: pa.RecordBatch, plain: Mapping[str, Column]) -> pa.RecordBatch | None:
    """The batch with NaN as missing; None where a number is infinite or out of bounds."""
    for name, declared in plain.items():
        column = batch.column(name)
        if not math.isfinite(pc.sum(column).as_py() or 0.0):
            column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
            batch = batch.set_column(batch.schema.get_field_index(name), name, column)
        extremes = pc.min_max(column)
        low, high = extremes["min"].as_py(), extremes["max"].as_py()
        least, most = declared.within or (-_LARGEST, _LARGEST)
        if low is not None and not (least <= low and high <= most):
            return None
    return batch


def _merge(found: judgement.Problems, more: judgement.Problems) -> None:
    for name, told in more.items():
        found.setdefault(name, []).extend(told)


def _reports(
    wanted: Sequence[Column], measures: Mapping[str, Measure], rows: int, errors: judgement.Problems,
    warnings: judgement.Problems,
) -> tuple[ColumnReport, ...]:  # fmt: skip
    return tuple(
        ColumnReport(
            one.name, one.header, one.role, one.kind, *_shares(measures.get(one.name), rows),
            tuple(errors.get(one.name, ())), tuple(warnings.get(one.name, ())),
        )
        for one in wanted
    )  # fmt: skip


def _shares(measured: Measure | None, rows: int) -> tuple[float | None, float]:
    if measured is None:
        return None, 0.0
    return 1 - measured.known / rows, measured.late / measured.known if measured.known else 0.0
