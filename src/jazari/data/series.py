"""Tables of series: read whole, columns under their own headers, numbers as reals, everything else as it stands."""

from __future__ import annotations

from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc

from jazari.core.errors import DataError
from jazari.data.conversion import ABSENT
from jazari.data.fingerprints import Fingerprint
from jazari.data.relation import RELATION, Source

_COMMA = "^[+-]?[0-9 \u00a0\u202f]*[0-9](,[0-9]*)?$"
_BLANK = "[ \u00a0\u202f]"


def read_series(source: Source, *, texts: Collection[str] = ()) -> pa.Table:
    """The rows of a source as one Arrow table.

    Args:
        source: The rows.
        texts: Headers whose cells are names, not numbers, even where they look like numbers.

    Raises:
        DataError: JZ-304 no rows, JZ-325 a header that stands twice; JZ-305, JZ-306, JZ-308: the source failed.
    """
    if source.doubled:
        raise DataError(
            "JZ-325", "a header stands more than once", where=source.described,
            found=", ".join(sorted(source.doubled)), fix="give each column its own header.",
        )  # fmt: skip
    relation = source.select(f"SELECT * FROM {RELATION}")
    with source.reading():
        rows: pa.Table = relation.to_arrow_table().rename_columns(list(source.headers))
    if not rows.num_rows:
        raise DataError("JZ-304", "the table has no rows", where=source.described, found="headers alone",
                        fix="export it again, with its rows.")  # fmt: skip
    if not source.is_text:
        return rows
    columns = [
        each if name in texts else _number(each) for name, each in zip(source.headers, rows.columns, strict=True)
    ]
    return pa.table(dict(zip(source.headers, columns, strict=True)))


def fingerprint(rows: pa.Table) -> str:
    """The SHA-256 of a table of series; a time counts as seconds since 1970."""
    plain = {}
    for name, each in zip(rows.column_names, rows.columns, strict=True):
        if pa.types.is_timestamp(each.type) or pa.types.is_date(each.type):
            plain[name] = each.cast(pa.timestamp("s"), safe=False).cast(pa.int64())
        elif pa.types.is_decimal(each.type) or pa.types.is_floating(each.type):
            plain[name] = each.cast(pa.float64())
        elif pa.types.is_integer(each.type) or pa.types.is_boolean(each.type):
            plain[name] = each
        else:
            plain[name] = each.cast(pa.string())
    table = pa.table(plain)
    taken = Fingerprint(table.schema)
    for batch in table.to_batches():
        taken.update(batch)
    return taken.hexdigest()


def _number(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Cells of text as reals if every one of them is a number or empty, else as they stand."""
    text = pc.utf8_trim_whitespace(cells.cast(pa.string()))
    absent = pc.is_in(text, value_set=pa.array(["", *ABSENT]))
    text = pc.if_else(absent, None, text)
    try:
        return text.cast(pa.float64())
    except pa.ArrowInvalid:
        if not pc.all(pc.match_substring_regex(text, _COMMA)).as_py():
            return cells
        plain = pc.replace_substring_regex(text, pattern=_BLANK, replacement="")
        return pc.replace_substring(plain, pattern=",", replacement=".").cast(pa.float64())
