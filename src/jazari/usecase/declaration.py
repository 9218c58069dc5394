"""UseCase: one declared question, the table it reads, the engine, the help, the safeguards, who answers for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, is_dataclass
from typing import Any, Protocol

from jazari.core.canonical import digest
from jazari.core.errors import DeclarationError
from jazari.schema.columns import Label
from jazari.schema.help import Places
from jazari.schema.inspection import Inspection
from jazari.schema.records import Finding
from jazari.schema.table import Table

_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")


class Unsaid(str):
    """A place of a draft that only a person can fill. It holds the question to that person."""

    __slots__ = ()


def unsaid(question: str) -> Unsaid:
    """Mark what only a person can say; `jazari run` refuses the case until it is said."""
    return Unsaid(question)


class Question(Protocol):
    """What a use case asks of an engine, by ability: `Risk(...)`, `Forecast(...)`.

    A question is a frozen dataclass. `ability` names the entry point in `jazari.abilities` that answers it.
    """

    @property
    def ability(self) -> str:
        """The ability asked for: `risk`."""

    # A question that is not about people says `about_people = False`, and needs no `help`.

    def fit_to(self, table: Table) -> None:
        """Refuse a table that cannot answer the question (DeclarationError)."""


class Rule(Protocol):
    """What a use case needs to know of a safeguard: its name and its words."""

    @property
    def name(self) -> str:
        """Its name, as the declaration writes it: `gap_at_most`."""

    def as_json(self) -> dict[str, Any]:
        """The safeguard and its arguments."""

    def check(self, run: Inspection) -> Finding:
        """What it finds in a run."""

    def fit_to(self, table: Table) -> None:
        """Refuse a table that it cannot judge (DeclarationError)."""


@dataclass(frozen=True, init=False)
class UseCase:
    """A declared use case.

    Attributes:
        name: `sector.question`: `education.dropout`.
        title: What people call it. Empty: the name.
        purpose: What the answer is for. A list opens for this purpose only.
        table: What the engine and the audit read.
        engine: The question, by ability: `Risk(of="left_school", against="absences")`.
        help: What is offered, how many places, where. Compulsory where the question is about people: a list without
            help is refused. None where it is about loads or reservoirs.
        safeguards: What must hold.
        owner: The service accountable for it.
        legal_basis: The articles it rests on.
        contact: Where people write to.

    Raises:
        DeclarationError: JZ-216 to JZ-219.
    """

    name: str
    purpose: Label
    table: Table
    engine: Question
    help: Places = None  # type: ignore[assignment]  # None only where the question is not about people: JZ-216 sees to it
    safeguards: tuple[Rule, ...] = ()
    title: Label = ""
    owner: Label = ""
    legal_basis: Label | Sequence[Label] = ()
    contact: Label = ""

    def __init__(self, name: str, **said: Any) -> None:
        known = {one.name for one in fields(self)} - {"name"}
        strangers = sorted(set(said) - known)
        needed = {"purpose", "table", "engine"} | ({"help"} if is_about_people(said.get("engine")) else set())
        missing = sorted(needed - set(said))
        if strangers or missing:
            raise DeclarationError(
                "JZ-216",
                f"use case '{name}' is not said in full" if missing else f"use case '{name}' says a word nobody knows",
                found=f"missing: {', '.join(missing) or 'nothing'}; unknown: {', '.join(strangers) or 'nothing'}",
                fix=f"say {', '.join(sorted(known))}. A list without help is refused.",
            )
        object.__setattr__(self, "name", name)
        for word, value in said.items():
            object.__setattr__(self, word, tuple(value) if word == "safeguards" else value)
        self._refuse_what_is_wrong()

    def _refuse_what_is_wrong(self) -> None:
        where = f"use case '{self.name}'"
        if not _NAME.match(str(self.name)):
            raise DeclarationError(
                "JZ-217", "a use case is named sector.question, in small letters", where=where,
                found=str(self.name)[:60],
                fix='write UseCase("education.dropout", ...).',
            )  # fmt: skip
        offered: Any = self.help
        parts: list[tuple[str, type, Any]] = [("table", Table, self.table)]
        if offered is not None or is_about_people(self.engine):
            parts.append(("help", Places, offered))
        for word, wanted, value in parts:
            if not isinstance(value, wanted):
                raise DeclarationError(
                    "JZ-216", f"{word}= is a {wanted.__name__}", where=where, found=type(value).__name__,
                    fix='help=places("tutoring", share=0.04, of="commune"), table=Table("pupils", ...).',
                )  # fmt: skip
        if not hasattr(self.engine, "ability"):
            raise DeclarationError(
                "JZ-216", "engine= is a question", where=where, found=type(self.engine).__name__,
                fix='engine=Risk(of="left_school", against="absences").',
            )  # fmt: skip
        strangers = [type(one).__name__ for one in self.safeguards if not hasattr(one, "as_json")]
        if strangers:
            raise DeclarationError(
                "JZ-218", "safeguards= holds safeguards only", where=where, found=", ".join(strangers),
                fix='safeguards=(human_decides("school head"), never_for("sanction"), ...).',
            )  # fmt: skip
        if self.help and self.help.of and self.table.column(self.help.of).role not in ("site", "territory", "audited"):
            raise DeclarationError(
                "JZ-219", "places are given out by site, territory or audited column", where=where, found=self.help.of,
                fix="name the school, the commune or the region in places(of=...).",
            )  # fmt: skip
        self.engine.fit_to(self.table)
        for safeguard in self.safeguards:
            safeguard.fit_to(self.table)

    @property
    def sector(self) -> str:
        """The part of the name before the dot."""
        return self.name.partition(".")[0] if "." in self.name else ""

    @property
    def legal_bases(self) -> tuple[Label, ...]:
        """The articles as a tuple, even when one was said."""
        said = self.legal_basis
        return (said,) if isinstance(said, (str, Mapping)) else tuple(said)

    def unsaid(self) -> list[str]:
        """The questions of a draft that nobody has answered yet."""
        return sorted(set(_unsaid(self)))

    def document(self) -> dict[str, Any]:
        """The declaration as JSON: what its fingerprint is taken of."""
        return {
            "name": self.name, "title": _plain(self.title), "purpose": _plain(self.purpose),
            "owner": _plain(self.owner),
            "legal_basis": [_plain(one) for one in self.legal_bases], "contact": _plain(self.contact),
            "table": {
                "name": self.table.name, "row": self.table.row, "predict_at": self.table.predict_at,
                "columns": [_plain(asdict(one)) for one in self.table.columns],
                **({"hierarchy": _plain(self.table.hierarchy)} if self.table.hierarchy else {}),
            },
            "engine": {"ability": self.engine.ability, **_plain(asdict(self.engine))},  # type: ignore[call-overload]
            "help": _plain(asdict(self.help)) if self.help else None,
            "safeguards": [_plain(one.as_json()) for one in self.safeguards],
        }  # fmt: skip

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the declaration."""
        return digest(self.document())


def is_about_people(question: Any) -> bool:
    """Whether a question is about people, so that its answers need help to offer; it says so where it is not."""
    return bool(getattr(question, "about_people", True))


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, str) else value


def _unsaid(value: Any) -> Iterator[str]:
    if isinstance(value, Unsaid):
        yield str(value)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _unsaid(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _unsaid(one)
    elif is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            yield from _unsaid(getattr(value, part.name))
