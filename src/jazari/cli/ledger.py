"""`jazari ledger`: keep a log, verify one, witness another's."""

from __future__ import annotations

from pathlib import Path

import click

from jazari.cli.output import command as documented
from jazari.cli.output import emit, progress

_FOLDER = click.Path(path_type=Path, file_okay=False)
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group("ledger")
def command() -> None:
    """Keep the log of decisions: make it, verify it, have it witnessed, forget, change its keys."""


@documented("init", example="jazari ledger init registre --name pole.example")
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("--name", required=True, help="The log's origin: a URL without its scheme, such as pole.example.")
@click.option("--store", help="Where records lie: postgresql://user@host/database instead of a file in DIR.")
def init(folder: Path, name: str, store: str | None) -> None:
    """Make a log, its keys and its store in a new folder."""
    from jazari.governance import custody

    made = custody.create(folder, name, store)
    emit(
        made, lambda: f"Ledger of {name} made in {folder}.\nPublish its key by another way than the log: {made['key']}"
    )


@documented("verify", example="jazari ledger verify registre --since checkpoint-of-march")
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("--since", metavar="CHECKPOINT", type=_FILE, help="A checkpoint or receipt kept from before.")
@click.option(
    "--trust", metavar="POLICY", type=_FILE, help="Whose signatures count; the ledger's own policy otherwise."
)
@click.option("--certificates", metavar="PEM", type=_FILE, help="Roots of the time authority; the ledger's otherwise.")
@click.option("--log-only", is_flag=True, help="Neither the records of the store nor the time tokens.")
def verify(folder: Path, since: Path | None, trust: Path | None, certificates: Path | None, log_only: bool) -> None:  # noqa: FBT001  click's signature
    """Verify a ledger: every hash, signature, file, record and time token; exit 4 where anything differs."""
    from jazari.governance import custody

    with progress() as shown:
        verified = custody.verify(
            folder, since=since, trust=trust, certificates=certificates, log_only=log_only, progress=shown
        )
    lines = [f"{verified.origin}: {verified.size} entries verified, root {verified.root}"]
    lines += [f"  extends the checkpoint of {verified.since} entries"] if verified.since is not None else []
    lines += [f"  signed by {key}" for key in verified.keys] + [f"  witnessed by {name}" for name in verified.witnesses]
    lines += [f"  {verified.records} records are those that were sealed"] if verified.records is not None else []
    lines += [f"  dated {one.when:%Y-%m-%d %H:%M:%S} UTC: {one.size} entries" for one in verified.tokens]
    emit(verified.as_json(), "\n".join(lines))


@documented(
    "time",
    example="jazari ledger time registre --authority https://time.example/tsr --certificates roots.pem "
    "--refuse-after PT26H",
)
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("--authority", required=True, metavar="URL", help="Where the time authority answers (RFC 3161).")
@click.option("--certificates", required=True, metavar="PEM", type=_FILE, help="Its root certificate; copied into DIR.")
@click.option("--refuse-after", metavar="DURATION", help="Refuse decisions after this time without a token (PT26H).")
def time(folder: Path, authority: str, certificates: Path, refuse_after: str | None) -> None:
    """Set whose clock dates the log, and when decisions wait for it."""
    from jazari.governance import custody

    said = custody.set_time(folder, authority, certificates, refuse_after)
    then = f"Decisions are refused after {refuse_after} without a token." if refuse_after else "No decision waits."
    emit(said, f"{then} Run `jazari ledger stamp {folder}` from a timer.")


@documented("stamp", example="jazari ledger stamp registre")
@click.argument("folder", metavar="DIR", type=_FOLDER)
def stamp(folder: Path) -> None:
    """Have the newest checkpoint dated by the time authority; meant for a timer."""
    from jazari.governance import custody

    said = custody.stamp(folder)
    emit(said, f"{'Dated' if said['stamped'] else 'Dated already'}: {said['size']} entries, {said['when']}")


@documented("witness", example="jazari ledger witness registre --log /mnt/other-pole/registre")
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("--log", "other", required=True, type=_FOLDER, help="The other pole's ledger, or a copy of its log.")
@click.option("--trust", metavar="POLICY", type=_FILE, help="A policy that names the other log's key.")
def witness(folder: Path, other: Path, trust: Path | None) -> None:
    """Cosign another pole's log, after checking that it extends what was cosigned before."""
    from jazari.governance import custody

    said = custody.witness(folder, other, trust)
    how = "It is on the log's head." if said["attached"] else "Send this line and key to the log's keeper."
    emit(said, f"{said['origin']} cosigned at {said['size']} entries. {how}\n{said['line']}\n{said['key']}")


@documented(
    "cosign", example='jazari ledger cosign registre --line "— witness.example ..." --key "witness.example+..."'
)
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("--line", required=True, help="The witness's cosignature line.")
@click.option("--key", required=True, help="The witness's key (vkey).")
def cosign(folder: Path, line: str, key: str) -> None:
    """Put a witness's cosignature on the head of the log."""
    from jazari.governance import custody

    custody.cosign(folder, line, key)
    emit({"cosigned": True, "key": key}, "The cosignature is on the log's head.")


@documented(
    "forget",
    example='jazari ledger forget registre VA1M-T4KS-C8BZ-3YK8-5HA7 --reason "asked under law 09-08 art. 8"',
)
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.argument("number", metavar="DECISION")
@click.option("--reason", required=True, help="Why; sealed with the erasure.")
@click.option("--by", default="the keeper of the ledger", show_default=True, help="Who had it done.")
def forget(folder: Path, number: str, reason: str, by: str) -> None:
    """Erase the person's data behind a decision; the log still verifies."""
    from jazari.governance import custody

    done = custody.forget(folder, number, reason, by)
    emit(done, f"{len(done['erased'])} records erased; sealed as entry {done['index']}. Erase them in backups too.")


@documented("rotate", example="jazari ledger rotate registre")
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("--reason", default="planned rotation", show_default=True, help="Why; sealed with the change.")
def rotate(folder: Path, reason: str) -> None:
    """Give the log a new key; the old one names it."""
    from jazari.governance import custody

    key = custody.rotate(folder, reason)
    emit({"key": key}, f"The log's new key, to publish beside the old one: {key}")


@documented("revoke", example="jazari ledger revoke registre cc3e279d --reason stolen")
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.argument("key", metavar="KEY")
@click.option("--reason", required=True, help="Why; sealed with the revocation.")
def revoke(folder: Path, key: str, reason: str) -> None:
    """Trust a key of the log no longer; make receipts under it again."""
    from jazari.governance import custody

    revoked = custody.revoke(folder, key, reason)
    emit({"revoked": revoked}, f"Revoked, to strike from every policy: {revoked}")


for one in (init, verify, time, stamp, witness, cosign, forget, rotate, revoke):
    command.add_command(one)
