"""What a source seems to hold, column by column: the first guesses of a declaration. A person decides."""

from __future__ import annotations

import keyword
import math
import re
import unicodedata
from dataclasses import dataclass

from jazari.data.conversion import NO, YES, Conversion, cleaned, conversions
from jazari.data.relation import Source
from jazari.schema.columns import Column, Kind
from jazari.schema.table import Table

FEWEST = 11
_MOST = 20
_PERIODS = r"^\d{4}([-/]\d{4}|-\d{2}(-\d{2})?|-W\d{2}|-Q[1-4])?$"
_FLAGS = ", ".join(f"'{word}'" for word in (*YES, *NO))


@dataclass(frozen=True)
class Guess:
    """What one column seems to be.

    Attributes:
        header: As it stands in the source.
        name: A Python identifier made from it, different for each column.
        kind: `number`, `category`, `flag` or `text`.
        within: Bounds of a number, rounded outward to one significant digit of its range; None where it is no number,
            or where fewer than 11 rows hold a value.
        among: The values of a category, where there are at most 20 of them and each stands on 11 rows or more.
        missing: The share of rows without a value.
        distinct: How many different values there are.
        candidates: What it could be besides an input: `key`, `period`, `site`, `outcome`.
    """

    header: str
    name: str
    kind: Kind
    within: tuple[float, float] | None
    among: tuple[str, ...]
    missing: float
    distinct: int
    candidates: tuple[str, ...]


@dataclass(frozen=True)
class _Counts:
    rows: int
    known: int
    numbers: int
    flags: int
    periods: int
    distinct: int
    low: float | None
    high: float | None


def describe(source: Source) -> list[Guess]:
    """Guess what each column of a source is, without ever showing a value that fewer than 11 rows share.

    Raises:
        DataError: only where the source cannot be read.
    """
    names = _identifiers(source.headers)
    guesses = []
    for position, (header, name) in enumerate(zip(source.headers, names, strict=True)):
        if not header or source.position(header) != position:
            continue
        number, text = _both(source, header)
        counts = _count(source, number, text)
        kind = _kind(counts)
        among = _values(source, text) if kind == "category" and counts.distinct <= _MOST else ()
        within = _bounds(counts.low, counts.high) if kind == "number" and counts.known >= FEWEST else None
        missing = 1 - counts.known / counts.rows if counts.rows else 1.0
        guesses.append(Guess(header, name, kind, within, among, missing, counts.distinct, _candidates(counts, kind)))
    return guesses


def identifier(header: str) -> str:
    """A header as a Python identifier: lower case, without accents, words joined by `_`."""
    plain = unicodedata.normalize("NFKD", header).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    if not name or name[0].isdigit():
        name = f"c_{name}".rstrip("_")
    return f"{name}_" if keyword.iskeyword(name) else name


def _identifiers(headers: tuple[str, ...]) -> list[str]:
    taken: set[str] = set()
    names = []
    for header in headers:
        base = name = identifier(header)
        number = 2
        while name in taken:
            name, number = f"{base}_{number}", number + 1
        taken.add(name)
        names.append(name)
    return names


def _both(source: Source, header: str) -> tuple[Conversion, Conversion]:
    """The column read as a number and as a category."""
    read = []
    for kind in ("number", "category"):
        table = Table("draft", Column("draft", "column", kind=kind, source=header))
        read.append(conversions(source, table)[0])
    return read[0], read[1]


def _count(source: Source, number: Conversion, text: Conversion) -> _Counts:
    row = source.rows(
        f"SELECT count(*), count(w), count(v), count(*) FILTER (lower(w) IN ({_FLAGS})), "
        f"count(*) FILTER (regexp_matches(w, '{_PERIODS}')), count(DISTINCT w), min(v), max(v) "
        f"FROM (SELECT {number.value} AS v, {text.value} AS w FROM {cleaned([number, text])})"
    )[0]
    return _Counts(*row)


def _kind(counts: _Counts) -> Kind:
    if counts.known and counts.flags == counts.known:
        return "flag"
    if counts.known and counts.numbers == counts.known:
        return "number"
    return "category" if counts.distinct <= max(_MOST, counts.known // 100) else "text"


def _values(source: Source, text: Conversion) -> tuple[str, ...]:
    rows = source.rows(
        f"SELECT w, count(*) FROM (SELECT {text.value} AS w FROM {cleaned([text])}) WHERE w IS NOT NULL GROUP BY 1"
    )
    rare = any(times < FEWEST for _, times in rows)
    return () if rare else tuple(sorted(str(value) for value, _ in rows))


def _bounds(low: float | None, high: float | None) -> tuple[float, float] | None:
    """Bounds around all values, moved outward to one significant digit of the range, so that no extreme is shown."""
    if low is None or high is None or not math.isfinite(high - low):
        return None
    step = (
        10.0 ** math.floor(math.log10(high - low))
        if high > low
        else max(10.0 ** math.floor(math.log10(abs(low) or 1)), 1)
    )
    least, most = (math.floor(low / step) - (low < 0)) * step, (math.floor(high / step) + 1) * step
    return (0.0 if 0 <= low < step else round(least, 12)), round(most, 12)


def _candidates(counts: _Counts, kind: Kind) -> tuple[str, ...]:
    """What the column could be, by its counts: unique values a key, labels of time a period, groups a site."""
    wide = counts.distinct > 1
    told = (
        ("key", counts.known == counts.rows == counts.distinct and wide and kind in {"number", "text", "category"}),
        ("period", counts.known == counts.periods == counts.rows and counts.distinct <= _MOST),
        ("site", kind != "flag" and _MOST < counts.distinct <= counts.known // FEWEST),
        ("outcome", counts.distinct == 2),  # noqa: PLR2004  yes and no
    )
    return tuple(name for name, holds in told if holds)
