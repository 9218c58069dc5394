"""Table: what a row means, column by column, declared once for every room."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jazari.core.errors import DeclarationError, did_you_mean
from jazari.core.periods import Duration
from jazari.schema.columns import Column, Role

_ONE = ("key", "period", "site", "territory", "outcome", "time", "series")


@dataclass(frozen=True, init=False)
class Table:
    """A table that a use case reads.

    Args:
        name: One word: `pupils`.
        columns: `key`, `period`, `site`, `territory`, `column`, `audited`, `outcome`, and for series `time`, `series`,
            `known_ahead`, in any order.
        row: The sentence that a row is: "one pupil in one school year, as known when the first term closes".
        hierarchy: Of a table of series: sum -> its parts, `{"town": ("north", "south")}`, or `{"land": ("*",)}` for all
            series that are no sums. A sum that the table does not hold is made of its parts.
        predict_at: The prediction date: a date, or a duration from the start of the period. A column recorded later
            is refused. Left out, the prediction date is the day of the declaration's use.

    Raises:
        DeclarationError: JZ-211 two columns of one name or two of a role that stands once, JZ-212 no column for the
            engine, JZ-213 a column known only after the prediction date.
    """

    name: str
    columns: tuple[Column, ...]
    row: str
    predict_at: str
    hierarchy: Mapping[str, tuple[str, ...]]

    def __init__(
        self, name: str, *columns: Column, row: str = "", predict_at: str = "",
        hierarchy: Mapping[str, Sequence[str]] | None = None,
    ) -> None:  # fmt: skip
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "columns", tuple(columns))
        object.__setattr__(self, "row", row)
        object.__setattr__(self, "predict_at", predict_at)
        parts = {whole: tuple(each) for whole, each in (hierarchy or {}).items()}
        object.__setattr__(self, "hierarchy", parts)
        self._refuse_doubles()
        self._refuse_the_future()

    def _refuse_doubles(self) -> None:
        where = f"table '{self.name}'"
        strangers = [repr(one)[:40] for one in self.columns if not isinstance(one, Column)]
        if strangers:
            raise DeclarationError(
                "JZ-211", "a table is made of columns", where=where, found=", ".join(strangers),
                fix="use key, period, site, territory, column, audited, outcome.",
            )  # fmt: skip
        for what, words in (
            ("name", [one.name for one in self.columns]),
            ("header", [one.header for one in self.columns]),
        ):
            double = [word for word, times in Counter(words).items() if times > 1]
            if double:
                raise DeclarationError(
                    "JZ-211", f"two columns share the {what} '{double[0]}'", where=where, found=", ".join(double),
                    fix="declare each column once, in one role.",
                )  # fmt: skip
        for role in _ONE:
            named = [one.name for one in self.columns if one.role == role]
            if len(named) > 1:
                raise DeclarationError(
                    "JZ-211", f"a table has one {role}", where=where, found=", ".join(named),
                    fix=f"keep one {role}; declare the other as column(...) or audited(...).",
                )  # fmt: skip
        if not self.inputs:
            raise DeclarationError(
                "JZ-212", "no column for the engine to read", where=where,
                found=", ".join(one.name for one in self.columns) or "an empty table",
                fix='declare at least one column("...").',
            )  # fmt: skip

    def _refuse_the_future(self) -> None:
        limit = self.predict_at or datetime.datetime.now(tz=datetime.UTC).date().isoformat()
        for one in self.columns:
            if one.known_at and is_later(one.known_at, limit):
                raise DeclarationError(
                    "JZ-213",
                    f"column '{one.name}' is recorded only after the prediction date",
                    where=f"table '{self.name}'",
                    found=f"known_at {one.known_at}, prediction at {limit}",
                    fix="leave the column out, or predict later: what counts is the date of recording.",
                )

    def of_role(self, role: Role) -> tuple[Column, ...]:
        """The columns of a role, in the order of the declaration."""
        return tuple(one for one in self.columns if one.role == role)

    def one(self, role: Role) -> Column | None:
        """The column of a role that stands at most once, or None."""
        return next(iter(self.of_role(role)), None)

    @property
    def inputs(self) -> tuple[Column, ...]:
        """What an engine may read: never an audited column, never the outcome."""
        return self.of_role("column")

    @property
    def audited(self) -> tuple[Column, ...]:
        """What the audit alone reads."""
        return self.of_role("audited")

    def column(self, name: str) -> Column:
        """The column of that name.

        Raises:
            DeclarationError: JZ-203, with the nearest name.
        """
        for one in self.columns:
            if one.name == name:
                return one
        names = [one.name for one in self.columns]
        raise DeclarationError(
            "JZ-203",
            f"table '{self.name}' has no column '{name}'",
            found=", ".join(names),
            fix=f'{did_you_mean(name, names)}Otherwise declare it: column("{name}", ...).',
        )


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}$")


def is_later(moment: str, limit: str) -> bool:
    """Whether a moment (a date or a duration from the start of the period) comes after another of the same sort.

    Raises:
        DeclarationError: JZ-214, neither a date nor a duration, or one of each.
    """
    if _DATE.match(moment) and _DATE.match(limit):
        return datetime.date.fromisoformat(moment) > datetime.date.fromisoformat(limit)
    if moment.startswith("P") and limit.startswith("P"):
        return Duration.parse(moment).days_at_least() > Duration.parse(limit).days_at_least()
    if moment.startswith("P") and _DATE.match(limit):
        return False  # a duration from the period's start cannot be compared with today; the data are
    raise DeclarationError(
        "JZ-214",
        "a moment is a date or an ISO 8601 duration, and both moments of a table are of one sort",
        found=f"{moment} and {limit}",
        fix="write 2025-12-20 or P3M20D (from the start of the period) for known_at and predict_at alike.",
    )
