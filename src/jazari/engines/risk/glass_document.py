"""`model.json`: the glass model as an open document, and back. Documented in docs/reference/model-json.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from jazari.core.errors import EngineError
from jazari.engines.risk.axes import LARGEST, Axis, Categories, Numbers
from jazari.engines.risk.terms import Term

FORMAT = "jazari.glass"
VERSION = 1
MOST_TERMS = 255

Parts = tuple[float, tuple[Term, ...], dict[str, Any]]


def to_document(intercept: float, terms: Sequence[Term], about: Mapping[str, Any]) -> dict[str, Any]:
    """The document of a model: everything that scoring needs, and what the fit says about itself."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "link": "logit",
        "intercept": float(intercept),
        "terms": [_term(one) for one in terms],
        "about": dict(about),
    }


def _term(term: Term) -> dict[str, Any]:
    document: dict[str, Any] = {
        "columns": list(term.columns),
        "directions": list(term.directions),
        "axes": [axis.document() for axis in term.axes],
    }
    inside = tuple(slice(1, axis.size + 1) for axis in term.axes)
    document["table"] = term.table[inside].tolist()
    document["counts"] = term.counts[inside].tolist()
    if len(term.columns) == 1:
        document["missing"] = {"contribution": float(term.table[0]), "count": int(term.counts[0])}
    return document


def from_document(document: Mapping[str, Any]) -> Parts:
    """The intercept, the terms and the notes of a document.

    Raises:
        EngineError: JZ-404, the document is no glass model or does not hold together; JZ-405, its version is not known.
    """
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        raise _broken(f"format is not '{FORMAT}'")
    if document.get("version") != VERSION:
        raise EngineError(
            "JZ-405", "this model was written in a version that is not known here",
            found=f"version {document.get('version')}; this Jazari reads version {VERSION}",
            fix="read it with the version of Jazari that the dossier names, or a later one.",
        )  # fmt: skip
    try:
        terms = tuple(_read_term(one) for one in document["terms"])
        intercept = float(document["intercept"])
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as wrong:
        raise _broken(f"{type(wrong).__name__}: {wrong}"[:200]) from wrong
    if len(terms) > MOST_TERMS or not np.isfinite(intercept):
        raise _broken(f"{len(terms)} terms, intercept {intercept}")
    return intercept, terms, dict(document.get("about", {}))


def _read_term(document: Mapping[str, Any]) -> Term:
    axes = tuple(_read_axis(one) for one in document["axes"])
    columns = tuple(str(name) for name in document["columns"])
    shape = tuple(axis.size for axis in axes)
    table, counts = np.zeros([size + 2 for size in shape]), np.zeros([size + 2 for size in shape], dtype=np.int64)
    values, people = np.array(document["table"], dtype=np.float64), np.array(document["counts"], dtype=np.int64)
    if not 1 <= len(axes) == len(columns) <= 2 or values.shape != shape or people.shape != shape:  # noqa: PLR2004  one column or a pair
        raise ValueError(f"term of {len(columns)} columns with axes of {shape} and a table of {values.shape}")
    inside = tuple(slice(1, size + 1) for size in shape)
    table[inside], counts[inside] = values, people
    if len(axes) == 1:
        table[0], counts[0] = float(document["missing"]["contribution"]), int(document["missing"]["count"])
    if not np.isfinite(table).all():
        raise ValueError("a contribution is not finite")
    directions = tuple(None if one is None else str(one) for one in document["directions"])
    return Term(columns, axes, table, counts, directions)


def _read_axis(document: Mapping[str, Any]) -> Axis:
    axis: Axis
    if "edges" in document:
        axis = Numbers(tuple(float(edge) for edge in document["edges"]))
        if not all(low < high for low, high in zip(axis.edges, axis.edges[1:], strict=False)):
            raise ValueError("edges do not rise")
    else:
        axis = Categories(tuple(tuple(str(value) for value in cell) for cell in document["categories"]))
    if not 1 <= axis.size <= LARGEST:
        raise ValueError(f"an axis of {axis.size} cells")
    return axis


def _broken(found: str) -> EngineError:
    return EngineError(
        "JZ-404", "this document is not a glass model that holds together", found=found,
        fix="use the model.json of a dossier as it was written; docs/reference/model-json.md describes it.",
    )  # fmt: skip
