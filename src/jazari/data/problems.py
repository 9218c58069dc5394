"""What can be wrong with a table, each as a coded error with its fix. Counts and column names only, never a value."""

from __future__ import annotations

from jazari.core.errors import DataError, did_you_mean
from jazari.data.relation import Source
from jazari.schema.columns import Column
from jazari.schema.table import Table

_SHOWN = 60


def no_header(source: Source, table: Table) -> DataError:
    """JZ-311: the first line holds values."""
    wanted = ", ".join(one.header for one in table.columns[:5])
    return DataError(
        "JZ-311", "the first line holds values, not headers", where=source.described,
        found=f"{len(source.headers)} cells, none of them a declared header",
        fix=f"put a first line with the headers: {wanted}, ...",
    )  # fmt: skip


def missing_column(source: Source, table: Table, column: Column, header: str) -> DataError:
    """JZ-310: a declared header is not in the source. The headers found are shown only where some are declared."""
    declared = {one.header for one in table.columns} | {one.recorded for one in table.columns}
    are_headers = any(one in declared for one in source.headers)
    found = ", ".join(source.headers[:_SHOWN]) if are_headers else f"{len(source.headers)} columns, none declared"
    near = did_you_mean(header, source.headers) if are_headers else ""
    return DataError(
        "JZ-310", f"the table has no column '{header}'", where=of(table, column), found=found,
        fix=f"{near}Rename the header in the file, or say source='...' in the declaration.",
    )  # fmt: skip


def doubled(table: Table, column: Column) -> DataError:
    """JZ-325: a declared header stands more than once."""
    return DataError(
        "JZ-325", f"the header '{column.header}' stands more than once", where=of(table, column),
        found="two columns of one name", fix="rename or remove one of them in the file.",
    )  # fmt: skip


def no_rows(source: Source) -> DataError:
    """JZ-304: headers and nothing under them."""
    return DataError(
        "JZ-304", "the table has headers and no row", where=source.described, found="0 rows",
        fix="export the table again; the query behind it probably found nothing.",
    )  # fmt: skip


def wrong_type(table: Table, column: Column, count: int, line: str) -> DataError:
    """JZ-312, JZ-315: values that are no number, no yes or no."""
    code, what, fix = (
        ("JZ-312", "numbers", 'mend them, or leave the cell empty; declare kind="category" if they are codes.')
        if column.kind == "number"
        else ("JZ-315", "yes or no", "write 1 or 0, yes or no, true or false; for an outcome, say positive=... .")
    )
    return DataError(
        code, f"column '{column.header}' has values that are not {what}", where=of(table, column),
        found=f"{_values(count)}, the first at {line}", fix=fix,
    )  # fmt: skip


def mixed_decimals(table: Table, column: Column, commas: int, points: int) -> DataError:
    """JZ-328: decimal commas and decimal points in one column."""
    return DataError(
        "JZ-328", f"column '{column.header}' mixes decimal commas and decimal points", where=of(table, column),
        found=f"{_values(commas)} with a comma, {_values(points)} with a point",
        fix="write one of them everywhere, and no thousands separator.",
    )  # fmt: skip


def out_of_bounds(table: Table, column: Column, count: int, line: str) -> DataError:
    """JZ-313: numbers outside `within`."""
    low, high = column.within or (0.0, 0.0)
    return DataError(
        "JZ-313", f"column '{column.header}' has values outside its bounds", where=of(table, column),
        found=f"{_values(count)} outside {low:g} to {high:g}, the first at {line}",
        fix="mend or empty these cells; widen within=(...) only if such values are real.",
    )  # fmt: skip


def not_among(table: Table, column: Column, count: int, line: str) -> DataError:
    """JZ-314: categories that are not declared."""
    return DataError(
        "JZ-314", f"column '{column.header}' has values that are not among the declared ones", where=of(table, column),
        found=f"{_values(count)} not among {', '.join(column.among[:20])}; the first at {line}",
        fix="mend the spelling in the file, or add the value to among=(...).",
    )  # fmt: skip


def bad_dates(table: Table, column: Column, count: int, line: str) -> DataError:
    """JZ-323: dates of recording that are no dates."""
    return DataError(
        "JZ-323", f"column '{column.recorded}' has values that are not dates", where=of(table, column),
        found=f"{_values(count)}, the first at {line}", fix="write them as 2025-12-20, or 20/12/2025.",
    )  # fmt: skip


def duplicated(table: Table, column: Column, keys: int, rows: int) -> DataError:
    """JZ-316: keys that stand twice in one period."""
    within = " in one period" if table.one("period") else ""
    return DataError(
        "JZ-316", f"the key '{column.header}' stands more than once{within}", where=of(table, column),
        found=f"{keys} keys on {rows} rows", fix="keep one row a key, or declare the period that tells the rows apart.",
    )  # fmt: skip


def no_key(table: Table, column: Column, count: int, line: str) -> DataError:
    """JZ-317: rows without a key."""
    return DataError(
        "JZ-317", f"rows have no key in '{column.header}'", where=of(table, column),
        found=f"{count} rows, the first at {line}", fix="give every row its key, or remove these rows.",
    )  # fmt: skip


def bad_periods(table: Table, column: Column, labels: int, rows: int) -> DataError:
    """JZ-322: periods that are missing or no periods."""
    return DataError(
        "JZ-322", f"column '{column.header}' has values that are not periods", where=of(table, column),
        found=f"{labels} different values on {rows} rows, empty ones counted",
        fix="write a school year as 2024-2025, or ISO 8601: 2024, 2024-Q3, 2024-11, 2024-W47, 2024-11-22.",
    )  # fmt: skip


def one_class(table: Table, column: Column, yes: int, known: int) -> DataError:
    """JZ-318, JZ-321: an outcome with nothing to tell apart."""
    if not known:
        return DataError(
            "JZ-321", f"the outcome '{column.header}' is known for no row", where=of(table, column), found="0 known",
            fix="give a table of the past, where it is known what came true.",
        )  # fmt: skip
    said = f", positive is {', '.join(column.positive)}" if column.positive else ""
    return DataError(
        "JZ-318", f"the outcome '{column.header}' has one class only", where=of(table, column),
        found=f"{yes} yes and {known - yes} no{said}",
        fix="give rows of both classes; check the spelling of positive=... against the file.",
    )  # fmt: skip


def leak(table: Table, column: Column, auc: float) -> DataError:
    """JZ-319: a column that already knows the outcome."""
    return DataError(
        "JZ-319", f"column '{column.header}' knows the outcome", where=of(table, column),
        found=f"alone it sorts yes from no with an AUC of {auc:.4f}",
        fix="leave it out: it was most likely written down after the fact. Declare known_at, when it is recorded.",
    )  # fmt: skip


def all_constant(table: Table) -> DataError:
    """JZ-320: no column says anything."""
    return DataError(
        "JZ-320", "every column that the engine reads is constant or empty", where=f"table '{table.name}'",
        found=f"{len(table.inputs)} columns, one value each at most",
        fix="check the export: nothing can be learnt from it.",
    )  # fmt: skip


def constant(table: Table, column: Column) -> DataError:
    """JZ-330, a warning: one value everywhere."""
    return DataError(
        "JZ-330", f"column '{column.header}' is constant", where=of(table, column), found="one value at most",
        fix="check the export; a constant column says nothing and can be left out.",
    )  # fmt: skip


def mostly_missing(table: Table, column: Column, share: float) -> DataError:
    """JZ-331, a warning: more than half missing."""
    return DataError(
        "JZ-331", f"column '{column.header}' is mostly empty", where=of(table, column), found=f"{share:.1%} missing",
        fix="find out why: an empty cell that means something should be a value of its own.",
    )  # fmt: skip


def no_place(table: Table, column: Column, rows: int) -> DataError:
    """JZ-332, a warning: rows without their site or territory."""
    return DataError(
        "JZ-332", f"rows have no {column.role} in '{column.header}'", where=of(table, column), found=f"{rows} rows",
        fix=f"complete them: without a {column.role} they compete for no place of their own.",
    )  # fmt: skip


def late(table: Table, column: Column, share: float) -> DataError:
    """JZ-333, a warning: values recorded after the prediction date."""
    return DataError(
        "JZ-333", f"column '{column.header}' is partly recorded after the prediction date", where=of(table, column),
        found=f"{share:.1%} of its values", fix="nothing to mend: they are read as missing, as they were on that date.",
    )  # fmt: skip


def undated(table: Table, column: Column, share: float) -> DataError:
    """JZ-334, a warning: values with no date of recording."""
    return DataError(
        "JZ-334", f"column '{column.header}' has values with no date of recording", where=of(table, column),
        found=f"{share:.1%} of its values", fix=f"complete '{column.recorded}': without a date they count as on time.",
    )  # fmt: skip


def changed(source: Source) -> DataError:
    """JZ-329: a source that is not what it was when it was checked."""
    return DataError(
        "JZ-329", "the table changed while it was read", where=source.described, found="other values than were checked",
        fix="read it when nobody writes to it, or from a copy.",
    )  # fmt: skip


def of(table: Table, column: Column) -> str:
    """Where a problem of a column lies."""
    return f"table '{table.name}', column '{column.name}'"


def place(source: Source, row: int) -> str:
    """A row as a person finds it: a line of a csv (counted without line breaks inside cells), else a row from 1."""
    return f"line {row + 1}" if source.is_text else f"row {row}"


def _values(count: int) -> str:
    return f"{count} value{'s' if count != 1 else ''}"
