"""Views: a list opens for its declared purpose, one area at a time, and every opening is an event of the ledger."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from jazari.core.errors import DataError, SafeguardError
from jazari.governance.events import Event, open_ledger
from jazari.governance.safeguards.never_for import NeverFor
from jazari.usecase.decisions.factors import Factors, factors
from jazari.usecase.decisions.listing import Listing
from jazari.usecase.decisions.permission import refuse_untried, refuse_use, safeguards
from jazari.usecase.dossier import Dossier
from jazari.usecase.rebuild import help_of, table_of_document
from jazari.usecase.sealing import facts

_AREAS = ("territory", "site")


@dataclass(frozen=True)
class Listed:
    """One person as an officer sees them: the offer and what weighed, never the number on its own.

    Attributes:
        key: Their key, as text.
        place: Their place in the part that was opened, from 1.
        site: Their school or clinic; None where the table has none.
        help: What is offered to them.
        factors: What weighed, written and spoken.
    """

    key: str
    place: int
    site: str | None
    help: str
    factors: Factors


def areas(dossier: Dossier) -> list[str]:
    """The areas by which a list opens; empty where its help is given out in one area to everybody.

    Raises:
        DeclarationError: JZ-688, there is no list here.
    """
    rows = Listing.of(dossier).rows
    name = _area_column(dossier, rows)
    return sorted(pc.unique(rows.filter(rows["selected"])[name]).to_pylist()) if name else []


def open_list(
    dossier: Dossier,
    ledger: Path | str,
    *,
    purpose: str,
    officer: str,
    area: str | None,
    now: datetime.datetime | None = None,
) -> list[Listed]:
    """Open the part of a list that lies in one area, and seal that it was opened.

    Args:
        dossier: The dossier, with its private files.
        ledger: The ledger's folder.
        purpose: What for: the help that the use case offers, or its purpose as it was declared.
        officer: Who looks; never a national identity number.
        area: The area (`areas`); None where the help is given out in one area.
        now: The moment of opening.

    Returns:
        The people selected in the area, in their order.

    Raises:
        SafeguardError: JZ-690 to JZ-692 as in `decide`; JZ-694 another purpose; JZ-695 more than one area.
        DataError: JZ-681 nobody is named, JZ-696 nobody is selected there; JZ-609 a national identity number.
    """
    moment = now or datetime.datetime.now(tz=datetime.UTC)
    refuse_use(dossier, moment)
    _refuse_purpose(dossier, purpose)
    if not officer.strip():
        raise DataError(
            "JZ-681", "whoever opens a list is named", where="officer", found="nobody", fix="give the officer's name."
        )
    listing = Listing.of(dossier)
    rows = _part(dossier, listing.rows, area)
    record = {"by": officer, "purpose": purpose, "dossier": dossier.digest, "area": area, "people": rows.num_rows}
    public = {name: value for name, value in facts(dossier).items() if name in ("system", "version")}
    with open_ledger(ledger) as opened:
        refuse_untried(dossier, opened, moment)
        opened.append([Event("view", record, public)])  # sealed before anybody sees a row
    table, offered = table_of_document(dossier.document["declaration"]), help_of(dossier.document["declaration"]).what
    return [
        Listed(str(row["key"]), place, row["site"], offered, factors(row, listing.terms, table))
        for place, row in enumerate(listing.with_inputs(rows.sort_by("rank")), 1)
    ]


def _refuse_purpose(dossier: Dossier, purpose: str) -> None:
    declaration = dossier.document["declaration"]
    said = declaration["purpose"]
    declared = {declaration["help"]["what"], *(said.values() if isinstance(said, Mapping) else [said])}
    ruled_out = [NeverFor(tuple(one["purposes"])) for one in safeguards(dossier, NeverFor.name)]
    is_forbidden = any(one.forbids(purpose) for one in ruled_out)
    if _plain(purpose) in {_plain(one) for one in declared} and not is_forbidden:
        return
    raise SafeguardError(
        "JZ-694", "a list opens for its declared purpose only", where=f"use case '{declaration['name']}'",
        found="a purpose that was ruled out" if is_forbidden else "another purpose",
        fix=f"the purpose is '{declaration['help']['what']}'. Another use needs its own use case and, under law 09-08 "
        "art. 12, the authorisation of the CNDP.",
    )  # fmt: skip


def _part(dossier: Dossier, rows: pa.Table, area: str | None) -> pa.Table:
    name = _area_column(dossier, rows)
    selected = rows.filter(rows["selected"])
    if name is None and area is None:
        return selected
    if name is None or area is None:
        raise SafeguardError(
            "JZ-695", "a list opens one area at a time", where=f"use case '{dossier.document['case']}'",
            found="no area" if area is None else "an area, of a list that has none",
            fix=f"name one {name}." if name else "leave the area out: the help is given out in one area.",
        )  # fmt: skip
    part = selected.filter(pc.equal(selected[name], area))
    if not part.num_rows:
        raise DataError(
            "JZ-696", "the list has nobody there", where=f"column '{name}'", found="0 people selected in this area",
            fix="check the code of the area; it is written as in the table of the use case.",
        )  # fmt: skip
    return part


def _area_column(dossier: Dossier, rows: pa.Table) -> str | None:
    """The column of the list by which it opens: where help is given out, else the widest there is."""
    declaration = dossier.document["declaration"]
    of = help_of(declaration).of
    role = table_of_document(declaration).column(of).role if of else ""
    order = (role, *_AREAS) if role in _AREAS else _AREAS
    return next((one for one in order if rows[one].null_count < rows.num_rows), None)


def _plain(text: str) -> str:
    return text.strip().rstrip(".").casefold()
