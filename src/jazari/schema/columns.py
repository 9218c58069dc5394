"""Columns: what each field of a row means, who may read it, and what values it may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jazari.core.errors import DeclarationError

Role = Literal["key", "period", "site", "territory", "column", "audited", "outcome", "time", "series", "known_ahead"]
Kind = Literal["number", "category", "flag", "text"]
Direction = Literal["up", "down"]
Label = str | Mapping[str, str]

SELECTED_ROLES = ("column", "audited")
_KINDS = ("number", "category", "flag", "text")


@dataclass(frozen=True)
class Column:
    """One column of a table, declared once for every room.

    Attributes:
        name: The word used in Jazari. `source` is the header in the file, the same word unless said.
        role: `column` is read by the engine; `audited` by the audit alone; `outcome` is what later came true. A table
            of series has a `time`, names its `series`, and may hold columns that are `known_ahead` of time.
        label: What a person reads: an English sentence of the catalogues, or texts by language.
        kind: `number` (float64), `category` (string), `flag` (0 or 1, also yes/no and true/false), `text` (keys).
        unit: The unit of a number, as printed: `half-day`, `point/20`, `km`.
        within: The lowest and highest value a number may take, both included.
        among: The values a category may take; anything else is a data error. Empty: any value.
        direction: `up` if a higher value can only raise the score, `down` if it can only lower it; held exactly.
        known_at: When the value is *recorded*: a date, or a duration from the start of the period (`P3M20D`).
        recorded: The header of a date column that says when each value was recorded; a value recorded after the
            prediction date is missing on that date, and is read as missing.
        positive: The values of an outcome that mean "it happened". Empty: true, 1, yes.
        known_after: How long after the prediction date an outcome is known (ISO 8601 duration).
        face_to_face: Whether it is only ever told in person: a family's poverty is written on no notice.
        zone: The time zone in which times are printed. Empty: one fixed offset all year, whichever it is.
        like: Words in the headers of a wide table whose columns are each a series: `power`, `load`.
    """

    name: str
    role: Role
    label: Label = ""
    kind: Kind = "number"
    unit: str = ""
    within: tuple[float, float] | None = None
    among: tuple[str, ...] = ()
    source: str = ""
    direction: Direction | None = None
    known_at: str = ""
    recorded: str = ""
    positive: tuple[str, ...] = ()
    known_after: str = ""
    face_to_face: bool = False
    zone: str = ""
    like: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.name or not isinstance(self.name, str):
            raise _wrong(self, "a column needs a name", found=repr(self.name), fix='write column("absences", ...).')
        if self.kind not in _KINDS:
            raise _wrong(self, "a column has a kind that does not exist", found=str(self.kind), fix=f"use {_KINDS}.")
        if self.direction not in (None, "up", "down"):
            raise _wrong(
                self, "a direction is 'up' or 'down'", found=repr(self.direction), fix="say what a higher value does."
            )
        if self.direction and self.kind == "category":
            raise _wrong(self, "a category has no direction", found=self.kind, fix="leave direction out.")
        if self.within is not None and not (
            len(self.within) == len(("lowest", "highest")) and self.within[0] < self.within[1]
        ):
            raise _wrong(self, "bounds are a lowest and a highest value", found=str(self.within), fix="within=(0, 20).")
        if self.zone and not _is_zone(self.zone):
            raise _wrong(
                self, "no time zone has this name", found=repr(self.zone), fix='write zone="Africa/Casablanca".'
            )

    @property
    def header(self) -> str:
        """The name of the column in the file."""
        return self.source or self.name


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _wrong(column: Column, sentence: str, *, found: str, fix: str) -> DeclarationError:
    return DeclarationError("JZ-210", sentence, where=f"column '{column.name}'", found=found, fix=fix)


def _values(among: object) -> tuple[str, ...]:
    if isinstance(among, (str, bytes)):
        return (str(among),)
    return tuple(str(value) for value in among)  # type: ignore[attr-defined]


def key(name: str, label: Label = "", *, source: str = "") -> Column:
    """The column that names a row: unique in a period. Without one, the row number is the key."""
    return Column(name, "key", label, "text", source=source)


def period(name: str, label: Label = "", *, source: str = "") -> Column:
    """The column that says when a row holds: a school year `2024-2025`, or any ISO 8601 period; sorts by itself."""
    return Column(name, "period", label, "text", source=source)


def site(name: str, label: Label = "", *, source: str = "") -> Column:
    """The unit above a person: the school, the clinic."""
    return Column(name, "site", label, "text", source=source)


def territory(name: str, label: Label = "", *, source: str = "") -> Column:
    """Where the row belongs: the commune, the province."""
    return Column(name, "territory", label, "text", source=source)


def column(
    name: str,
    label: Label = "",
    *,
    kind: Kind | None = None,
    unit: str = "",
    within: tuple[float, float] | None = None,
    among: object = (),
    source: str = "",
    direction: Direction | None = None,
    known_at: str = "",
    recorded: str = "",
    face_to_face: bool = False,
) -> Column:
    """A column that the engine reads. Its kind follows from `among` (category), else it is a number."""
    values = _values(among)
    return Column(
        name, "column", label, kind or ("category" if values else "number"), unit, within, values, source, direction,
        known_at, recorded, face_to_face=face_to_face,
    )  # fmt: skip


def audited(name: str, label: Label = "", *, among: object = (), source: str = "") -> Column:
    """A column that the audit reads and no engine ever sees: sex, milieu, region."""
    return Column(name, "audited", label, "category", among=_values(among), source=source)


def outcome(name: str, label: Label = "", *, source: str = "", positive: object = (), known_after: str = "") -> Column:
    """What later came true: yes or no, by `positive` where the file has other words for it."""
    return Column(name, "outcome", label, "flag", source=source, positive=_values(positive), known_after=known_after)


def time(name: str, label: Label = "", *, zone: str = "", source: str = "") -> Column:
    """When a reading was taken: the start of its step, as printed.

    `zone` is the legal time in which it is printed, such as `Africa/Casablanca`, where an hour is skipped or read twice
    when the clock changes. Left out, the times keep one fixed offset all year.
    """
    return Column(name, "time", label, "text", source=source, zone=zone)


def series(name: str, label: Label = "", *, source: str = "", like: object = ()) -> Column:
    """The column that names the series of a long table; in a wide one, `like` are words in the headers of series."""
    return Column(name, "series", label, "text", source=source, like=_values(like))


def known_ahead(name: str, label: Label = "", *, unit: str = "", source: str = "") -> Column:
    """A number that is known before its time comes: a forecast of the weather, a timetable, a price that is fixed."""
    return Column(name, "known_ahead", label, unit=unit, source=source)
