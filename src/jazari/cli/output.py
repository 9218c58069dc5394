"""How commands speak: one document with --json, else words; progress on standard error and only to a person."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Self

import click

_JSON = "jazari.json"


def command(name: str, *, example: str, **settings: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """A click command with `--json` and an example under its help."""

    def decorate(function: Callable[..., Any]) -> click.Command:
        as_command: Any = click.command(name, epilog=_epilog(example), **settings)
        made: click.Command = as_command(function)
        made.params.append(_json_option())
        return made

    return decorate


def _epilog(example: str) -> str:
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in example.strip().splitlines())


def _json_option() -> click.Option:
    def remember(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001  click's signature
        context.find_root().meta[_JSON] = value

    return click.Option(
        ["--json"], is_flag=True, expose_value=False, callback=remember, is_eager=True,
        help="One JSON document on standard output.",
    )  # fmt: skip


def wants_json() -> bool:
    """Whether this call asked for JSON."""
    context = click.get_current_context(silent=True)
    return bool(context and context.find_root().meta.get(_JSON))


def emit(document: Any, text: str | Callable[[], str]) -> None:
    """Print the document as JSON, or else the text for people."""
    from jazari.core.canonical import pretty

    if wants_json():
        click.echo(pretty(document), nl=False)
        return
    words = text() if callable(text) else text
    click.echo(words.rstrip("\n"))


def say(sentence: str) -> None:
    """A remark for the person at the terminal, on standard error."""
    click.echo(sentence, err=True)


class Bar:
    """Progress drawn on standard error with rich."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self._live = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(),
            console=Console(stderr=True), transient=True,
        )  # fmt: skip
        self._task: Any = None

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def step(self, name: str, total: float | None = None) -> None:
        """A new step takes the place of the one before."""
        if self._task is not None:
            self._live.remove_task(self._task)
        self._task = self._live.add_task(name, total=total)

    def advance(self, amount: float = 1) -> None:
        """The bar moves."""
        if self._task is not None:
            self._live.advance(self._task, amount)


class Quiet:
    """The same in a pipe: nothing is drawn."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to stop."""

    def step(self, name: str, total: float | None = None) -> None:
        """Nobody looks."""

    def advance(self, amount: float = 1) -> None:
        """Nobody looks."""


def progress() -> Bar | Quiet:
    """A progress display for a person, silence in a pipe or with --json."""
    return Bar() if sys.stderr.isatty() and not wants_json() else Quiet()
