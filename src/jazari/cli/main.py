"""`jazari`: one program, its commands found by entry point and loaded only when they are called."""

from __future__ import annotations

import json
import os
import sys
import traceback
from typing import Any

import click

import jazari
from jazari.core.errors import DeclarationError, InstallationError, JazariError, did_you_mean
from jazari.core.memory import keep_freed_memory
from jazari.core.plugins import load, names

GROUP = "jazari.commands"
_STOPPED = 130  # what shells expect of a program that Ctrl-C ended


class Program(click.Group):
    """The commands of the entry-point group, one file each."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """The installed commands, sorted."""
        return names(GROUP)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        """Load one command."""
        if cmd_name not in names(GROUP):
            raise DeclarationError(
                "JZ-200", f"there is no command '{cmd_name}'", where="the command line",
                found=cmd_name, fix=f"{did_you_mean(cmd_name, names(GROUP))}`jazari --help` lists the commands.",
            )  # fmt: skip
        found: click.Command = load(GROUP, cmd_name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands; one whose extra is missing does not hide the others."""
        rows = []
        for name in self.list_commands(ctx):
            try:
                command = self.get_command(ctx, name)
            except InstallationError:
                rows.append((name, "(needs an extra: see `jazari doctor`)"))
                continue
            rows.append((name, command.get_short_help_str(100) if command else ""))
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(jazari.__version__, message="jazari %(version)s")
def program() -> None:
    """Declare an AI use case, run it, and get an audited dossier.

    From table to objection: every command has --help with an example, and --json.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code.

    0 done, 1 internal, 2 usage or declaration, 3 data, 4 verification failed, 5 blocked, 130 stopped by Ctrl-C.
    """
    keep_freed_memory()
    words = sys.argv[1:] if arguments is None else arguments
    try:
        program.main(args=words, prog_name="jazari", standalone_mode=False)
    except JazariError as error:
        _leave(error, error.exit_code, words)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _leave(_stopped(), _STOPPED, words)
    except click.ClickException as usage:
        _leave(_usage(usage), DeclarationError.exit_code, words)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read us has left: say nothing more
    except Exception as error:  # noqa: BLE001  the last resort: a person never sees a bare traceback
        if _is_interrupt(error):
            _leave(_stopped(), _STOPPED, words)
        _leave(_internal(error), 1, words)


def _is_interrupt(error: Exception) -> bool:
    """Whether Ctrl-C came while a database was at work: it reports the interrupt as an error of its own."""
    return "interrupt" in f"{type(error).__name__} {error}".lower()


def _leave(error: JazariError, code: int, words: list[str]) -> None:
    if "--json" in words:
        click.echo(json.dumps(error.as_json(), ensure_ascii=False, indent=2))
    else:
        click.echo(str(error), err=True)
    sys.exit(code)


def _usage(error: click.ClickException) -> JazariError:
    context: Any = getattr(error, "ctx", None)
    path = context.command_path if context else "jazari"
    return DeclarationError(
        "JZ-200", error.format_message().rstrip("."), where="the command line", fix=f"`{path} --help` shows an example."
    )


def _stopped() -> JazariError:
    return JazariError(
        "JZ-102", "stopped before the end", where="Ctrl-C", found="nothing half-written was left",
        fix="run the same command again.",
    )  # fmt: skip


def _internal(error: Exception) -> JazariError:
    if os.environ.get("JAZARI_DEBUG"):
        traceback.print_exc()
    last = traceback.extract_tb(error.__traceback__)[-1]
    return JazariError(
        "JZ-100", "something went wrong inside Jazari", where=f"{os.path.basename(last.filename)}:{last.lineno}",  # noqa: PTH119  a name, not a path
        found=type(error).__name__,
        fix="this is a defect: please report it with the output of the same command under JAZARI_DEBUG=1.",
    )  # fmt: skip
