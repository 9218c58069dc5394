"""`jazari receipt`: make the proof of one decision, and verify it offline."""

from __future__ import annotations

from pathlib import Path

import click

from jazari.cli.output import command as documented
from jazari.cli.output import emit
from jazari.core.languages import LANGUAGES

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
@click.option(
    "--lang",
    "language",
    type=click.Choice(LANGUAGES),
    default="fr",
    show_default=True,
    help="The language of the page.",
)
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
def verify(receipt: Path, trust: Path | None) -> None:
    """Verify a receipt offline, with nothing of the institution's; exit 4 without a trusted key."""
    from jazari.governance import custody

    said = custody.verify_receipt(receipt, trust)
    emit(said, lambda: _words(said))


def _words(said: dict[str, object]) -> str:
    entry, record = said["entry"], said["record"]
    lines = [f"Verified: entry {said['index']} of {said['origin']}, in a log of {said['size']} entries"]
    lines += [
        f"  {name}: {value}" for part in (entry, record) if isinstance(part, dict) for name, value in part.items()
    ]
    witnesses = said["witnesses"]
    lines += [f"  witnessed by: {', '.join(witnesses)}"] if isinstance(witnesses, list) and witnesses else []
    return "\n".join(lines)


for one in (make, verify):
    command.add_command(one)
