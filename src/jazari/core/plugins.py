"""Plug-ins: every variant of anything is found by entry point, loaded only when it is asked for."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any

from jazari.core.errors import DeclarationError, InstallationError, did_you_mean


def names(group: str) -> list[str]:
    """The names installed in an entry-point group, sorted."""
    return sorted({point.name for point in entry_points(group=group)})


def points(group: str) -> list[EntryPoint]:
    """The entry points of a group, sorted by name, one a name."""
    return sorted({point.name: point for point in entry_points(group=group)}.values(), key=lambda point: point.name)


def load(group: str, name: str) -> Any:
    """The object behind `name` in `group`.

    Raises:
        DeclarationError: JZ-201, nothing of that name is installed.
        InstallationError: JZ-101, it is installed but needs a package that is not.
    """
    found = {point.name: point for point in entry_points(group=group)}
    if name not in found:
        raise DeclarationError(
            "JZ-201",
            f"nothing called '{name}' is installed in {group}",
            found=", ".join(sorted(found)) or "nothing",
            fix=f"{did_you_mean(name, found)}Otherwise install the package that declares it as an entry point.",
        )
    try:
        return found[name].load()
    except ModuleNotFoundError as missing:
        raise InstallationError(
            "JZ-101",
            f"'{name}' needs the Python package '{missing.name}'",
            where=f"entry point {group}",
            fix="install the extra that brings it: `jazari doctor` lists them.",
        ) from missing
