"""Dossier: the folder a run leaves. Written beside and renamed, fingerprinted by file, never changed afterwards."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jazari.core.canonical import digest_without, encode, file_digest
from jazari.core.errors import DeclarationError, VerificationError
from jazari.data.files import folder_beside
from jazari.schema.records import Audience, Leaf

SCHEMA = "jazari.dossier/1"
DOCUMENT = "dossier.json"
FORM: dict[str, Any] = {
    "case": str, "status": str, "digest": str, "seed": int, "settings": dict,
    "fingerprints": {"declaration": str, "data": str},
    "run": {"finished": datetime.datetime},
    "files": {"*": {"sha256": str, "audience": str}},
    "findings": [{"safeguard": str, "state": str, "waivable": bool}],
    "declaration": {
        "name": str, "title": object, "purpose": object, "owner": object, "contact": object, "legal_basis": object,
        "help": object, "engine": {"ability": str}, "safeguards": [{"safeguard": str}],
        "table": {"name": str, "columns": [{"name": str}]},
    },
}  # fmt: skip
"""The fields of `dossier.json` that everything reads: a kind, fields by name (`*`: by any), or a list of such."""
SEES: dict[str, frozenset[Audience]] = {
    "public": frozenset({"public"}),
    "auditor": frozenset({"public", "auditor"}),
    "private": frozenset({"public", "auditor", "private"}),
}


def document_leaf(name: str, document: Mapping[str, Any], audience: Audience = "public") -> Leaf:
    """A JSON document as a file of a dossier, in canonical form."""
    return Leaf(name, audience, lambda path: _write(path, encode(dict(document))))


def text_leaf(name: str, text: str, audience: Audience = "public") -> Leaf:
    """A text as a file of a dossier."""
    return Leaf(name, audience, lambda path: _write(path, text.encode()))


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def write(out: Path, head: Mapping[str, Any], leaves: list[Leaf]) -> Dossier:
    """Write a dossier beside `out` and rename it: all of it or nothing.

    Args:
        out: The folder; it must not exist, or be empty.
        head: The fields of `dossier.json` without `files` and `digest`.
        leaves: The files.

    Raises:
        DataError: JZ-360 the folder holds something already; others when the disk is full.
    """
    with folder_beside(out) as folder:
        files = {}
        for leaf in leaves:
            leaf.write(folder / leaf.name)
            files[leaf.name] = {"sha256": file_digest(folder / leaf.name), "audience": leaf.audience}
        document = {"schema": SCHEMA, **head, "files": files}
        document["digest"] = digest_without(document, "digest")
        _write(folder / DOCUMENT, encode(document))
    return Dossier(out)


def _is_moment(value: Any) -> bool:
    try:
        return datetime.datetime.fromisoformat(value).tzinfo is not None
    except (ValueError, TypeError):
        return False


def misfit(value: Any, form: Any, name: str = "") -> str:
    """The first field, as `run.finished`, that is missing or of another kind; empty where all of them fit."""
    if form is datetime.datetime:
        return "" if _is_moment(value) else name
    if isinstance(form, type):
        return "" if isinstance(value, form) and (form is not int or type(value) is int) else name
    if isinstance(form, list):
        if not isinstance(value, list):
            return name
        pairs = [(one, form[0], name) for one in value]
    elif not isinstance(value, Mapping):
        return name
    elif "*" in form:
        pairs = [(one, form["*"], name) for one in value.values()]
    else:
        inside = f"{name}." if name else ""
        missing = next((f"{inside}{one}" for one in form if one not in value), "")
        if missing:
            return missing
        pairs = [(value[one], kind, f"{inside}{one}") for one, kind in form.items()]
    return next((found for one in pairs if (found := misfit(*one))), "")


@dataclass(frozen=True)
class Dossier:
    """A dossier on disk.

    Attributes:
        path: Its folder.
    """

    path: Path

    @classmethod
    def open(cls, path: str | Path) -> Dossier:
        """Open a dossier.

        Raises:
            DeclarationError: JZ-225, there is no dossier at that path.
            VerificationError: JZ-226, its document cannot be read, or lacks a field that everything reads.
        """
        folder = Path(path)
        if not (folder / DOCUMENT).is_file():
            raise DeclarationError(
                "JZ-225", "there is no dossier here", where=str(folder), found="no dossier.json",
                fix="name the folder that `jazari run ... --out DIR` wrote.",
            )  # fmt: skip
        dossier = cls(folder)
        if dossier.document.get("schema") != SCHEMA:
            raise VerificationError(
                "JZ-226", "this dossier is of a schema that this version of Jazari does not read", where=str(folder),
                found=str(dossier.document.get("schema"))[:60], fix=f"this version reads {SCHEMA}: update Jazari.",
            )  # fmt: skip
        wrong = misfit(dossier.document, FORM)
        if wrong:
            raise VerificationError(
                "JZ-226", "dossier.json is not what a run writes", where=str(folder),
                found=f"no usable field '{wrong}'",
                fix="fetch the dossier again from where it was made, or run the use case again.",
            )  # fmt: skip
        return dossier

    @cached_property
    def document(self) -> dict[str, Any]:
        """`dossier.json`."""
        return self._json(DOCUMENT)

    @cached_property
    def model(self) -> dict[str, Any]:
        """`model.json`."""
        return self._json("model.json")

    @cached_property
    def evidence(self) -> dict[str, Any]:
        """`evidence.json`."""
        return self._json("evidence.json")

    @property
    def status(self) -> str:
        """`unaudited`, `publishable` or `blocked`, as it was when the dossier was written."""
        return str(self.document["status"])

    @property
    def digest(self) -> str:
        """The SHA-256 of `dossier.json`, without the field that carries it."""
        return str(self.document["digest"])

    def card(self, language: str = "fr") -> str:
        """The card in a language, as HTML."""
        return (self.path / f"card.{language}.html").read_text(encoding="utf-8")

    def names(self, audience: str = "private") -> list[str]:
        """The files that an audience may see, sorted."""
        return sorted(name for name, file in self.document["files"].items() if file["audience"] in SEES[audience])

    def _json(self, name: str) -> dict[str, Any]:
        try:
            read = json.loads((self.path / name).read_bytes())
        except (OSError, ValueError) as error:
            raise VerificationError(
                "JZ-226", f"{name} cannot be read", where=str(self.path), found=type(error).__name__,
                fix="fetch the dossier again from where it was made; `jazari verify` says what else differs.",
            ) from error  # fmt: skip
        if not isinstance(read, dict):
            raise VerificationError(
                "JZ-226", f"{name} holds no document", where=str(self.path), found=type(read).__name__,
                fix="fetch the dossier again from where it was made.",
            )  # fmt: skip
        return read

    def _repr_html_(self) -> str:
        """The card, for a notebook."""
        return self.card()
