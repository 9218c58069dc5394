"""Scores where the data live: the model goes to the database as one expression, and a table of scores stays there.

No row leaves: the database answers with counts alone. The rows are conformed by Ibis as `jazari.data` does it: late
values are missing, texts are trimmed, NaN is missing; what is out of its bounds, or not declared, is refused with its
count. Ranks are not made here: ties are broken by pseudonyms, and their secret leaves the institution's machine for no
database.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, TypeVar

from jazari.core.errors import EngineError, JazariError
from jazari.data.calendar import prediction_dates, start_of
from jazari.data.conversion import NO, YES
from jazari.data.dialect import clean
from jazari.data.native_columns import BLANKS
from jazari.engines.risk.expression import with_reasons
from jazari.schema.columns import Column, Role
from jazari.usecase.risk import listing
from jazari.usecase.risk.national import Published

T = TypeVar("T")


def scores_of(published: Published, rows: Any) -> tuple[Any, int]:
    """The scores of the last period of a table, as an expression on the table's own database.

    Args:
        published: What a dossier lists with; a glass model.
        rows: An `ibis.Table` under the headers of the declaration.

    Returns:
        An `ibis.Table` of key, site, territory, logit, probability, reasons and rest; and how many rows it will have.

    Raises:
        EngineError: JZ-413 no glass model; JZ-416, the rows do not fit; JZ-415, the database failed.
    """
    scorer = published.glass("be scored in a database")
    conformed = asked(lambda: _conformed(published, rows))
    count = asked(lambda: _checked(published, conformed))
    table = published.table
    scored = with_reasons(scorer.intercept, scorer.terms, conformed, listing.REASONS, _fence_of(rows))
    logit = scored["logit"]
    scored = scored.mutate(probability=1.0 / (1.0 + (-logit).exp()))
    reasons = [f"{stem}_{place}" for stem in ("reason", "contribution") for place in range(1, listing.REASONS + 1)]
    roles: tuple[Role, ...] = ("key", "site", "territory")
    known = {role: scored[column.name] for role in roles if (column := table.one(role))}
    return scored.select(**known, **{name: scored[name] for name in ("logit", "probability", *reasons, "rest")}), count


def asked(ask: Callable[[], T]) -> T:
    """What a database answers; its own messages may quote rows or users, and stay here.

    Raises:
        EngineError: JZ-415, it failed.
    """
    try:
        with warnings.catch_warnings():
            # Ibis 12 still calls what DuckDB 2.0 renamed
            warnings.filterwarnings("ignore", message=r".*is deprecated", category=DeprecationWarning)
            return ask()
    except JazariError:
        raise
    except Exception as failure:  # noqa: BLE001  Ibis and each driver have trees of their own
        raise EngineError(
            "JZ-415", "the database failed while it scored", where="--in-database", found=type(failure).__name__,
            fix="check that you may read the table and write beside it, and that the database has room.",
        ) from None  # fmt: skip


def _fence_of(rows: Any) -> Callable[[Any], Any]:
    """PostgreSQL writes a subquery out at each place that reads it, unless it has a limit."""
    postgresql = rows.get_backend().name == "postgres"
    return (lambda one: one.limit(1 << 62)) if postgresql else (lambda one: one)


def _conformed(published: Published, rows: Any) -> Any:
    """The columns that the list needs, under their declared names: the rows of the last period."""
    table = published.table
    if table.one("key") is None:
        raise _unfit(
            "the table declares no key", "rows without a name", "declare key(...): scores need one to be joined."
        )
    headers = {clean(name): name for name in rows.columns}
    wanted = [one for one in table.columns if one.name in published.names]
    period = table.one("period")
    read = [*wanted, *([period] if period else [])]
    missing = [
        header for one in read for header in (one.header, one.recorded) if header and clean(header) not in headers
    ]
    if missing:
        raise _unfit(
            "the table does not have every column", ", ".join(missing), "rename the headers in the table or a view."
        )
    limit = None
    if period:
        label = _text(rows[headers[clean(period.header)]]).replace("/", "-")
        last = label.max().execute()
        if last is None or start_of(last) is None or label.isnull().any().execute():
            raise _unfit("some rows have no period", f"column {period.header}", "complete or correct the periods.")
        rows = rows.filter(label == last)
        limit = prediction_dates(table, [last]).get(last) if any(one.recorded for one in wanted) else None
    elif any(one.recorded for one in wanted):
        limit = next(iter(prediction_dates(table, []).values()), None)
    values = {one.name: _value(one, rows[headers[clean(one.header)]]) for one in wanted}
    for one in wanted:
        if one.recorded and limit:
            late = rows[headers[clean(one.recorded)]].cast("date") > _date(limit)
            values[one.name] = late.fill_null(_false()).ifelse(_nothing(values[one.name]), values[one.name])
    return rows.select(**values)


def _value(column: Column, cell: Any) -> Any:
    import ibis

    kind = cell.type()
    if column.role == "key":
        return cell if kind.is_integer() else _text(cell)
    if column.role != "column" or column.kind == "category":
        return _text(cell)
    if kind.is_string() and column.kind == "flag":
        word = _text(cell).lower()
        return word.cases(*((one, 1.0) for one in YES), *((one, 0.0) for one in NO), else_=-1.0).nullif(
            word.isnull().ifelse(-1.0, -2.0)
        )
    if not (kind.is_numeric() or kind.is_boolean()):
        raise _unfit(f"column '{column.header}' is not a number", str(kind), "give it a numeric type in a view.")
    if kind.is_boolean():  # PostgreSQL casts no boolean to a number that a model reads
        return ibis.cases((cell, 1.0), (~cell, 0.0))
    number = cell.cast("float64")
    return number.isnan().ifelse(_nothing(number), number) if kind.is_floating() else number


def _checked(published: Published, rows: Any) -> int:
    """Count what does not fit.

    Raises:
        EngineError: JZ-416.
    """
    counts, key = {"rows": rows.count()}, published.table.one("key")
    for one in published.table.columns:
        if one.name not in rows.columns:
            continue
        value = rows[one.name]
        if one.role == "key":
            counts[f"'{one.header}' is empty"] = value.isnull().sum()
        elif one.kind == "flag":
            counts[f"'{one.header}' is neither yes nor no"] = (~value.isin([0.0, 1.0])).sum()
        elif one.role == "column" and one.kind == "number":
            low, high = one.within or (-1.7976931348623157e308, 1.7976931348623157e308)
            counts[f"'{one.header}' is out of its bounds"] = ((value < low) | (value > high)).sum()
        elif one.among:
            counts[f"'{one.header}' is not among its values"] = (~value.isin(list(one.among))).sum()
    told = rows.aggregate(**{f"c{place}": value for place, value in enumerate(counts.values())}).to_pyarrow()
    numbers = dict(zip(counts, (int(column[0].as_py() or 0) for column in told.columns), strict=True))
    count = numbers.pop("rows")
    assert key  # noqa: S101  asked of every table before
    # by itself: beside other counts, Spark would keep them all for each of the keys
    apart = int(rows.aggregate(keys=rows[key.name].nunique()).to_pyarrow()["keys"][0].as_py())
    numbers[f"'{key.header}' stands twice"] = max(count - numbers[f"'{key.header}' is empty"] - apart, 0)
    wrong = [f"{what}: {number:,} rows" for what, number in numbers.items() if number]
    if wrong or not count:
        raise _unfit(
            "the rows do not fit the declaration", "; ".join(wrong) or "no row",
            "mend them in the database, or read a view that does; `jazari check` says more.",
        )  # fmt: skip
    return count


def _text(cell: Any) -> Any:
    """A text without the blanks that `conform` takes away; null where nothing is left.

    Ibis's own `strip` names blanks that Spark 4 reads as the letters f and v (ibis 12).
    """
    import ibis

    def trimmed(text: str, blanks: str) -> str:  # noqa: ARG001  what Ibis asks of a function of the database
        raise AssertionError

    name = "trim" if cell.get_backend().name == "duckdb" else "btrim"
    trim: Any = ibis.udf.scalar.builtin(trimmed, name=name)
    text = trim(cell if cell.type().is_string() else cell.cast("string"), BLANKS)
    return text.nullif("")


def _nothing(like: Any) -> Any:
    import ibis

    return ibis.null(like.type())


def _false() -> Any:
    import ibis

    return ibis.literal(value=False)


def _date(day: Any) -> Any:
    import ibis

    return ibis.literal(day, type="date")


def _unfit(sentence: str, found: str, fix: str) -> EngineError:
    return EngineError("JZ-416", sentence, where="--in-database", found=found, fix=fix)
