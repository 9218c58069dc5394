"""Draft: the first version of a declaration, written from a table. It marks what only a person can say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from jazari.core.errors import DeclarationError
from jazari.data.draft import Guess, describe
from jazari.data.files import write_beside
from jazari.data.relation import Source
from jazari.data.source import open_source
from jazari.usecase.find import find

_NAME = re.compile(r"([a-z][a-z0-9_]*\.)?[a-z][a-z0-9_]*$")
# Words of headers that often name a group the law protects (law 54-19, article 5): proposed for the audit alone.
_PROTECTED = re.compile(
    r"(sex|gender|genre|sexe|nation|countr|religio|ethni|race|disab|handicap|special_need|marital|milieu|rural|urban|"
    r"langu|dialect|displaced|region|caste|tribe)",
)

_HEAD = '''"""{name}: a draft made by `jazari new`. Answer each unsaid(...): only a person can."""

from jazari import (
    Risk, Table, UseCase, audited, beats_baseline, column, expires, gap_at_most, human_decides, key, never_for,
    no_future, notice, objection, outcome, period, places, site, small_cells, territory, unsaid,
)

{variable} = UseCase(
    "{name}",
    title=unsaid("what people call this system"),
    purpose=unsaid("what the list is for, in one sentence; it opens for this purpose only"),
    owner=unsaid("which service answers for it"),
    legal_basis=unsaid("which articles allow it"),
    table=Table(
        "{table}",
{columns}
        row=unsaid("what one row is, in one sentence, and when it is known"),
    ),
    engine=Risk(
        of=unsaid("the outcome: the name of the column below that says what later came true"),
        against=unsaid("the simple rule to beat: one number by which people could be ranked without a model"),
    ),
    help=places(unsaid("what help is offered to those listed"), share=0.05),  # the share of people that help can reach
    safeguards=(
        human_decides(unsaid("who decides")),
        never_for("sanction", "policing"),
        beats_baseline(by=0.05), no_future(), small_cells(11),
{gap}        notice(unsaid("who is told"), languages=("ar", "zgh", "fr")),
        objection(open_for="P30D", within="P15D"),
        expires("P12M"),
    ),
)
'''


@dataclass(frozen=True)
class Draft:
    """A draft on disk.

    Attributes:
        path: The file.
        reference: How `jazari run` names it: `path/to/file.py:name`.
        questions: What only a person can say.
    """

    path: Path
    reference: str
    questions: list[str]


def draft(name: str, data: str | Path | Source, out: str | Path | None = None) -> Draft:
    """Write the draft of a declaration from a table, and read it back to be sure that it is one.

    Args:
        name: `sector.question`, or one word.
        data: The table (see `jazari.data.source.open_source`).
        out: The file; `NAME.py` in the current folder unless said.

    Raises:
        DeclarationError: JZ-217 the name cannot be used, JZ-228 the file is there already.
    """
    if not _NAME.match(name):
        raise DeclarationError(
            "JZ-217", "a use case is named sector.question, in small letters", where="jazari new", found=name[:60],
            fix="write jazari new health.no_show --data appointments.csv.",
        )  # fmt: skip
    variable = name.rpartition(".")[2]
    path = Path(out) if out is not None else Path(f"{variable}.py")
    if path.exists():
        raise DeclarationError(
            "JZ-228", "the file is there already", where=str(path), found="a file of that name",
            fix="name another file with --out: a draft never overwrites a declaration.",
        )  # fmt: skip
    with data if isinstance(data, Source) else open_source(data) as source:
        guesses = describe(source)
    with write_beside(path) as beside:
        beside.write_text(_text(name, variable, guesses), encoding="utf-8")
    return Draft(path, f"{path}:{variable}", find(f"{path}:{variable}").unsaid())


def _text(name: str, variable: str, guesses: list[Guess]) -> str:
    taken: set[str] = set()
    lines = [_line(guess, taken) for guess in guesses]
    across = [guess.name for guess in guesses if _is_protected(guess)]
    gap = f'        gap_at_most(0.10, metric="recall", across={_tuple(across)}),\n' if across else ""
    return _HEAD.format(name=name, variable=variable, table=f"{variable}_rows", columns="\n".join(lines), gap=gap)


def _line(guess: Guess, taken: set[str]) -> str:
    """One column as a line of the declaration, with what else it could be in a comment."""
    source = "" if guess.header == guess.name else f", source={_quoted(guess.header)}"
    for role in ("key", "period", "site"):
        if role in guess.candidates and role not in taken and not _is_protected(guess) and _reads_as(role, guess):
            taken.add(role)
            return f'        {role}("{guess.name}"{source}),'
    if guess.kind == "text":
        return f"        # {guess.name}: {guess.distinct} different texts, left out; a site(...) or territory(...)?"
    if _is_protected(guess):
        return f'        audited("{guess.name}"{source}),  # a protected ground? then the engine never sees it'
    words = [f'"{guess.name}"']
    if guess.kind != "number":
        words.append(f'kind="{guess.kind}"')
    if guess.among and guess.kind == "category":
        words.append(f"among={_tuple(list(guess.among))}")
    if guess.within:
        words.append(f"within=({guess.within[0]:g}, {guess.within[1]:g})")
    remark = '  # or outcome("...")?' if "outcome" in guess.candidates else ""
    remark = (
        '  # different in every row: a key("...")? then the engine must not read it'
        if "key" in guess.candidates
        else remark
    )
    return f"        column({', '.join(words)}{source}),{remark}"


def _reads_as(role: str, guess: Guess) -> bool:
    """Whether a candidate of a role is taken for it: a number is often unique without being a key."""
    return (
        role == "period"
        or guess.kind == "text"
        or bool(re.search(r"(^|_)(id|code|no|num|numero|key|cle)($|_)", guess.name))
    )


def _is_protected(guess: Guess) -> bool:
    return guess.kind != "text" and bool(_PROTECTED.search(guess.name))


def _tuple(words: list[str]) -> str:
    return "(" + ", ".join(_quoted(word) for word in words) + ("," if len(words) == 1 else "") + ")"


def _quoted(word: str) -> str:
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'
