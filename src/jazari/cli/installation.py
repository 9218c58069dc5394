"""What is installed on this machine, for `jazari doctor`."""

from __future__ import annotations

import os
import platform
import shutil
from importlib.metadata import PackageNotFoundError, entry_points, requires, version
from typing import Any

from packaging.requirements import Requirement

import jazari

_ADDS = {
    "hub": "the portal: register, decisions, notices, objections",
    "postgres": "PostgreSQL as a source of tables and as a store",
    "time": "trusted time (RFC 3161) on the ledger's checkpoints",
    "boosters": "challengers that need libgomp on some systems",
}


def installation() -> dict[str, Any]:
    """Libraries, extras, plug-ins and places, as one document. Names no secret."""
    wanted = [Requirement(text) for text in requires("jazari") or ()]
    here = {"extra": ""}
    libraries = {one.name: _version(one.name) for one in wanted if not one.marker or one.marker.evaluate(here)}
    return {
        "jazari": jazari.__version__,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "libraries": libraries,
        "extras": [_extra(name, adds, wanted) for name, adds in _ADDS.items()],
        "plugins": {group: sorted(entry_points(group=group).names) for group in _groups()},
        "places": _places(),
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _extra(name: str, adds: str, wanted: list[Requirement]) -> dict[str, Any]:
    members = [one.name for one in wanted if one.marker and one.marker.evaluate({"extra": name})]
    return {"name": name, "adds": adds, "missing": [member for member in members if not _version(member)]}


def _groups() -> list[str]:
    return sorted(group for group in entry_points().groups if group.startswith("jazari."))


def _places() -> dict[str, str]:
    from jazari.data.pseudonym import key_path

    return {
        "package": os.path.dirname(jazari.__file__),  # noqa: PTH120  printed, not used
        "pseudonym key": "in the environment" if os.environ.get("JAZARI_PSEUDONYM_KEY") else str(key_path()),
        "chromium": shutil.which("chromium") or "not installed (only the browser tests need it)",
        "psql": shutil.which("psql") or "not installed (only PostgreSQL tests need it)",
    }
