"""Section: one part of a card as data. Abilities say what there is to read; cards and the portal how it looks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from jazari.core.languages import translate
from jazari.core.numbers import number, percent


@dataclass(frozen=True)
class Voice:
    """A language to speak in: sentences, numbers, intervals."""

    language: str

    def __call__(self, sentence: Any, **values: Any) -> str:
        """A sentence of the catalogues, or a label of a declaration, in this language."""
        return translate(sentence, self.language, **values)

    def number(self, value: float | None, digits: int = 0) -> str:
        """A number; a dash where there is none."""
        return "–" if value is None else number(value, self.language, digits)

    def percent(self, share: float | None, digits: int = 0) -> str:
        """A percentage; a dash where there is none."""
        return "–" if share is None else percent(share, self.language, digits)

    def figure(self, figure: Any, digits: int = 3, *, share: bool = False) -> str:
        """A figure with its 95 % interval: `0,921 (0,912 – 0,930)`; says where it is suppressed or was not measured."""
        if not figure:
            return self("not measured")
        if figure.get("suppressed"):
            return self("suppressed")
        write: Callable[[float | None], str] = (
            (lambda one: self.percent(one, 1)) if share else lambda one: self.number(one, digits)
        )
        if figure.get("value") is None:
            return "–"
        if figure.get("low") is None:
            return write(figure["value"])
        return f"{write(figure['value'])} ({write(figure['low'])} – {write(figure['high'])})"


@dataclass(frozen=True)
class Grid:
    """A small table: heads, then rows of words; the first word of a row is its head."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Section:
    """One part of a card.

    Attributes:
        heading: Its title.
        sentences: What it says, in words, most important first.
        grid: The figures.
        charts: SVG drawings, each with its own title and, folded under it, its own table.
        folded: Whether the grid is folded away under the sentences.
    """

    heading: str
    sentences: Sequence[str] = ()
    grid: Grid | None = None
    charts: Sequence[Chart] = ()
    folded: bool = False


@dataclass(frozen=True)
class Chart:
    """A drawing with a sentence of conclusion and the numbers behind it.

    Attributes:
        title: What is drawn, with its unit.
        svg: The drawing; always left to right.
        sentence: What one should see in it.
        grid: The numbers.
        csv: The file of the dossier that holds them as CSV; empty where there is none.
    """

    title: str
    svg: str
    sentence: str = ""
    grid: Grid | None = field(default=None)
    csv: str = ""
