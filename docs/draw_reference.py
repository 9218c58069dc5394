"""Draw the reference pages that come from the code: commands, errors, languages. A test fails if they are stale.

Run: .venv/bin/python docs/draw_reference.py
"""

from __future__ import annotations

import gettext
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from jazari.cli.main import program
from jazari.core.languages import NAMES

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "docs/reference"
LOCALE = ROOT / "src/jazari/locale"


def commands() -> str:
    """Every command with its help, as the program prints it."""
    parts = ["# Commands", "", "Drawn from the code by `docs/draw_reference.py`.", ""]
    parts += [
        "Exit codes: 0 done, 1 internal, 2 usage or declaration, 3 data, 4 verification failed, 5 blocked (`--strict`, or a",
        "command that refuses a blocked dossier), 130 stopped by Ctrl-C. Every command has `--json`: one document on standard",
        "output; an error is `{\"error\": {code, sentence, where, found, fix, more}}`. Progress goes to standard error, and only to a",
        "terminal.", "",
    ]  # fmt: skip
    context = click.Context(program, info_name="jazari", max_content_width=100, terminal_width=100)
    for name in program.list_commands(context):
        command = program.get_command(context, name)
        if command is not None:
            parts += _section(command, context, f"jazari {name}", "##")
    return "\n".join(parts)


def _section(command: click.Command, parent: click.Context, path: str, level: str) -> Iterator[str]:
    context = click.Context(command, info_name=path.split()[-1], parent=parent, max_content_width=100, terminal_width=100)
    yield from (f"{level} `{path}`", "", "```text", command.get_help(context).rstrip(), "```", "")
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from _section(below, context, f"{path} {name}", level + "#")


def errors() -> str:
    """The index of the error pages."""
    lines = ["# Errors", "", "Drawn from the pages by `docs/draw_reference.py`. Every error says where, what was found, how to fix it.", ""]
    for page in sorted((ROOT / "docs/errors").glob("JZ-*.md")):
        title = page.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        lines.append(f"- [{title}](../errors/{page.name})")
    return "\n".join(lines) + "\n"


def languages() -> str:
    """Which sentences a language does not have yet, by room."""
    lines = ["# Languages", "", "Drawn from the catalogues by `docs/draw_reference.py`.", ""]
    lines += ["Every sentence is written in English in the code and translated in `src/jazari/locale`. Where a Tamazight sentence could not be", "written with confidence, French stands in, and it is listed here.", ""]
    for room in sorted(path.stem for path in (LOCALE / "fr/LC_MESSAGES").glob("*.mo")):
        french, tamazight = (_sentences(language, room) for language in ("fr", "zgh"))
        missing = sorted(set(french) - set(tamazight))
        lines += [f"## {room}", "", f"{len(french)} sentences; {len(french) - len(missing)} in {NAMES['zgh']}, {len(missing)} where French stands in.", ""]
        lines += [f"- {' '.join(sentence.split())}" for sentence in missing] + [""]
    return "\n".join(lines)


def _sentences(language: str, room: str) -> list[str]:
    path = LOCALE / language / "LC_MESSAGES" / f"{room}.mo"
    if not path.is_file():
        return []
    with path.open("rb") as stream:
        found = gettext.GNUTranslations(stream)._catalog  # type: ignore[attr-defined]  # noqa: SLF001  no public way
    return sorted({key[0] if isinstance(key, tuple) else key for key in found} - {""})


PAGES = {"commands.md": commands, "errors.md": errors, "languages.md": languages}


def main() -> None:
    """Write the pages; with --check only say which are stale."""
    stale = []
    for name, draw in PAGES.items():
        path, text = REFERENCE / name, draw()
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    sys.stdout.write(f"stale: {', '.join(stale) or 'none'}\n")
    sys.exit(bool(stale) and "--check" in sys.argv)


if __name__ == "__main__":
    main()
