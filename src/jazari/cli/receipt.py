"""`jazari receipt`: make the proof of one decision, and verify it offline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from jazari.cli.output import command as documented
from jazari.cli.output import emit
from jazari.core.languages import LANGUAGES

_VERIFIED = "Verified: entry {index} of {origin}; size of the log: {size}"
_LANGUAGE = click.option(
    "--lang", "language", type=click.Choice(LANGUAGES), default="fr", show_default=True, help="The language of words."
)
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group("receipt")
def command() -> None:
    """Prove that a decision was recorded: make a receipt, verify one."""


@documented(
    "make", example="jazari receipt make registre VA1M-T4KS-C8BZ-3YK8-5HA7 --out receipt.tlog-proof --page receipt.html"
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.argument("number", metavar="NUMBER")
@click.option("--out", metavar="F", type=_FILE, help="Where to write the proof; standard output otherwise.")
@click.option("--page", metavar="F", type=_FILE, help="Where to write a page to print (HTML).")
@_LANGUAGE
def make(folder: Path, number: str, out: Path | None, page: Path | None, language: str) -> None:
    """Make a proof that third parties can check."""
    from jazari.governance import custody

    proof = custody.make_receipt(folder, number)
    if page is not None:
        custody.save(page, custody.make_page(proof, language).encode())
    if out is not None:
        custody.save(out, proof)
    written = [str(path) for path in (out, page) if path is not None]
    document = {"receipt": proof.decode(), "written": written}
    emit(document, "\n".join(f"Receipt written: {path}" for path in written) if out else proof.decode())


@documented("verify", example="jazari receipt verify receipt.tlog-proof --trust policy")
@click.argument("receipt", metavar="F", type=_FILE)
@click.option("--trust", metavar="POLICY", type=_FILE, help="Whose signatures count (C2SP tlog-policy).")
@_LANGUAGE
def verify(receipt: Path, trust: Path | None, language: str) -> None:
    """Verify a receipt offline, with nothing of the institution's; exit 4 without a trusted key."""
    from jazari.governance import custody

    said = custody.verify_receipt(receipt, trust)
    emit(said, lambda: _words(said, custody.in_words(said, language), language))


def _words(said: dict[str, Any], lines: list[Any], language: str) -> str:
    from jazari.core.languages import translate

    shown = [translate(_VERIFIED, language, **{name: str(said[name]) for name in ("index", "origin", "size")})]
    for line in lines:
        one = len(line.texts) == 1
        shown += (
            [f"  {line.label}: {line.texts[0]}"] if one else [f"  {line.label}:", *(f"    {a}" for a in line.texts)]
        )
    if said["witnesses"]:
        shown.append(f"  {translate('Witnessed by', language)}: {', '.join(said['witnesses'])}")
    return "\n".join(shown)


for one in (make, verify):
    command.add_command(one)
