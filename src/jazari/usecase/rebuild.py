"""Rebuild what a dossier declares: a list can be made again years later, without the file that declared it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jazari.core.errors import VerificationError
from jazari.schema.columns import Column
from jazari.schema.help import Places
from jazari.schema.table import Table

_TUPLES = ("within", "among", "positive", "like")


def table_of_document(declaration: Mapping[str, Any]) -> Table:
    """The Table in a dossier's declaration.

    Raises:
        VerificationError: JZ-226, the declaration cannot be read.
    """
    try:
        said = declaration["table"]
        columns = [Column(**{**one, **_as_tuples(one)}) for one in said["columns"]]
        return Table(said["name"], *columns, row=said["row"], predict_at=said["predict_at"],
                     hierarchy=said.get("hierarchy"))  # fmt: skip
    except (KeyError, TypeError) as error:
        raise _unreadable(error) from error


def help_of(declaration: Mapping[str, Any]) -> Places:
    """The help in a dossier's declaration.

    Raises:
        VerificationError: JZ-226, the declaration cannot be read.
    """
    try:
        return Places(**declaration["help"])
    except (KeyError, TypeError) as error:
        raise _unreadable(error) from error


def _as_tuples(column: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(column[name]) for name in _TUPLES if column.get(name) is not None}


def _unreadable(error: Exception) -> VerificationError:
    return VerificationError(
        "JZ-226", "the declaration in the dossier cannot be read", where="dossier.json", found=type(error).__name__,
        fix="fetch the dossier again from where it was made.",
    )  # fmt: skip
