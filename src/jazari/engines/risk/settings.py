"""Settings: what a use case may override, with the values of the engine where it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

from jazari.core.errors import EngineError, did_you_mean

S = TypeVar("S")


def settled(kind: type[S], settings: Mapping[str, Any], bounds: Mapping[str, tuple[float, float]]) -> S:
    """The settings of an engine: its defaults, with the numbers of a use case in their place.

    Args:
        kind: A dataclass whose fields are the settings, all with defaults.
        settings: What the use case says.
        bounds: The lowest and highest value of each setting, both included.

    Raises:
        EngineError: JZ-403, a word that is not known, or a value that is no number of the right sort within bounds.
    """
    known = {field.name: field.default for field in fields(kind)}  # type: ignore[arg-type]
    taken: dict[str, Any] = {}
    for name, value in settings.items():
        if name not in known:
            raise _wrong(
                f"no setting is called '{name}'", str(name), f"{did_you_mean(name, known)}Known: {', '.join(known)}."
            )
        low, high = bounds[name]
        whole = isinstance(known[name], int)
        number = _number(value, whole=whole)
        if number is None or not low <= number <= high:
            sort = "a whole number" if whole else "a number"
            raise _wrong(
                f"setting '{name}' is out of its bounds", str(value)[:40], f"give {sort} from {low:g} to {high:g}."
            )
        taken[name] = number
    return kind(**taken)


def _number(value: object, *, whole: bool) -> float | int | None:
    """The value as a number of the right sort, from a number or from the text of a command line; else None."""
    if isinstance(value, bool):
        return None
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    if not whole:
        return number
    return int(number) if number.is_integer() else None


def _wrong(sentence: str, found: str, fix: str) -> EngineError:
    return EngineError("JZ-403", sentence, where="settings of the risk engine", found=found, fix=fix)
