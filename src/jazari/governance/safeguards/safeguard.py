"""Safeguard: what all safeguards share, and how their arguments are checked when they are declared."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from jazari.core.errors import DeclarationError
from jazari.core.periods import Duration
from jazari.schema.inspection import Inspection
from jazari.schema.records import Finding, State
from jazari.schema.table import Table


@dataclass(frozen=True)
class Safeguard:
    """A rule that must hold before a system is used: a small frozen object in the tuple of a use case.

    Attributes:
        name: The word that declares it: `gap_at_most`.
        waivable: Whether a named person may waive it in writing, with a reason and an end date.
    """

    name: ClassVar[str] = ""
    waivable: ClassVar[bool] = True

    def check(self, run: Inspection) -> Finding:
        """Judge a run: `holds`, `broken` or `not yet`. Never raises on figures that are missing or suppressed."""
        raise TypeError(f"{type(self).__name__} does not say how it judges {run.case}")

    def fit_to(self, table: Table) -> None:
        """Refuse a table that this safeguard could never be judged on (DeclarationError)."""

    def finding(
        self, state: State, sentence: str, *, evidence: Mapping[str, Any] | None = None, **values: object
    ) -> Finding:
        """A finding of this safeguard; `values` fill the places of the sentence."""
        return Finding(self.name, state, sentence, values, evidence or {}, self.waivable)

    def as_json(self) -> dict[str, Any]:
        """The declaration as it stands in a dossier and in the register: name, arguments, `waivable`."""
        arguments = {one.name: _plain(getattr(self, one.name)) for one in dataclasses.fields(self)}
        return {"safeguard": self.name, **arguments, "waivable": self.waivable}


def figure(evidence: Mapping[str, Any], *path: str) -> Mapping[str, Any] | None:
    """The figure `{value, low, high, n}` at a path of `evidence.json`; None where it is missing, null or suppressed.

    An end that is null (nothing to resample) is the figure itself.
    """
    found: Any = evidence
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    if not isinstance(found, Mapping) or not _is_number(found.get("value")):
        return None
    ends = {end: found[end] if _is_number(found.get(end)) else found["value"] for end in ("low", "high")}
    return {**found, **ends}


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def share(safeguard: str, argument: str, value: object) -> float:
    """A number between 0 and 1, ends excluded.

    Raises:
        DeclarationError: JZ-230.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < 1:
        return float(value)
    raise DeclarationError(
        "JZ-230", f"{argument} of {safeguard} is a number between 0 and 1", where=f"safeguard '{safeguard}'",
        found=repr(value), fix=f"give {argument} a share such as 0.05, five in a hundred.",
    )  # fmt: skip


def whole(safeguard: str, argument: str, value: object, least: int) -> int:
    """A whole number of at least `least`.

    Raises:
        DeclarationError: JZ-231.
    """
    if isinstance(value, int) and not isinstance(value, bool) and value >= least:
        return value
    raise DeclarationError(
        "JZ-231", f"{argument} of {safeguard} is a whole number of at least {least}",
        where=f"safeguard '{safeguard}'", found=repr(value), fix=f"write {least} or more.",
    )  # fmt: skip


def word(safeguard: str, argument: str, value: object, example: str) -> str:
    """A text that says something.

    Raises:
        DeclarationError: JZ-232.
    """
    if isinstance(value, str) and value.strip():
        return value
    raise DeclarationError(
        "JZ-232", f"{argument} of {safeguard} is missing", where=f"safeguard '{safeguard}'", found=repr(value),
        fix=f"write {example}.",
    )  # fmt: skip


def words(safeguard: str, argument: str, values: object, example: str) -> tuple[str, ...]:
    """One text or several, each said once.

    Raises:
        DeclarationError: JZ-232, none; JZ-233, one said twice.
    """
    several = (values,) if isinstance(values, str) else tuple(values) if isinstance(values, (tuple, list)) else ()
    said = tuple(word(safeguard, argument, one, example) for one in several)
    if not said:
        word(safeguard, argument, values if isinstance(values, bytes) else "", example)
    if len(set(said)) < len(said):
        raise DeclarationError(
            "JZ-233", f"{argument} of {safeguard} says a word twice", where=f"safeguard '{safeguard}'",
            found=", ".join(said), fix="say each word once.",
        )  # fmt: skip
    return said


def duration(safeguard: str, argument: str, value: object) -> str:
    """An ISO 8601 duration longer than nothing, as it was written.

    Raises:
        DeclarationError: JZ-214, not a duration; JZ-234, a duration of nothing.
    """
    text = str(value)
    if Duration.parse(text).days_at_least() > 0:
        return text
    raise DeclarationError(
        "JZ-234", f"{argument} of {safeguard} lasts no time at all", where=f"safeguard '{safeguard}'", found=text,
        fix="write P30D for thirty days, P12M for a year of months.",
    )  # fmt: skip
